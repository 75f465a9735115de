public import OpenIDMessages

/// Who may get an account back, and how. Values in, decision out.
public enum AccountRules {
    /// How a person was identified now.
    public struct Identification: Sendable, Equatable {
        public var level: AssuranceLevel
        /// The person who was identified is the account's: equal likeness, or the same link of an upstream identity.
        public var isAccountsPerson: Bool

        public init(level: AssuranceLevel, isAccountsPerson: Bool) {
            self.level = level
            self.isAccountsPerson = isAccountsPerson
        }
    }

    /// Why an account is not given back.
    public enum Objection: Error, Sendable, Hashable, CaseIterable {
        /// The account is neither locked nor closing.
        case nothingToLift
        case otherPerson
        /// The identification is below the account's level (TR-03107-1 §3.4.2; never lower).
        case levelTooLow
        /// Only who ordered the lock lifts it.
        case orderedByAuthority
        /// Papers say that the person died, and no desk has seen the person alive since.
        case deceased
        /// The time for second thoughts is over.
        case tooLate
    }

    /// What a reactivation does.
    public struct Reactivation: Sendable, Equatable {
        public var event: AccountState.Event
        /// Devices that were bound before count no more: others had them, or may have had.
        public var revokesDevices: Bool
    }

    /// True when an account in this state is locked for this reason.
    public static func mayLock(_ state: AccountState, for reason: LockReason) -> Bool {
        switch state {
        case .active, .locked: true
        case .closing: reason == .authority
        case .pending, .closed: false
        }
    }

    /// An account that an authority has ordered to be locked is not closed: what is erased is kept for nobody.
    ///
    /// - Parameter liftsOrder: who ordered the lock has lifted it.
    public static func checkClosing(locks: Set<LockReason>, liftsOrder: Bool) throws(Objection) {
        guard !locks.contains(.authority) || liftsOrder else { throw .orderedByAuthority }
    }

    /// The reasons that stand after an event: closing takes none away but an order that was lifted.
    ///
    /// - Parameter reason: of a lock.
    public static func locks(
        _ locks: Set<LockReason>, after event: AccountState.Event, for reason: LockReason? = nil
    ) -> Set<LockReason> {
        switch event {
        case .lock: locks.union([reason].compactMap(\.self))
        case .requestClose: locks.subtracting([.authority])
        case .firstDevice, .reactivate, .cancelClose, .erase: []
        }
    }

    /// - Parameters:
    ///   - locks: every reason for which it was locked; while it is closing, too.
    ///   - lifting: reasons that are over, and which an identification alone does not end: an authority's, when it has lifted
    ///     its order; a death, when the person who was called dead stands at the desk.
    ///   - eraseAt: when a closing account is erased.
    public static func reactivation(
        of state: AccountState, locks: Set<LockReason>, level: AssuranceLevel, by identification: Identification,
        lifting: Set<LockReason> = [], eraseAt: Timestamp? = nil, now: Timestamp
    ) throws(Objection) -> Reactivation {
        guard state == .locked || state == .closing else { throw .nothingToLift }
        guard identification.isAccountsPerson else { throw .otherPerson }
        guard identification.level >= level else { throw .levelTooLow }
        let standing = locks.subtracting(lifting)
        guard !standing.contains(.deceased) else { throw .deceased }
        guard !standing.contains(.authority) else { throw .orderedByAuthority }
        if state == .closing {
            guard let eraseAt, eraseAt > now else { throw .tooLate }
            // Its devices were revoked when the closing began.
            return Reactivation(event: .cancelClose, revokesDevices: true)
        }
        return Reactivation(event: .reactivate, revokesDevices: !locks.isDisjoint(with: [.fraud, .deceased]))
    }

    /// What becomes of a desk's device that has waited for its day, and that nobody refused (L2).
    public enum WaitingDevice: Sendable, Equatable {
        case counts
        /// The account was locked because its last device came to its end in order: it has an active one again (I2).
        case countsAndUnlocks
        /// Nobody could refuse it while the account was locked, or the account would come back below its level (R2).
        case isRefused
    }

    /// - Parameters:
    ///   - reached: what the device reaches, which is no more than the identification at the desk.
    ///   - level: of the account.
    public static func waitingDevice(
        reaching reached: AssuranceLevel, in state: AccountState, lock: LockReason?, level: AssuranceLevel
    ) -> WaitingDevice {
        switch (state, lock) {
        case (.active, _): .counts
        case (.locked, .noAuthenticator) where reached >= level: .countsAndUnlocks
        default: .isRefused
        }
    }

    /// The level of a further device: never above what approved it (I12).
    public static func level(approvedAt approval: AssuranceLevel, ceiling: AssuranceLevel) -> AssuranceLevel {
        min(approval, ceiling)
    }
}
