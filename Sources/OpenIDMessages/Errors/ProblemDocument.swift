/// An RFC 9457 problem document, the form of every refusal on the device's leg.
public struct ProblemDocument: Error, Sendable, Equatable {
    /// Who can mend it.
    public enum Side: String, Sendable, Hashable {
        case portal, device, person, `operator`
    }

    /// The stable code, e.g. `wrong_pin`; the `type` URI ends with it.
    public var code: String
    /// The HTTP status.
    public var status: Int
    /// In plain words what is refused, and what to do.
    public var title: String
    public var side: Side
    /// Whether the same call may succeed later.
    public var retry: Bool
    /// Names the entry in the operator's log.
    public var traceIdentifier: String
    /// How many tries remain, where tries are counted.
    public var triesLeft: Int?
    /// The checks of a device's evidence that failed (docs/protocol.md §7), as the device reads them from `verdicts`.
    public var failedChecks: [String] = []
    /// Of a call that says what it must not: the member, and what is wrong with it.
    public var mistake: MessageError?
    /// Of a login for which the person may act for no company: why not.
    public var obstacle: ActingObstacle?

    public init(
        code: String, status: Int, title: String, side: Side, retry: Bool, traceIdentifier: String,
        triesLeft: Int? = nil
    ) {
        self.code = code
        self.status = status
        self.title = title
        self.side = side
        self.retry = retry
        self.traceIdentifier = traceIdentifier
        self.triesLeft = triesLeft
    }

    public static let mediaType = "application/problem+json"

    public var json: JSONObject {
        var object: JSONObject = [
            "type": .string("urn:citizen-id:problem:" + code), "title": .string(title),
            "status": .integer(Int64(status)),
            "code": .string(code), "side": .string(side.rawValue), "retry": .bool(retry),
            "trace_id": .string(traceIdentifier),
        ]
        object["tries_left"] = triesLeft.map { .integer(Int64($0)) }
        object["member"] = mistake.map { .string($0.member) }
        object["mistake"] = mistake.map { .string($0.kind.rawValue) }
        for member in obstacle?.json.members ?? [] { object[member.name] = member.value }
        return object
    }

    /// Reads a problem document as the device receives it; nil when it is not one.
    public init?(json: JSONObject) {
        guard let code = json["code"]?.string, let status = json["status"]?.integer, let title = json["title"]?.string,
            (400...599).contains(status)
        else { return nil }
        self.init(
            code: code, status: Int(status), title: title,
            side: json["side"]?.string.flatMap(Side.init(rawValue:)) ?? .operator, retry: json["retry"]?.bool ?? false,
            traceIdentifier: json["trace_id"]?.string ?? "",
            triesLeft: json["tries_left"]?.integer.map(Int.init(clamping:)))
        failedChecks = (json["verdicts"]?.array ?? []).prefix(64).compactMap(\.object)
            .filter { $0["passed"] == false }.compactMap { $0["check"]?.string }
        if let kind = json["mistake"]?.string.flatMap(MessageError.Kind.init(rawValue:)),
            let member = json["member"]?.string
        {
            mistake = MessageError(kind, member: member)
        }
        obstacle = ActingObstacle(json: json)
    }
}
