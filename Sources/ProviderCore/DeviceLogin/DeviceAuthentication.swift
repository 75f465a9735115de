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
    let nonces: NonceIssuer
    /// Proofs carry a nonce of this process, so that identifiers need not outlive it.
    ///
    /// Each lives for six minutes, and a login has three: a million are enough for 900 logins a second.
    let identifiers = ExpiringMemory<Void>(capacity: 1_000_000)
    let attestations = VerifiedAttestations()

    /// A nonce for the next proof (RFC 9449 §8).
    public func nonce() -> String { nonces.make(now: clock.now()) }

    /// - Parameter acceptsExpired: only the renewal of the attestation takes an expired one.
    public func verify(
        _ credentials: DeviceCredentials, acceptsExpired: Bool = false
    ) async throws -> VerifiedDevice {
        let now = clock.now()
        // 1. The attestation is ours and not over.
        guard
            let attestation = try? attestations.verify(credentials.attestation, ring: keys.ring, now: now),
            attestation.issuer == issuer
        else { throw DeviceRefusal(.invalidAttestation, .attestationSignature) }
        guard acceptsExpired || attestation.expiresAt > now else {
            throw DeviceRefusal(.invalidAttestation, .attestationExpired)
        }
        // 2. The proof is for this call, and fresh.
        let proof: VerifiedDPoPProof
        do {
            proof = try VerifiedDPoPProof.verify(
                credentials.proof, method: credentials.method, url: issuer.appending(credentials.path), now: now,
                isAcceptableNonce: { nonces.isAcceptable($0, now: now) })
        } catch {
            throw error == .nonceNeeded
                ? DeviceRefusal(.useDPoPNonce, .proofNonce) : DeviceRefusal(.invalidDPoPProof, .proofMalformed)
        }
        // The provider wrote `cnf` itself, in the one form that keys have here: nothing needs to be parsed again.
        guard attestation.key == proof.key.jwk else {
            throw DeviceRefusal(.invalidAttestation, .attestationKeyMismatch)
        }
        // 3. It was never used before.
        let text = "\(proof.key.thumbprint) \(proof.identifier)"
        let name = Base64URL.encode(Digest.sha256(Array(text.utf8)).prefix(16))
        let isFresh = identifiers.insert(
            (), as: name, expiresAt: now + NonceIssuer.lifetime + VerifiedDPoPProof.timeWindow, now: now)
        guard isFresh else {
            throw identifiers.value(name, now: now) != nil
                ? DeviceRefusal(.invalidDPoPProof, .proofReplayed) : DeviceRefusal(.overloaded, .overloaded)
        }
        // 4. The device is known by this key, and active.
        guard let (device, account) = try await devices.device(attestation.device),
            device.keys.installation == proof.key
        else { throw DeviceRefusal(.invalidAttestation, .deviceUnknown) }
        switch device.state {
        case .active: break
        case .suspended: throw DeviceRefusal(.deviceSuspended, .deviceNotActive)
        case .locked: throw DeviceRefusal(.deviceLocked, .deviceNotActive)
        }
        guard account.isActive else { throw DeviceRefusal(.deviceSuspended, .accountNotActive) }
        return VerifiedDevice(device: device, account: account)
    }

    /// A fresh client attestation for a device and its `K_inst` (docs/protocol.md §8).
    func attestation(for device: DeviceIdentifier, key: JSONObject) throws -> String {
        let now = clock.now()
        return try keys.ring.current(.es256).sign(
            ClientAttestation(
                issuer: issuer, device: device, issuedAt: now, expiresAt: now + Lifetime.clientAttestation,
                key: key))
    }

    /// Renews the attestation of a verified device.
    public func renewedAttestation(for device: VerifiedDevice) throws -> String {
        try attestation(for: device.device.identifier, key: device.device.keys.installation.jwk)
    }
}

/// Nonces for DPoP proofs without any storage: the time, under a MAC whose key lives as long as the process.
struct NonceIssuer: Sendable {
    /// For how long a nonce is accepted, in seconds.
    static let lifetime: Int64 = 300

    private let key = RandomBytes.make(32)

    func make(now: Timestamp) -> String {
        let time = Self.bigEndianBytes(now.seconds)
        return Base64URL.encode(time + Digest.authenticationCode(time, key: key).prefix(16))
    }

    func isAcceptable(_ nonce: String, now: Timestamp) -> Bool {
        guard let bytes = Base64URL.decode(nonce), bytes.count == 24 else { return false }
        let time = Array(bytes[..<8])
        let seconds = Int64(bitPattern: time.reduce(0) { $0 << 8 | UInt64($1) })
        guard constantTimeEqual(Array(bytes[8...]), Array(Digest.authenticationCode(time, key: key).prefix(16))) else {
            return false
        }
        return ((now - Self.lifetime)...now).contains(Timestamp(seconds: seconds))
    }

    /// Eight bytes, big-endian.
    private static func bigEndianBytes(_ seconds: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: seconds) >> (56 - 8 * UInt64($0))) }
    }
}
