import DeviceAuthenticator
import OpenIDMessages

extension DeviceError {
    /// The word for a refusal: the provider's code (docs/protocol.md §9), or one for what the phone itself refuses. Nil where
    /// nobody said no but something failed: then nothing is known.
    var refusal: String? {
        switch self {
        case .provider(let problem): problem.code
        case .linkRefused: "link_refused"
        case .statementRefused: "statement_refused"
        case .loginOver: "login_over"
        case .noLogin: "no_login"
        case .requestNotYetThere: "request_not_yet_there"
        case .callCodeNeeded: "call_code_needed"
        case .unknownClaims: "unknown_claims"
        case .contextToBeChosen: "context_to_be_chosen"
        case .unknownContext: "unknown_context"
        // What the provider says of a wrong PIN, a key store says that counts them itself.
        case .keyStore(.wrongPIN): "not_accepted"
        case .keyStore(.locked): "device_locked"
        case .clock, .network, .notEnrolled, .alreadyEnrolled, .unexpectedAnswer, .pinTooShort, .evidenceNotAccepted,
            .levelOutOfReach, .seedNotAllowed, .file,
            .keyStore, .cryptography:
            nil
        }
    }
}
