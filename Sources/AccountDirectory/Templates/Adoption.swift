public import OpenIDMessages

/// One tenant's adoption of a template: the terms in force, and those that wait for approval.
public struct Adoption: Sendable, Equatable {
    /// Who must agree.
    public enum Role: String, Sendable, CaseIterable {
        /// Answers for the service at the tenant.
        case serviceOwner = "service_owner"
        /// The tenant's data protection officer.
        case dataProtectionOfficer = "dpo"
    }

    /// Terms that wait for the second of two approvals.
    public struct Proposal: Sendable, Equatable {
        public let terms: AdoptionTerms
        /// Who agreed in which role: names of administrators, not of citizens.
        public fileprivate(set) var approvals: [Role: String]

        public init(_ terms: AdoptionTerms, approvals: [Role: String] = [:]) {
            self.terms = terms
            self.approvals = approvals
        }
    }

    /// Who looked at what before it came into force. It stands for later versions that needed no review, too.
    public struct Review: Sendable, Equatable {
        /// The version that was looked at.
        public let version: SemanticVersion
        public let approvals: [Role: String]
        /// What tells this review from another one of the same people and version, e.g. its date.
        public let note: String?

        /// Nil unless two different people have approved in the two roles.
        public init?(version: SemanticVersion, approvals: [Role: String], note: String? = nil) {
            guard approvals.count == Role.allCases.count, Set(approvals.values).count == approvals.count else {
                return nil
            }
            self.version = version
            self.approvals = approvals
            self.note = note
        }
    }

    public let tenant: TenantIdentifier
    public let template: ServiceIdentifier
    public private(set) var state: AdoptionState
    /// The terms in force; nil until the first ones are approved, and after the end.
    public private(set) var terms: AdoptionTerms?
    /// Present as long as terms are in force.
    public private(set) var review: Review?
    public private(set) var proposal: Proposal?

    /// What other terms are a change of: the terms in force, and before there are any, those that were proposed.
    public var standing: AdoptionTerms? { terms ?? proposal?.terms }

    /// Why something cannot happen to an adoption.
    public enum Refusal: Error, Sendable, Equatable {
        /// The event does not fit the state.
        case state(AdoptionState, AdoptionState.Event)
        /// Nothing waits for approval.
        case nothingProposed
        /// The role has already agreed.
        case approvedAlready(Adoption.Role)
        /// One person cannot agree twice (two approvals by different people).
        case samePerson
        /// The terms are those in force.
        case nothingNew

        public var sentence: String {
            switch self {
            case .state(let state, let event): "an adoption that is \(state.rawValue) takes no \(event.rawValue)"
            case .nothingProposed: "nothing waits for approval"
            case .approvedAlready(let role): "\(role.rawValue) has already approved"
            case .samePerson: "the same person cannot approve twice"
            case .nothingNew: "these terms are in force"
            }
        }
    }

    /// A new adoption with terms that nobody has approved yet.
    public init(tenant: TenantIdentifier, template: ServiceIdentifier, proposing terms: AdoptionTerms) {
        self.tenant = tenant
        self.template = template
        state = .proposed
        proposal = Proposal(terms)
    }

    /// An adoption as a store or a region file has it. Nil when its parts contradict each other.
    public init?(
        tenant: TenantIdentifier, template: ServiceIdentifier, state: AdoptionState, terms: AdoptionTerms?,
        review: Review?, proposal: Proposal?
    ) {
        guard state.isInForce == (terms != nil), state.isInForce == (review != nil),
            state != .proposed || proposal != nil,
            state != .withdrawn || proposal == nil
        else { return nil }
        self.tenant = tenant
        self.template = template
        self.state = state
        self.terms = terms
        self.review = review
        self.proposal = proposal
    }

    /// One of two people agrees. With the second approval the terms are in force; true then.
    public mutating func approve(as role: Role, by person: String) throws(Refusal) -> Bool {
        guard var waiting = proposal else { throw .nothingProposed }
        guard waiting.approvals[role] == nil else { throw .approvedAlready(role) }
        guard !waiting.approvals.values.contains(person) else { throw .samePerson }
        waiting.approvals[role] = person
        guard let review = Review(version: waiting.terms.version, approvals: waiting.approvals) else {
            proposal = waiting
            return false
        }
        try move(state == .proposed ? .approve : .upgrade)
        (terms, self.review, proposal) = (waiting.terms, review, nil)
        return true
    }

    /// Other terms: in force at once when `way` needs no review, and otherwise a proposal while the old ones stay. An
    /// earlier proposal, and who approved it, is forgotten; only a patch that goes live leaves one that is about a later
    /// version (`patchKeepsProposal`). True when the terms are in force.
    public mutating func change(to fresh: AdoptionTerms, _ way: UpdateWay) throws(Refusal) -> Bool {
        guard let terms else {
            // Terms that are not in force yet are simply other ones.
            guard state == .proposed else { throw .state(state, .upgrade) }
            guard proposal?.terms != fresh else { throw .nothingNew }
            proposal = Proposal(fresh)
            return false
        }
        guard terms != fresh else { throw .nothingNew }
        guard state.after(.upgrade) != nil else { throw .state(state, .upgrade) }
        guard way != .review else {
            proposal = Proposal(fresh)
            return false
        }
        let keepsProposal = way == .automatic && patchKeepsProposal(fresh.version)
        try move(.upgrade)
        self.terms = fresh
        if !keepsProposal { proposal = nil }
        return true
    }

    /// True when a patch that goes live by itself takes nothing from anybody: no terms wait, or those of a later version.
    public func patchKeepsProposal(_ version: SemanticVersion) -> Bool {
        proposal.map { $0.terms.version > version } ?? true
    }

    /// A later version was published that waits for the tenant. What is in force stays as it is.
    public mutating func noteUpdate() throws(Refusal) { try move(.publish) }

    /// The tenant stays with its version.
    public mutating func decline() throws(Refusal) {
        try move(.decline)
        proposal = nil
    }

    /// One of the two says no: what waits is forgotten. An adoption that never came into force is over with it.
    public mutating func refuse() throws(Refusal) {
        guard proposal != nil else { throw .nothingProposed }
        guard state != .proposed else { return try withdraw() }
        proposal = nil
    }

    /// The end: the tenant offers the service no more.
    public mutating func withdraw() throws(Refusal) {
        try move(.withdraw)
        (terms, review, proposal) = (nil, nil, nil)
    }

    private mutating func move(_ event: AdoptionState.Event) throws(Refusal) {
        guard let next = state.after(event) else { throw .state(state, event) }
        state = next
    }
}
