internal import HTTPTypes
internal import Hummingbird
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

/// Why a page cannot be shown.
enum PageFault: Error {
    case unknownLogin, foreignForm, alreadyFinished

    var problem: PersonProblem {
        switch self {
        case .unknownLogin: .unknownLogin
        case .foreignForm: .foreignForm
        case .alreadyFinished: .alreadyFinished
        }
    }

    /// What the operator reads.
    var reason: Refusal {
        switch self {
        case .unknownLogin: .pageUnknown
        case .foreignForm: .formForeign
        case .alreadyFinished: .loginCollected
        }
    }
}

extension PageSecurity {
    static func fresh() -> PageSecurity { PageSecurity(nonce: RandomBytes.text(16)) }
}

/// Pages that tell a person what went wrong and what to do, with a reference for whoever helps.
/// What they say is in the catalogue (`PersonProblem`).
enum ErrorPages {
    static func badRequest(_ error: OAuthError, language: Language, trace: TraceIdentifier) -> Response {
        page(.loginRefused, error, language, trace)
    }

    static func fault(_ fault: PageFault, language: Language, trace: TraceIdentifier) -> Response {
        page(fault.problem, nil, language, trace)
    }

    static func logoutRefused(_ error: OAuthError, language: Language, trace: TraceIdentifier) -> Response {
        page(.logoutRefused, error, language, trace)
    }

    static func notFound(language: Language, trace: TraceIdentifier) -> Response {
        page(.notFound, nil, language, trace)
    }

    static func tooManyRequests(language: Language, trace: TraceIdentifier) -> Response {
        page(.tooManyRequests, nil, language, trace)
    }

    static func overloaded(language: Language, trace: TraceIdentifier) -> Response {
        page(.overloaded, nil, language, trace)
    }

    static func serverError(_ error: any Error, language: Language, context: ProviderRequestContext) -> Response {
        context.logFault(error)
        return page(.serverError, nil, language, context.trace)
    }

    /// The developer of the portal finds the error in the page, the operator in the log.
    private static func page(
        _ problem: PersonProblem, _ error: OAuthError?, _ language: Language, _ trace: TraceIdentifier
    ) -> Response {
        let text = problem.text(language)
        let detail = error.map { " (\($0.code.rawValue): \($0.description))" } ?? ""
        let security = PageSecurity.fresh()
        return Answer.html(
            MessagePage.html(
                title: text.title, text: text.explanation + detail, remedy: text.remedy, reference: trace.text,
                language: language, link: nil, security: security), security: security,
            status: HTTPResponse.Status(code: error?.code.status(at: .page) ?? problem.status))
    }
}
