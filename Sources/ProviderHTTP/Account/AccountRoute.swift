internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// One route of the account API. The router, docs/domain.md and the tests are made from the table of these.
struct AccountRoute: Sendable {
    /// What a call does.
    enum Effect: Sendable {
        /// Shows something; needs the device and no PIN.
        case read(@Sendable (AccountCall) async throws -> JSONObject)
        /// Changes something with which a thief of an unlocked phone could do no harm.
        case change(@Sendable (AccountCall) async throws -> JSONObject)
        /// Says what will happen when the person confirms it with the PIN.
        case confirmed(ConfirmedAction, @Sendable (AccountCall) async throws -> ProposedAct)
    }

    let method: HTTPRequest.Method
    /// Below `/account/v1`, with parameters in braces.
    let path: String
    /// What a person can do with it, in plain words.
    let summary: String
    /// Who may, where that is not everybody with an account.
    let who: String
    /// What is written into the audit log when it is done.
    let events: [SecurityEvent.Kind]
    let effect: Effect

    init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, who: String = "the person",
        events: [SecurityEvent.Kind] = [], _ effect: Effect
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.who = who
        self.events = events
        self.effect = effect
    }

    /// Method and path, as docs/domain.md writes them.
    var name: String { "\(method.rawValue) \(path)" }

    static let prefix = "/account/v1"

    /// The names in braces.
    var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    var action: ConfirmedAction? { if case .confirmed(let action, _) = effect { action } else { nil } }
}

/// A call of the account API: who calls, and with what.
struct AccountCall: Sendable {
    let service: SelfService
    let device: VerifiedDevice
    let language: Language
    /// The parameters of the path.
    let path: JSONObject
    let query: FormParameters
    let body: JSONObject

    /// The identifier in the path. One that cannot be is as unknown as one that is not.
    func identifier<Value: WireValue>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        guard let value = Value(rawValue: path[name]?.string ?? "") else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        return value
    }

    /// Reads the body; members that nobody asked for are refused.
    func read<Value>(_ reading: (inout MemberReader) throws(MessageError) -> Value) throws(MessageError) -> Value {
        var reader = MemberReader(body)
        let value = try reading(&reader)
        try reader.finish()
        return value
    }

    /// A call whose body has no members.
    func expectNothing() throws(MessageError) { try MemberReader(body).finish() }
}
