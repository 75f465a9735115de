internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// What SQLite holds in one place of a row or of a statement.
enum SQLValue: Sendable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
    /// Nothing here is stored as a floating-point number.
    case real
}

/// What can be put into a place of a statement.
protocol SQLStorable {
    var sqlValue: SQLValue { get }
}

extension Int64: SQLStorable { var sqlValue: SQLValue { .integer(self) } }
extension Int: SQLStorable { var sqlValue: SQLValue { .integer(Int64(self)) } }
extension Bool: SQLStorable { var sqlValue: SQLValue { .integer(self ? 1 : 0) } }
extension String: SQLStorable { var sqlValue: SQLValue { .text(self) } }
extension [UInt8]: SQLStorable { var sqlValue: SQLValue { .blob(self) } }

/// The values of a statement: `[a, b]` for places `?`, `["name": a]` for places `:name`.
struct SQLArguments: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    fileprivate private(set) var positional: [(any SQLStorable)?] = []
    fileprivate private(set) var named: [(name: String, value: (any SQLStorable)?)] = []

    init(arrayLiteral elements: (any SQLStorable)?...) { positional = elements }

    init(dictionaryLiteral elements: (String, (any SQLStorable)?)...) {
        named = elements.map { (name: $0.0, value: $0.1) }
    }

    static func + (left: SQLArguments, right: SQLArguments) -> SQLArguments {
        var sum = left
        sum.positional += right.positional
        sum.named += right.named
        return sum
    }
}

/// Prepared statements are bound, stepped and read here, by SQLite's own functions: through GRDB's rows and arguments that
/// was an eighth of a login (docs/decisions/0018-statements.md). What prepares and keeps them is GRDB.
extension Statement {
    /// Runs the statement to its end and gives each row to `body`.
    ///
    /// Throws `DatabaseError` as GRDB does, also when `arguments` are not those that the statement has places for.
    func forEachRow(_ arguments: SQLArguments, _ body: ([SQLValue]) throws -> Void) throws {
        let statement = unsafe sqliteStatement
        defer {
            unsafe sqlite3_reset(statement)
            unsafe sqlite3_clear_bindings(statement)
        }
        try bind(arguments)
        let count = unsafe sqlite3_column_count(statement)
        while true {
            let result = unsafe sqlite3_step(statement)
            switch result {
            case SQLITE_ROW: try body((0..<count).map { try value(of: $0) })
            case SQLITE_DONE: return
            default: throw failure(result)
            }
        }
    }

    private func bind(_ arguments: SQLArguments) throws {
        var missing = unsafe Int(sqlite3_bind_parameter_count(sqliteStatement)) - arguments.positional.count
        for (index, value) in arguments.positional.enumerated() { try bind(value, at: Int32(index + 1)) }
        for (name, value) in arguments.named {
            // Several statements may take of the same values what they need.
            let place = unsafe sqlite3_bind_parameter_index(sqliteStatement, ":" + name)
            guard place > 0 else { continue }
            try bind(value, at: place)
            missing -= 1
        }
        guard missing == 0 else { throw failure(SQLITE_MISUSE) }
    }

    private func bind(_ value: (any SQLStorable)?, at place: Int32) throws {
        let statement = unsafe sqliteStatement
        let result =
            switch value?.sqlValue ?? .null {
            case .null: unsafe sqlite3_bind_null(statement, place)
            case .integer(let integer): unsafe sqlite3_bind_int64(statement, place, integer)
            // An empty buffer may have no address, which would be NULL.
            case .text(let text) where text.utf8.isEmpty: unsafe sqlite3_bind_text(statement, place, "", 0, copied)
            case .text(var text):
                text.withUTF8 { bytes in
                    unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                        unsafe sqlite3_bind_text(
                            statement, place, characters.baseAddress, Int32(characters.count), copied)
                    }
                }
            case .blob(let bytes):
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe bytes.isEmpty
                        ? sqlite3_bind_zeroblob(statement, place, 0)
                        : sqlite3_bind_blob(statement, place, bytes.baseAddress, Int32(bytes.count), copied)
                }
            case .real: SQLITE_MISUSE
            }
        guard result == SQLITE_OK else { throw failure(result) }
    }

    private func value(of column: Int32) throws -> SQLValue {
        let statement = unsafe sqliteStatement
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(statement, column))
        case SQLITE_TEXT:
            // The text before its length: SQLite's order for both to be of the same encoding.
            guard let start = unsafe sqlite3_column_text(statement, column) else { throw failure(SQLITE_NOMEM) }
            let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
            return unsafe .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let count = unsafe Int(sqlite3_column_bytes(statement, column))
            // A blob without bytes has no address.
            guard let start = unsafe sqlite3_column_blob(statement, column) else {
                guard count == 0 else { throw failure(SQLITE_NOMEM) }
                return .blob([])
            }
            return unsafe .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        case SQLITE_NULL: return .null
        default: return .real
        }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let connection = unsafe sqlite3_db_handle(sqliteStatement)
        // What SQLite says of its last call is about another one when the mistake is ours.
        let message = unsafe code == SQLITE_MISUSE ? nil : sqlite3_errmsg(connection).map { unsafe String(cString: $0) }
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql)
    }
}

/// `SQLITE_TRANSIENT`: SQLite copies what it is given before the call returns.
private var copied: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
