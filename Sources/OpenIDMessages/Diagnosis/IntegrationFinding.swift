/// What one check of a portal's integration found, in words for the portal's developer.
///
/// No member holds a secret, a token or a personal datum.
public struct IntegrationFinding: Sendable, Equatable {
    public enum Result: String, Sendable, CaseIterable {
        case ok
        /// It works, and could be better or break one day.
        case warning
        /// It does not work, or an attack does.
        case failure
        /// The check could not be made; the cause says why.
        case notTested = "not_tested"

        /// For a line of counts, e.g. `warnings 2`.
        public var words: String {
            switch self {
            case .ok: "ok"
            case .warning: "warnings"
            case .failure: "failures"
            case .notTested: "not tested"
            }
        }
    }

    /// The check's stable name, for programs.
    public let check: String
    public let result: Result
    /// What was seen, and what it means.
    public let cause: String
    /// What to do about it; nil where there is nothing to do.
    public let remedy: String?
    /// Where it is written, e.g. `RFC 9207 §2.4`.
    public let clause: String

    public init(_ check: String, _ result: Result, cause: String, remedy: String?, clause: String) {
        self.check = check
        self.result = result
        self.cause = cause
        self.remedy = remedy
        self.clause = clause
    }

    /// Reads what `json` gives; nil when a member is missing.
    public init?(json: JSONObject) {
        guard let check = json["check"]?.string, let result = json["result"]?.string.flatMap(Result.init(rawValue:)),
            let cause = json["cause"]?.string, let clause = json["clause"]?.string
        else { return nil }
        self.init(check, result, cause: cause, remedy: json["remedy"]?.string, clause: clause)
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "check": .string(check), "result": .string(result.rawValue), "cause": .string(cause),
        ]
        object["remedy"] = remedy.map { .string($0) }
        object["clause"] = .string(clause)
        return object
    }

    /// The finding for a terminal: result, check and cause, then remedy and clause of what is not well.
    public var lines: [String] {
        let mark =
            switch result {
            case .ok: "ok        "
            case .warning: "WARNING   "
            case .failure: "FAILURE   "
            case .notTested: "not tested"
            }
        let first = "\(mark)  \(check): \(cause)"
        guard let remedy, result != .ok else { return [first] }
        return [first, "            Do: \(remedy) (\(clause))"]
    }
}
