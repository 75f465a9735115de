internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func accept(_ answer: LoginAnswer) async throws -> LoginAnswerOutcome {
        try await writer.write { db in try db.accept(answer) }
    }
}

/// How an answer was judged.
enum AnswerJudgement {
    /// It counts, and it is written: the device's counter, its tries and the answer. Whose device it is.
    case counts(AccountIdentifier)
    case refused(LoginAnswerOutcome)
}

/// What an answer is judged by.
private struct AnsweringDevice {
    var account: AccountIdentifier
    /// What device and account reach now.
    var reached: AssuranceLevel
    var counter: Int64
    var pinTriesLeft: Int64
    /// Of the last response that came with a wrong PIN.
    var refusedDigest: ContentDigest?
    /// When the account's last use was written.
    var seenAt: Timestamp
}

extension Database {
    fileprivate func accept(_ answer: LoginAnswer) throws -> LoginAnswerOutcome {
        let account: AccountIdentifier
        let judged = DeviceAnswer(answer)
        switch try judge(judged) {
        case .refused(let outcome): return outcome
        case .counts(let owner): account = owner
        }
        switch answer.decision {
        case .approve:
            let change = try writeApproval(of: answer, account: account)
            try audit(.loginApproved, judged, of: account)
            if let grant = answer.approval?.grant {
                if let change { try audit(change, judged, of: account, company: grant.acting.company) }
                try recordUse(of: grant, at: answer.time)
            }
        case .deny: try audit(.loginDenied, judged, of: account)
        case .report:
            try audit(.loginReported, judged, of: account)
            // Whose login is in doubt trusts no browser any more.
            try forgetBrowsers(of: account, at: answer.time)
            if let client = answer.stops { try stop(client, asking: account, at: answer.time) }
        }
        return .accepted
    }

    /// The order is that of docs/protocol.md, P-4.6.1 and P-10.5; the transaction around it is P-4.6.2.
    func judge(_ answer: DeviceAnswer) throws -> AnswerJudgement {
        // 1. Whoever answered first has answered.
        if let digest = try earlierAnswer(to: answer.transaction) { return .refused(.answeredAlready(digest)) }
        // 2. The device may answer. The same bytes with a wrong PIN again are no second try, whatever proof comes with them.
        guard let device = try activeDevice(answer.device) else {
            return .refused(try isLocked(by: answer) ? .locked : .deviceNotActive)
        }
        guard device.refusedDigest != answer.responseDigest else {
            return .refused(.wrongPIN(triesLeft: Int(device.pinTriesLeft)))
        }
        // 3. A counter that does not rise means that two devices have the same key.
        guard answer.counter > device.counter else {
            try change(
                answer.device, of: device.account, .reportCopied,
                by: Author(.system, at: answer.tenant, in: answer.transaction), at: answer.time)
            return .refused(.cloned)
        }
        // 4. Whoever was lowered since the claim does not get what it reached then.
        if let level = answer.level, device.reached < level { return .refused(.levelLowered) }
        if let browser = answer.browser, try !isKnown(browser, of: device.account, at: answer.time) {
            return .refused(.browserForgotten)
        }
        // 5. An approval needs the PIN. A wrong one costs a try and leaves the question to be answered again.
        if answer.decision == .approve && !answer.isPINProved { return .refused(try countWrongPIN(answer, device)) }
        // 6. The answer counts.
        try write(answer)
        if answer.decision == .approve { try noteUse(by: device, at: answer.time) }
        return .counts(device.account)
    }

    func audit(
        _ kind: SecurityEvent.Kind, _ answer: DeviceAnswer, of account: AccountIdentifier,
        actor: SecurityEvent.Actor = .person, company: CompanyIdentifier? = nil
    ) throws {
        try audit(
            SecurityEvent(
                kind, time: answer.time, tenant: answer.tenant, object: answer.device.rawValue,
                transaction: answer.transaction, actor: actor, person: account, company: company))
    }

    private func earlierAnswer(to transaction: TransactionIdentifier) throws -> ContentDigest? {
        try row("SELECT response_digest FROM login_answer WHERE txn = ?", [transaction.rawValue])?
            .value("response_digest")
    }

    /// The device, if both it and its account are active.
    private func activeDevice(_ identifier: DeviceIdentifier) throws -> AnsweringDevice? {
        let row = try row(
            """
            SELECT d.account, d.ceiling, a.level, d.counter, d.pin_tries_left, d.refused_digest, a.seen_at
            FROM device d JOIN account a ON a.id = d.account
            WHERE d.id = ? AND d.state = 'active' AND a.state = 'active'
            """, [identifier.rawValue])
        guard let row else { return nil }
        return AnsweringDevice(
            account: try row.accountIdentifier, reached: min(try row.level("ceiling"), try row.level("level")),
            counter: try row.integer("counter"), pinTriesLeft: try row.integer("pin_tries_left"),
            refusedDigest: try row.optionalValue("refused_digest"), seenAt: try row.time("seen_at"))
    }

    /// True when this very response came with the last wrong PIN that the device had.
    private func isLocked(by answer: DeviceAnswer) throws -> Bool {
        try row(
            "SELECT 1 FROM device WHERE id = ? AND state = 'locked' AND refused_digest = ?",
            [answer.device.rawValue, answer.responseDigest.rawValue]) != nil
    }

    private func countWrongPIN(_ answer: DeviceAnswer, _ device: AnsweringDevice) throws -> LoginAnswerOutcome {
        let triesLeft = max(0, device.pinTriesLeft - 1)
        try audit(.loginFailed, answer, of: device.account)
        if triesLeft == 0 {
            try change(
                answer.device, of: device.account, .wrongPINs,
                by: Author(.system, at: answer.tenant, in: answer.transaction), at: answer.time)
        }
        try run(
            "UPDATE device SET counter = ?, pin_tries_left = ?, refused_digest = ?, last_used_at = ? WHERE id = ?",
            [
                answer.counter, triesLeft, answer.responseDigest.rawValue, answer.time.seconds, answer.device.rawValue,
            ])
        return triesLeft == 0 ? .locked : .wrongPIN(triesLeft: Int(triesLeft))
    }

    /// Written once in a while: to know of a year without a login takes no exact time, and costs a login nothing.
    private func noteUse(by device: AnsweringDevice, at time: Timestamp) throws {
        guard time > device.seenAt + 30 * 86_400 else { return }
        try run(
            "UPDATE account SET seen_at = ?, warned_at = NULL WHERE id = ?",
            [time.seconds, device.account.rawValue])
    }

    private func write(_ answer: DeviceAnswer) throws {
        let hasProvedPIN = answer.decision == .approve
        try run(
            """
            UPDATE device SET counter = :counter, last_used_at = :time,
                pin_tries_left = CASE WHEN :has_proved_pin THEN :tries ELSE pin_tries_left END
            WHERE id = :device
            """,
            [
                "counter": answer.counter, "time": answer.time.seconds, "has_proved_pin": hasProvedPIN,
                "tries": DeviceRecordRow.pinTries, "device": answer.device.rawValue,
            ])
        try run(
            "INSERT INTO login_answer (txn, device, response_digest, decision, answered_at) VALUES (?, ?, ?, ?, ?)",
            [
                answer.transaction.rawValue, answer.device.rawValue, answer.responseDigest.rawValue,
                answer.decision.rawValue, answer.time.seconds,
            ])
    }

    /// Writes the grant with its session; what it means for the hat that the person wears at the portal, if anything.
    private func writeApproval(of answer: LoginAnswer, account: AccountIdentifier) throws -> SecurityEvent.Kind? {
        guard let approval = answer.approval, approval.grant.transaction == answer.transaction,
            approval.grant.account == account, approval.grant.tenant == answer.tenant,
            approval.grant.session == approval.session.identifier, approval.session.account == account,
            approval.session.device == answer.device
        else { throw StorageFault.approvalDoesNotFitAnswer }
        if let browser = approval.browser { try noteUse(of: browser, at: answer.time) }
        let session = try beginSession(approval, at: answer.time)
        let release = try remember(approval, at: answer.time)
        let former = try context(in: session, at: approval.grant.client, for: approval.grant.tenant)
        try insert(approval.grant, session: session, sector: approval.sector, release: release)
        if let former, former != approval.grant.acting.name { return .contextSwitched }
        return approval.grant.acting.kind == .company ? .contextChosen : nil
    }

    /// The hat of a session's latest login at the client for the town.
    func context(
        in session: SessionIdentifier, at client: ClientIdentifier, for tenant: TenantIdentifier
    ) throws -> ContextName? {
        try row(
            """
            SELECT context FROM authorization_grant WHERE session = ? AND client = ? AND tenant = ?
            ORDER BY authenticated_at DESC, rowid DESC LIMIT 1
            """, [session.rawValue, client.rawValue, tenant.rawValue])?
            .value("context")
    }
}
