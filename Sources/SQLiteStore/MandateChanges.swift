internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// Moves a mandate to the state that the event leads to; false where it leads nowhere. What ends takes its children
    /// along, in the same transaction.
    ///
    /// - Parameter tellsHolder: false where the holder hears of what ended it.
    @discardableResult
    func move(
        _ mandate: Mandate, _ event: MandateState.Event, by actor: CompanyActor, tellsHolder: Bool = true,
        at time: Timestamp
    ) throws -> Bool {
        guard let next = mandate.state.after(event) else { return false }
        // The condition lets nothing pass that was decided on another state.
        let moved = try run(
            "UPDATE mandate SET state = :next, ended_at = :ended WHERE id = :id AND state = :state",
            [
                "next": next.rawValue, "ended": next.isFinal ? time.seconds : nil, "id": mandate.identifier.rawValue,
                "state": mandate.state.rawValue,
            ])
        guard moved == 1 else { return false }
        try audit(SecurityEvent(of: event, mandate, by: actor, at: time))
        if mandate.state == .active { try endGrants(under: mandate, at: time) }
        guard next.isFinal else { return true }
        if actor.isOffice {
            try tell(ofEndOf: mandate, at: time)
        } else if tellsHolder, event == .revoke, [.active, .suspended].contains(mandate.state) {
            try tell(holderOf: mandate, by: actor, at: time)
        }
        for child in try children(of: mandate.identifier) {
            try move(child, event == .expire ? .expire : .revoke, by: actor, tellsHolder: tellsHolder, at: time)
        }
        return true
    }

    /// Makes a mandate active that has its last approval; the one that it replaces ends.
    func activate(
        _ mandate: Mandate, as body: GrantingBody, by actor: CompanyActor, at time: Timestamp
    ) throws {
        try run(
            "UPDATE mandate SET state = 'active', activated_at = ?, granted_by = ? WHERE id = ? AND state = ?",
            [time.seconds, body.rawValue, mandate.identifier.rawValue, mandate.state.rawValue])
        try audit(SecurityEvent(of: .activate, mandate, by: actor, at: time))
        try takeEffect(mandate, by: actor, at: time)
    }

    /// What ends when a mandate counts from now on: the one whose place it takes, and the wishes that it fulfils. Approved
    /// later, such a wish would be a right that stays behind unseen when this one is revoked.
    func takeEffect(_ mandate: Mandate, by actor: CompanyActor, at time: Timestamp) throws {
        try supersede(mandate, by: actor, at: time)
        for wish in try standingMandates(of: mandate.company, for: mandate.grantee)
        where wish.state == .draft && wish.identifier != mandate.identifier && wish.isFulfilled(by: mandate) {
            try move(wish, .revoke, by: actor, at: time)
        }
    }

    private func supersede(_ mandate: Mandate, by actor: CompanyActor, at time: Timestamp) throws {
        guard let replaced = try mandate.replaces.flatMap(self.mandate) else { return }
        if try !move(replaced, .supersede, by: actor, at: time) {
            // It was still only asked for.
            try move(replaced, .revoke, by: actor, at: time)
        }
    }

    /// Ends what a membership holds, in the transaction in which the membership ends (I18).
    func endMandates(of membership: MembershipIdentifier, at time: Timestamp) throws {
        try endMandates(
            try rows(
                "SELECT * FROM mandate WHERE grantee_membership = ? AND ended_at IS NULL", [membership.rawValue]),
            at: time)
    }

    /// Ends what a company gave and holds, in the transaction in which the company closes.
    func endMandates(of company: CompanyIdentifier, tellsHolders: Bool = true, at time: Timestamp) throws {
        try endMandates(try openMandates(of: company), tellsHolders: tellsHolders, at: time)
    }

    private func openMandates(of company: CompanyIdentifier) throws -> [StoredRow] {
        try rows(
            """
            SELECT * FROM mandate WHERE (company = :company OR grantor = :company OR grantee_company = :company)
                AND ended_at IS NULL
            """, ["company": company.rawValue])
    }

    private func endMandates(_ rows: [StoredRow], tellsHolders: Bool = true, at time: Timestamp) throws {
        // One that ended as a child of another meanwhile is not in its state any more, and is passed over.
        for row in rows { try move(try row.mandate, .revoke, by: .system, tellsHolder: tellsHolders, at: time) }
    }

    /// An office closes a company: whoever loses a mandate by that in another one hears of it.
    func tell(elsewhereOfMandatesOf company: CompanyIdentifier, at time: Timestamp) throws {
        for row in try openMandates(of: company) { try tell(ofEndOf: try row.mandate, except: company, at: time) }
    }

    /// Somebody took a mandate back, or it fell with another one: its holder hears of it, unless they gave it back.
    private func tell(holderOf mandate: Mandate, by actor: CompanyActor, at time: Timestamp) throws {
        let holder = try mandate.grantee.membership.flatMap { membership in
            try row("SELECT account FROM membership WHERE id = ? AND state <> 'ended'", [membership.rawValue])
        }
        guard let account = try holder?.accountIdentifier, account != actor.person else { return }
        try tell(account, .mandateEnded, detail: mandate.identifier.rawValue, at: time)
    }

    /// An office ended a mandate: its holder hears of it, and the administrators of every company that takes part.
    ///
    /// - Parameter closed: the company that closes, whose people hear of just that.
    private func tell(ofEndOf mandate: Mandate, except closed: CompanyIdentifier? = nil, at time: Timestamp) throws {
        let people = try rows(
            """
            SELECT DISTINCT account FROM membership WHERE state <> 'ended' AND company IS NOT :closed
                AND (id = :holder OR is_administrator = 1 AND company IN (:company, :grantor, :service))
            """,
            [
                "closed": closed?.rawValue,
                "holder": mandate.grantee.membership?.rawValue, "company": mandate.company.rawValue,
                "grantor": mandate.grantor.rawValue, "service": mandate.grantee.company?.rawValue,
            ])
        for row in people {
            try tell(
                try row.accountIdentifier, .mandateEndedByOffice, detail: mandate.identifier.rawValue, at: time)
        }
    }

    private func children(of mandate: MandateIdentifier) throws -> [Mandate] {
        try rows("SELECT * FROM mandate WHERE parent = ? AND ended_at IS NULL", [mandate.rawValue])
            .map { row in try row.mandate }
    }
}
