/// Why client metadata cannot be used (RFC 7591 §3.2.2). It repeats nothing that was sent.
public struct ClientMetadataError: Error, Sendable, Equatable {
    /// The name of the member at fault.
    public let member: String
    /// ASCII without quotes and backslashes.
    public let message: String

    public init(_ member: ClientMember, _ message: String) { self.init(name: member.rawValue, message) }

    public init(name: String, _ message: String) {
        member = name
        self.message = message
    }

    /// The error as the caller hears it.
    public var oauthError: OAuthError {
        let code: OAuthError.Code =
            switch member {
            case ClientMember.redirectURIs.rawValue: .invalidRedirectURI
            case "software_statement": .unapprovedSoftwareStatement
            default: .invalidClientMetadata
            }
        return OAuthError(code, "\(member): \(message)")
    }
}

/// Client metadata as somebody sends it (RFC 7591 §2), read strictly, member by member.
///
/// Members that nobody knows are passed over, as §2 asks; members whose meaning is known and that cannot be honoured are
/// refused, because a client would rely on them. A member that is null counts as absent (RFC 7592 §2.2).
public struct ClientMetadata: Sendable {
    private let object: JSONObject

    public init(_ object: JSONObject) throws(ClientMetadataError) {
        self.object = object
        for (name, message) in Self.refused where isMeant(name) { throw ClientMetadataError(name: name, message) }
        for name in Self.shownURIs {
            guard let value = object[name], value != .null else { continue }
            guard value.string.flatMap(RedirectURI.init(rawValue:)) != nil else {
                throw ClientMetadataError(name: name, "no https address with a plain host and path")
            }
        }
    }

    /// Known members that promise what is not offered here, and those that only the operator sets.
    private static let refused: [(name: String, message: String)] = [
        ("software_statement", "no issuer of software statements is approved"),
        ("request_uris", "request objects are not fetched"),
        ("frontchannel_logout_uri", "front-channel logout is not offered; use backchannel_logout_uri"),
        ("default_acr_values", "the level follows from the tenant and from each request"),
        ("tls_client_certificate_bound_access_tokens", "tokens are bound by DPoP"),
        ("request_object_encryption_alg", "request objects are not encrypted"),
        ("request_object_encryption_enc", "request objects are not encrypted"),
        ("authorization_encrypted_response_alg", "authorization responses are not encrypted"),
        ("authorization_encrypted_response_enc", "authorization responses are not encrypted"),
        ("introspection_encrypted_response_alg", "introspection responses are not encrypted"),
        ("introspection_encrypted_response_enc", "introspection responses are not encrypted"),
        ("backchannel_user_code_parameter", "user codes are not offered: the phone asks for its own PIN"),
        (ClientMember.backChannelWithoutCallCode.rawValue, "only the operator sets it"),
        (ClientMember.profile.rawValue, "only the operator sets it"),
        (ClientMember.requiredLevel.rawValue, "only the operator sets it"),
        (ClientMember.resources.rawValue, "only the operator sets it"),
        (ClientMember.servedResource.rawValue, "only the operator sets it"),
        (ClientMember.servedTenants.rawValue, "only the operator sets it"),
        (ClientMember.services.rawValue, "only the operator sets it"),
    ]

    /// Addresses that other providers show to people; checked and not kept: nothing of a portal is shown but its name.
    private static let shownURIs = ["client_uri", "logo_uri", "policy_uri", "tos_uri"]

    /// True unless the member is absent or says no.
    private func isMeant(_ name: String) -> Bool {
        guard let value = object[name] else { return false }
        return ![.null, false, "", []].contains(value)
    }

    private func value(_ member: ClientMember) -> JSONValue? {
        guard let value = object[member.rawValue], value != .null else { return nil }
        return value
    }

    private func read<Value>(
        _ member: ClientMember, _ form: String, _ read: (JSONValue) -> Value?
    ) throws(ClientMetadataError) -> Value? {
        guard let value = value(member) else { return nil }
        guard let result = read(value) else { throw ClientMetadataError(member, form) }
        return result
    }

    /// A text that people see: 1 to 100 characters.
    public func text(_ member: ClientMember) throws(ClientMetadataError) -> String? {
        try read(member, "no text of 1 to 100 visible characters") { value in
            guard let text = value.string, (1...100).contains(text.unicodeScalars.count),
                !DisplayText.hasHiddenCharacters(text), text.contains(where: { !$0.isWhitespace })
            else { return nil }
            return text
        }
    }

    public func flag(_ member: ClientMember) throws(ClientMetadataError) -> Bool? {
        try read(member, "neither true nor false") { $0.bool }
    }

    /// Seconds up to a year.
    public func seconds(_ member: ClientMember) throws(ClientMetadataError) -> Int64? {
        try read(member, "no number of seconds from 0 to 31536000") { value in
            value.integer.flatMap { (0...31_536_000).contains($0) ? $0 : nil }
        }
    }

    /// One of the words of an enumeration.
    public func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ member: ClientMember, of type: Choice.Type = Choice.self
    ) throws(ClientMetadataError) -> Choice? {
        try read(member, Self.known(type)) { $0.string.flatMap(Choice.init(rawValue:)) }
    }

    /// Some of the words of an enumeration, each once.
    public func choices<Choice: CaseIterable & RawRepresentable<String> & Hashable>(
        _ member: ClientMember, of type: Choice.Type = Choice.self
    ) throws(ClientMetadataError) -> Set<Choice>? {
        try read(member, "a list in which each occurs once; " + Self.known(type)) { value in
            guard let texts = value.strings else { return nil }
            let choices = Set(texts.compactMap(Choice.init(rawValue:)))
            return choices.count == texts.count ? choices : nil
        }
    }

    private static func known<Choice: CaseIterable & RawRepresentable<String>>(_ type: Choice.Type) -> String {
        "known are " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
    }

    /// An address that the provider calls.
    public func outboundURL(_ member: ClientMember) throws(ClientMetadataError) -> OutboundURL? {
        try read(member, "no https address with a plain host and path") { value in
            value.string.flatMap(OutboundURL.init(registered:))
        }
    }

    /// An address to which browsers are sent.
    public func redirectURI(_ member: ClientMember) throws(ClientMetadataError) -> RedirectURI? {
        try read(member, "no https address with a plain host and path") { value in
            value.string.flatMap(RedirectURI.init(rawValue:))
        }
    }

    /// At most 20 addresses to which browsers are sent, each once.
    public func redirectURIs(_ member: ClientMember) throws(ClientMetadataError) -> [RedirectURI]? {
        try read(member, "no list of at most 20 different https addresses with a plain host and path") { value in
            guard let texts = value.strings, texts.count <= 20, Set(texts).count == texts.count else { return nil }
            let uris = texts.compactMap(RedirectURI.init(rawValue:))
            return uris.count == texts.count ? uris : nil
        }
    }

    /// The scopes, among them `openid`, in the names of the region.
    public func scope() throws(ClientMetadataError) -> Scope? {
        try read(.scope, "no list of scopes with openid, separated by single blanks") { value in
            value.string.flatMap(Scope.init(asked:)).flatMap { $0.contains(Scope.openID) ? $0 : nil }
        }
    }

    /// The keys of a JWK Set (RFC 7517 §5), 1 to 20 objects.
    public func keys() throws(ClientMetadataError) -> [JSONObject]? {
        try read(.keys, "no JWK Set of 1 to 20 keys") { value in
            guard let list = value.object?["keys"]?.array, (1...20).contains(list.count) else { return nil }
            let keys = list.compactMap(\.object)
            return keys.count == list.count ? keys : nil
        }
    }
}
