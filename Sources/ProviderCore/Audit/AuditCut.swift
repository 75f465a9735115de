internal import AccountDirectory
internal import OpenIDMessages

/// What a retention takes from the beginning of a chain.
public struct AuditCut: Sendable {
    /// Where the chain begins from now on; the events up to its number go.
    public let anchor: AuditAnchor
    /// Says in the chain itself what went.
    public let event: SecurityEvent

    public init(anchor: AuditAnchor, event: SecurityEvent) {
        self.anchor = anchor
        self.event = event
    }
}

/// Decides which events have had their time. Values in, decision out.
struct AuditCutRule: Sendable {
    let sealing: AuditSealing
    /// Events before it go.
    let before: Timestamp
    let now: Timestamp

    /// Nil when nothing goes: the time of the first event has not come, or the events are not those that were written. What
    /// somebody has changed stays where `audit verify` finds it.
    ///
    /// - Parameter entries: the oldest events of the chain, in their order.
    func cut(_ chain: AuditChain, from anchor: AuditAnchor?, _ entries: [AuditEntry]) -> AuditCut? {
        guard anchor.map(sealing.holds) ?? true else { return nil }
        var last: (number: Int64, hash: [UInt8]?) = (anchor?.number ?? 0, anchor?.hash)
        let due = entries.prefix { $0.time < before }
        for entry in due {
            guard entry.chain == chain, entry.number == last.number + 1, entry.previous == last.hash,
                entry.hash == entry.contentHash
            else { return nil }
            last = (entry.number, entry.hash)
        }
        guard !due.isEmpty, let hash = last.hash else { return nil }
        let sealed = sealing.anchor(chain, number: last.number, hash: hash)
        return AuditCut(
            anchor: sealed,
            event: SecurityEvent(.auditSealed, time: now, tenant: chain.tenant, object: sealed.text, actor: .system))
    }
}
