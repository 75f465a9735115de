internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore
internal import Synchronization

/// Values that were read lately, by their stored text, so that the calls of one login do not parse the same texts again
/// and again. The same text always is the same value: nothing here can be out of date.
final class ParsedTexts<Value: Sendable>: Sendable {
    private let capacity: Int
    private let parse: @Sendable (JSONValue) throws -> Value?
    private let values = Mutex<[String: Value]>([:])

    /// - Parameter capacity: how many are remembered; then all are forgotten.
    init(capacity: Int, parse: @escaping @Sendable (JSONValue) throws -> Value?) {
        self.capacity = capacity
        self.parse = parse
    }

    func forget() { values.withLock { $0.removeAll() } }

    /// Nil when the text is no such value.
    func value(_ text: String) -> Value? {
        if let value = values.withLock({ $0[text] }) { return value }
        guard let json = try? StrictJSON.parse(Array(text.utf8)), let value = try? parse(json) else { return nil }
        values.withLock { values in
            if values.count >= capacity { values.removeAll(keepingCapacity: true) }
            values[text] = value
        }
        return value
    }
}

/// What was read lately: as much as a few thousand logins at once need.
enum ReadLately {
    /// Three for each device.
    static let keys = ParsedTexts(capacity: 16_384) { try $0.object.map { try VerificationKey(jwk: $0) } }
    static let people = ParsedTexts(capacity: 4_096) {
        try $0.object.map { Shared(wrappedValue: try PersonRecord(json: $0)) }
    }
    /// Lists of claims: few, for each release of a service has the same.
    static let claims = ParsedTexts(capacity: 1_024) { $0.strings }
}
