internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// The proof that a call comes from an enrolled device. Only `DeviceAuthentication` makes it.
public struct VerifiedDevice: Sendable {
    public let device: DeviceRecordRow
    public let account: AccountRecord

    fileprivate init(device: DeviceRecordRow, account: AccountRecord) {
        self.device = device
        self.account = account
    }
}

/// What an authenticated call of a device brings (docs/protocol.md §8).
public struct DeviceCredentials: Sendable {
    public var attestation: String
    public var proof: String
    public var method: String
    /// The path, without a query.
    public var path: String

    public init(attestation: String, proof: String, method: String, path: String) {
        self.attestation = attestation
        self.proof = proof
        self.method = method
        self.path = path
    }
}

/// Checks the client attestation and the DPoP proof of a device's call.
public struct DeviceAuthentication: Sendable {
    let issuer: IssuerURL
    let keys: KeyCustodian
    let devices: any DeviceStore
    let clock: ProviderClock
    let proofs: ProofOfPossession
    /// Three calls of one login bring the same attestation; a login lasts no longer than ten minutes.
    let attestations = VerifiedTexts<ClientAttestation>(capacity: 32_768, lifetime: 600)

    /// A nonce for the next proof (RFC 9449 §8).
    public func nonce() -> String { proofs.nonce() }

    /// - Parameter acceptsExpired: only the renewal of the attestation takes an expired one.
    public func verify(
        _ credentials: DeviceCredentials, acceptsExpired: Bool = false
    ) async throws -> VerifiedDevice {
        let now = clock.now()
        // 1. The attestation is ours and not over.
        guard
            let attestation = try await attestation(credentials.attestation, renews: acceptsExpired, now: now),
            attestation.issuer == issuer
        else { throw DeviceRefusal(.invalidAttestation, .attestationSignature) }
        guard acceptsExpired || attestation.expiresAt > now else {
            throw DeviceRefusal(.invalidAttestation, .attestationExpired)
        }
        // 2. The proof is for this call, fresh and never used before.
        let examined: ExaminedProof
        do {
            examined = try proofs.examine(
                PresentedProof(text: credentials.proof, method: credentials.method, path: credentials.path),
                algorithms: [.es256])
        } catch { throw error.deviceRefusal }
        // 3. The provider wrote `cnf` itself, in the one form that keys have here: nothing needs to be parsed again. Only
        //    proofs by that key are remembered.
        guard attestation.key == examined.key.jwk else {
            throw DeviceRefusal(.invalidAttestation, .attestationKeyMismatch)
        }
        let proof: ProvedKey
        do { proof = try proofs.use(examined) } catch { throw error.deviceRefusal }
        // 4. The device is known by this key, and active.
        guard let (device, account) = try await devices.device(attestation.device),
            device.keys.installation == proof.key
        else { throw DeviceRefusal(.invalidAttestation, .deviceUnknown) }
        switch device.state {
        case .active: break
        case .pending, .suspended, .revoked, .expired: throw DeviceRefusal(.deviceSuspended, .deviceNotActive)
        case .locked: throw DeviceRefusal(.deviceLocked, .deviceNotActive)
        }
        guard account.isActive else { throw DeviceRefusal(.deviceSuspended, .accountNotActive) }
        return VerifiedDevice(device: device, account: account)
    }

    /// What `text` says; nil when no key of ours vouches for it.
    ///
    /// A phone may rest for longer than the key that signed its attestation is kept (P-8.1). To be renewed, an attestation of
    /// a key that nobody knows any more is taken for the name of a device, and the proof by that device's `K_inst` is what
    /// counts. Before any proof is read it must name a device with that device's own key: whoever invents one costs no
    /// signature and fills no memory, and is answered as ever.
    private func attestation(_ text: String, renews: Bool, now: Timestamp) async throws -> ClientAttestation? {
        do throws(JWSError) { return try attestations.value(of: text, ring: keys.ring, now: now) } catch {
            guard renews, error == .unknownKey, let token = try? CompactJWS(parsing: text),
                token.keyIdentifier != nil, token.normalizedType == ClientAttestation.type,
                let payload = token.unverifiedPayload, let attestation = try? ClientAttestation(json: payload),
                let (device, _) = try await devices.device(attestation.device),
                device.keys.installation.jwk == attestation.key
            else { return nil }
            return attestation
        }
    }

    /// A fresh client attestation for a device and its `K_inst` (docs/protocol.md §8).
    func attestation(for device: DeviceIdentifier, key: JSONObject) throws -> String {
        let now = clock.now()
        return try keys.ring.current(.es256).sign(
            ClientAttestation(
                issuer: issuer, device: device, issuedAt: now, expiresAt: now + Lifetime.clientAttestation,
                key: key))
    }
}

extension VerifiedTexts where Value == ClientAttestation {
    /// The attestation in `text`, if a key of `ring` signed it.
    func value(of text: String, ring: SigningKeyRing, now: Timestamp) throws(JWSError) -> ClientAttestation {
        try value(of: text, ring: ring, now: now) { () throws(JWSError) in
            let verified = try SignedStatement<ClientAttestation>.verify(text, keys: ring.verificationKeys)
            return (verified.statement, verified.key.thumbprint)
        }
    }
}
