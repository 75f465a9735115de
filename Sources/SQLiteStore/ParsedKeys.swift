internal import IdentityCrypto
internal import OpenIDMessages
internal import Synchronization

/// Keys that were read lately, by their stored text, so that the three calls of a login do not parse a device's three
/// keys three times. The same text always is the same key: nothing here can be out of date.
final class ParsedKeys: Sendable {
    /// As many as a few thousand logins at once need.
    static let capacity = 16_384

    private let keys = Mutex<[String: VerificationKey]>([:])

    /// Nil when the text is no key.
    func key(_ text: String) -> VerificationKey? {
        if let key = keys.withLock({ $0[text] }) { return key }
        guard let jwk = try? StrictJSON.parseObject(Array(text.utf8)), let key = try? VerificationKey(jwk: jwk) else {
            return nil
        }
        keys.withLock { keys in
            if keys.count >= Self.capacity { keys.removeAll(keepingCapacity: true) }
            keys[text] = key
        }
        return key
    }
}
