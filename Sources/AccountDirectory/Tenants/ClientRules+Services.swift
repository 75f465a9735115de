internal import OpenIDMessages

/// What a portal is held to by the services for which it asks for logins.
extension ClientRules {
    /// From this level on the service is identified as surely as the person (checklist G23).
    static let strictLevel = AssuranceLevel.substantiell

    /// Everything that stands against logins of `client` for `services`: invariants I34 and I35 for those from
    /// *substantiell* on, whose keys are as strong as the phone's.
    ///
    /// A client without keys of its own yet cannot authenticate, so that nothing leaves for it.
    public func objections(to client: Client, askingFor services: [Service]) -> [ClientObjection] {
        let strict = services.first { ($0.requiredLevel ?? .undefined) >= Self.strictLevel }
        guard let strict else { return [] }
        return codeFlow(client, strict.identifier) + authentication(client, strict.identifier)
            + encryptionKey(client, strict.identifier)
    }

    /// I34: code flow, PKCE, pushed requests (the redirect URI is exact and `iss` is answered for every client).
    private func codeFlow(_ client: Client, _ service: ServiceIdentifier) -> [ClientObjection] {
        var objections: [ClientObjection] = []
        if client.profile == .legacy {
            objections.append(
                ClientObjection(
                    .profile, "service `\(service)` is at substantiell or above and wants PKCE, which legacy has not"))
        }
        if !client.requiresPushedAuthorizationRequests {
            objections.append(
                ClientObjection(
                    .pushedRequests,
                    "service `\(service)` is at substantiell or above and wants pushed authorization requests"))
        }
        // Neither has a browser that the phone's answer could be bound to.
        for grant in [GrantType.deviceCode, .backChannel] where client.grantTypes.contains(grant) {
            objections.append(
                ClientObjection(
                    .grantTypes, "service `\(service)` is at substantiell or above and wants the code flow alone",
                    value: grant.rawValue))
        }
        return objections
    }

    /// I34: by key, never by a secret that two parties know.
    private func authentication(_ client: Client, _ service: ServiceIdentifier) -> [ClientObjection] {
        guard client.authenticationMethod != .privateKeyJWT else { return [] }
        return [
            ClientObjection(
                .authenticationMethod,
                "service `\(service)` is at substantiell or above and wants private_key_jwt")
        ]
    }

    /// I35. That the client has a key for the algorithm is asked of every client that wants something encrypted.
    private func encryptionKey(_ client: Client, _ service: ServiceIdentifier) -> [ClientObjection] {
        guard client.cryptography.idTokenEncryption == nil else { return [] }
        return [
            ClientObjection(
                .idTokenEncryption,
                "service `\(service)` is at substantiell or above and wants encrypted ID tokens: "
                    + "id_token_encrypted_response_alg, and a key with use enc")
        ]
    }
}
