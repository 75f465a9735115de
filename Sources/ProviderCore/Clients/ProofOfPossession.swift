internal import IdentityCrypto
public import OpenIDMessages
internal import Synchronization

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

/// A proof whose signature and members were verified and whose `jti` is not used up yet. Only `ProofOfPossession.examine`
/// makes it.
///
/// Between the two steps a resource judges the token that the proof goes with: whoever has none takes no room in memory.
struct ExaminedProof: ~Copyable, Sendable {
    fileprivate let proof: VerifiedDPoPProof
    /// The one under whose nonce the proof was examined.
    fileprivate let generation: ProofGeneration

    var key: VerificationKey { proof.key }
}

/// The `jti` of a proof under its key, as it is remembered: 128 bits of a digest.
private struct ProofIdentifier: Hashable, Sendable {
    private let name: String

    init(_ proof: VerifiedDPoPProof) {
        let text = "\(proof.key.thumbprint) \(proof.identifier)"
        name = Base64URL.encode(Digest.sha256(Array(text.utf8)).prefix(16))
    }
}

/// Nonces, and the memory of the proofs that carried one of them. The two go together: a proof that is not remembered here
/// any more has a nonce that does not count any more.
private final class ProofGeneration: Sendable {
    enum Use { case fresh, replayed, full }

    let nonces = NonceIssuer()
    private let identifiers: ExpiringMemory<ProofIdentifier, Void>

    init(capacity: Int) { identifiers = ExpiringMemory(capacity: capacity) }

    /// Remembered for as long as the same proof could come again: one from a clock that is ahead by a whole window is
    /// taken until it lies behind by another.
    func use(_ name: ProofIdentifier, now: Timestamp) -> Use {
        let expiresAt = now + 2 * VerifiedDPoPProof.timeWindow + 1
        if identifiers.insert((), as: name, expiresAt: expiresAt, now: now) { return .fresh }
        return identifiers.value(name, now: now) != nil ? .replayed : .full
    }
}

/// The generation that counts now. A full one makes room for a new one and is not itself emptied.
private final class ProofGenerations: Sendable {
    private let capacity: Int
    private let current: Mutex<ProofGeneration>

    init(capacity: Int) {
        self.capacity = capacity
        current = Mutex(ProofGeneration(capacity: capacity))
    }

    var now: ProofGeneration { current.withLock { $0 } }

    /// Begins a new one, unless somebody else did.
    func end(_ full: ProofGeneration) {
        current.withLock { if $0 === full { $0 = ProofGeneration(capacity: capacity) } }
    }
}

/// DPoP (RFC 9449): one source of nonces and one memory of used proofs, for devices or for portals.
///
/// Every proof carries a nonce of this process, so that its identifier need not outlive it. Nobody is refused for want of
/// memory: anybody can make proofs with keys of their own, and could shut everybody out. When the memory is full it is
/// begun anew together with the nonces; proofs with an older one hear of the new one and come again.
public struct ProofOfPossession: Sendable {
    /// With what the addresses of calls begin.
    let issuer: IssuerURL
    let clock: ProviderClock
    private let generations: ProofGenerations

    /// - Parameter capacity: how many proofs are remembered, each for two minutes: a million are enough for 8,000 proofs a
    ///   second.
    init(issuer: IssuerURL, clock: ProviderClock, capacity: Int = 1_000_000) {
        self.init(issuer: issuer, clock: clock, generations: ProofGenerations(capacity: capacity))
    }

    private init(issuer: IssuerURL, clock: ProviderClock, generations: ProofGenerations) {
        self.issuer = issuer
        self.clock = clock
        self.generations = generations
    }

    /// The same for calls at another address of this process (RFC 9449 §4.3-9: `htu` is the address that was called).
    func at(_ address: IssuerURL) -> ProofOfPossession {
        ProofOfPossession(issuer: address, clock: clock, generations: generations)
    }

    /// Why a proof was refused.
    public enum Fault: Error, Sendable, Equatable {
        /// The proof has no nonce, or none that was given lately.
        case nonceNeeded
        case malformed
        case replayed
    }

    /// A nonce for the next proof (RFC 9449 §8).
    public func nonce() -> String { generations.now.nonces.make(now: clock.now()) }

    /// A portal's proof, by any algorithm of the metadata (RFC 9449 §5.1), used up at once.
    public func verify(_ proof: PresentedProof) throws(Fault) -> ProvedKey { try use(examine(proof)) }

    /// Every check of a proof but that of its `jti`: what it goes with is judged before `use`.
    ///
    /// - Parameter accessToken: the token that the proof goes with, at a resource.
    func examine(
        _ proof: PresentedProof, accessToken: String? = nil, algorithms: Set<JWSAlgorithm> = [.es256, .ps256, .edDSA]
    ) throws(Fault) -> ExaminedProof {
        let now = clock.now()
        let generation = generations.now
        do {
            return ExaminedProof(
                proof: try VerifiedDPoPProof.verify(
                    proof.text, method: proof.method, url: issuer.appending(proof.path), now: now,
                    isAcceptableNonce: { generation.nonces.isAcceptable($0, now: now) }, accessToken: accessToken,
                    algorithms: algorithms),
                generation: generation)
        } catch { throw error == .nonceNeeded ? .nonceNeeded : .malformed }
    }

    /// Uses a proof up (RFC 9449 §4.3, check 12).
    func use(_ proof: consuming ExaminedProof) throws(Fault) -> ProvedKey {
        // Remembered where its nonce was judged: a copy that was examined at the same time meets it there.
        let generation = proof.generation
        switch generation.use(ProofIdentifier(proof.proof), now: clock.now()) {
        case .fresh: return ProvedKey(proof.key)
        case .replayed: throw .replayed
        case .full:
            generations.end(generation)
            throw .nonceNeeded
        }
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
        }
    }
}
