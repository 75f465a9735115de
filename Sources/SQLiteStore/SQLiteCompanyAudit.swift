public import AccountDirectory
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func auditPage(
        of company: CompanyIdentifier, before cursor: Int64?, limit: Int
    ) async throws -> CompanyAuditPage {
        try readTogether { db in
            let page = try AuditPage(
                db.rows(
                    """
                    SELECT * FROM audit_event WHERE company = ? AND seq < ?
                        AND substr(kind, 1, instr(kind, '.') - 1) IN (\(companyFamilies)) ORDER BY seq DESC LIMIT ?
                    """, [company.rawValue, cursor ?? .max, limit]), limit: limit)
            let members = try db.seats(of: company, in: Set(page.entries.filter { $0.person != nil }.map(\.chain)))
            let events = page.entries.map { entry in
                // Who left and came back has another membership since.
                let seats = entry.person.flatMap { members[Name(chain: entry.chain, person: $0)] } ?? []
                return CompanyAuditPage.Event(
                    entry: entry, member: seats.last { $0.since <= entry.time }?.membership)
            }
            return CompanyAuditPage(events: events, next: page.next)
        }
    }
}

private let companyFamilies = CompanyAuditPage.families.map { "'\($0)'" }.joined(separator: ", ")

/// A person in one chain.
private struct Name: Hashable {
    let chain: AuditChain
    let person: AuditPseudonym
}

private struct Seat {
    let membership: MembershipIdentifier
    let since: Timestamp
}

extension Database {
    /// The memberships in a company, open and ended, by the names that their people have in these chains. Of an account that
    /// was erased nothing leads to a name.
    fileprivate func seats(of company: CompanyIdentifier, in chains: Set<AuditChain>) throws -> [Name: [Seat]] {
        guard !chains.isEmpty else { return [:] }
        var seats: [Name: [Seat]] = [:]
        for row in try rows(
            "SELECT id, account, since FROM membership WHERE company = ? ORDER BY since, rowid", [company.rawValue])
        {
            let account: AccountIdentifier = try row.value("account")
            guard let key = try auditKey(of: account) else { continue }
            let seat = Seat(membership: try row.value("id"), since: try row.time("since"))
            for chain in chains {
                let person = AuditPseudonym(of: account, in: chain, key: key)
                seats[Name(chain: chain, person: person), default: []].append(seat)
            }
        }
        return seats
    }
}
