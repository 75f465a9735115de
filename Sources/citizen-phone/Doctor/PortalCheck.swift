import OpenIDMessages

/// The checks of `citizen-phone doctor`, each with its clause and what to do when it fails.
enum PortalCheck: String, CaseIterable {
    case authorizationRequest = "authorization_request"
    case pushedRequest = "pushed_request"
    case codeChallenge = "code_challenge"
    case state = "state"
    case nonce = "nonce"
    case clock = "clock"
    case genuineLogin = "genuine_login"
    case wrongState = "wrong_state"
    case otherBrowser = "other_browser"
    case missingIssuer = "missing_issuer"
    case wrongIssuer = "wrong_issuer"
    case errorResponse = "error_response"
    case foreignCode = "foreign_code"
    case replayedCallback = "replayed_callback"
    case openRedirector = "open_redirector"
    case keyRotation = "key_rotation"
    case logout = "logout"

    var clause: String {
        switch self {
        case .authorizationRequest: "RFC 6749 §4.1.1, §3.1.2.3"
        case .pushedRequest: "RFC 9126 §2"
        case .codeChallenge: "RFC 7636 §4.3, RFC 9700 §2.1.1"
        case .state, .wrongState: "RFC 6749 §10.12"
        case .nonce: "OpenID Connect Core §3.1.2.1, §15.5.2"
        case .clock: "RFC 7519 §4.1.4, RFC 7523 §3"
        case .genuineLogin: "OpenID Connect Core §3.1.2.7"
        case .otherBrowser: "RFC 9700 §4.7"
        case .missingIssuer, .wrongIssuer: "RFC 9207 §2.4"
        case .errorResponse: "RFC 6749 §4.1.2.1"
        case .foreignCode: "RFC 9700 §4.5"
        case .replayedCallback: "RFC 6749 §4.1.2"
        case .openRedirector: "RFC 9700 §4.11.1"
        case .keyRotation: "OpenID Connect Core §10.1.1"
        case .logout: "OpenID Connect Back-Channel Logout §2.6"
        }
    }

    private var remedy: String {
        switch self {
        case .authorizationRequest:
            "Compare client_id and redirect URI with the registration, byte for byte, and read the portal's log."
        case .pushedRequest: "Send the request to /par first; the browser then carries a reference only."
        case .codeChallenge: "Switch PKCE on in the client library, with the method S256."
        case .state: "Make state anew for each login, of at least 128 random bits, and keep it with the browser."
        case .nonce: "Make nonce anew for each login, of at least 128 random bits, and compare it with the ID token's."
        case .clock: "Have the portal's machine keep time by NTP: tokens and client assertions live for minutes."
        case .genuineLogin: "Read the portal's log; citizen-id client doctor shows what the provider refused."
        case .wrongState:
            "Compare the callback's state with the one that this browser's session holds, before all else."
        case .otherBrowser: "Bind each login to the browser that began it, by a cookie, and finish it there only."
        case .missingIssuer, .wrongIssuer:
            "Compare the callback's iss with the issuer; without iss refuse, for this provider always sends it."
        case .errorResponse: "Look for error in the callback, end the login, and show a page that offers another."
        case .foreignCode: "Send the code_verifier of this browser's own login, and compare the ID token's nonce."
        case .replayedCallback: "Use up state and code with the first callback, whatever comes of it."
        case .openRedirector:
            "Take no address from the callback: keep where to go next with this browser's session, or let only paths count."
        case .keyRotation:
            "Fetch the provider's jwks_uri again when an ID token names a kid that the portal does not know."
        case .logout:
            "Register backchannel_logout_uri and end the session that the logout token's sid or sub names."
        }
    }

    func ok(_ cause: String) -> IntegrationFinding { finding(.ok, cause) }
    func warning(_ cause: String) -> IntegrationFinding { finding(.warning, cause) }
    func failure(_ cause: String) -> IntegrationFinding { finding(.failure, cause) }
    /// `remedy`: how the check can be made after all.
    func notTested(_ cause: String, remedy: String? = nil) -> IntegrationFinding {
        IntegrationFinding(rawValue, .notTested, cause: cause, remedy: remedy, clause: clause)
    }

    private func finding(_ result: IntegrationFinding.Result, _ cause: String) -> IntegrationFinding {
        IntegrationFinding(rawValue, result, cause: cause, remedy: result == .ok ? nil : remedy, clause: clause)
    }
}
