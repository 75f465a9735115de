public import AccountDirectory
internal import OpenIDMessages

/// Reads and verifies the audit chains.
public struct AuditFlow: Sendable {
    let store: any AuditStore
    let sealing: AuditSealing
    let clock: ProviderClock

    /// Events that one call of the store brings while a chain is verified.
    static let verifiedAtOnce = 1000
    /// Events that one transaction removes.
    static let removedAtOnce = 200
    /// The most events of one page.
    public static let largestPage = 1000

    init(store: any AuditStore, sealing: AuditSealing, clock: ProviderClock) {
        self.store = store
        self.sealing = sealing
        self.clock = clock
    }

    /// How a verification went, by chain.
    public struct Report: Sendable, Equatable {
        public struct Chain: Sendable, Equatable {
            public var chain: AuditChain
            /// How many events were found right, from the first that is kept.
            public var verified: Int64
            /// The number of the last event that went with time; nil when none did.
            public var removed: Int64?
            /// The first place at which the chain is broken.
            public var fault: AuditBreak?
        }

        public var chains: [Chain]

        public var isWhole: Bool { chains.allSatisfy { $0.fault == nil } }
    }

    /// Walks a chain, or all of them, from the first event to the head. What it finds is an event of the region itself.
    ///
    /// - Parameter chain: one that is known here: without events it is whole.
    public func verify(_ chain: AuditChain? = nil) async throws -> Report {
        try await verify(chain, by: .clerk, transaction: nil)
    }

    /// - Parameters:
    ///   - actor: who wants to know.
    ///   - transaction: the login of an administrator.
    func verify(
        _ chain: AuditChain?, by actor: SecurityEvent.Actor, transaction: TransactionIdentifier?
    ) async throws -> Report {
        var report = Report(chains: [])
        for head in try await store.auditHeads() where chain == nil || head.chain == chain {
            report.chains.append(try await verified(head))
        }
        if let chain, report.chains.isEmpty {
            report.chains = [Report.Chain(chain: chain, verified: 0)]
        }
        try await store.record([
            SecurityEvent(
                .auditVerified, time: clock.now(), object: chain?.rawValue, transaction: transaction, actor: actor,
                outcome: report.isWhole ? .success : .refusal)
        ])
        return report
    }

    private func verified(_ head: AuditHead) async throws -> Report.Chain {
        var head = head
        while true {
            let result = try await walk(head)
            // What a retention took meanwhile is not missing: the chain begins later since then, and is walked again.
            guard result.fault != nil,
                let later = try await store.auditHeads().first(where: { $0.chain == head.chain }),
                let anchor = later.anchor?.number, anchor > head.anchor?.number ?? 0
            else { return result }
            head = later
        }
    }

    private func walk(_ head: AuditHead) async throws -> Report.Chain {
        var result = Report.Chain(chain: head.chain, verified: 0, removed: head.anchor?.number)
        do {
            var verification = try AuditVerification(head, sealing: sealing)
            while !verification.isComplete {
                let entries = try await store.auditEntries(
                    of: head.chain, after: verification.position, limit: Self.verifiedAtOnce)
                guard !entries.isEmpty else { break }
                for entry in entries {
                    try verification.check(entry)
                    result.verified = verification.verified
                }
            }
            try verification.finish()
        } catch let fault as AuditBreak { result.fault = fault }
        return result
    }

    public func heads() async throws -> [AuditHead] { try await store.auditHeads() }

    /// Events of a chain in their order, with what an outsider needs to verify them.
    public func export(_ reach: AuditReach, after number: Int64, limit: Int = largestPage) async throws -> [AuditEntry]
    {
        try await store.auditEntries(of: reach.chain, after: number, limit: min(limit, Self.largestPage))
    }

    /// Events of a chain, the latest first.
    public func page(
        of reach: AuditReach, _ filter: AuditFilter = .everything, before cursor: Int64? = nil, limit: Int = 100
    ) async throws -> AuditPage {
        try await store.auditPage(of: reach, filter, before: cursor, limit: min(limit, Self.largestPage))
    }

    /// Who did what with a person's account and data, in all towns, the latest first.
    public func page(
        of account: AccountIdentifier, onlyLooks: Bool = false, before cursor: Int64? = nil,
        limit: Int = 100
    ) async throws -> AuditPage {
        try await store.auditPage(
            of: account, onlyLooks: onlyLooks, before: cursor, limit: min(limit, Self.largestPage))
    }

    /// Writes what changed nothing and must be known all the same.
    public func record(_ event: SecurityEvent) async throws { try await store.record([event]) }
}
