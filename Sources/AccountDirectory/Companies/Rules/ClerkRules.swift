/// A clerk who acts on a company by an account of their own.
public struct ClerkIdentity: Sendable, Equatable {
    public var account: AccountIdentifier
    /// The clerk, hashed for the company as registers name people; nil for somebody whose day of birth is not recorded.
    public var person: IdentityHash?

    public init(account: AccountIdentifier, person: IdentityHash?) {
        self.account = account
        self.person = person
    }
}

/// Nobody decides at an office about what is their own (I15).
public enum ClerkRules {
    /// True when the company is the clerk's own: as a member, by the register, or by what the clerk is about to record.
    ///
    /// - Parameters:
    ///   - powers: whom the clerk records.
    ///   - appointed: whom the clerk appoints.
    public static func isOwn(
        _ clerk: ClerkIdentity, recording powers: [RegisterPowerRecord] = [],
        appointing appointed: AccountIdentifier? = nil, in snapshot: CompanySnapshot
    ) -> Bool {
        snapshot.clerk != nil || appointed == clerk.account || snapshot.isTrader(clerk.account)
            || (snapshot.powers + powers).contains {
                $0.person == clerk.person || $0.signature?.account == clerk.account
            }
    }
}
