internal import IdentityCrypto
internal import OpenIDMessages

/// An enrolment whose answer has not come: the offer and the provider's keys, so that the same keys can be registered again
/// (D-6.5). Nothing of the registration is kept: it names `K_pin`, and by that a thief could test guesses of the PIN.
extension DeviceAuthenticator {
    static let begunName = "enrolment.sealed"

    /// Stored before the registration is sent.
    func rememberEnrolment(_ invitation: EnrolmentInvitation) throws(DeviceError) {
        let begun: JSONObject = [
            "version": 1, "offer": .string(invitation.offer.text),
            "provider_keys": .object(invitation.providerKeys.json),
        ]
        do throws(FileRefusal) { try folder.replace(Self.begunName, with: begun) } catch { throw .file(error) }
    }

    /// Whether this offer was accepted before.
    func hasBegun(_ invitation: EnrolmentInvitation) throws(DeviceError) -> Bool {
        try begun()?["offer"]?.string == invitation.offer.text
    }

    /// The invitation of an enrolment with this ticket that was begun and whose offer still lives.
    func begunEnrolment(ticket: String, at issuer: IssuerURL) throws(DeviceError) -> EnrolmentInvitation? {
        guard let begun = try begun(), let text = begun["offer"]?.string,
            let token = try? CompactJWS(parsing: text), let name = token.keyIdentifier
        else { return nil }
        let keys = ProviderKeys(jwks: begun["provider_keys"]?.object ?? [:])
        guard let key = keys.keys.first(where: { $0.thumbprint.rawValue == name }),
            let offer = try? RequestChecks.offer(text, key: key, issuer: issuer, ticket: ticket, now: clock.now)
        else { return nil }
        return EnrolmentInvitation(offer: offer, providerKeys: keys)
    }

    private func begun() throws(DeviceError) -> JSONObject? {
        do throws(FileRefusal) { return try folder.read(Self.begunName) } catch { throw .file(error) }
    }
}
