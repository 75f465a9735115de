internal import GRDB

extension DatabaseMigrator {
    /// The certificates behind a device's evidence, by serial number.
    mutating func registerDeviceCertificates() {
        registerMigration("v4-device-certificates", foreignKeyChecks: .immediate) { db in
            try db.execute(
                sql: """
                    CREATE TABLE device_certificate (
                        device TEXT NOT NULL REFERENCES device (id),
                        -- The leaf has 0.
                        position INTEGER NOT NULL CHECK (position >= 0),
                        -- Lower-case hexadecimal without leading zeros, as revocation lists have it.
                        serial TEXT NOT NULL CHECK (serial <> ''),
                        PRIMARY KEY (device, position)
                    ) STRICT;
                    CREATE INDEX device_certificate_serial ON device_certificate (serial);
                    """)
        }
    }
}
