/// A back-channel authentication request (OpenID Connect CIBA Core §7.1): well-formed, not yet believed.
public struct BackChannelAuthenticationRequest: Sendable {
    /// Who is meant; exactly one of the three (CIBA Core §7.1).
    public enum Hint: Sendable, Equatable {
        /// In words of the portal: its `sub` of the person.
        case login(String)
        /// A token that says who is meant.
        case token(String)
        /// An ID token that the client once got.
        case idToken(String)
    }

    public let hint: Hint
    public let bindingMessage: BindingMessage?
    /// Present when the client sent one; a client in ping mode must.
    public let notificationToken: ClientNotificationToken?
    /// How long the client wants to wait, in seconds.
    public let requestedExpiry: Int64?
    /// What is asked for, by the names of an authorization request: scope, levels, claims, resource and town.
    public let demand: FormParameters

    public init(parameters: FormParameters) throws(OAuthError) {
        for parameter in BackChannelParameter.allCases
        where (parameters[backChannel: parameter]?.utf8.count ?? 0) > parameter.maximumLength {
            // A message that is too long has an error of its own.
            guard parameter != .bindingMessage else { throw Self.unusableMessage }
            throw OAuthError(.invalidRequest, "\(parameter.rawValue) is too long")
        }
        hint = try Self.hint(parameters)
        bindingMessage = try parameters[backChannel: .bindingMessage].map { text throws(OAuthError) in
            guard let message = BindingMessage(rawValue: text) else { throw Self.unusableMessage }
            return message
        }
        guard parameters[backChannel: .userCode] == nil else {
            throw OAuthError(.invalidUserCode, "user_code is not supported: the phone asks for its own PIN")
        }
        notificationToken = try parameters[backChannel: .notificationToken].map { text throws(OAuthError) in
            guard let token = ClientNotificationToken(rawValue: text) else {
                throw OAuthError(
                    .invalidRequest, "client_notification_token is no bearer token of 22 to 1024 characters")
            }
            return token
        }
        requestedExpiry = try parameters[backChannel: .requestedExpiry].map { text throws(OAuthError) in
            guard let seconds = Int64(text), seconds > 0, String(seconds) == text else {
                throw OAuthError(.invalidRequest, "requested_expiry is not a positive number of seconds")
            }
            return seconds
        }
        var demand = FormParameters()
        for parameter in [BackChannelParameter.scope, .acrValues, .claims, .resource, .servedTenant] {
            if let value = parameters[backChannel: parameter] { demand.append(parameter.rawValue, value) }
        }
        self.demand = demand
    }

    private static let unusableMessage = OAuthError(
        .invalidBindingMessage,
        "binding_message must have 1 to \(BindingMessage.maximumLength) visible characters")

    private static func hint(_ parameters: FormParameters) throws(OAuthError) -> Hint {
        let hints = [
            parameters[backChannel: .loginHint].map(Hint.login),
            parameters[backChannel: .loginHintToken].map(Hint.token),
            parameters[backChannel: .idTokenHint].map(Hint.idToken),
        ].compactMap(\.self)
        guard hints.count == 1 else {
            throw OAuthError(
                .invalidRequest, "exactly one of login_hint, login_hint_token and id_token_hint is wanted")
        }
        return hints[0]
    }
}
