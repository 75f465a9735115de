import AccountDirectory
import Foundation
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// Fills a database with people in a few large transactions. What a person has is what an enrolment and one login at
/// each of two portals leave after the sweep: person, account, evidence with what it proves, device with three keys, two
/// pairwise subjects, two releases, an audit key and thirteen events in the town's chain. The keys of these people are
/// no keys: they never log in.
///
/// It speaks to the tables directly, as only a measurement may, and must follow when they change.
struct DirectoryLoader {
    /// Rows of people in one transaction.
    static let peopleAtOnce = 10_000

    let database: String
    private let chain = AuditChain.tenant(TenantIdentifier(rawValue: "town")!)

    /// - Parameter progress: is told after each transaction how many people there are.
    func load(_ people: Int, seed: UInt64 = 4, progress: (Int) -> Void) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = OFF; PRAGMA cache_size = -800000; PRAGMA foreign_keys = OFF")
        }
        let queue = try DatabaseQueue(path: database, configuration: configuration)
        defer { try? queue.close() }
        var generator = SeededGenerator(seed: seed)
        var last = try queue.read { db in try lastEvent(db) }
        var done = 0
        while done < people {
            let count = min(Self.peopleAtOnce, people - done)
            try queue.write { db in
                let statements = try Statements(db)
                for _ in 0..<count { try statements.insert(&generator, chain, &last) }
            }
            done += count
            progress(done)
        }
        try queue.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    }

    private func lastEvent(_ db: Database) throws -> (number: Int64, hash: [UInt8]?) {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT number, hash FROM audit_chain WHERE chain = ?", arguments: [chain.rawValue]),
            let hash = row["hash"] as Data?
        else { return (0, nil) }
        return (row["number"], Array(hash))
    }

    /// Throws unless those who came after the loaded people, with real phones, left events of just the kinds that were loaded, and
    /// those of a desk that is asked about people who look alike.
    func checkEvents(after number: Int64) throws {
        let queue = try DatabaseQueue(path: database)
        defer { try? queue.close() }
        let left = try queue.read { db in
            try Set(
                String.fetchAll(db, sql: "SELECT DISTINCT kind FROM audit_event WHERE number > ?", arguments: [number]))
        }
        let loaded = Set((Statements.enrolment + Statements.login).map(\.kind.rawValue))
        let alike: [SecurityEvent.Kind] = [.proofingStarted, .duplicateAnswered, .subjectSeen]
        guard left.subtracting(alike.map(\.rawValue)) == loaded else {
            throw BenchmarkFault("the loaded events are out of date: \(left.symmetricDifference(loaded).sorted())")
        }
    }

    /// The number of the chain's last event.
    var lastEvent: Int64 {
        get throws {
            let queue = try DatabaseQueue(path: database)
            defer { try? queue.close() }
            return try queue.read { db in try lastEvent(db).number }
        }
    }

    /// How many bytes the database has on the disk.
    var size: Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            let attributes = try? FileManager.default.attributesOfItem(atPath: database + suffix)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }
}

/// One statement for each table, compiled once for a transaction.
private struct Statements {
    private let person: Statement
    private let account: Statement
    private let device: Statement
    private let key: Statement
    private let pairwise: Statement
    private let release: Statement
    private let evidence: Statement
    private let attribute: Statement
    private let auditKey: Statement
    private let event: Statement

    init(_ db: Database) throws {
        person = try db.makeStatement(sql: "INSERT INTO person (id, attributes, likeness) VALUES (?, ?, ?)")
        account = try db.makeStatement(
            sql: """
                INSERT INTO account (id, person, level, state, block_digest, created_at, seen_at)
                VALUES (?, ?, 'substantiell', 'active', ?, ?, ?)
                """)
        evidence = try db.makeStatement(
            sql: """
                INSERT INTO evidence (id, account, method, performer, checked_at, level)
                VALUES (?, ?, 'counter', 'town', ?, 'substantiell')
                """)
        attribute = try db.makeStatement(
            sql: """
                INSERT INTO verified_attribute (account, claim, evidence, level, state)
                VALUES (?, ?, ?, 'substantiell', 'valid')
                """)
        device = try db.makeStatement(
            sql: """
                INSERT INTO device (id, account, name, model, system, ceiling, is_simulated, state, counter,
                    pin_tries_left, block_digest, created_at, last_used_at)
                VALUES (?, ?, 'Telefon', 'Pixel 9', 'Android 16', 'substantiell', 0, 'active', 7, 3, ?, ?, ?)
                """)
        key = try db.makeStatement(sql: "INSERT INTO device_key (thumbprint, device, kind, jwk) VALUES (?, ?, ?, ?)")
        pairwise = try db.makeStatement(
            sql: "INSERT INTO pairwise (subject, account, sector, context) VALUES (?, ?, ?, 'citizen')")
        release = try db.makeStatement(
            sql: """
                INSERT INTO claim_release (id, account, context, client, tenant, service, purpose_version, asked,
                    released, granted_at, state)
                VALUES (?, ?, 'citizen', ?, 'town', '', '', ?, ?, ?, 'granted')
                """)
        auditKey = try db.makeStatement(sql: "INSERT INTO audit_person_key (account, key) VALUES (?, ?)")
        event = try db.makeStatement(
            sql: """
                INSERT INTO audit_event (number, kind, time, tenant, object, txn, outcome, actor, person, previous, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
    }

    private static let claims = #"["given_name","family_name","birthdate","address","email"]"#
    private static let began = Town.clock.now()

    func insert(
        _ generator: inout SeededGenerator, _ chain: AuditChain, _ last: inout (number: Int64, hash: [UInt8]?)
    ) throws {
        let time = Self.began - Int64(generator.number(86_400...60_000_000))
        let (accountName, deviceName) = (generator.text(16), generator.text(16))
        let (personName, evidenceName) = (generator.text(16), generator.text(16))
        try person.execute(
            arguments: [personName, GeneratedPerson(&generator).attributes, Data(generator.bytes(32))])
        try account.execute(
            arguments: [
                accountName, personName, Data(generator.bytes(32)), time.seconds, Self.began.seconds - 86_400,
            ])
        try evidence.execute(arguments: [evidenceName, accountName, time.seconds])
        for claim in ["given_name", "family_name", "birthdate", "address"] {
            try attribute.execute(arguments: [accountName, claim, evidenceName])
        }
        try device.execute(
            arguments: [deviceName, accountName, Data(generator.bytes(32)), time.seconds, time.seconds + 3600])
        for kind in ["auth", "inst", "pin"] {
            let jwk = #"{"kty":"EC","crv":"P-256","x":"\#(generator.text(32))","y":"\#(generator.text(32))"}"#
            try key.execute(arguments: [generator.text(32), deviceName, kind, jwk])
        }
        for place in ["town.example", "other.example"] {
            try pairwise.execute(arguments: [generator.text(16), accountName, place])
            try release.execute(
                arguments: [
                    generator.text(16), accountName, "portal." + place, Self.claims, Self.claims, time.seconds + 3600,
                ])
        }
        try insertEvents(&generator, chain, &last, account: accountName, device: deviceName, at: time)
    }

    /// From the desk to the active device.
    static let enrolment: [(kind: SecurityEvent.Kind, actor: SecurityEvent.Actor)] = [
        (.accountRegistered, .clerk), (.ticketIssued, .clerk), (.keyCreated, .person), (.deviceActivated, .person),
        (.accountActivated, .person),
    ]
    /// The first login at a portal.
    static let login: [(kind: SecurityEvent.Kind, actor: SecurityEvent.Actor)] = [
        (.sessionCreated, .person), (.releaseGranted, .person), (.loginApproved, .person), (.tokenIssued, .portal),
    ]

    private func insertEvents(
        _ generator: inout SeededGenerator, _ chain: AuditChain, _ last: inout (number: Int64, hash: [UInt8]?),
        account: String, device: String, at time: Timestamp
    ) throws {
        let bytes = generator.bytes(32)
        guard let key = AuditKey(bytes: bytes), let account = AccountIdentifier(rawValue: account) else {
            throw BenchmarkFault("no identifier")
        }
        try auditKey.execute(arguments: [account.rawValue, Data(bytes)])
        let person = AuditPseudonym(of: account, in: chain, key: key)
        let logins = (0..<2).map { _ in
            (events: Self.login, transaction: TransactionIdentifier(rawValue: generator.text(16)))
        }
        for (events, transaction) in [(events: Self.enrolment, transaction: nil)] + logins {
            for (kind, actor) in events {
                let entry = AuditEntry(
                    SecurityEvent(
                        kind, time: time, tenant: chain.tenant, object: kind == .accountRegistered ? nil : device,
                        transaction: transaction, actor: actor),
                    number: last.number + 1, previous: last.hash, administrator: nil, person: person)
                try event.execute(
                    arguments: [
                        entry.number, entry.kind, entry.time.seconds, chain.tenant?.rawValue, entry.object,
                        entry.transaction, entry.outcome, entry.actor, Data(person.bytes),
                        entry.previous.map { Data($0) }, Data(entry.hash),
                    ])
                last = (entry.number, entry.hash)
            }
        }
    }
}
