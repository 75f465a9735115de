internal import IdentityCrypto
internal import OpenIDMessages

extension DeviceAuthenticator {
    /// How long before its end an attestation is renewed, in seconds.
    static let renewalMargin: Int64 = 600

    /// An authenticated call (docs/protocol.md §8) of this device as it is now.
    func authenticatedCall(
        _ method: String, _ path: String, query: String = "", body: JSONObject? = nil, timeoutSeconds: Int64 = 20
    ) async throws(DeviceError) -> ProviderAnswer {
        try await authenticatedCall(
            method, path, query: query, body: body, as: state(), with: keys(), timeoutSeconds: timeoutSeconds)
    }

    /// The same with a state and keys that were just read; the attestation is renewed when its end is near, or when the
    /// provider no longer takes it.
    func authenticatedCall(
        _ method: String, _ path: String, query: String = "", body: JSONObject? = nil, as state: DeviceState,
        with keys: any DeviceKeyStore, timeoutSeconds: Int64 = 20
    ) async throws(DeviceError) -> ProviderAnswer {
        let connection = connection(to: state.issuer)
        let isNearItsEnd = state.attestationExpiresAt - Self.renewalMargin <= clock.now
        let attestation = try await isNearItsEnd ? renewedAttestation(state, keys: keys) : state.attestation
        do throws(DeviceError) {
            return try await connection.call(
                method, path, query: query, body: body,
                credentials: CallCredentials(keys: keys, attestation: attestation), timeoutSeconds: timeoutSeconds)
        } catch {
            guard !isNearItsEnd, case .provider(let problem) = error, problem.code == "invalid_attestation" else {
                throw error
            }
            // This device's clock may be behind the provider's.
            let attestation = try await renewedAttestation(state, keys: keys)
            return try await connection.call(
                method, path, query: query, body: body,
                credentials: CallCredentials(keys: keys, attestation: attestation), timeoutSeconds: timeoutSeconds)
        }
    }

    private func renewedAttestation(
        _ state: DeviceState, keys: any DeviceKeyStore
    ) async throws(DeviceError) -> String {
        let answer = try await connection(to: state.issuer).call(
            "POST", "/device/v1/attestation", body: [:],
            credentials: CallCredentials(keys: keys, attestation: state.attestation))
        let text = try answer.read("attestation") { (reader) throws(MessageError) in
            try reader.string("attestation", maximumLength: CompactJWS.maximumLength)
        }
        let now = clock.now
        let attestation = try await checked(state) { (providerKeys) throws(StatementRefusal) in
            try RequestChecks.attestation(
                text, keys: providerKeys, issuer: state.issuer, device: state.device,
                installation: keys.publicKey(.installation), now: now)
        }
        try folder.updateState { (state) throws(DeviceError) in
            state.attestation = text
            state.attestationExpiresAt = attestation.expiresAt
        }
        return text
    }
}
