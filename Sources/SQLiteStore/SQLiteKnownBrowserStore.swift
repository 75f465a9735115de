public import AccountDirectory
internal import GRDB
internal import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func remember(_ browser: KnownBrowser, tenant: TenantIdentifier) async throws -> Bool {
        try await writer.write { db in try db.remember(browser, tenant: tenant) }
    }

    public func knownBrowser(_ key: KeyThumbprint, now: Timestamp) async throws -> KnownBrowser? {
        try read { db in
            try db.row(
                """
                SELECT b.* FROM known_browser b JOIN account a ON a.id = b.account
                WHERE b.thumbprint = ? AND b.last_used_at > ? AND a.state = 'active'
                """, [key.rawValue, (now - KnownBrowser.idleLimit).seconds])?
                .knownBrowser
        }
    }

    public func knownBrowsers(of account: AccountIdentifier, now: Timestamp) async throws -> [KnownBrowser] {
        try read { db in
            try db.rows(
                """
                SELECT * FROM known_browser WHERE account = ? AND last_used_at > ?
                ORDER BY last_used_at DESC, rowid DESC
                """, [account.rawValue, (now - KnownBrowser.idleLimit).seconds]
            ).map { row in try row.knownBrowser }
        }
    }

    public func forget(
        _ browser: BrowserIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let forgotten = try db.run(
                "DELETE FROM known_browser WHERE id = ? AND account = ?", [browser.rawValue, account.rawValue])
            guard forgotten == 1 else { return false }
            try db.audit(event)
            return true
        }
    }
}

extension Database {
    /// One conditional write: the login was approved by this account and lives, the account is active, and neither key nor
    /// login has a browser.
    fileprivate func remember(_ browser: KnownBrowser, tenant: TenantIdentifier) throws -> Bool {
        let written = try run(
            """
            INSERT INTO known_browser (id, account, thumbprint, jwk, name, txn, created_at, last_used_at)
            SELECT :id, a.id, :thumbprint, :jwk, :name, :txn, :now, :now FROM account a
            WHERE a.id = :account AND a.state = 'active'
                AND EXISTS (SELECT 1 FROM authorization_grant g JOIN session s ON s.id = g.session
                    WHERE g.txn = :txn AND g.account = a.id AND g.revoked_at IS NULL AND s.ended_at IS NULL)
                AND NOT EXISTS (SELECT 1 FROM known_browser WHERE thumbprint = :thumbprint OR txn = :txn)
            """,
            [
                "id": browser.identifier.rawValue, "account": browser.account.rawValue,
                "thumbprint": browser.key.thumbprint.rawValue, "jwk": browser.key.jwk.text, "name": browser.name,
                "txn": browser.transaction.rawValue, "now": browser.createdAt.seconds,
            ])
        guard written == 1 else { return false }
        try audit(
            SecurityEvent(
                .browserRemembered, time: browser.createdAt, tenant: tenant, object: browser.identifier.rawValue,
                transaction: browser.transaction, actor: .person, person: browser.account))
        try tell(browser.account, .browserRemembered, detail: browser.name, at: browser.createdAt)
        try forgetBrowsers(of: browser.account, beyond: KnownBrowser.limit, at: browser.createdAt)
        return true
    }

    /// Whether the browser is still one of this account's.
    func isKnown(_ browser: BrowserIdentifier, of account: AccountIdentifier, at time: Timestamp) throws -> Bool {
        try row(
            "SELECT 1 FROM known_browser WHERE id = ? AND account = ? AND last_used_at > ?",
            [browser.rawValue, account.rawValue, (time - KnownBrowser.idleLimit).seconds]) != nil
    }

    func noteUse(of browser: BrowserIdentifier, at time: Timestamp) throws {
        try run(
            "UPDATE known_browser SET last_used_at = max(last_used_at, ?) WHERE id = ?",
            [time.seconds, browser.rawValue])
    }

    /// Forgets the browsers of an account but for those that were used last.
    func forgetBrowsers(of account: AccountIdentifier, beyond kept: Int64 = 0, at time: Timestamp) throws {
        let forgotten = try rows(
            """
            DELETE FROM known_browser WHERE id IN
                (SELECT id FROM known_browser WHERE account = ? ORDER BY last_used_at DESC, rowid DESC LIMIT -1 OFFSET ?)
            RETURNING id
            """, [account.rawValue, kept])
        for browser in forgotten {
            try audit(
                SecurityEvent(
                    .browserForgotten, time: time, object: browser.text("id"), actor: .system, person: account))
        }
    }
}

extension StoredRow {
    fileprivate var knownBrowser: KnownBrowser {
        get throws {
            KnownBrowser(
                identifier: try value("id"), account: try accountIdentifier,
                key: try wanted(try? VerificationKey(jwk: json("jwk")), "jwk"), name: try text("name"),
                transaction: try value("txn"), createdAt: try time("created_at"), lastUsedAt: try time("last_used_at"))
        }
    }
}
