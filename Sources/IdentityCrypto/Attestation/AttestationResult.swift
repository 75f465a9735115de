public import OpenIDMessages

/// What evidence of hardware proved, and how each check ended, in the order of docs/protocol.md §7.
public struct AttestationResult: Sendable {
    /// Nil when a check failed.
    public let keyStore: HardwareKeyStore?
    /// True when the chain leads to a simulator's root: the evidence is played, whatever it says.
    public let isSimulated: Bool
    public let verdicts: [EvidenceVerdict]
    /// The serial numbers of the chain's certificates, as revocation lists write them.
    public let serials: [String]

    init(_ verdicts: VerdictList, keyStore: HardwareKeyStore?, isSimulated: Bool, chain: AttestationChain?) {
        self.keyStore = verdicts.allPassed ? keyStore : nil
        self.isSimulated = isSimulated
        self.verdicts = verdicts.verdicts
        serials = chain?.serials ?? []
    }

    /// Evidence that is not even well-formed.
    init(unreadable verdicts: VerdictList, chain: AttestationChain? = nil) {
        self.init(verdicts, keyStore: nil, isSimulated: false, chain: chain)
    }
}

/// The verdicts of one piece of evidence, in the order of its checks.
struct VerdictList: Sendable {
    private(set) var verdicts: [EvidenceVerdict] = []

    var allPassed: Bool { verdicts.allSatisfy(\.passed) }

    @discardableResult
    mutating func check(_ name: String, _ passed: Bool, _ good: String, _ bad: String) -> Bool {
        verdicts.append(EvidenceVerdict(check: name, passed: passed, detail: passed ? good : bad))
        return passed
    }
}
