public import AccountDirectory
public import OpenIDMessages

/// What a login brought.
enum AuthorizationOutcome: Sendable {
    case code(String)
    case error(OAuthError)
}

/// An authorization response on its way: the browser takes it to the portal.
public enum AuthorizationResponse: Sendable, Equatable {
    /// The address to go to.
    case redirect(String)
    /// A form to post to `action` (OAuth 2.0 Form Post Response Mode §2).
    case formPost(action: RedirectURI, FormParameters)
}

/// The proved way back to the portal: a code or an error goes there, always with `state` and `iss` (RFC 9207), in the
/// response mode that was agreed.
public struct AuthorizationReturn: Sendable {
    public let redirectURI: RedirectURI
    public let state: StateValue?
    public let mode: ResponseMode
    /// How the tokens are asked for.
    public let grantType: GrantType
    let signer: AuthorizationResponseSigner

    /// False where a device or a portal asks for its tokens by itself: a browser ends at a page of ours that gets no code
    /// (RFC 8628 §3.3).
    public var takesCode: Bool { grantType == .authorizationCode }

    init(
        redirectURI: RedirectURI, state: StateValue?, mode: ResponseMode, grantType: GrantType = .authorizationCode,
        signer: AuthorizationResponseSigner
    ) {
        self.redirectURI = redirectURI
        self.state = state
        self.mode = mode
        self.grantType = grantType
        self.signer = signer
    }

    /// Takes a code to the portal. Throws only when a response that must be signed cannot be.
    public func response(code: String) throws -> AuthorizationResponse { try response(.code(code)) }

    /// Takes an error to the portal. Throws only when a response that must be signed cannot be.
    public func response(error: OAuthError) throws -> AuthorizationResponse { try response(.error(error)) }

    func response(_ outcome: AuthorizationOutcome) throws -> AuthorizationResponse {
        var members: [(name: String, value: String)] =
            switch outcome {
            case .code(let code): takesCode ? [("code", code)] : []
            case .error(let error): [("error", error.code.rawValue), ("error_description", error.description)]
            }
        if let state { members.append(("state", state.rawValue)) }
        var parameters = FormParameters()
        if mode.isSigned {
            parameters.append("response", try signer.sign(members))
        } else {
            members.append(("iss", signer.protection.issuer.rawValue))
            for member in members { parameters.append(member.name, member.value) }
        }
        return mode.isForm
            ? .formPost(action: redirectURI, parameters) : .redirect(redirectURI.appending(parameters))
    }
}

/// Signs authorization responses for one client (JARM §2.1, §2.2).
struct AuthorizationResponseSigner: Sendable {
    let protection: ResponseProtection
    let client: ClientIdentifier
    let algorithm: SignatureAlgorithm

    func sign(_ members: [(name: String, value: String)]) throws -> String {
        var payload: JSONObject = [
            "iss": .string(protection.issuer.rawValue), "aud": .string(client.rawValue),
            "exp": (protection.clock.now() + Lifetime.authorizationResponse).json,
        ]
        for member in members { payload[member.name] = .string(member.value) }
        return try protection.sign(payload, type: "JWT", algorithm: algorithm)
    }
}
