internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

/// What happens to devices, inside a transaction.
extension Database {
    /// Moves a device on by an event of its table, with everything that follows: its sessions end, its keys are marked,
    /// the other devices hear of it, and the account is locked when it was the last active one (I2).
    @discardableResult
    func change(
        _ device: DeviceIdentifier, of account: AccountIdentifier, _ event: DeviceState.Event,
        approval: AssuranceLevel? = nil, by author: Author, at time: Timestamp
    ) throws -> DeviceChange {
        let row = try row(
            "SELECT state, suspended_for, ceiling, name FROM device WHERE id = ? AND account = ?",
            [device.rawValue, account.rawValue])
        guard let row else { return .unknown }
        let state = try row.value("state", as: DeviceState.self)
        guard let next = state.after(event) else { return .notPossible(state) }
        let suspension: SuspensionReason? = try row.optionalValue("suspended_for")
        // Whoever has the copy would have it after the find as well.
        guard event != .found || suspension != .copied else { return .notPossible(state) }
        let ceiling = try row.level("ceiling")
        try run(
            """
            UPDATE device SET state = :state, suspended_for = :reason, usable_from = NULL, ceiling = :ceiling,
                was_lowered = iif(ceiling IN ('substantiell', 'hoch') AND :ceiling = 'normal', 1, was_lowered),
                pin_tries_left = iif(:state = 'active', :tries, pin_tries_left)
            WHERE id = :device
            """,
            [
                "state": next.rawValue, "reason": event.suspensionReason?.rawValue,
                "ceiling": AccountRules.level(approvedAt: approval ?? ceiling, ceiling: ceiling).name,
                "tries": DeviceRecordRow.pinTries, "device": device.rawValue,
            ])
        try mark(device, of: account, after: event, by: author, at: time)
        try audit(author.event(event.auditKind, object: device.rawValue, person: account, time: time))
        try tell(
            account, state == .pending && event == .revoke ? .deviceRefused : event.notice,
            detail: row.text("name"), at: time)
        // Nobody let it in who was there before: whoever is signed in shows who they are again (L2).
        if event == .approve, approval == nil { try endSessions(of: account, at: time) }
        if next != .active {
            try endSessions(of: device, at: time)
            let isInOrder = event == .expire || event == .revoke && author.actor == .person
            try lockWithoutDevice(account, isInOrder: isInOrder, because: author, at: time)
        }
        return .changed
    }

    /// A desk's device whose day is over without an objection.
    func settleWaiting(
        _ device: DeviceIdentifier, reaching level: AssuranceLevel, of account: AccountIdentifier, at time: Timestamp
    ) throws {
        let profile = try profile(of: account)
        let outcome = profile.map {
            AccountRules.waitingDevice(reaching: level, in: $0.state, lock: $0.lockReason, level: $0.level)
        }
        let event: DeviceState.Event = outcome == .counts || outcome == .countsAndUnlocks ? .approve : .revoke
        try change(device, of: account, event, by: .system, at: time)
        if outcome == .countsAndUnlocks, let profile { try move(profile, .reactivate, by: .system, at: time) }
    }

    /// Refuses every device that waits.
    func refuseWaiting(of account: AccountIdentifier, by author: Author, at time: Timestamp) throws {
        for device in try rows("SELECT id FROM device WHERE account = ? AND state = 'pending'", [account.rawValue]) {
            try change(device.value("id"), of: account, .revoke, by: author, at: time)
        }
    }

    /// Blocks a device in whatever state it is. Gives the state after that; nil when the account has no such device.
    func block(
        _ device: DeviceIdentifier, of account: AccountIdentifier, by author: Author, at time: Timestamp
    ) throws -> DeviceState? {
        let row = try row(
            "SELECT state FROM device WHERE id = ? AND account = ?", [device.rawValue, account.rawValue])
        guard let row else { return nil }
        let state = try row.value("state", as: DeviceState.self)
        let event = state.blocking
        try change(device, of: account, event, by: author, at: time)
        return state.after(event) ?? state
    }

    /// A key that was lost with its device may be found again; one that was copied or revoked never counts any more.
    private func mark(
        _ device: DeviceIdentifier, of account: AccountIdentifier, after event: DeviceState.Event, by author: Author,
        at time: Timestamp
    ) throws {
        let (step, kind): (StoredStep, SecurityEvent.Kind)
        switch event {
        case .reportCopied: (step, kind) = (DeviceKeyState.step(.compromise), .keyCompromised)
        case .revoke, .expire: (step, kind) = (DeviceKeyState.step(.revoke), .keyRevoked)
        default: return
        }
        let marked = try run(
            "UPDATE device_key SET state = ? WHERE device = ? AND state IN (SELECT value FROM json_each(?))",
            [step.state, device.rawValue, step.from])
        guard marked > 0 else { return }
        try audit(author.event(kind, object: device.rawValue, person: account, time: time))
    }

    /// Revokes every device that is not at its end.
    func revokeDevices(of account: AccountIdentifier, by author: Author, at time: Timestamp) throws {
        let devices = try rows(
            "SELECT id FROM device WHERE account = ? AND state NOT IN ('revoked', 'expired')", [account.rawValue])
        for device in devices {
            try change(device.value("id"), of: account, .revoke, by: author, at: time)
        }
    }
}

extension DeviceState.Event {
    fileprivate var suspensionReason: SuspensionReason? {
        switch self {
        case .reportLost: .lost
        case .reportCopied: .copied
        default: nil
        }
    }

    fileprivate var auditKind: SecurityEvent.Kind {
        switch self {
        case .approve, .found, .unlock: .deviceActivated
        case .reportLost, .reportCopied: .deviceSuspended
        case .wrongPINs: .deviceLocked
        case .revoke: .deviceRevoked
        case .expire: .deviceExpired
        }
    }

    fileprivate var notice: NoticeKind {
        switch self {
        case .approve: .deviceAdded
        case .reportLost, .reportCopied: .deviceSuspended
        case .found, .unlock: .deviceFound
        case .wrongPINs: .deviceLocked
        case .revoke: .deviceRevoked
        case .expire: .deviceExpired
        }
    }
}
