internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages
internal import ProviderCore

/// One route of `/admin/v1`: the router, the OpenAPI document and the tests are made of these values.
struct AdministrationRoute: Sendable {
    /// Who may call a route.
    enum Right: Sendable, Hashable {
        /// Everybody who reaches the listener: nothing is said that is not public.
        case nobodysBusiness
        /// Everybody who has logged in, for themselves.
        case loggedIn
        case region(AdministrationAction)
        /// At the tenant that the path names.
        case tenant(AdministrationAction)

        var action: AdministrationAction? {
            switch self {
            case .nobodysBusiness, .loggedIn: nil
            case .region(let action), .tenant(let action): action
            }
        }
    }

    typealias Handler = @Sendable (AdministrationCall) async throws -> JSONObject

    let method: HTTPRequest.Method
    /// Behind `/admin/v1`, e.g. `/tenants/{tenant}/clients`.
    let path: String
    /// One plain sentence.
    let summary: String
    let right: Right
    var body: Schema?
    /// Nil for 204.
    var answer: Schema?
    var status: HTTPResponse.Status = .ok
    /// Takes `limit` and `after`, and answers `next` where more is left.
    var isPaged = false
    /// What a list may be narrowed by, in the query.
    var filters: [Schema.Property] = []
    /// What a change must have seen: the representation whose ETag `If-Match` names (RFC 9110 §13.1.1).
    var current: Handler?
    let handle: Handler

    init(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String, _ right: Right, body: [Schema.Property]? = nil,
        answer: [Schema.Property]?, status: HTTPResponse.Status? = nil, isPaged: Bool = false,
        filters: [Schema.Property] = [], current: Handler? = nil, handle: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.summary = summary
        self.right = right
        self.body = body.map { .object($0) }
        self.answer = answer.map { .object($0) }
        self.status = status ?? (answer == nil ? .noContent : .ok)
        self.isPaged = isPaged
        self.filters = filters
        self.current = current
        self.handle = handle
    }

    /// Method and path, with parameters in braces.
    var name: String { "\(method.rawValue) \(path)" }

    /// A header of answers without which a caller does not get on.
    struct AnswerHeader: Sendable {
        let name: HTTPField.Name
        let meaning: String

        static let entityTag = AnswerHeader(
            name: .eTag, meaning: "Names this representation (RFC 9110 §8.8.3); what changes it wants it in If-Match.")
        static let nonce = AnswerHeader(
            name: .dpopNonce, meaning: "For the proof of the next call (RFC 9449 §8.2).")
        static let challenge = AnswerHeader(
            name: .wwwAuthenticate,
            meaning: "The scheme and its algorithms; with error use_dpop_nonce the call comes again with the nonce.")

        static let all = [entityTag, nonce, challenge]
    }

    /// Which of them every answer with this status carries; the others it does not have. Whoever finds no place (503) is told
    /// nothing of a nonce.
    func headers(ofAnswer status: Int) -> [AnswerHeader] {
        var headers: [AnswerHeader] = []
        if status == self.status.code, method == .get, answer != nil { headers.append(.entityTag) }
        if right != .nobodysBusiness, status < 500 { headers.append(.nonce) }
        if status == HTTPResponse.Status.unauthorized.code { headers.append(.challenge) }
        return headers
    }

    /// The names in braces.
    var parameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

/// A refusal that says more than its code.
struct AdministrationRefusal: Error {
    let problem: AdministrationProblem
    /// Further members of the problem document.
    let details: JSONObject
}

/// A call that came through the door: who calls, what they may do, and what they sent, all checked.
struct AdministrationCall: Sendable {
    let provider: Provider
    /// Nil at routes that everybody may call.
    let caller: Administrator?
    /// Of a tenant's route.
    let tenant: (scope: TenantScope, capability: TenantCapability)?
    /// Of a region's route.
    let region: RegionCapability?
    let parameters: [String: String]
    let page: PageRequest
    /// Those of the route's filters that were given; each fits its schema.
    let filters: JSONObject
    /// Fits the route's schema.
    let body: JSONObject

    var administrator: Administrator {
        get throws(AdministrationProblem) {
            guard let caller else { throw .notSignedIn }
            return caller
        }
    }

    var scope: TenantScope {
        get throws(AdministrationProblem) {
            guard let tenant else { throw .notFound }
            return tenant.scope
        }
    }

    var capability: TenantCapability {
        get throws(AdministrationProblem) {
            guard let tenant else { throw .notFound }
            return tenant.capability
        }
    }

    var regionCapability: RegionCapability {
        get throws(AdministrationProblem) {
            guard let region else { throw .notAllowed }
            return region
        }
    }

    /// A name in the path.
    subscript(name: String) -> String { parameters[name] ?? "" }

    /// The page as an answer: entries, and where the next page begins when this one is full.
    func list<Entry>(
        _ name: String, _ entries: [Entry], cursor: (Entry) -> String, _ json: (Entry) -> JSONObject
    ) -> JSONObject {
        var answer: JSONObject = [name: .array(entries.map { .object(json($0)) })]
        if entries.count == page.limit, let last = entries.last { answer["next"] = .string(cursor(last)) }
        return answer
    }
}

extension Schema.Property {
    /// A page of a list.
    static func page(_ name: String, _ entry: [Schema.Property], _ meaning: String) -> [Schema.Property] {
        [
            Schema.Property(name, .list(.object(entry)), meaning),
            .optional("next", .text(maximum: 128), "`after` of the next page; absent on the last."),
        ]
    }
}
