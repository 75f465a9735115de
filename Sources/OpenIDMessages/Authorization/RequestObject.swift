extension FormParameters {
    /// The parameters that the payload of a request object holds (RFC 9101 §4): strings, and where OpenID Connect Core
    /// §6.1 wants it a number (`max_age`) or an object (`claims`).
    public init(requestObject payload: JSONObject) throws(OAuthError) {
        self.init()
        for parameter in AuthorizationParameter.allCases {
            guard let value = payload[parameter.rawValue] else { continue }
            guard let text = Self.text(value, of: parameter), !Self.hasControlCharacters(text) else {
                throw OAuthError(
                    .invalidRequestObject, "\(parameter.rawValue) has the wrong type in the request object")
            }
            append(parameter.rawValue, text)
        }
    }

    private static func text(_ value: JSONValue, of parameter: AuthorizationParameter) -> String? {
        switch parameter {
        case .maximumAge: value.integer.map { String($0) }
        case .claims, .registration: value.object?.text
        // RFC 9101 §4: a request object names no other.
        case .request, .requestURI: nil
        default: value.string
        }
    }

    /// What a form cannot hold, a request object cannot either.
    private static func hasControlCharacters(_ text: String) -> Bool { text.utf8.contains { $0 < 0x20 || $0 == 0x7F } }
}
