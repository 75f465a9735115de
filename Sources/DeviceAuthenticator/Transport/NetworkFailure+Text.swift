public import OpenIDMessages

extension NetworkFailure: CustomStringConvertible {
    public var description: String { text.english }

    /// What happened and what to do about it.
    public var text: BilingualText {
        switch reason {
        case .unreachable:
            BilingualText(
                "\(authority) ist nicht erreichbar. Prüfen Sie das Netz, den Namen und ob der Anbieter läuft.",
                "\(authority) cannot be reached. Check the network, the name and whether the provider runs.")
        case .timeout:
            BilingualText(
                "\(authority) hat nicht rechtzeitig geantwortet. Versuchen Sie es noch einmal.",
                "\(authority) did not answer in time. Try again.")
        case .answerTooLong:
            BilingualText(
                "Die Antwort von \(authority) ist zu lang und wurde nicht gelesen.",
                "The answer of \(authority) is too long and was not read.")
        case .connectionLost:
            BilingualText(
                "Die Verbindung zu \(authority) ist abgerissen. Versuchen Sie es noch einmal.",
                "The connection to \(authority) was lost. Try again.")
        case .badCertificateFile:
            BilingualText(
                "In der CA-Datei ist kein lesbares Zertifikat: \(authority)",
                "The CA file holds no certificate that can be read: \(authority)")
        case .certificateExpired:
            BilingualText(
                "Das Zertifikat von \(authority) ist abgelaufen. Prüfen Sie die Uhr dieses Geräts; sonst muss sein Betreiber "
                    + "es erneuern.",
                "The certificate of \(authority) has expired. Check this device's clock; else its operator must renew it."
            )
        case .certificateNotYetValid:
            BilingualText(
                "Das Zertifikat von \(authority) gilt noch nicht. Prüfen Sie die Uhr dieses Geräts; sonst muss sein Betreiber "
                    + "es berichtigen.",
                "The certificate of \(authority) is not valid yet. Check this device's clock; else its operator must mend it."
            )
        case .certificateForOtherName:
            BilingualText(
                "Das Zertifikat von \(authority) gilt für einen anderen Namen: Dort antwortet vielleicht jemand anderes. "
                    + "Prüfen Sie die Adresse.",
                "The certificate of \(authority) is for another name: somebody else may answer there. Check the address."
            )
        case .certificateSelfSigned:
            BilingualText(
                "Das Zertifikat von \(authority) hat sich selbst unterschrieben und bürgt für niemanden. "
                    + Self.ownCA.german,
                "The certificate of \(authority) is signed by itself and vouches for nobody. " + Self.ownCA.english)
        case .certificateUnknownAuthority:
            BilingualText(
                "Das Zertifikat von \(authority) kommt von einer Stelle, der hier nicht vertraut wird. "
                    + Self.ownCA.german,
                "The certificate of \(authority) comes from an authority that is not trusted here. "
                    + Self.ownCA.english)
        case .certificateUnfit:
            BilingualText(
                "Mit dem Zertifikat von \(authority) darf kein Server antworten. Sein Betreiber muss es berichtigen.",
                "The certificate of \(authority) is not one with which a server may answer. Its operator must mend it.")
        case .tlsRefused:
            BilingualText(
                "\(authority) spricht TLS nicht, wie es sein muss (1.2 oder neuer). Prüfen Sie Adresse und Port.",
                "\(authority) does not speak TLS as it must (1.2 or later). Check the address and the port.")
        }
    }

    private static let ownCA = BilingualText(
        "Prüfen Sie die Adresse; zu einem Anbieter in Entwicklung nennen Sie dessen CA mit --ca.",
        "Check the address; for a development provider name its CA with --ca.")
}
