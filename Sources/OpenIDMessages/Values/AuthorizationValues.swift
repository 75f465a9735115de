/// `state` (RFC 6749 §4.1.1): 1 to 1024 visible characters.
public struct StateValue: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(1...1024, CharacterClass.isVisible) else { return nil }
        self.rawValue = rawValue
    }
}

/// `nonce` (OpenID Connect Core §3.1.2.1): 1 to 512 visible characters.
public struct Nonce: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(1...512, CharacterClass.isVisible) else { return nil }
        self.rawValue = rawValue
    }
}

/// A PKCE challenge for S256 (RFC 7636 §4.2): the base64url of a SHA-256 digest, exactly 43 characters.
public struct CodeChallenge: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.utf8.count == 43, Base64URL.decode(rawValue) != nil else { return nil }
        self.rawValue = rawValue
    }
}

/// A PKCE verifier (RFC 7636 §4.1): 43 to 128 unreserved characters.
public struct CodeVerifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(43...128, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
    /// Verifiers are secrets: they describe themselves without their value.
    public var description: String { "(code verifier)" }
}

/// A set of scope tokens (RFC 6749 §3.3) in the order given; 1 to 32 tokens, each at most 64 characters.
public struct Scope: Sendable, Hashable, CustomStringConvertible {
    public let tokens: [String]
    /// The tokens with a space between them.
    public let description: String

    /// Reads the space-delimited text; nil when it is malformed or names a token twice.
    public init?(parsing text: String) { self.init(tokens: Self.tokens(of: text)) }

    /// What stands between spaces; one more than a scope may have where there are too many.
    private static func tokens(of text: String) -> [String] {
        // By bytes: each refresh and each call with a token reads a scope.
        let bytes = Array(text.utf8)
        var tokens: [String] = []
        var start = 0
        while start <= bytes.count, tokens.count <= maximumCount {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: " ")) ?? bytes.count
            tokens.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end + 1
        }
        return tokens
    }

    /// Nil when a token is malformed or occurs twice.
    public init?(tokens: [String]) {
        guard (1...Self.maximumCount).contains(tokens.count) else { return nil }
        for (index, token) in tokens.enumerated() {
            guard Self.isToken(token), !tokens[..<index].contains(token) else { return nil }
        }
        self.tokens = tokens
        description = tokens.joined(separator: " ")
    }

    private static func isToken(_ text: String) -> Bool { text.isASCII(1...64, CharacterClass.isScopeCharacter) }

    private static let maximumCount = 32

    /// Reads what a portal asks for, in the names of this region; nil when it is malformed or nothing is left. A token that
    /// stands there twice asks for nothing more (RFC 6749 §3.3).
    ///
    /// `offline_access` is left out: whether there are refresh tokens follows from the client's grants (OpenID Connect Core
    /// §11 wants it ignored where it means nothing). The scopes of §5.4 mean those of the region.
    public init?(asked text: String) {
        let asked = Self.tokens(of: text)
        // Before they are compared: strings are equal by Unicode equivalence, texts of ASCII by their bytes.
        guard asked.count <= Self.maximumCount, asked.allSatisfy(Self.isToken) else { return nil }
        var tokens: [String] = []
        for token in asked where token != Self.offlineAccess {
            let own = Self.standard[token] ?? token
            if !tokens.contains(own) { tokens.append(own) }
        }
        self.init(tokens: tokens)
    }

    private static let offlineAccess = "offline_access"

    /// The scopes of OpenID Connect Core §5.4 that have another name here.
    public static let standard = ["profile": "person", "address": "person_address"]

    public func contains(_ token: String) -> Bool { tokens.contains(token) }

    /// The scope that makes a request an OpenID Connect request (OpenID Connect Core §3.1.2.1).
    public static let openID = "openid"

    /// What a token begins with that names the service of a login, e.g. `service:bewohnerparken`.
    public static let servicePrefix = "service:"

    /// True for a token that names a service.
    public static func namesService(_ token: String) -> Bool { token.hasPrefix(servicePrefix) }

    /// The names after `service:`, in the order given.
    public var services: [String] {
        tokens.filter(Self.namesService).map { String($0.dropFirst(Self.servicePrefix.count)) }
    }
}
