internal import IdentityCrypto
internal import OpenIDMessages

extension DeviceAuthenticator {
    /// How long before its end an attestation is renewed, in seconds.
    static let renewalMargin: Int64 = 600

    /// An authenticated call (docs/protocol.md §8); the attestation is renewed when its end is near, or when the
    /// provider no longer takes it.
    ///
    /// - Parameters:
    ///   - state: this device's state, where it was just read.
    ///   - keys: its keys, where they were just read.
    func authenticatedCall(
        _ method: String, _ path: String, query: String = "", body: JSONObject? = nil, as state: DeviceState? = nil,
        with keys: (any DeviceKeyStore)? = nil, timeoutSeconds: Int64 = 20
    ) async throws(DeviceError) -> ProviderAnswer {
        var state = if let state { state } else { try self.state() }
        let keys = if let keys { keys } else { try self.keys() }
        let isNearItsEnd = state.attestationExpiresAt - Self.renewalMargin <= clock.now
        if isNearItsEnd { state = try await renewAttestation(state, keys: keys) }
        let connection = connection(to: state.issuer)
        do throws(DeviceError) {
            return try await connection.call(
                method, path, query: query, body: body,
                credentials: CallCredentials(keys: keys, attestation: state.attestation),
                timeoutSeconds: timeoutSeconds)
        } catch {
            guard !isNearItsEnd, case .provider(let problem) = error, problem.code == "invalid_attestation" else {
                throw error
            }
            // This device's clock may be behind the provider's.
            state = try await renewAttestation(state, keys: keys)
            return try await connection.call(
                method, path, query: query, body: body,
                credentials: CallCredentials(keys: keys, attestation: state.attestation),
                timeoutSeconds: timeoutSeconds)
        }
    }

    private func renewAttestation(_ state: DeviceState, keys: any DeviceKeyStore) async throws(DeviceError)
        -> DeviceState
    {
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
        return try folder.updateState { (state) throws(DeviceError) in
            state.attestation = text
            state.attestationExpiresAt = attestation.expiresAt
            return state
        }
    }
}
