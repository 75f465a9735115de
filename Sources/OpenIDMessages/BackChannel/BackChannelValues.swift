/// How a client hears that its tokens are ready (OpenID Connect CIBA Core §5). Push is not offered: tokens are given to
/// who authenticates, at the token endpoint.
public enum BackChannelDelivery: String, Sendable, Hashable, CaseIterable {
    /// The client asks the token endpoint again and again.
    case poll
    /// The client is told when to ask.
    case ping
}

/// What the client shows and the phone shows, so that the person sees that both belong together (CIBA Core §7.1).
public struct BindingMessage: RawRepresentable, Sendable, Hashable {
    /// So much fits on every phone, and stays readable beside the rest of the text.
    public static let maximumLength = 100

    public let rawValue: String

    /// 1 to 100 characters, none of them hidden, and something to see at both ends.
    public init?(rawValue: String) {
        guard (1...Self.maximumLength).contains(rawValue.unicodeScalars.count),
            !DisplayText.hasHiddenCharacters(rawValue),
            rawValue.first?.isWhitespace == false, rawValue.last?.isWhitespace == false
        else { return nil }
        self.rawValue = rawValue
    }
}

/// The bearer token with which the provider proves at the client's notification endpoint that it is the one
/// (CIBA Core §7.1, §10.2). It is made by the client, for one request.
public struct ClientNotificationToken: WireValue, CustomStringConvertible {
    public let rawValue: String

    /// The syntax of RFC 6750 §2.1, at most 1024 characters; at least 22, which is how many 128 bits need.
    public init?(rawValue: String) {
        let body = rawValue.prefix { $0 != "=" }
        guard rawValue.isASCII(22...1024, { _ in true }), rawValue.dropFirst(body.count).allSatisfy({ $0 == "=" }),
            body.utf8.allSatisfy({
                CharacterClass.isUnreserved($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
            })
        else { return nil }
        self.rawValue = rawValue
    }

    /// Never the token itself.
    public var description: String { "(client notification token)" }
}
