/// One check of a device's evidence and how it ended.
public struct EvidenceVerdict: Sendable, Equatable {
    /// The check, e.g. `chain`.
    public var check: String
    public var passed: Bool
    /// One plain sentence.
    public var detail: String

    public init(check: String, passed: Bool, detail: String) {
        self.check = check
        self.passed = passed
        self.detail = detail
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        check = try reader.string("check", maximumLength: 64)
        passed = try reader.bool("passed")
        detail = try reader.string("detail", maximumLength: 512)
        try reader.finish()
    }

    public var json: JSONObject { ["check": .string(check), "passed": .bool(passed), "detail": .string(detail)] }
}
