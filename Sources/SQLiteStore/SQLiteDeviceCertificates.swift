public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func devices(
        certifiedBy serials: Set<String>, leftTo distrust: Distrust?
    ) async throws -> [CertifiedDevice] {
        let list = serials.sorted().jsonText
        return try read { db in
            try db.rows(
                """
                SELECT id, account, ceiling, is_simulated, state FROM device
                WHERE id IN (SELECT device FROM device_certificate WHERE serial IN (SELECT value FROM json_each(?)))
                    AND state NOT IN ('revoked', 'expired') AND (\(distrust.condition))
                ORDER BY created_at, rowid
                """, [list]
            ).map { row in
                CertifiedDevice(
                    identifier: try row.value("id"), account: try row.accountIdentifier,
                    ceiling: DeviceCeiling(
                        level: try row.level("ceiling"), isSimulated: try row.integer("is_simulated") == 1),
                    state: try row.value("state"))
            }
        }
    }

    public func certificates(of device: DeviceIdentifier) async throws -> [String] {
        try read { db in
            try db.rows(
                "SELECT serial FROM device_certificate WHERE device = ? ORDER BY position", [device.rawValue]
            ).map { try $0.text("serial") }
        }
    }

    public func distrust(
        _ device: DeviceIdentifier, of account: AccountIdentifier, _ distrust: Distrust, time: Timestamp
    ) async throws -> Bool {
        try await writer.write { db in
            // Read before it changes.
            let row = try db.row(
                """
                SELECT name, state FROM device
                WHERE id = ? AND account = ? AND state NOT IN ('revoked', 'expired')
                    AND (\(Optional(distrust).condition))
                """, [device.rawValue, account.rawValue])
            guard let row else { return false }
            try db.run(
                """
                UPDATE device SET ceiling = 'normal', was_lowered = 1 WHERE id = ? AND ceiling IN ('substantiell', 'hoch')
                """, [device.rawValue])
            try db.audit(
                SecurityEvent(
                    .deviceEvidenceRevoked, time: time, object: device.rawValue, actor: .system, person: account))
            // Sessions of the higher level rest on what counts no more.
            try db.endSessions(of: device, at: time)
            let state: DeviceState = try row.value("state")
            if distrust == .ends {
                try db.change(
                    device, of: account, state == .active ? .reportCopied : .revoke, by: .system, at: time)
            } else {
                try db.tell(account, .deviceLowered, detail: row.text("name"), at: time)
            }
            return true
        }
    }
}

extension Distrust? {
    /// Which devices it would still change. Whoever has the maker's key has what a copy has: a device that ends is never
    /// found again, neither after a loss nor after wrong PINs.
    fileprivate var condition: String {
        switch self {
        case nil: "TRUE"
        case .lowers: "ceiling IN ('substantiell', 'hoch')"
        case .ends: "state <> 'suspended' OR suspended_for = 'lost'"
        }
    }
}
