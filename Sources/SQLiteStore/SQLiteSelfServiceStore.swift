public import AccountDirectory
internal import GRDB
public import OpenIDMessages
public import ProviderCore

extension SQLiteStore {
    public func accept(_ confirmation: DeviceAnswer) async throws -> LoginAnswerOutcome {
        try await writer.write { db in
            switch try db.judge(confirmation) {
            case .refused(let outcome): return outcome
            case .counts(let account):
                try db.audit(.actConfirmed, confirmation, of: account)
                return .accepted
            }
        }
    }

    public func rename(
        _ device: DeviceIdentifier, of account: AccountIdentifier, to name: String, event: SecurityEvent
    ) async throws -> Bool {
        try await writer.write { db in
            let renamed = try db.run(
                "UPDATE device SET name = ? WHERE id = ? AND account = ?",
                [name, device.rawValue, account.rawValue])
            guard renamed == 1 else { return false }
            try db.audit(event)
            return true
        }
    }

    public func suspend(
        _ device: DeviceIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> DeviceState? {
        try await writer.write { db in
            let author = Author(event.actor ?? .person, at: event.tenant, in: event.transaction)
            return try db.block(device, of: account, by: author, at: event.time)
        }
    }
}
