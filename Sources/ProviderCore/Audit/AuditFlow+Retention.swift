internal import AccountDirectory
internal import OpenIDMessages

/// The end of audit events (checklist O4).
extension AuditFlow {
    /// Removes the events whose time is over from the beginning of each chain; how many went. What is left is verified
    /// against the anchor of the cut. Small transactions, so that a login waits for none of them.
    func applyRetention(_ policy: RetentionPolicy) async throws -> Int {
        let now = clock.now()
        let rule = AuditCutRule(sealing: sealing, before: now - policy.audit, now: now)
        var removed = 0
        for head in try await store.auditHeads() {
            let first = try await store.auditEntries(of: head.chain, after: head.anchor?.number ?? 0, limit: 1).first
            // A cut is an event: at most one a day, so that chains do not fill with them.
            guard let first, first.time < now - policy.audit - policy.auditCuts else { continue }
            while true {
                let gone = try await store.cutAudit(head.chain, limit: Self.verifiedAtOnce) { anchor, entries in
                    rule.cut(head.chain, from: anchor, entries)
                }
                removed += gone
                if gone < Self.verifiedAtOnce { break }
            }
        }
        return removed
    }
}
