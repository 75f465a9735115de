internal import AccountDirectory
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// What happens to accounts, inside a transaction.
extension Database {
    private static let profileColumns = """
        a.id AS account, a.level AS account_level, a.state AS account_state, a.locks, a.created_at, a.erase_at,
        p.attributes
        """

    /// An account that is not closed.
    func profile(of account: AccountIdentifier) throws -> AccountProfile? {
        try row(
            "SELECT \(Self.profileColumns) FROM account a JOIN person p ON p.id = a.person WHERE a.id = ?",
            [account.rawValue])?
            .profile
    }

    func accounts(like likeness: SecretDigest) throws -> [AccountProfile] {
        try rows(
            """
            SELECT \(Self.profileColumns) FROM person p JOIN account a ON a.person = p.id
            WHERE p.likeness = ? ORDER BY a.created_at, a.rowid LIMIT 20
            """, [likeness.bytes]
        ).map { row in try row.profile }
    }

    func account(linkedBy digest: SecretDigest) throws -> AccountProfile? {
        try row(
            """
            SELECT \(Self.profileColumns) FROM identity_link l
            JOIN account a ON a.id = l.account JOIN person p ON p.id = a.person WHERE l.digest = ?
            """, [digest.bytes])?
            .profile
    }

    func hasActiveDevice(_ account: AccountIdentifier) throws -> Bool {
        try row("SELECT 1 FROM device WHERE account = ? AND state = 'active' LIMIT 1", [account.rawValue]) != nil
    }

    /// Tells the person.
    func tell(_ account: AccountIdentifier, _ kind: NoticeKind, detail: String? = nil, at time: Timestamp) throws {
        try run(
            "INSERT INTO notice (id, account, kind, detail, time) VALUES (?, ?, ?, ?, ?)",
            [NoticeIdentifier.random().rawValue, account.rawValue, kind.rawValue, detail, time.seconds])
    }

    /// Moves an account on by an event of its table, if it is as the caller saw it; false, and nothing written, when not.
    ///
    /// - Parameter lock: the reason of a lock.
    @discardableResult
    func move(
        _ account: AccountProfile, _ event: AccountState.Event, lock: LockReason? = nil, eraseAt: Timestamp? = nil,
        by author: Author, at time: Timestamp
    ) throws -> Bool {
        guard let next = account.state.after(event) else { return false }
        let locks = AccountRules.locks(account.locks, after: event, for: lock)
        let moved = try run(
            """
            UPDATE account SET state = :next, lock_reason = :reason, locks = :locks, erase_at = :erase_at,
                seen_at = iif(:next = 'active', max(seen_at, :now), seen_at),
                warned_at = iif(:next = 'locked', :now, NULL)
            WHERE id = :account AND state = :state AND locks = :old_locks
            """,
            [
                "next": next.rawValue, "reason": next == .locked ? locks.max()?.rawValue : nil, "locks": locks.stored,
                "erase_at": eraseAt?.seconds, "now": time.seconds, "account": account.identifier.rawValue,
                "state": account.state.rawValue, "old_locks": account.locks.stored,
            ])
        guard moved == 1 else { return false }
        if let kind = event.auditKind {
            try audit(author.event(kind, object: lock?.rawValue, person: account.identifier, time: time))
        }
        if next != .active { try forgetBrowsers(of: account.identifier, at: time) }
        if let notice = event.notice(lock) { try tell(account.identifier, notice, at: time) }
        if account.state == .closing, next != .closed {
            try withdrawErasure(
                of: account.identifier, because: next == .locked ? .keptByLaw : .withdrawn, at: time)
        }
        if let news = event.news(from: account.state) {
            try companiesHear(news, of: account.identifier, now: time)
        }
        return true
    }

    /// Locks an account and ends what it has open.
    ///
    /// - Parameter leavesWaiting: what waits goes on waiting for its day; else it is refused, for while the account is locked
    ///   nobody can (L2).
    func lock(
        _ identifier: AccountIdentifier, for reason: LockReason, leavesWaiting: Bool = false, by author: Author,
        at time: Timestamp
    ) throws -> AccountChange {
        guard let account = try profile(of: identifier) else { return .unknown }
        // A right to enrol that was given before must not lift the lock, also when the account was locked already; nor does
        // anybody enrol with it in an account that cannot be locked yet, or any more.
        try run("DELETE FROM ticket WHERE account = ? AND used_at IS NULL", [identifier.rawValue])
        guard AccountRules.mayLock(account.state, for: reason) else { return .notPossible(account.state) }
        if !account.locks.contains(reason) || account.state != .locked {
            try move(account, .lock, lock: reason, by: author, at: time)
            try endSessions(of: identifier, at: time)
        }
        if !leavesWaiting { try refuseWaiting(of: identifier, by: author.consequence, at: time) }
        return .changed
    }

    /// I2: an active account has an active device; the last one takes the account along, whoever ended it.
    ///
    /// - Parameter isInOrder: it was too old, or its person took it away with the PIN. Any other end says that somebody else
    ///   may have it, who may be the one whose device waits.
    func lockWithoutDevice(
        _ account: AccountIdentifier, isInOrder: Bool, because author: Author, at time: Timestamp
    ) throws {
        guard try !hasActiveDevice(account), let profile = try profile(of: account), profile.state == .active else {
            return
        }
        _ = try lock(
            account, for: .noAuthenticator, leavesWaiting: isInOrder, by: author.consequence, at: time)
    }

    /// Ends every session of an account, with its refresh tokens; its portals hear of it (I7).
    func endSessions(of account: AccountIdentifier, at time: Timestamp) throws {
        let sessions = try rows(
            "SELECT id FROM session WHERE account = ? AND ended_at IS NULL AND expires_at > ?",
            [account.rawValue, time.seconds])
        for session in sessions {
            let identifier = try session.value("id", as: SessionIdentifier.self)
            try end(
                identifier,
                event: Author.system.event(.sessionEnded, object: identifier.rawValue, time: time))
        }
    }
}

extension AccountState.Event {
    var auditKind: SecurityEvent.Kind? {
        switch self {
        case .firstDevice: .accountActivated
        case .lock: .accountLocked
        case .reactivate: .accountUnlocked
        case .requestClose: .accountCloseRequested
        case .cancelClose: .accountCloseCancelled
        case .erase: .accountClosed
        }
    }

    /// What the companies of the account's person hear (I13, I14).
    fileprivate func news(from state: AccountState) -> AccountNews? {
        switch self {
        case .lock, .requestClose: state == .active ? .locked : nil
        case .reactivate, .cancelClose: .unlocked
        case .firstDevice, .erase: nil
        }
    }

    /// - Parameter lock: the reason of a lock.
    fileprivate func notice(_ lock: LockReason?) -> NoticeKind? {
        switch self {
        case .firstDevice, .erase: nil
        case .lock: lock.map(NoticeKind.locked) ?? .accountLocked
        case .reactivate: .accountUnlocked
        case .requestClose: .closingBegun
        case .cancelClose: .closingCancelled
        }
    }
}

extension StoredRow {
    var profile: AccountProfile {
        get throws {
            AccountProfile(
                identifier: try accountIdentifier,
                person: try wanted(ReadLately.people.value(try text("attributes")), "attributes").wrappedValue,
                level: try level("account_level"), state: try value("account_state"),
                locks: try locks, createdAt: try time("created_at"), eraseAt: try optionalTime("erase_at"))
        }
    }

    private var locks: Set<LockReason> {
        get throws {
            let words = try strings("locks")
            let locks = Set(words.compactMap(LockReason.init(rawValue:)))
            guard locks.count == words.count else { throw StorageFault.undecodable("locks") }
            return locks
        }
    }
}

extension Set<LockReason> {
    /// As it is stored, the lightest first.
    fileprivate var stored: String { sorted().map(\.rawValue).jsonText }
}
