internal import AccountDirectory
internal import OpenIDMessages

/// What a retention takes from the beginning of a chain.
public struct AuditCut: Sendable {
    /// The number of the anchor before; 0 when no event of the chain has gone.
    public let former: Int64
    /// Where the chain begins from now on; the events up to its number go.
    public let anchor: AuditAnchor
    /// Says in the chain itself what went.
    public let event: SecurityEvent

    public init(former: Int64, anchor: AuditAnchor, event: SecurityEvent) {
        self.former = former
        self.anchor = anchor
        self.event = event
    }
}

/// Decides up to which event a chain has had its time, verifying what goes for the last time. Values in, decision out.
struct AuditCutRule {
    private let sealing: AuditSealing
    private let former: Int64
    private var verification: AuditVerification

    /// Throws when head and anchor contradict each other.
    init(_ head: AuditHead, sealing: AuditSealing) throws(AuditBreak) {
        self.sealing = sealing
        former = head.anchor?.number ?? 0
        verification = try AuditVerification(head, sealing: sealing)
    }

    /// The number of the last event that goes.
    var position: Int64 { verification.position }

    /// Looks at the next events; false when one of them stays, or there were none. Throws when they are not what was written.
    mutating func take(_ entries: [AuditEntry], before: Timestamp) throws(AuditBreak) -> Bool {
        for entry in entries {
            guard entry.time < before, !verification.isComplete else { return false }
            try verification.check(entry)
        }
        return !entries.isEmpty
    }

    /// Nil when nothing goes.
    func cut(now: Timestamp) -> AuditCut? {
        guard position > former, let hash = verification.hash else { return nil }
        let anchor = sealing.anchor(verification.chain, number: position, hash: hash)
        return AuditCut(
            former: former, anchor: anchor,
            event: SecurityEvent(
                .auditSealed, time: now, tenant: anchor.chain.tenant, object: anchor.text, actor: .system))
    }
}
