internal import IdentityCrypto
public import OpenIDMessages

/// A DPoP proof as a call brings it.
public struct PresentedProof: Sendable {
    public var text: String
    public var method: String
    /// The path of the called endpoint, without a query.
    public var path: String

    public init(text: String, method: String, path: String) {
        self.text = text
        self.method = method
        self.path = path
    }
}

/// The proof that a call's sender holds a key. Only `ProofOfPossession.verify` makes it.
public struct ProvedKey: Sendable {
    let key: VerificationKey
    public var thumbprint: KeyThumbprint { key.thumbprint }

    fileprivate init(_ key: VerificationKey) { self.key = key }
}

/// The `jti` of a proof under its key, as it is remembered: 128 bits of a digest.
struct ProofIdentifier: Hashable, Sendable {
    private let name: String

    init(_ proof: VerifiedDPoPProof) {
        let text = "\(proof.key.thumbprint) \(proof.identifier)"
        name = Base64URL.encode(Digest.sha256(Array(text.utf8)).prefix(16))
    }
}

/// DPoP (RFC 9449) for devices and portals alike: one source of nonces, one memory of used proofs.
///
/// Proofs carry a nonce of this process, so that their identifiers need not outlive it.
public struct ProofOfPossession: Sendable {
    /// With what the addresses of calls begin.
    let issuer: IssuerURL
    let clock: ProviderClock
    let nonces: NonceIssuer
    /// Each lives for six minutes: a million are enough for 2,700 proofs a second.
    let identifiers: ExpiringMemory<ProofIdentifier, Void>

    init(issuer: IssuerURL, clock: ProviderClock) {
        self.init(
            issuer: issuer, clock: clock, nonces: NonceIssuer(), identifiers: ExpiringMemory(capacity: 1_000_000))
    }

    private init(
        issuer: IssuerURL, clock: ProviderClock, nonces: NonceIssuer, identifiers: ExpiringMemory<ProofIdentifier, Void>
    ) {
        self.issuer = issuer
        self.clock = clock
        self.nonces = nonces
        self.identifiers = identifiers
    }

    /// The same for calls at another address of this process (RFC 9449 §4.3-9: `htu` is the address that was called).
    func at(_ address: IssuerURL) -> ProofOfPossession {
        ProofOfPossession(issuer: address, clock: clock, nonces: nonces, identifiers: identifiers)
    }

    /// Why a proof was refused.
    public enum Fault: Error, Sendable, Equatable {
        /// The proof has no nonce, or none that was given lately.
        case nonceNeeded
        case malformed
        case replayed
        case overloaded
    }

    /// A nonce for the next proof (RFC 9449 §8).
    public func nonce() -> String { nonces.make(now: clock.now()) }

    /// A portal's proof, by any algorithm of the metadata (RFC 9449 §5.1).
    ///
    /// - Parameter accessToken: the token that the proof goes with, at a resource.
    public func verify(_ proof: PresentedProof, accessToken: String? = nil) throws(Fault) -> ProvedKey {
        try verify(proof, accessToken: accessToken, algorithms: [.es256, .ps256, .edDSA])
    }

    func verify(
        _ proof: PresentedProof, accessToken: String? = nil, algorithms: Set<JWSAlgorithm>
    ) throws(Fault) -> ProvedKey {
        let now = clock.now()
        let verified: VerifiedDPoPProof
        do {
            verified = try VerifiedDPoPProof.verify(
                proof.text, method: proof.method, url: issuer.appending(proof.path), now: now,
                isAcceptableNonce: { nonces.isAcceptable($0, now: now) }, accessToken: accessToken,
                algorithms: algorithms)
        } catch { throw error == .nonceNeeded ? .nonceNeeded : .malformed }
        let name = ProofIdentifier(verified)
        let isFresh = identifiers.insert(
            (), as: name, expiresAt: now + NonceIssuer.lifetime + VerifiedDPoPProof.timeWindow, now: now)
        guard isFresh else { throw identifiers.value(name, now: now) != nil ? .replayed : .overloaded }
        return ProvedKey(verified.key)
    }
}

extension ProofOfPossession.Fault {
    /// The error for a portal (RFC 9449 §5).
    public var clientRefusal: ClientRefusal {
        switch self {
        case .nonceNeeded: ClientRefusal(.useDPoPNonce, "the proof needs the nonce of this answer", .proofNonce)
        case .malformed:
            ClientRefusal(.invalidDPoPProof, "the DPoP proof is malformed or not for this call", .proofMalformed)
        case .replayed: ClientRefusal(.invalidDPoPProof, "the DPoP proof was used before", .proofReplayed)
        case .overloaded: ClientRefusal(.temporarilyUnavailable, "too many proofs are remembered", .overloaded)
        }
    }
}

extension ProofOfPossession.Fault {
    /// The problem for a device (docs/protocol.md §9).
    var deviceRefusal: DeviceRefusal {
        switch self {
        case .nonceNeeded: DeviceRefusal(.useDPoPNonce, .proofNonce)
        case .malformed: DeviceRefusal(.invalidDPoPProof, .proofMalformed)
        case .replayed: DeviceRefusal(.invalidDPoPProof, .proofReplayed)
        case .overloaded: DeviceRefusal(.overloaded, .overloaded)
        }
    }
}
