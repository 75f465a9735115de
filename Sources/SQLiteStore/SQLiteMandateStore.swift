public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func mandate(
        _ identifier: MandateIdentifier, for account: AccountIdentifier
    ) async throws -> MandateRecord? {
        try readTogether { db in
            let row = try db.row(
                """
                SELECT * FROM mandate WHERE id = :mandate AND EXISTS (
                    SELECT 1 FROM membership m WHERE m.account = :account AND (m.id = mandate.grantee_membership
                        OR m.state = 'active' AND m.company IN
                            (mandate.company, mandate.grantor, mandate.grantee_company)))
                """, ["mandate": identifier.rawValue, "account": account.rawValue])
            return try row.map { row in try db.record(of: try row.mandate) }
        }
    }

    public func mandates(heldBy account: AccountIdentifier) async throws -> [MandateRecord] {
        try readTogether { db in
            try db.rows(
                """
                SELECT d.* FROM membership m JOIN mandate d ON d.grantee_membership = m.id
                WHERE m.account = ? ORDER BY d.proposed_at DESC, d.id
                """, [account.rawValue]
            ).map { row in try db.record(of: try row.mandate) }
        }
    }

    public func mandates(of company: CompanyIdentifier) async throws -> [MandateRecord] {
        try readTogether { db in
            try db.rows(
                """
                SELECT * FROM mandate WHERE id IN (
                    SELECT id FROM mandate WHERE company = :company
                    UNION SELECT id FROM mandate WHERE grantor = :company
                    UNION SELECT id FROM mandate WHERE grantee_company = :company)
                ORDER BY proposed_at DESC, id
                """, ["company": company.rawValue]
            ).map { row in try db.record(of: try row.mandate) }
        }
    }

    public func actor(
        _ account: AccountIdentifier, in company: CompanyIdentifier, now: Timestamp
    ) async throws -> MandateActor? {
        try readTogether { db in try db.mandateActor(account, in: company, now: now) }
    }

    public func parties(
        to proposal: MandateProposal, by account: AccountIdentifier, now: Timestamp
    ) async throws -> ProposalParties? {
        try read { db in try db.parties(to: proposal, by: account, now: now) }
    }

    public func propose(
        _ proposal: MandateProposal, by account: AccountIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (ProposalParties) -> MandateOutcome<NewMandate>
    ) async throws -> MandateOutcome<MandateRecord> {
        try await writer.write { db in
            guard let parties = try db.parties(to: proposal, by: account, now: time) else { return .unknown }
            switch rule(parties) {
            case .unknown: return .unknown
            case .refused(let refusal): return .refused(refusal)
            case .done(let new): return .done(try db.write(new, by: account, at: time))
            }
        }
    }

    public func approve(
        _ mandate: MandateIdentifier, by account: AccountIdentifier, on device: DeviceIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (MandateSituation) -> MandateOutcome<ApprovalDecision>
    ) async throws -> MandateOutcome<MandateRecord> {
        try await writer.write { db in
            guard let situation = try db.situation(of: mandate, for: account, now: time) else { return .unknown }
            let last: GrantingBody?
            let needed: Int
            switch rule(situation) {
            case .unknown: return .unknown
            case .refused(let refusal), .done(.refused(let refusal)): return .refused(refusal)
            case .done(.counts(_, let number)): (last, needed) = (nil, number)
            case .done(.activates(let body, let number)): (last, needed) = (body, number)
            }
            let earlier = situation.record.mandate
            guard let actor = situation.roles[earlier.grantor] else { return .refused(.notEntitled) }
            let isNew = !situation.record.approvals.contains { $0.account == account }
            if isNew {
                try db.insert(
                    MandateApproval(account: account, membership: actor.membership, device: device, approvedAt: time),
                    of: mandate)
            }
            try db.run("UPDATE mandate SET approvals_needed = ? WHERE id = ?", [needed, mandate.rawValue])
            if let last {
                if isNew { try db.audit(SecurityEvent(of: .cosign, earlier, by: .person(account), at: time)) }
                try db.activate(earlier, as: last, by: .person(account), at: time)
            } else {
                try db.move(earlier, .cosign, by: .person(account), at: time)
            }
            return .done(try db.record(of: mandate))
        }
    }

    public func move(
        _ mandate: MandateIdentifier, _ event: MandateState.Event, by account: AccountIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (MandateSituation) -> MandateOutcome<Void>
    ) async throws -> MandateOutcome<MandateRecord> {
        try await writer.write { db in
            guard let situation = try db.situation(of: mandate, for: account, now: time) else { return .unknown }
            switch rule(situation) {
            case .unknown: return .unknown
            case .refused(let refusal): return .refused(refusal)
            case .done:
                guard try db.move(situation.record.mandate, event, by: .person(account), at: time) else {
                    return .refused(.notInThatState)
                }
                return .done(try db.record(of: mandate))
            }
        }
    }

    public func establishment(
        _ activity: String, of company: CompanyIdentifier
    ) async throws -> EstablishmentIdentifier? {
        try read { db in
            try db.row(
                "SELECT id FROM establishment WHERE company = ? AND activity = ? AND state = 'active'",
                [company.rawValue, activity])?.value("id")
        }
    }

    /// Ends mandates whose last day was before `today`, some in each transaction.
    func expireMandates(before today: CalendarDate, at time: Timestamp) async throws {
        while try await writer.write({ db in
            let over = try db.rows(
                "SELECT * FROM mandate WHERE ended_at IS NULL AND valid_until < ? ORDER BY valid_until, id LIMIT ?",
                [today.rawValue, Self.sweptAtOnce])
            for row in over { try db.move(try row.mandate, .expire, by: .system, at: time) }
            return over.count
        }) == Self.sweptAtOnce {}
    }
}

extension Database {
    func record(of identifier: MandateIdentifier) throws -> MandateRecord {
        guard let mandate = try mandate(identifier) else { throw StorageFault.missing("mandate") }
        return try record(of: mandate)
    }

    fileprivate func write(
        _ new: NewMandate, by account: AccountIdentifier, at time: Timestamp
    ) throws -> MandateRecord {
        let mandate = new.mandate
        try insert(mandate)
        try audit(
            SecurityEvent(.mandateProposed, mandate, by: .person(account), at: time))
        if let approval = new.approval {
            try insert(approval, of: mandate.identifier)
            try audit(SecurityEvent(of: .cosign, mandate, by: .person(account), at: time))
        }
        if mandate.state == .active {
            try audit(SecurityEvent(of: .activate, mandate, by: .person(account), at: time))
            try takeEffect(mandate, by: .person(account), at: time)
        }
        return try record(of: mandate.identifier)
    }
}

extension Database {
    fileprivate func parties(
        to proposal: MandateProposal, by account: AccountIdentifier, now: Timestamp
    ) throws -> ProposalParties? {
        guard let grantor = try companyStanding(proposal.grantor) else { return nil }
        let parent = try parentStanding(proposal.parent)
        return ProposalParties(
            actor: try mandateActor(account, in: proposal.grantor, now: now), grantor: grantor,
            grantee: try granteeStanding(proposal.grantee, now: now), parent: parent,
            standing: try standingMandates(of: parent?.mandate.company ?? proposal.grantor, for: proposal.grantee))
    }
}
