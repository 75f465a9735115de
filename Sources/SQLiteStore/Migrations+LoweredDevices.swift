internal import GRDB

extension DatabaseMigrator {
    /// Devices whose ceiling was above *normal* and fell to that: their phones still name a key in hardware.
    mutating func registerLoweredDevices() {
        registerMigration("v4-lowered-devices", foreignKeyChecks: .immediate) { db in
            // Of devices from before, all with certificates at *normal* had shown hardware.
            try db.execute(
                sql: """
                    ALTER TABLE device ADD COLUMN was_lowered INTEGER NOT NULL DEFAULT 0 CHECK (was_lowered IN (0, 1));
                    UPDATE device SET was_lowered = 1
                        WHERE ceiling = 'normal' AND id IN (SELECT device FROM device_certificate);
                    """)
        }
    }
}
