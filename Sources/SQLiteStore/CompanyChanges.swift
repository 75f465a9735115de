internal import AccountDirectory
internal import Foundation
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

/// What a write found to be impossible, though the rule allowed it: a verified company has the identity, or an
/// establishment's number is taken. Thrown, so that everything of the decision is taken back.
struct CompanyWriteRefused: Error {
    let refusal: CompanyRefusal
}

extension Database {
    /// Writes the changes of one decision, each with its audit event.
    func write(
        _ changes: [CompanyChange], of company: CompanyIdentifier, by actor: CompanyActor, now: Timestamp
    ) throws {
        for change in changes {
            let wasFrozen = try isFrozen(company, before: change)
            let isRaise = try isRaise(change)
            try write(change, of: company, by: actor, now: now)
            try audit(SecurityEvent(of: change, in: company, by: actor, time: now))
            switch change {
            case .company(.close, _) where actor.isOffice:
                try tell("TRUE", of: company, .companyClosedByOffice, except: nil, at: now)
            case .company(.freeze, _) where !wasFrozen:
                try tell("TRUE", of: company, .companyFrozen, except: nil, at: now)
            case .details where actor.isOffice:
                try tell("is_administrator = 1", of: company, .companyChanged, except: nil, at: now)
            case .newMembership where actor.isOffice, .roles where actor.isOffice:
                try tell("TRUE", of: company, .administratorAppointed, except: nil, at: now)
            case .company(.cure, _): try tell("TRUE", of: company, .companyActiveAgain, except: nil, at: now)
            case .signature(_, let signature) where try self.company(company)?.state != .verifying:
                try tell("is_administrator = 1", of: company, .directorSigned, except: signature.account, at: now)
            case .newMembership(let membership) where membership.roles.contains(.orgAdmin) && !changes.hasSignature:
                try tell("is_administrator = 1", of: company, .administratorJoined, except: membership.account, at: now)
            case .roles(let membership, _):
                if isRaise, !changes.hasSignature {
                    try tell("is_administrator = 1", of: company, .administratorJoined, except: actor.person, at: now)
                }
                try tell(membership, .rolesChanged, by: actor, at: now)
            case .suspend(let membership, .administrator):
                try tell(membership, .membershipSuspended, by: actor, at: now)
            case .resume(let membership) where actor != .system:
                try tell(membership, .membershipResumed, by: actor, at: now)
            case .end(let membership, .removed), .end(let membership, .over), .end(let membership, .companyClosed):
                try tell(membership, .membershipEnded, by: actor, at: now)
            default: break
            }
        }
    }

    /// Whether a member becomes an administrator by it.
    private func isRaise(_ change: CompanyChange) throws -> Bool {
        guard case .roles(let membership, let roles) = change, roles.contains(.orgAdmin) else { return false }
        return try row("SELECT 1 FROM membership WHERE id = ? AND is_administrator = 0", [membership.rawValue]) != nil
    }

    /// Tells a member what somebody else did to the membership.
    private func tell(
        _ membership: MembershipIdentifier, _ notice: NoticeKind, by actor: CompanyActor, at time: Timestamp
    ) throws {
        guard let row = try row("SELECT account, company FROM membership WHERE id = ?", [membership.rawValue]) else {
            return
        }
        let account = try row.accountIdentifier
        guard actor.person != account else { return }
        try tell(account, notice, detail: try row.text("company"), at: time)
    }

    /// Whether a freeze only has another reason: its people know of it.
    private func isFrozen(_ company: CompanyIdentifier, before change: CompanyChange) throws -> Bool {
        guard case .company(.freeze, _) = change else { return false }
        return try self.company(company)?.state == .frozen
    }

    private func write(
        _ change: CompanyChange, of company: CompanyIdentifier, by actor: CompanyActor, now: Timestamp
    ) throws {
        switch change {
        case .company(let event, let reason): try move(company, event, reason, by: actor, now: now)
        case .standing(let level, let approvers):
            try one(
                "UPDATE company SET level = ?, approvers_needed = ? WHERE id = ?",
                [level.name, approvers, company.rawValue])
        case .evidence(let evidence): try insert(evidence, of: company)
        case .details(let details): try describe(company, as: details, now: now)
        case .powers(let powers): try replace(powers, of: company, now: now)
        case .signature(let power, let signature): try sign(power, signature)
        case .newMembership(let membership): try insert(membership)
        case .roles(let membership, let roles):
            try one(
                "UPDATE membership SET roles = ?, is_administrator = ? WHERE id = ? AND state <> 'ended'",
                [roles.roles.map(\.rawValue).jsonText, roles.contains(.orgAdmin), membership.rawValue])
        case .suspend(let membership, let cause):
            try one(
                "UPDATE membership SET state = 'suspended', suspension = ? WHERE id = ? AND state = 'active'",
                [cause.rawValue, membership.rawValue])
            try endGrants(of: membership, at: now)
        case .resume(let membership):
            try one(
                "UPDATE membership SET state = 'active', suspension = NULL WHERE id = ? AND state = 'suspended'",
                [membership.rawValue])
        case .end(let membership, let reason): try end(membership, reason, now: now)
        case .newInvitation(let invitation, let digest): try insert(invitation, digest)
        case .invitation(let invitation, let event): try move(invitation, event)
        case .approval(let approval): try insert(approval, of: company)
        case .newEstablishment(let establishment): try insert(establishment)
        case .closeEstablishment(let establishment):
            let closed = try run(
                "UPDATE establishment SET state = 'closed' WHERE id = ? AND company = ? AND state = 'active'",
                [establishment.rawValue, company.rawValue])
            guard closed == 1 else { throw CompanyWriteRefused(refusal: .unknown) }
        case .forgetDetails:
            try one(
                """
                UPDATE company SET details = NULL, euid = NULL, business_number = NULL, register_entry = NULL, trade = NULL
                WHERE id = ? AND state = 'closed'
                """, [company.rawValue])
            try run("DELETE FROM establishment WHERE company = ?", [company.rawValue])
        }
    }

    /// Runs a conditional write that must change one row; the decision was made on what this transaction read.
    private func one(_ sql: String, _ arguments: SQLArguments) throws {
        guard try run(sql, arguments) == 1 else { throw StorageFault.missing("company") }
    }

    // MARK: Companies

    private func move(
        _ company: CompanyIdentifier, _ event: CompanyState.Event, _ reason: FreezeReason?, by actor: CompanyActor,
        now: Timestamp
    ) throws {
        for state in CompanyState.states(allowing: event) {
            guard let next = state.after(event) else { continue }
            // One conditional write decides: of two drafts with one identity one is verified.
            let moved = try run(
                """
                UPDATE company SET state = :next, freeze_reason = :reason, changed_at = :now,
                    frozen_at = iif(:event = 'freeze', :now, frozen_at)
                WHERE id = :company AND state = :state AND (:event <> 'verify' OR NOT EXISTS (
                    SELECT 1 FROM company other WHERE other.id <> company.id
                        AND other.state IN ('active', 'frozen', 'closing')
                        AND (other.euid = company.euid OR other.business_number = company.business_number
                            OR other.register_entry = company.register_entry OR other.trade = company.trade)))
                """,
                [
                    "next": next.rawValue, "reason": reason?.rawValue, "now": now.seconds,
                    "company": company.rawValue, "state": state.rawValue, "event": "\(event)",
                ])
            guard moved == 0 else { return try follow(event, of: company, by: actor, now: now) }
        }
        throw CompanyWriteRefused(refusal: event == .verify ? .identityTaken : .notInThisState)
    }

    /// New numbers are no verified company's, those of a draft neither, as when it was founded (I19); an application's are
    /// judged when it is verified.
    private func describe(_ company: CompanyIdentifier, as details: CompanyDetails, now: Timestamp) throws {
        let state = try self.company(company)?.state
        for identity in state == .verifying ? [] : details.identities {
            guard let other = try self.company(with: identity), other.identifier != company else { continue }
            throw CompanyWriteRefused(refusal: .identityTaken)
        }
        try one(
            """
            UPDATE company SET details = ?, euid = ?, business_number = ?, register_entry = ?, trade = ?,
                changed_at = iif(state = 'draft', ?, changed_at)
            WHERE id = ? AND state IN ('draft', 'verifying', 'active', 'frozen')
            """,
            [
                details.json.text, details.euid?.rawValue, details.businessNumber?.business.rawValue,
                details.register?.key, details.trade?.stored, now.seconds, company.rawValue,
            ])
    }

    /// What ends with a company that is frozen, closes or is closed.
    private func follow(
        _ event: CompanyState.Event, of company: CompanyIdentifier, by actor: CompanyActor, now: Timestamp
    ) throws {
        switch event {
        case .verify:
            // Whoever had not signed by then does not sign with this extract any more: it may be long out of date.
            try run(
                """
                UPDATE register_power SET state = 'superseded', superseded_at = ?
                WHERE company = ? AND state = 'recorded'
                """, [now.seconds, company.rawValue])
        case .close:
            try endGrants(of: company, at: now)
            try withdrawInvitations("company", company.rawValue, of: company, now: now)
            if actor.isOffice { try tell(elsewhereOfMandatesOf: company, at: now) }
            // Nothing leads back: what lets somebody act for it rests no more, it is over.
            try endMandates(of: company, tellsHolders: !actor.isOffice, at: now)
        case .complete, .abandon:
            try withdrawInvitations("company", company.rawValue, of: company, now: now)
            for row in try rows(
                "SELECT id FROM membership WHERE company = ? AND state <> 'ended'", [company.rawValue])
            {
                try write([.end(try row.value("id"), .companyClosed)], of: company, by: .system, now: now)
            }
            try endMandates(of: company, at: now)
            // A sole trader's facts are personal data: they go with the company, whatever ended it. Those of a company that
            // was never verified are its founder's words, and may name people as well.
            let details = try self.company(company)?.details
            if let details, event == .abandon || details.kind == .soleTrader {
                try write([.forgetDetails], of: company, by: .system, now: now)
            }
        case .freeze: try endGrants(of: company, at: now)
        case .submit, .cure: break
        }
    }

    /// Tells a company's people what somebody else did.
    ///
    /// - Parameters:
    ///   - condition: which of its members.
    ///   - account: who did it.
    private func tell(
        _ condition: String, of company: CompanyIdentifier, _ notice: NoticeKind, except account: AccountIdentifier?,
        at time: Timestamp
    ) throws {
        for row in try rows(
            """
            SELECT account FROM membership
            WHERE company = ? AND state <> 'ended' AND account IS NOT ? AND \(condition)
            """, [company.rawValue, account?.rawValue])
        {
            try tell(try row.accountIdentifier, notice, detail: company.rawValue, at: time)
        }
    }

    private func insert(_ evidence: CompanyEvidence, of company: CompanyIdentifier) throws {
        try run(
            """
            INSERT INTO company_evidence (id, company, method, performer, level, as_of, recorded_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                evidence.identifier.rawValue, company.rawValue, evidence.method.rawValue,
                evidence.performer?.rawValue, evidence.level.name, evidence.asOf.rawValue,
                evidence.recordedAt.seconds,
            ])
    }

    /// Whoever could act alone by the register and cannot any more: what came of that ends (I18).
    private func replace(_ powers: [RegisterPowerRecord], of company: CompanyIdentifier, now: Timestamp) throws {
        let signed: [AccountIdentifier] = try rows(
            "SELECT DISTINCT account FROM register_power WHERE company = ? AND state = 'signed'", [company.rawValue]
        ).map { row in try row.accountIdentifier }
        let alone = try signed.filter { try registerStanding(of: $0, in: company) == .sole }
        try supersede(by: powers, of: company, now: now)
        for account in alone where try registerStanding(of: account, in: company) != .sole {
            try endGrants(of: account, byTheRegisterOf: company, at: now)
        }
    }

    private func supersede(by powers: [RegisterPowerRecord], of company: CompanyIdentifier, now: Timestamp) throws {
        try run(
            """
            UPDATE register_power SET state = 'superseded', superseded_at = ?
            WHERE company = ? AND state <> 'superseded'
            """, [now.seconds, company.rawValue])
        for power in powers {
            try run(
                """
                INSERT INTO register_power (id, company, person, kind, signatories, evidence, as_of, state, account,
                    device, level, signed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    power.identifier.rawValue, company.rawValue, power.person.rawValue, power.kind.rawValue,
                    power.representation.signatories, power.evidence.rawValue, power.asOf.rawValue,
                    power.state.rawValue, power.signature?.account.rawValue, power.signature?.device?.rawValue,
                    power.signature?.level.name, power.signature?.time.seconds,
                ])
        }
    }

    private func sign(_ power: RegisterPowerIdentifier, _ signature: RegisterPowerRecord.Signature) throws {
        try one(
            """
            UPDATE register_power SET state = 'signed', account = ?, device = ?, level = ?, signed_at = ?
            WHERE id = ? AND state = 'recorded'
            """,
            [
                signature.account.rawValue, signature.device?.rawValue, signature.level.name,
                signature.time.seconds, power.rawValue,
            ])
    }

    private func insert(_ approval: CompanyApproval, of company: CompanyIdentifier) throws {
        try run(
            "DELETE FROM company_approval WHERE act = ? AND subject = ? AND time <= ?",
            [approval.act.rawValue, approval.subject, (approval.time - ApprovalRules.lifetime).seconds])
        try run(
            "INSERT INTO company_approval (act, subject, company, account, device, time) VALUES (?, ?, ?, ?, ?, ?)",
            [
                approval.act.rawValue, approval.subject, company.rawValue, approval.account.rawValue,
                approval.device.rawValue, approval.time.seconds,
            ])
    }

    private func insert(_ establishment: EstablishmentRecord) throws {
        let written = try run(
            """
            INSERT INTO establishment (id, company, activity, name, municipality, address, state)
            VALUES (?, ?, ?, ?, ?, ?, 'active') ON CONFLICT DO NOTHING
            """,
            [
                establishment.identifier.rawValue, establishment.company.rawValue, establishment.activity,
                establishment.name.text, establishment.municipality?.rawValue, establishment.address.json.text,
            ])
        guard written == 1 else { throw CompanyWriteRefused(refusal: .notAcceptable) }
    }

    // MARK: People

    func insert(_ membership: MembershipRecord) throws {
        try run(
            """
            INSERT INTO membership (id, company, account, roles, is_administrator, state, level, since, valid_until)
            VALUES (?, ?, ?, ?, ?, 'active', ?, ?, ?)
            """,
            [
                membership.identifier.rawValue, membership.company.rawValue, membership.account.rawValue,
                membership.roles.roles.map(\.rawValue).jsonText, membership.roles.contains(.orgAdmin),
                membership.level.name, membership.since.seconds, membership.validUntil?.seconds,
            ])
    }

    private func end(_ membership: MembershipIdentifier, _ reason: MembershipEnd, now: Timestamp) throws {
        let ended = try rows(
            """
            UPDATE membership SET state = 'ended', suspension = NULL, ended_at = ?, end_reason = ?
            WHERE id = ? AND state <> 'ended' RETURNING company
            """, [now.seconds, reason.rawValue, membership.rawValue])
        guard let company: CompanyIdentifier = try ended.first?.value("company") else {
            throw StorageFault.missing("membership")
        }
        try endMandates(of: membership, at: now)
        try endGrants(of: membership, at: now)
        // Whoever invited has lost the right to.
        try withdrawInvitations("invited_by", membership.rawValue, of: company, now: now)
    }

    // MARK: Invitations

    private func insert(_ invitation: InvitationRecord, _ digest: ContentDigest) throws {
        try run(
            """
            INSERT INTO invitation (id, company, roles, expectation, invited_by, code_digest, state, created_at,
                expires_at, membership_ends)
            VALUES (?, ?, ?, ?, ?, ?, 'created', ?, ?, ?)
            """,
            [
                invitation.identifier.rawValue, invitation.company.rawValue,
                invitation.roles.roles.map(\.rawValue).jsonText, invitation.expectation.rawValue,
                invitation.invitedBy.rawValue, digest.rawValue,
                invitation.createdAt.seconds, invitation.expiresAt.seconds, invitation.membershipEnds?.seconds,
            ])
    }

    private func move(_ invitation: InvitationIdentifier, _ event: InvitationState.Event) throws {
        for state in InvitationState.states(allowing: event) {
            guard let next = state.after(event) else { continue }
            let moved = try run(
                "UPDATE invitation SET state = ? WHERE id = ? AND state = ?",
                [next.rawValue, invitation.rawValue, state.rawValue])
            guard moved == 0 else { return }
        }
        throw StorageFault.missing("invitation")
    }

    /// - Parameter column: `company` or `invited_by`.
    private func withdrawInvitations(
        _ column: String, _ value: String, of company: CompanyIdentifier, now: Timestamp
    ) throws {
        let open = try rows(
            "SELECT id FROM invitation WHERE \(column) = ? AND state IN ('created', 'sent', 'opened')", [value])
        for row in open {
            try write([.invitation(try row.value("id"), .withdraw)], of: company, by: .system, now: now)
        }
    }
}

extension [CompanyChange] {
    /// A person whom the register names signs: colleagues hear of just that.
    fileprivate var hasSignature: Bool {
        contains { change in
            guard case .signature = change else { return false }
            return true
        }
    }
}
