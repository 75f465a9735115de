public import AccountDirectory
internal import GRDB
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func device(_ identifier: DeviceIdentifier) async throws -> (DeviceRecordRow, AccountRecord)? {
        let known = deviceKeys[identifier]
        let found: (DeviceRecordRow, AccountRecord)? = try read { db in
            let row = try db.row(known == nil ? Self.deviceWithKeys : Self.deviceWithoutKeys, [identifier.rawValue])
            return try row.map { row in (try row.device(keys: known ?? row.deviceKeys), try row.account) }
        }
        if known == nil, let found { deviceKeys.remember(found.0.keys, as: identifier) }
        return found
    }

    private static let deviceWithKeys = """
        SELECT d.*, auth.jwk AS auth_jwk, inst.jwk AS inst_jwk, pin.jwk AS pin_jwk,
            a.level AS account_level, a.state AS account_state, p.attributes
        FROM device d
        JOIN device_key auth ON auth.device = d.id AND auth.kind = 'auth'
        JOIN device_key inst ON inst.device = d.id AND inst.kind = 'inst'
        JOIN device_key pin ON pin.device = d.id AND pin.kind = 'pin'
        JOIN account a ON a.id = d.account
        JOIN person p ON p.id = a.person
        WHERE d.id = ?
        """

    private static let deviceWithoutKeys = """
        SELECT d.*, a.level AS account_level, a.state AS account_state, p.attributes
        FROM device d
        JOIN account a ON a.id = d.account
        JOIN person p ON p.id = a.person
        WHERE d.id = ?
        """

    public func devices(of account: AccountIdentifier) async throws -> [DeviceRecordRow] {
        try read { db in
            try db.rows(
                """
                SELECT d.*, auth.jwk AS auth_jwk, inst.jwk AS inst_jwk, pin.jwk AS pin_jwk
                FROM device d
                JOIN device_key auth ON auth.device = d.id AND auth.kind = 'auth'
                JOIN device_key inst ON inst.device = d.id AND inst.kind = 'inst'
                JOIN device_key pin ON pin.device = d.id AND pin.kind = 'pin'
                WHERE d.account = ? ORDER BY d.created_at, d.rowid
                """, [account.rawValue]
            ).map { row in try row.device(keys: row.deviceKeys) }
        }
    }

    public func block(_ digest: SecretDigest, time: Timestamp) async throws -> Blocked? {
        try await writer.write { db in
            if let row = try db.row("SELECT id, account FROM device WHERE block_digest = ?", [digest.bytes]) {
                // A locked device stays locked: to lift that takes more.
                return try db.block(row.value("id"), of: row.accountIdentifier, by: .person, at: time).map { _ in
                    .device
                }
            }
            guard let row = try db.row("SELECT id FROM account WHERE block_digest = ?", [digest.bytes]) else {
                return nil
            }
            _ = try db.lock(row.value("id"), for: .own, by: .person, at: time)
            return .account
        }
    }
}

extension StoredRow {
    var accountIdentifier: AccountIdentifier {
        get throws { try value("account") }
    }

    /// The account of a row that was joined with `account` and `person`.
    var account: AccountRecord {
        get throws {
            AccountRecord(
                identifier: try accountIdentifier,
                person: try wanted(ReadLately.people.value(try text("attributes")), "attributes"),
                level: try level("account_level"), state: try value("account_state"))
        }
    }

    /// The device of a row, with the keys that it was enrolled with.
    func device(keys: DeviceKeys) throws -> DeviceRecordRow {
        DeviceRecordRow(
            identifier: try value("id"), account: try accountIdentifier, keys: keys,
            description: DeviceDescription(
                name: try text("name"), model: try text("model"), system: try text("system")),
            ceiling: DeviceCeiling(level: try level("ceiling"), isSimulated: try integer("is_simulated") == 1),
            state: try value("state"), counter: try integer("counter"),
            pinTriesLeft: Int(try integer("pin_tries_left")), blockDigest: try digest("block_digest"),
            createdAt: try time("created_at"), lastUsedAt: try optionalTime("last_used_at"),
            wasLowered: try integer("was_lowered") == 1)
    }

    /// The keys of a row that was joined with `device_key`.
    var deviceKeys: DeviceKeys {
        get throws {
            DeviceKeys(
                authentication: try key("auth_jwk"), installation: try key("inst_jwk"), pin: try key("pin_jwk"))
        }
    }

    private func key(_ column: String) throws -> VerificationKey {
        try wanted(ReadLately.keys.value(try text(column)), column)
    }
}
