/// The parameters of a back-channel authentication request that are known here (OpenID Connect CIBA Core §7.1; `claims`
/// of OpenID Connect Core §5.5, `resource` of RFC 8707).
public enum BackChannelParameter: String, Sendable, CaseIterable {
    case scope
    case notificationToken = "client_notification_token"
    case acrValues = "acr_values"
    case loginHintToken = "login_hint_token"
    case idTokenHint = "id_token_hint"
    case loginHint = "login_hint"
    case bindingMessage = "binding_message"
    case userCode = "user_code"
    case requestedExpiry = "requested_expiry"
    case claims, resource
    /// The region's own: the town for which a client of one-for-all services asks.
    case servedTenant = "served_tenant"
    /// A signed authentication request (CIBA Core §7.1.1).
    case request

    /// The longest value that is read, in UTF-8 bytes.
    public var maximumLength: Int {
        switch self {
        case .requestedExpiry: 32
        case .servedTenant: 64
        case .loginHint, .acrValues, .resource, .userCode: 512
        case .bindingMessage, .notificationToken: 1024
        case .scope: 2048
        case .claims: 4096
        case .idTokenHint, .loginHintToken: 8192
        case .request: 16_384
        }
    }
}

extension FormParameters {
    /// The value of a parameter, or nil when it is absent or empty.
    public subscript(backChannel parameter: BackChannelParameter) -> String? { self[parameter.rawValue] }

    /// The parameters that a signed authentication request holds (CIBA Core §7.1.1): strings, `claims` as an object, and
    /// `requested_expiry` as a string or a number.
    public init(authenticationRequest payload: JSONObject) throws(OAuthError) {
        self.init()
        for parameter in BackChannelParameter.allCases {
            guard let value = payload[parameter.rawValue] else { continue }
            let text: String? =
                switch parameter {
                case .requestedExpiry: value.integer.map { String($0) } ?? value.string
                case .claims: value.object?.text
                // A request holds no other (RFC 9101 §4).
                case .request: nil
                default: value.string
                }
            guard let text, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
                throw OAuthError(.invalidRequest, "\(parameter.rawValue) has the wrong type in the signed request")
            }
            append(parameter.rawValue, text)
        }
    }
}
