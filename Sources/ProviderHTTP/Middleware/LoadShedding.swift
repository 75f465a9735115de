internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore
internal import Synchronization

/// Answers 503 at once when too many requests are being worked on: those that were let in stay fast, and what they
/// need of memory is bounded (checklist N5).
struct LoadShedding {
    let places: Places

    /// A number of places.
    final class Places: Sendable {
        private let free: Mutex<Int>

        init(_ count: Int) { free = Mutex(count) }

        /// False when all are taken.
        func take() -> Bool {
            free.withLock { free in
                guard free > 0 else { return false }
                free -= 1
                return true
            }
        }

        func giveBack() { free.withLock { $0 += 1 } }
    }

    /// Calls that wait for a person: as many as logins, and of phones whose app is open one each. And the one that tells
    /// whether we live.
    private static let uncounted: Set<String> = [
        "/login/{page}/state", "/device/v1/logins/{transaction}", "/device/v1/requests", "/health",
    ]

    /// Whether a call takes a place.
    static func counts(_ context: ProviderRequestContext) -> Bool {
        context.endpointPath.map { !uncounted.contains($0) } ?? true
    }

    /// The answer to a call that found no place.
    func refusal(_ request: Request, _ context: ProviderRequestContext) -> Response {
        var response = busy(request, context)
        response.headers[.retryAfter] = "2"
        return response
    }

    /// In the form that callers of the route understand.
    private func busy(_ request: Request, _ context: ProviderRequestContext) -> Response {
        let error = OAuthError(.temporarilyUnavailable, "too many requests at once; try again shortly")
        context.log(.overloaded, error)
        if request.isOfDevice(context) {
            return Answer.problem(ProblemCode.overloaded.problem(traceIdentifier: context.trace.text))
        }
        guard request.headers[.accept]?.contains("text/html") == true else {
            return Answer.oauthError(error, at: .endpoint)
        }
        return ErrorPages.overloaded(
            language: Language(acceptLanguage: request.headers[.acceptLanguage]), trace: context.trace)
    }
}
