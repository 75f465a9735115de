internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// Tells the companies of an account what happens to it, in the transaction in which it happens: memberships rest,
    /// come back or end, and a company without administrators is frozen. Nothing of it can be refused.
    func companiesHear(_ news: AccountNews, of account: AccountIdentifier, now: Timestamp) throws {
        if news == .closed { try endBusiness(of: account, now: now) }
        let companies = try rows(
            "SELECT company FROM membership WHERE account = ? AND state <> 'ended' ORDER BY since, rowid",
            [account.rawValue])
        for row in companies {
            let company: CompanyIdentifier = try row.value("company")
            guard let snapshot = try snapshot(of: company, concerning: CompanyConcern(actor: account)) else { continue }
            try write(
                AccountNewsRules.changes(news, in: snapshot, now: now), of: company, by: .system, now: now)
        }
    }
    /// A sole trader's business ends with its owner's account, also where the owner has left its administration to others.
    private func endBusiness(of account: AccountIdentifier, now: Timestamp) throws {
        let companies = try rows(
            "SELECT DISTINCT company FROM register_power WHERE account = ? AND kind = 'inhaber'",
            [account.rawValue])
        for row in companies {
            let company: CompanyIdentifier = try row.value("company")
            guard let snapshot = try snapshot(of: company, concerning: CompanyConcern(actor: account)),
                snapshot.isTrader(account)
            else { continue }
            try write(AccountNewsRules.ending(snapshot), of: company, by: .system, now: now)
        }
    }
}
