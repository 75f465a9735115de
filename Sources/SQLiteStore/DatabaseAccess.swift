internal import AccountDirectory
internal import Foundation
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// SQL in sight, statements compiled once on each connection.
extension Database {
    /// Runs a statement; returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try cachedStatement(sql: sql).execute(arguments: arguments)
        return changesCount
    }

    /// All rows: a statement with `RETURNING` must be run to its end.
    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [StoredRow] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments).map { StoredRow($0) }
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> StoredRow? {
        try rows(sql, arguments).first
    }

    /// Writes an audit event into the running transaction.
    func audit(_ event: SecurityEvent) throws {
        try run(
            "INSERT INTO audit_event (kind, time, tenant, object, txn) VALUES (?, ?, ?, ?, ?)",
            [
                event.kind.rawValue, event.time.seconds, event.tenant?.rawValue, event.object,
                event.transaction?.rawValue,
            ])
    }
}

/// A row whose values are not believed before they are read. GRDB's own subscripts stop the process when a value does
/// not fit; these throw.
struct StoredRow {
    private let row: Row

    init(_ row: Row) { self.row = row }

    func optionalText(_ column: String) throws -> String? { try optional(column) }
    func text(_ column: String) throws -> String { try required(column) }
    func integer(_ column: String) throws -> Int64 { try required(column) }
    func bytes(_ column: String) throws -> [UInt8] { Array(try required(column) as Data) }
    func time(_ column: String) throws -> Timestamp { Timestamp(seconds: try integer(column)) }

    func optionalTime(_ column: String) throws -> Timestamp? {
        try (optional(column) as Int64?).map { Timestamp(seconds: $0) }
    }

    /// A wire value or a case of an enumeration.
    func value<Value: RawRepresentable<String>>(_ column: String, as: Value.Type = Value.self) throws -> Value {
        try wanted(Value(rawValue: try text(column)), column)
    }

    func optionalValue<Value: RawRepresentable<String>>(_ column: String) throws -> Value? {
        guard let text = try optionalText(column) else { return nil }
        return try wanted(Value(rawValue: text), column)
    }

    func digest(_ column: String) throws -> SecretDigest {
        try wanted(SecretDigest(bytes: try bytes(column)), column)
    }

    func level(_ column: String) throws -> AssuranceLevel {
        try wanted(AssuranceLevel(name: try text(column)), column)
    }

    func json(_ column: String) throws -> JSONObject {
        try wanted(try? StrictJSON.parseObject(Array(try text(column).utf8)), column)
    }

    func strings(_ column: String) throws -> [String] {
        try wanted((try? StrictJSON.parse(Array(try text(column).utf8)))?.strings, column)
    }

    func wanted<Value>(_ value: Value?, _ column: String) throws -> Value {
        guard let value else { throw StorageFault.undecodable(column) }
        return value
    }

    private func required<Value>(_ column: String) throws -> Value { try wanted(try optional(column), column) }

    private func optional<Value>(_ column: String) throws -> Value? {
        guard let stored = row[column] as (any DatabaseValueConvertible)? else { return nil }
        return try wanted(stored as? Value, column)
    }
}

extension Array where Element == UInt8 {
    /// As GRDB wants a BLOB.
    var data: Data { Data(self) }
}

extension Array where Element == String {
    /// As a JSON array.
    var jsonText: String { String(decoding: JSONValue.strings(self).serialized, as: UTF8.self) }
}
