public import OpenIDMessages

/// One check of something that was explained, and how it ended.
public struct StatementCheck: Sendable, Equatable {
    public enum Result: String, Sendable, CaseIterable {
        case passed
        case failed
        /// What the check needs is not here; the detail says what.
        case notChecked = "not_checked"
    }

    /// The check's stable name, for programs.
    public let name: String
    public let result: Result
    /// One plain sentence. Text of others in it still has to be escaped.
    public let detail: String

    public init(_ name: String, _ result: Result, _ detail: String) {
        self.name = name
        self.result = result
        self.detail = detail
    }

    public var json: JSONObject {
        ["check": .string(name), "result": .string(result.rawValue), "detail": .string(detail)]
    }
}

/// Collects checks in their order.
struct CheckList {
    private(set) var checks: [StatementCheck] = []

    /// - Returns: whether the check passed.
    @discardableResult
    mutating func check(_ name: String, _ passed: Bool, _ good: String, else bad: String) -> Bool {
        checks.append(StatementCheck(name, passed ? .passed : .failed, passed ? good : bad))
        return passed
    }

    mutating func skip(_ name: String, _ why: String) { checks.append(StatementCheck(name, .notChecked, why)) }
}
