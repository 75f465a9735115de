internal import IdentityCrypto
internal import OpenIDMessages

/// Why an authorization response, or the return of a logout, was not accepted.
public enum CallbackDefect: Error, Sendable, Equatable {
    case malformed
    /// A parameter occurs more than once (RFC 6749 §3.1).
    case duplicateParameter
    /// There is no `iss` (RFC 9207 §2.4): a mix-up attack could not be noticed.
    case issuerMissing
    case issuerMismatch
    case stateMissing
    case stateMismatch
    /// Neither `code` nor `error`, or both.
    case codeMissing

    var remedy: String {
        switch self {
        case .malformed: "The callback's query is not form-encoded text. Begin a new login."
        case .duplicateParameter: "The callback names a parameter twice. Begin a new login."
        case .issuerMissing: "The callback has no iss (RFC 9207). Check that the answer comes from this provider."
        case .issuerMismatch:
            "The callback comes from another issuer. Check the issuer in the configuration; otherwise it is an attack."
        case .stateMissing, .stateMismatch:
            "The callback does not belong to a login or logout of this browser. Begin a new one."
        case .codeMissing: "The callback has no code. Begin a new login."
        }
    }
}

/// A callback whose `iss` and `state` are right.
enum ValidatedCallback: Sendable, Equatable {
    case code(String)
    case refused(ProviderRefusal)
}

/// Checks an authorization response (RFC 6749 §4.1.2, OpenID Connect Core §3.1.2.7).
struct CallbackValidator: Sendable {
    let issuer: IssuerURL

    func validate(query: [UInt8], state: StateValue) throws(CallbackDefect) -> ValidatedCallback {
        let parameters = try Self.parameters(query)
        // RFC 9207 §2.4: before anything else, success or error, the issuer.
        guard let sender = parameters["iss"] else { throw .issuerMissing }
        guard Array(sender.utf8) == Array(issuer.rawValue.utf8) else { throw .issuerMismatch }
        // RFC 6749 §10.12: the response belongs to a request of this browser.
        try Self.checkState(in: parameters, is: state)
        // RFC 6749 §4.1.2.1
        if let error = parameters["error"] {
            guard parameters["code"] == nil else { throw .codeMissing }
            return .refused(ProviderRefusal(code: error, description: parameters["error_description"]))
        }
        guard let code = parameters["code"], code.utf8.count <= 2048 else { throw .codeMissing }
        return .code(code)
    }

    /// RFC 6749 §10.12, and RP-Initiated Logout §3 for the return of a logout. Without an expected state nothing is right.
    static func checkState(in parameters: FormParameters, is state: StateValue?) throws(CallbackDefect) {
        guard let state, let answered = parameters["state"] else { throw .stateMissing }
        guard constantTimeEqual(Array(answered.utf8), Array(state.rawValue.utf8)) else { throw .stateMismatch }
    }

    static func parameters(_ query: [UInt8]) throws(CallbackDefect) -> FormParameters {
        do throws(FormError) { return try FormParameters(parsing: query, maximumLength: 16_384) } catch {
            switch error {
            case .duplicate: throw .duplicateParameter
            default: throw .malformed
            }
        }
    }
}
