internal import AccountDirectory
internal import Foundation
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages

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
        let statement = try cachedStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: arguments)
        let columns = statement.columnNames
        var rows: [StoredRow] = []
        while let row = try cursor.next() { rows.append(StoredRow(row, columns: columns)) }
        return rows
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> StoredRow? {
        try rows(sql, arguments).first
    }
}

/// A row whose values are not believed before they are read. GRDB's own subscripts stop the process when a value does
/// not fit, and look for a column by making all names lower-case; these throw, and compare.
struct StoredRow {
    private let columns: [String]
    private let values: [DatabaseValue.Storage]

    init(_ row: Row, columns: [String]) {
        self.columns = columns
        values = columns.indices.map { (row[$0] as DatabaseValue).storage }
    }

    func optionalText(_ column: String) throws -> String? {
        switch try value(of: column) {
        case .string(let text): text
        case .null: nil
        default: throw StorageFault.undecodable(column)
        }
    }

    func text(_ column: String) throws -> String { try wanted(try optionalText(column), column) }

    func integer(_ column: String) throws -> Int64 { try wanted(try optionalInteger(column), column) }

    func optionalInteger(_ column: String) throws -> Int64? {
        switch try value(of: column) {
        case .int64(let integer): integer
        case .null: nil
        default: throw StorageFault.undecodable(column)
        }
    }

    func bytes(_ column: String) throws -> [UInt8] { try wanted(try optionalBytes(column), column) }

    func optionalBytes(_ column: String) throws -> [UInt8]? {
        switch try value(of: column) {
        case .blob(let data): Array(data)
        case .null: nil
        default: throw StorageFault.undecodable(column)
        }
    }

    func time(_ column: String) throws -> Timestamp { Timestamp(seconds: try integer(column)) }

    func optionalTime(_ column: String) throws -> Timestamp? {
        if case .null = try value(of: column) { nil } else { try time(column) }
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

    /// The row as it is handed to the person whose it is: a column `x:json` holds JSON, what is null is left out.
    var exported: JSONObject {
        get throws {
            var object = JSONObject()
            for (column, value) in zip(columns, values) {
                let isJSON = column.hasSuffix(":json")
                let name = isJSON ? String(column.dropLast(5)) : column
                switch value {
                case .string(let text) where isJSON:
                    object[name] = try wanted(try? StrictJSON.parse(Array(text.utf8)), column)
                case .string(let text): object[name] = .string(text)
                case .int64(let integer): object[name] = .integer(integer)
                case .null: break
                case .double, .blob: throw StorageFault.undecodable(column)
                }
            }
            return object
        }
    }

    func wanted<Value>(_ value: Value?, _ column: String) throws -> Value {
        guard let value else { throw StorageFault.undecodable(column) }
        return value
    }

    private func value(of column: String) throws -> DatabaseValue.Storage {
        values[try wanted(columns.firstIndex(of: column), column)]
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
