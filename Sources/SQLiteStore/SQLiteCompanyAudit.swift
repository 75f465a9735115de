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
            let events = try page.entries.map { entry in
                // Who left and came back has another membership since.
                let acting = entry.isOffices ? nil : entry.person
                let seat = acting.flatMap { members[Name(chain: entry.chain, person: $0)] }?.first {
                    $0.time.contains(entry.time)
                }
                return CompanyAuditPage.Event(
                    entry: entry,
                    member: try seat.flatMap { try db.isElsewhere($0, for: entry, company) ? nil : $0.membership })
            }
            return CompanyAuditPage(events: events, next: page.next)
        }
    }
}

extension AuditEntry {
    /// Whom an office's look concerns is not who looked.
    fileprivate var isOffices: Bool { actor == "clerk" || actor == "administrator" }
}

private let companyFamilies = CompanyAuditPage.families.map { "'\($0)'" }.joined(separator: ", ")

/// A person in one chain.
private struct Name: Hashable {
    let chain: AuditChain
    let person: AuditPseudonym
}

private struct Seat {
    let membership: MembershipIdentifier
    let account: AccountIdentifier
    /// From its first second to its last.
    let time: ClosedRange<Timestamp>
}

extension Database {
    /// The memberships in a company, open and ended, by the names that their people have in these chains. Of an account that
    /// was erased nothing leads to a name.
    fileprivate func seats(of company: CompanyIdentifier, in chains: Set<AuditChain>) throws -> [Name: [Seat]] {
        guard !chains.isEmpty else { return [:] }
        var seats: [Name: [Seat]] = [:]
        for row in try rows(
            "SELECT id, account, since, ended_at FROM membership WHERE company = ? ORDER BY since DESC, rowid DESC",
            [company.rawValue])
        {
            let account: AccountIdentifier = try row.value("account")
            guard let key = try auditKey(of: account) else { continue }
            let since = try row.time("since")
            let until = try row.optionalTime("ended_at") ?? Timestamp(seconds: .max)
            let seat = Seat(membership: try row.value("id"), account: account, time: since...max(since, until))
            for chain in chains {
                let person = AuditPseudonym(of: account, in: chain, key: key)
                seats[Name(chain: chain, person: person), default: []].append(seat)
            }
        }
        return seats
    }

    /// True when a member may have done it as one of another company that takes part in the mandate: for whom else a
    /// colleague works is not the company's to know (I21).
    fileprivate func isElsewhere(_ seat: Seat, for entry: AuditEntry, _ company: CompanyIdentifier) throws -> Bool {
        guard entry.kind.hasPrefix("mandate."), let mandate = entry.object else { return false }
        return try row(
            """
            SELECT 1 FROM mandate JOIN membership other ON other.company IN (mandate.grantor, mandate.grantee_company)
            WHERE mandate.id = :mandate AND other.company <> :company AND other.account = :account
                AND other.since <= :time AND (other.ended_at IS NULL OR other.ended_at >= :time) LIMIT 1
            """,
            [
                "mandate": mandate, "company": company.rawValue, "account": seat.account.rawValue,
                "time": entry.time.seconds,
            ]) != nil
    }
}
