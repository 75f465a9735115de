/// What is answered instead of who offers a service, at `/services`; `docs/errors.md` shows it.
public enum ServiceProblem: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request"
    case notFound = "not_found"
    case tooManyQuestions = "temporarily_unavailable"

    /// The HTTP status.
    public var status: Int {
        switch self {
        case .invalidRequest: 400
        case .notFound: 404
        case .tooManyQuestions: 429
        }
    }

    /// One plain sentence.
    public var meaning: String {
        switch self {
        case .invalidRequest: "The query cannot be read, or has another parameter than `tenant`."
        case .notFound: "The service or the tenant is unknown."
        case .tooManyQuestions: "Too many questions from this address; `Retry-After` says when to ask again."
        }
    }
}
