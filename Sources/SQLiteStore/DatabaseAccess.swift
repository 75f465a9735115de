internal import AccountDirectory
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages

/// SQL in sight, statements compiled once on each connection.
extension Database {
    /// Runs a statement; returns how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: SQLArguments = []) throws -> Int {
        try cachedStatement(sql: sql).forEachRow(arguments) { _ in }
        return changesCount
    }

    /// Gives each row to `body`, while the statement runs.
    func forEachRow(
        _ sql: String, _ arguments: SQLArguments = [], _ body: (StoredRow) throws -> Void
    ) throws {
        let statement = try cachedStatement(sql: sql)
        let columns = statement.columnNames
        try statement.forEachRow(arguments) { try body(StoredRow(columns: columns, values: $0)) }
    }

    /// All rows: a statement with `RETURNING` must be run to its end.
    func rows(_ sql: String, _ arguments: SQLArguments = []) throws -> [StoredRow] {
        var rows: [StoredRow] = []
        try forEachRow(sql, arguments) { rows.append($0) }
        return rows
    }

    func row(_ sql: String, _ arguments: SQLArguments = []) throws -> StoredRow? {
        try rows(sql, arguments).first
    }
}

/// A row whose values are not believed before they are read.
struct StoredRow {
    fileprivate let columns: [String]
    fileprivate let values: [SQLValue]

    func optionalText(_ column: String) throws -> String? {
        switch try value(of: column) {
        case .text(let text): text
        case .null: nil
        default: throw StorageFault.undecodable(column)
        }
    }

    func text(_ column: String) throws -> String { try wanted(try optionalText(column), column) }

    func integer(_ column: String) throws -> Int64 { try wanted(try optionalInteger(column), column) }

    func optionalInteger(_ column: String) throws -> Int64? {
        switch try value(of: column) {
        case .integer(let integer): integer
        case .null: nil
        default: throw StorageFault.undecodable(column)
        }
    }

    func bytes(_ column: String) throws -> [UInt8] { try wanted(try optionalBytes(column), column) }

    func optionalBytes(_ column: String) throws -> [UInt8]? {
        switch try value(of: column) {
        case .blob(let bytes): bytes
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
                case .text(let text) where isJSON:
                    object[name] = try wanted(try? StrictJSON.parse(Array(text.utf8)), column)
                case .text(let text): object[name] = .string(text)
                case .integer(let integer): object[name] = .integer(integer)
                case .null: break
                case .real, .blob: throw StorageFault.undecodable(column)
                }
            }
            return object
        }
    }

    func wanted<Value>(_ value: Value?, _ column: String) throws -> Value {
        guard let value else { throw StorageFault.undecodable(column) }
        return value
    }

    private func value(of column: String) throws -> SQLValue {
        values[try wanted(columns.firstIndex(of: column), column)]
    }
}

extension Array where Element == String {
    /// As a JSON array.
    var jsonText: String { String(decoding: JSONValue.strings(self).serialized, as: UTF8.self) }
}
