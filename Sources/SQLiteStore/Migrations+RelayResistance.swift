internal import GRDB

extension DatabaseMigrator {
    /// What stood against a relayed login is kept with session and grant, as it happened.
    mutating func registerRelayResistance() {
        registerMigration("v5-relay-resistance", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: relayResistance)
        }
    }
}

/// Of an earlier session without a browser the call's digits are not known any more: it counts for the least.
private let relayResistance = """
    ALTER TABLE session ADD COLUMN relay_resistance TEXT NOT NULL DEFAULT 'none'
        CHECK (relay_resistance IN ('none', 'code', 'same_device', 'known_browser', 'origin'));
    UPDATE session SET relay_resistance = CASE flow WHEN 'qr' THEN 'code' WHEN 'link' THEN 'same_device' ELSE 'none' END;

    ALTER TABLE authorization_grant ADD COLUMN relay_resistance TEXT NOT NULL DEFAULT 'none'
        CHECK (relay_resistance IN ('none', 'code', 'same_device', 'known_browser', 'origin'));
    UPDATE authorization_grant SET relay_resistance = CASE
        WHEN handle_class = 'dc' THEN 'none'
        WHEN flow = 'qr' OR binding = 'call_code' THEN 'code'
        WHEN flow = 'link' THEN 'same_device'
        ELSE 'none' END;
    ALTER TABLE authorization_grant DROP COLUMN binding;
    """
