public import OpenIDMessages

/// That somebody's data were checked: by whom, how and when. Never the document itself.
public struct Evidence: Sendable, Equatable {
    /// How identity was proved.
    public enum Method: String, Sendable, CaseIterable {
        /// A trained clerk at a counter, with the document in hand (TR-03147).
        case counter
        /// The electronic identity of a card, read by cryptographic means.
        case eid
        /// An identity that another provider vouches for.
        case upstream
        /// A code sent to the registered address.
        case letter

        /// The check method in the words of OpenID Identity Assurance (IDA Schema 1.0, predefined values).
        public var checkMethod: String {
            switch self {
            case .counter: "vpip"
            case .eid: "vcrypt"
            case .upstream: "data"
            case .letter: "pvp"
            }
        }
    }

    public var identifier: EvidenceIdentifier
    public var account: AccountIdentifier
    public var method: Method
    /// The town whose clerk checked; nil where that was not recorded.
    public var performer: TenantIdentifier?
    public var checkedAt: Timestamp
    public var level: AssuranceLevel
    /// The type of the document in the words of IDA (`idcard`, `passport`, `residence_permit`); nil when none was recorded.
    public var documentType: String?
    /// The country that issued it, ISO 3166-1 alpha-2.
    public var documentCountry: String?
    /// When the evidence counts no more.
    public var expiresAt: Timestamp?

    public init(
        identifier: EvidenceIdentifier, account: AccountIdentifier, method: Method, performer: TenantIdentifier?,
        checkedAt: Timestamp, level: AssuranceLevel, documentType: String? = nil, documentCountry: String? = nil,
        expiresAt: Timestamp? = nil
    ) {
        self.identifier = identifier
        self.account = account
        self.method = method
        self.performer = performer
        self.checkedAt = checkedAt
        self.level = level
        self.documentType = documentType
        self.documentCountry = documentCountry
        self.expiresAt = expiresAt
    }
}

/// A claim about a person that evidence stands behind. Its value is in the person's record, once.
public struct VerifiedAttribute: Sendable, Equatable {
    /// The life of a verification.
    public enum State: String, StateMachine {
        case valid
        /// The value may have changed since: a name was changed, the evidence has expired (invariant I6).
        case stale
        /// The evidence turned out to be wrong.
        case revoked
        /// Newer evidence stands behind the claim (invariant I5).
        case superseded

        public enum Event: CaseIterable, Hashable, Sendable {
            case expire, confirm, revoke, supersede
        }

        public static let initial = State.valid
        public static let table: [Transition<State>] = [
            Transition(.valid, .expire, .stale), Transition(.valid, .confirm, .valid),
            Transition(.valid, .revoke, .revoked), Transition(.valid, .supersede, .superseded),
            Transition(.stale, .confirm, .valid), Transition(.stale, .revoke, .revoked),
            Transition(.stale, .supersede, .superseded),
        ]
    }

    public var claim: String
    public var evidence: Evidence
    /// Never above that of the evidence (invariant I3).
    public private(set) var level: AssuranceLevel
    public var state: State

    public init(claim: String, evidence: Evidence, level: AssuranceLevel? = nil, state: State = .valid) {
        self.claim = claim
        self.evidence = evidence
        self.level = min(level ?? evidence.level, evidence.level)
        self.state = state
    }

    /// True when the claim may be called verified now.
    public func counts(at now: Timestamp) -> Bool {
        state == .valid && level > .undefined && evidence.expiresAt.map { $0 > now } ?? true
    }
}

/// What evidence verifies. Values in, decision out.
public enum VerificationRules {
    /// The claims of the record that a clerk's check covers: what a person says of themself never is (invariant I3).
    public static func claims(of person: PersonRecord) -> [String] {
        ClaimCatalogue.all.filter { claim in
            ClaimCatalogue.verifiable.contains(claim) && person.claim(claim, namespace: "") != nil
        }
    }
}
