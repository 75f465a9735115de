internal import OpenIDMessages

extension StatementRefusal {
    /// What is wrong, as the end of a sentence.
    var text: BilingualText {
        switch self {
        case .malformed:
            BilingualText(
                "Die Erklärung des Anbieters ist fehlerhaft.", "the provider's statement is malformed.")
        case .wrongLinkKey:
            BilingualText(
                "Der Anbieter hat den Schlüssel nicht, den der Link nennt: Der Link wurde verändert, oder jemand gibt sich "
                    + "als der Anbieter aus. Lassen Sie sich einen neuen geben.",
                "the provider does not have the key that the link names: the link was altered, or somebody poses as the "
                    + "provider. Ask for a new one.")
        case .wrongKey:
            BilingualText(
                "Die Erklärung ist mit einem Schlüssel unterschrieben, der nicht dem Anbieter gehört.",
                "the statement is signed by a key that is not the provider's.")
        case .wrongSignature:
            BilingualText("Die Unterschrift der Erklärung ist falsch.", "the statement's signature is wrong.")
        case .wrongIssuer:
            BilingualText(
                "Die Erklärung kommt von einem anderen Anbieter.", "the statement comes from another provider.")
        case .wrongDevice:
            BilingualText("Die Erklärung ist für ein anderes Gerät.", "the statement is for another device.")
        case .wrongTransaction:
            BilingualText(
                "Die Erklärung gehört zu einer anderen Anmeldung.", "the statement is about another login.")
        case .expired:
            BilingualText(
                "Die Anfrage ist abgelaufen. Beginnen Sie neu, und prüfen Sie die Uhr dieses Geräts.",
                "the request has expired. Begin again, and check this device's clock.")
        case .wrongTextDigest:
            BilingualText(
                "Der gezeigte Text ist nicht der, der unterschrieben würde.",
                "the text shown is not the text that would be signed.")
        case .wrongFlow:
            BilingualText(
                "Die Anfrage kam auf einem anderen Weg auf dieses Gerät als ihr Link.",
                "the request reached this device another way than its link.")
        case .wrongBinding:
            BilingualText(
                "Die Anfrage ist anders an den Browser gebunden, als ihr Weg es verlangt.",
                "the request is bound to the browser in another way than its flow demands.")
        case .wrongTicket:
            BilingualText("Das Angebot ist für eine andere Einladung.", "the offer is for another ticket.")
        case .wrongDeviceKeys:
            BilingualText(
                "Die Erklärung nennt die Schlüssel eines anderen Geräts.",
                "the statement names the keys of another device.")
        case .wrongResponse:
            BilingualText("Die Quittung ist für eine andere Antwort.", "the receipt is for another response.")
        case .wrongAct:
            BilingualText(
                "Bestätigt würde etwas anderes als das, was gewünscht war.",
                "something else would be confirmed than what was asked for.")
        case .wrongReturn:
            BilingualText(
                "Die Adresse für den Rückweg gehört nicht dem Anbieter.",
                "the return address does not belong to the provider.")
        }
    }
}
