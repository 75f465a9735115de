internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// Writes an audit event into the running transaction, at the end of its chain. A look at a sole trader's company
    /// concerns its owner.
    func audit(_ event: SecurityEvent) throws {
        var event = event
        if event.kind.isLookAtCompany, event.person == nil { event.person = try event.company.flatMap(owner) }
        let chain = AuditChain(event.tenant)
        // One statement for all that must be known: this is part of every login.
        let before = try row(
            """
            SELECT head.number, head.hash, person.key FROM (SELECT 1)
                LEFT JOIN audit_chain head ON head.chain = ?
                LEFT JOIN audit_person_key person ON person.account = ?
            """, [chain.rawValue, event.person?.rawValue])
        guard let before else { throw StorageFault.missing("audit_chain") }
        let person = try event.person.flatMap { account in
            try pseudonym(of: account, in: chain, key: AuditKey(stored: before.optionalBytes("key")))
        }
        var administrator: AuditPseudonym?
        if case .administrator(let account)? = event.actor {
            administrator = try pseudonym(of: account, in: chain, key: auditKey(of: account))
        }
        let number = try before.optionalInteger("number") ?? 0
        try insert(
            AuditEntry(
                event, number: number + 1, previous: try before.optionalBytes("hash"), administrator: administrator,
                person: person))
    }

    /// Whose business a sole trader's company is: of the owners whom a register named the one who signed last, before
    /// anybody looked whoever describes it. Nil for every other company.
    private func owner(of company: CompanyIdentifier) throws -> AccountIdentifier? {
        try row(
            """
            SELECT owner.account FROM company c JOIN (
                    SELECT company, account, state = 'signed' AS is_signed, signed_at FROM register_power
                    WHERE kind = 'inhaber' AND account IS NOT NULL
                    UNION ALL
                    SELECT m.company, m.account, 0, 0 FROM membership m JOIN company own ON own.id = m.company
                    WHERE m.is_administrator = 1 AND m.state <> 'ended' AND own.state IN ('draft', 'verifying')
                ) owner ON owner.company = c.id
            WHERE c.id = ? AND json_extract(c.details, '$.kind') = 'NatPers'
            ORDER BY owner.is_signed DESC, owner.signed_at DESC LIMIT 1
            """, [company.rawValue])?
            .accountIdentifier
    }

    /// - Parameter sequence: the place among all events; the next one when it is nil.
    func insert(_ entry: AuditEntry, sequence: Int64? = nil) throws {
        try run(
            """
            INSERT INTO audit_event (seq, number, kind, time, tenant, object, txn, outcome, actor, administrator, person,
                company, previous, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                sequence, entry.number, entry.kind, entry.time.seconds, entry.chain.tenant?.rawValue, entry.object,
                entry.transaction, entry.outcome, entry.actor, entry.administrator?.bytes,
                entry.person?.bytes, entry.company, entry.previous, entry.hash,
            ])
    }

    func auditKey(of account: AccountIdentifier) throws -> AuditKey? {
        try AuditKey(
            stored: row("SELECT key FROM audit_person_key WHERE account = ?", [account.rawValue])?.bytes("key"))
    }

    /// Nil for an account that is erased or not there: it gets no key again.
    private func pseudonym(
        of account: AccountIdentifier, in chain: AuditChain, key: AuditKey?
    ) throws -> AuditPseudonym? {
        if let key { return AuditPseudonym(of: account, in: chain, key: key) }
        let fresh = AuditKey()
        let written = try run(
            """
            INSERT INTO audit_person_key (account, key) SELECT id, ? FROM account WHERE id = ? AND state <> 'closed'
            """, [fresh.bytes, account.rawValue])
        return written == 1 ? AuditPseudonym(of: account, in: chain, key: fresh) : nil
    }
}

extension AuditKey {
    /// A stored key, if there is one.
    fileprivate init?(stored bytes: [UInt8]?) throws {
        guard let bytes else { return nil }
        guard let key = AuditKey(bytes: bytes) else { throw StorageFault.undecodable("key") }
        self = key
    }
}
