public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func devices(certifiedBy serials: Set<String>) async throws -> [CertifiedDevice] {
        let list = "[" + serials.sorted().map { "\"\($0)\"" }.joined(separator: ",") + "]"
        return try read { db in
            try db.rows(
                """
                SELECT id, account, ceiling, is_simulated, state FROM device
                WHERE id IN (SELECT device FROM device_certificate WHERE serial IN (SELECT value FROM json_each(?)))
                    AND state NOT IN ('revoked', 'expired')
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

    public func distrust(
        _ device: DeviceIdentifier, of account: AccountIdentifier, suspends: Bool, time: Timestamp
    ) async throws -> Bool {
        try await writer.write { db in
            let lowered = try db.run(
                """
                UPDATE device SET ceiling = 'normal'
                WHERE id = ? AND account = ? AND ceiling IN ('substantiell', 'hoch')
                    AND state NOT IN ('revoked', 'expired')
                """, [device.rawValue, account.rawValue])
            let state = try db.row("SELECT state FROM device WHERE id = ?", [device.rawValue])?
                .value("state", as: DeviceState.self)
            // Whoever has the maker's key has what a copy has: such a device is never found again.
            let event: DeviceState.Event? =
                switch (suspends, state) {
                case (true, .active?): .reportCopied
                case (true, .pending?): .revoke
                default: nil
                }
            guard lowered == 1 || event != nil else { return false }
            try db.audit(
                SecurityEvent(
                    .deviceEvidenceRevoked, time: time, object: device.rawValue, actor: .system, person: account))
            // Sessions of the higher level rest on what counts no more.
            try db.endSessions(of: device, at: time)
            if let event {
                try db.change(device, of: account, by: event, approval: nil, tenant: nil, actor: .system, at: time)
            }
            return true
        }
    }
}
