internal import IdentityCrypto

/// Keys in tokens: by the token's label, the identifiers (`CKA_ID`) of keys.
struct TokenKeys: Sendable, Equatable {
    private(set) var identifiers: [String: [[UInt8]]] = [:]

    init() {}

    init(_ identifiers: [[UInt8]], in token: String) { self[token] = identifiers }

    /// The keys in the token with this label.
    subscript(_ token: String) -> [[UInt8]] {
        get { identifiers[token] ?? [] }
        set { identifiers[token] = newValue.isEmpty ? nil : newValue }
    }

    func adding(_ others: TokenKeys) -> TokenKeys {
        var all = self
        for (token, keys) in others.identifiers { all[token] = keys + self[token].filter { !keys.contains($0) } }
        return all
    }

    func removing(_ others: TokenKeys?) -> TokenKeys {
        var rest = self
        for (token, keys) in others?.identifiers ?? [:] { rest[token] = self[token].filter { !keys.contains($0) } }
        return rest
    }
}

/// The identifiers of the two keys that a token is about to make.
struct NewTokenKeys: Sendable {
    let installation = RandomBytes.make(16)
    let authentication = RandomBytes.make(16)

    func keys(in token: String) -> TokenKeys { TokenKeys([installation, authentication], in: token) }
}
