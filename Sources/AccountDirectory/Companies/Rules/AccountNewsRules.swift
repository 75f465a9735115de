public import OpenIDMessages

/// What companies hear of their members' accounts.
public enum AccountNews: Sendable, CaseIterable {
    /// Locked, or about to be closed.
    case locked
    /// Active again.
    case unlocked
    /// Closed for good: personal data go.
    case closed
    /// The person's identity is proved to another level than before.
    case levelChanged
}

/// What follows for a company from what happens to a member's account. Nothing here can be refused: a company keeps no
/// human in an account (I14).
public enum AccountNewsRules {
    /// - Parameter snapshot: with the membership of the account as its actor.
    public static func changes(
        _ news: AccountNews, in snapshot: CompanySnapshot, now: Timestamp
    ) -> [CompanyChange] {
        guard let member = snapshot.actor else { return [] }
        let identifier = member.membership.identifier
        switch news {
        case .locked:
            guard member.membership.state == .active else { return [] }
            return [.suspend(identifier, .accountLocked)]
                + AdministratorRules.consequence(ofLosing: identifier, in: snapshot, now: now)
        case .unlocked:
            guard member.membership.suspension == .accountLocked else { return [] }
            return [.resume(identifier)] + AdministratorRules.consequence(ofReturning: member, in: snapshot)
        case .levelChanged:
            // Whose level is too low counts no more, without a step of the membership (`isEffective`).
            guard member.membership.state == .active else { return [] }
            return member.account.level < snapshot.company.floor
                ? AdministratorRules.consequence(ofLosing: identifier, in: snapshot, now: now)
                : AdministratorRules.consequence(ofReturning: member, in: snapshot)
        case .closed:
            let end = CompanyChange.end(identifier, .accountClosed)
            switch effectOfClosing(identifier, in: snapshot, now: now) {
            case .none: return [end]
            case .freezes: return [end, .company(.freeze, .noAdministrator)]
            case .ends: return [end] + ending(snapshot)
            }
        }
    }

    /// The steps from the company's state to its end.
    public static func ending(_ snapshot: CompanySnapshot) -> [CompanyChange] {
        let events: [CompanyState.Event] =
            switch snapshot.company.state {
            case .draft, .verifying: [.abandon]
            case .active, .frozen: [.close, .complete]
            case .closing: [.complete]
            case .closed: []
            }
        return events.map { .company($0, nil) }
    }

    /// What becomes of a company when one member's account is about to be closed, for the person to read before.
    public enum EffectOfClosing: Sendable, Equatable {
        /// Others administer it.
        case none
        /// It will be frozen until somebody else is proved to be its administrator.
        case freezes
        /// A draft ends with its founder, and a sole trader's account with the trader's own, whoever else administers it: it
        /// holds personal data.
        case ends
    }

    /// The effect on the company of the member's account being closed (I14: no human is kept by a company).
    public static func effectOfClosing(
        _ member: MembershipIdentifier, in snapshot: CompanySnapshot, now: Timestamp
    ) -> EffectOfClosing {
        if let account = snapshot.member(member)?.membership.account, snapshot.isTrader(account) { return .ends }
        let others = snapshot.administrators.contains { $0.membership.identifier != member }
        let isAdministrator = snapshot.administrators.contains { $0.membership.identifier == member }
        if isAdministrator, !others, snapshot.company.details.kind == .soleTrader { return .ends }
        if isAdministrator, !others, snapshot.company.state.allows(.abandon) { return .ends }
        return AdministratorRules.isLast(member, in: snapshot, now: now) ? .freezes : .none
    }
}
