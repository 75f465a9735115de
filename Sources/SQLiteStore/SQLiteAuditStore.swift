public import AccountDirectory
internal import GRDB
internal import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func record(_ events: [SecurityEvent]) async throws {
        try await writer.write { db in
            for event in events { try db.audit(event) }
        }
    }

    public func auditHeads() async throws -> [AuditHead] {
        try read { db in
            // Chains are found from event to event through the index, not by reading all events.
            try db.rows(
                """
                WITH RECURSIVE named (chain) AS (
                    SELECT min(\(auditChainColumn)) FROM audit_event
                    UNION ALL
                    SELECT (SELECT min(\(auditChainColumn)) FROM audit_event WHERE \(auditChainColumn) > named.chain)
                    FROM named WHERE named.chain IS NOT NULL)
                SELECT every.chain, head.number, head.hash, anchor.number AS anchor_number, anchor.hash AS anchor_hash,
                    anchor.seal,
                    (SELECT max(number) FROM audit_event WHERE \(auditChainColumn) = every.chain) AS last_number
                FROM (SELECT chain FROM named WHERE chain IS NOT NULL UNION SELECT chain FROM audit_chain) AS every
                    LEFT JOIN audit_chain head ON head.chain = every.chain
                    LEFT JOIN audit_anchor anchor ON anchor.chain = every.chain
                ORDER BY every.chain
                """
            ).compactMap { row in
                // A name that is none was put in by somebody; what lacks in the true chain shows it.
                guard let chain = AuditChain(rawValue: try row.text("chain")) else { return nil }
                return AuditHead(
                    chain: chain, number: try row.optionalInteger("number"), hash: try row.optionalBytes("hash"),
                    lastNumber: try row.optionalInteger("last_number"), anchor: try row.anchor(of: chain))
            }
        }
    }

    public func cutAudit(_ cut: AuditCut) async throws -> Bool {
        try await writer.write { db in
            guard try db.auditAnchor(of: cut.anchor.chain)?.number ?? 0 == cut.former else { return false }
            try db.write(cut.anchor)
            try db.audit(cut.event)
            return true
        }
    }

    public func removeCutAudit(of chain: AuditChain, limit: Int) async throws -> Int {
        try await writer.write { db in
            guard let anchor = try db.auditAnchor(of: chain) else { return 0 }
            return try db.run(
                """
                DELETE FROM audit_event WHERE seq IN (
                    SELECT seq FROM audit_event WHERE \(auditChainColumn) = ? AND number <= ? ORDER BY number LIMIT ?)
                """, [chain.rawValue, anchor.number, limit])
        }
    }

    public func auditEntries(of chain: AuditChain, after number: Int64, limit: Int) async throws -> [AuditEntry] {
        try read { db in try db.auditEntries(of: chain, after: number, limit: limit) }
    }

    /// How many events one page of a filter looks at.
    static let auditEventsExamined: Int64 = 10_000

    public func auditPage(
        of reach: AuditReach, _ filter: AuditFilter, before cursor: Int64?, limit: Int
    ) async throws -> AuditPage {
        let chain = reach.chain
        return try read { db in
            let head = try db.row("SELECT number FROM audit_chain WHERE chain = ?", [chain.rawValue])?
                .integer("number")
            let before = min(cursor ?? .max, (head ?? 0) + 1)
            let first = (try db.auditAnchor(of: chain)?.number ?? 0) + 1
            let lowest = max(first, before - Self.auditEventsExamined)
            let entries = try db.rows(
                """
                SELECT * FROM audit_event
                WHERE \(auditChainColumn) = :chain AND tenant IS :tenant AND number >= :lowest AND number < :before
                    AND time BETWEEN :since AND :until AND (:kind IS NULL OR kind = :kind OR kind GLOB :family)
                ORDER BY number DESC LIMIT :limit
                """,
                [
                    "chain": chain.rawValue, "tenant": chain.tenant?.rawValue, "lowest": lowest, "before": before,
                    "since": filter.since?.seconds ?? .min, "until": filter.until?.seconds ?? .max,
                    "kind": filter.kind, "family": filter.kind.map { $0 + ".*" }, "limit": limit,
                ]
            ).compactMap { row in try row.auditEntry }
            let reached = entries.count == limit ? entries.last?.number ?? lowest : lowest
            return AuditPage(entries: entries, next: reached > first ? reached : nil)
        }
    }

    public func auditPage(
        of account: AccountIdentifier, onlyLooks: Bool, before cursor: Int64?, limit: Int
    ) async throws -> AuditPage {
        // Words of an enumeration, not of anybody else. What the person asked for is nobody else's look.
        let looks = SecurityEvent.Kind.looks.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let condition = onlyLooks ? "AND kind IN (\(looks)) AND actor IS NOT 'person'" : ""
        return try read { db in
            guard let key = try db.auditKey(of: account) else { return AuditPage(entries: [], next: nil) }
            // The person has another name in each chain; of each the latest are wanted, and of all of them the latest.
            let chains = try db.rows("SELECT chain FROM audit_chain").compactMap {
                AuditChain(rawValue: try $0.text("chain"))
            }
            let names = Dictionary(
                uniqueKeysWithValues: chains.map { ($0, AuditPseudonym(of: account, in: $0, key: key)) })
            let found = try names.values.flatMap { name in
                let bounds: SQLArguments = ["name": name.bytes, "before": cursor ?? .max, "limit": limit]
                let own = try db.rows(
                    """
                    SELECT * FROM audit_event WHERE person = :name AND seq < :before \(condition)
                    ORDER BY seq DESC LIMIT :limit
                    """, bounds)
                guard !onlyLooks else { return own }
                // Not what was tried at another town: that it is in a trail would say that the name is one there (I23).
                return try own
                    + db.rows(
                        """
                        SELECT * FROM audit_event WHERE administrator = :name AND person IS NOT :name AND seq < :before
                            AND kind <> '\(SecurityEvent.Kind.crossTenantProbe.rawValue)'
                        ORDER BY seq DESC LIMIT :limit
                        """, bounds)
            }
            let changes =
                try onlyLooks ? [] : db.changesOfMemberships(of: account, before: cursor ?? .max, limit: limit)
            // What the person did to themself is among the others already.
            let others = try changes.filter { row in
                guard let entry = try row.auditEntry else { return false }
                return entry.person != names[entry.chain]
            }
            var page = try AuditPage(found + others, limit: limit)
            page.names = names
            return page
        }
    }
}

/// What was done to the memberships of `:account`. Its index has these kinds alone, so that they stand here in its order.
let changesOfMembershipsSQL: String = {
    // Words of an enumeration, not of anybody else.
    let kinds = SecurityEvent.Kind.changesOfMemberships.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    return """
        SELECT e.* FROM membership m CROSS JOIN audit_event e ON e.object = m.id AND e.company = m.company
        WHERE m.account = :account AND e.seq < :before AND e.kind IN (\(kinds))
        ORDER BY e.seq DESC LIMIT :limit
        """
}()

extension Database {
    /// What was done to a person's memberships, whoever did it.
    fileprivate func changesOfMemberships(
        of account: AccountIdentifier, before cursor: Int64, limit: Int
    ) throws -> [StoredRow] {
        try rows(
            changesOfMembershipsSQL, ["account": account.rawValue, "before": cursor, "limit": limit])
    }

    fileprivate func auditEntries(of chain: AuditChain, after number: Int64, limit: Int) throws -> [AuditEntry] {
        try rows(
            """
            SELECT * FROM audit_event WHERE \(auditChainColumn) = ? AND tenant IS ? AND number > ?
            ORDER BY number LIMIT ?
            """, [chain.rawValue, chain.tenant?.rawValue, number, limit]
        ).compactMap { row in try row.auditEntry }
    }

    fileprivate func auditAnchor(of chain: AuditChain) throws -> AuditAnchor? {
        try row(
            "SELECT number AS anchor_number, hash AS anchor_hash, seal FROM audit_anchor WHERE chain = ?",
            [chain.rawValue])?
            .anchor(of: chain)
    }

    fileprivate func write(_ anchor: AuditAnchor) throws {
        let moved = try run(
            "UPDATE audit_anchor SET number = ?, hash = ?, seal = ? WHERE chain = ?",
            [anchor.number, anchor.hash, anchor.seal, anchor.chain.rawValue])
        guard moved == 0 else { return }
        try run(
            "INSERT INTO audit_anchor (chain, number, hash, seal) VALUES (?, ?, ?, ?)",
            [anchor.chain.rawValue, anchor.number, anchor.hash, anchor.seal])
    }
}

extension AuditPage {
    /// The latest of these events; the cursor is the place among all events.
    init(_ rows: [StoredRow], limit: Int) throws {
        let latest = try rows.map { (place: try $0.integer("seq"), row: $0) }.sorted { $0.place > $1.place }
            .prefix(limit)
        self.init(
            entries: try latest.compactMap { try $0.row.auditEntry },
            next: latest.count == limit ? latest.last?.place : nil)
    }
}

extension StoredRow {
    /// Nil when no event of the chain has gone.
    fileprivate func anchor(of chain: AuditChain) throws -> AuditAnchor? {
        guard let number = try optionalInteger("anchor_number") else { return nil }
        return AuditAnchor(chain: chain, number: number, hash: try bytes("anchor_hash"), seal: try bytes("seal"))
    }

    /// Nil when the row is of no chain, because its tenant is none: somebody changed it or put it in. It lacks in the chain
    /// from which it was taken, and that is where it shows.
    fileprivate var auditEntry: AuditEntry? {
        get throws {
            let name = try optionalText("tenant")
            let tenant = name.flatMap { TenantIdentifier(rawValue: $0) }
            guard name == tenant?.rawValue else { return nil }
            return AuditEntry(
                chain: AuditChain(tenant), number: try integer("number"),
                time: try time("time"), kind: try text("kind"), outcome: try optionalText("outcome"),
                actor: try optionalText("actor"),
                administrator: try optionalBytes("administrator").flatMap { AuditPseudonym(bytes: $0) },
                person: try optionalBytes("person").flatMap { AuditPseudonym(bytes: $0) },
                company: try optionalText("company"), object: try optionalText("object"),
                transaction: try optionalText("txn"), previous: try optionalBytes("previous"),
                hash: try bytes("hash"))
        }
    }
}
