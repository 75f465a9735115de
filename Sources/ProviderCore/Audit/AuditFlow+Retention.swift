internal import AccountDirectory
internal import OpenIDMessages

/// The end of audit events (checklist O4).
extension AuditFlow {
    /// Removes the events whose time is over from the beginning of each chain; how many went. What is left is verified
    /// against the anchor of the cut. What is long happens outside of transactions, and what is written is written in small
    /// ones, so that a login waits for none of them.
    func applyRetention(_ policy: RetentionPolicy) async throws -> Int {
        let now = clock.now()
        var removed = 0
        for head in try await store.auditHeads() {
            if let cut = try await cut(head, policy, now: now) { _ = try await store.cutAudit(cut) }
            // Also what a run before did not come to.
            while true {
                let gone = try await store.removeCutAudit(of: head.chain, limit: Self.removedAtOnce)
                removed += gone
                if gone < Self.removedAtOnce { break }
            }
        }
        return removed
    }

    /// Nil when nothing is due, and for a chain that somebody changed: what is wrong stays where it can be found.
    private func cut(_ head: AuditHead, _ policy: RetentionPolicy, now: Timestamp) async throws -> AuditCut? {
        let before = now - policy.audit
        let first = try await store.auditEntries(of: head.chain, after: head.anchor?.number ?? 0, limit: 1).first
        // A cut is an event: at most one a day, so that chains do not fill with them.
        guard let first, first.time < before - policy.auditCuts else { return nil }
        do {
            var rule = try AuditCutRule(head, sealing: sealing)
            while try rule.take(
                await store.auditEntries(of: head.chain, after: rule.position, limit: Self.verifiedAtOnce),
                before: before)
            {}
            return rule.cut(now: now)
        } catch is AuditBreak { return nil }
    }
}
