internal import AccountDirectory
internal import HTTPTypes
internal import Hummingbird
internal import IdentityCrypto
internal import Logging
internal import OpenIDMessages
internal import ProviderCore

/// What every call of `/admin/v1` goes through, in this order: login, right, form, `If-Match`; then the route.
struct AdministrationDoor: Sendable {
    let provider: Provider

    private var flow: AdministrationFlow { provider.administration }

    func answer(_ route: AdministrationRoute, _ request: Request, _ context: ProviderRequestContext) async -> Response {
        var response = await judge(route, request, context)
        // Every answer brings the nonce for the next proof (RFC 9449 §8.2).
        if route.right != .nobodysBusiness { response.headers[.dpopNonce] = flow.nonce() }
        return response
    }

    private func judge(
        _ route: AdministrationRoute, _ request: Request, _ context: ProviderRequestContext
    ) async -> Response {
        do {
            let caller = route.right == .nobodysBusiness ? nil : try await flow.administrator(token(of: request))
            do { return try await serve(route, caller, request, context) } catch let problem as AdministrationProblem {
                if let caller {
                    try await flow.recordRefusal(
                        of: problem, at: context.parameters.get("tenant"), route: route.name, by: caller)
                }
                throw problem
            }
        } catch let problem as AdministrationProblem {
            return refuse(problem, context)
        } catch let refusal as AdministrationRefusal {
            return refuse(refusal.problem, context, refusal.details)
        } catch let refusal as CompanyOfficeRefusal {
            var extra: JSONObject = ["detail": .string(refusal.sentence)]
            extra["member"] = refusal.member.map { .string($0) }
            return refuse(refusal.problem, context, extra)
        } catch let fault as RequestFault {
            return refuse(fault.administrationProblem, context)
        } catch let mistake as BodyMistake {
            return refuse(.invalidRequest, context, ["member": .string(mistake.place)])
        } catch let error as MessageError {
            return refuse(.invalidRequest, context, ["member": .string(error.member)])
        } catch {
            context.logFault(error)
            return Answer.problem(AdministrationProblem.serverError.problem(traceIdentifier: context.trace.text))
        }
    }

    private func serve(
        _ route: AdministrationRoute, _ caller: Administrator?, _ request: Request, _ context: ProviderRequestContext
    ) async throws -> Response {
        var request = request
        let parameters = Dictionary(
            route.parameters.map { ($0, context.parameters.get($0) ?? "") }, uniquingKeysWith: { first, _ in first })
        var tenant: (scope: TenantScope, capability: TenantCapability)?
        var region: RegionCapability?
        switch route.right {
        case .nobodysBusiness, .loggedIn: break
        case .region(let action):
            region = try caller.map { caller throws(AdministrationProblem) in
                try flow.capability(for: action, by: caller)
            }
        case .tenant(let action):
            if let caller {
                tenant = try await flow.scope(for: action, at: parameters["tenant"] ?? "", by: caller)
            }
        }
        let call = AdministrationCall(
            provider: provider, caller: caller, tenant: tenant, region: region, parameters: parameters,
            page: try page(route, request), filters: try filters(route, request), body: try await body(route, &request))
        if let current = route.current {
            try check(request.headers[values: .ifMatch], against: try await current(call))
        }
        let object = try await route.handle(call)
        guard route.answer != nil else { return Response(status: route.status) }
        var headers = HTTPFields()
        if request.method == .get { headers[.eTag] = Self.tag(of: object) }
        return Answer.json(object, status: route.status, headers: headers)
    }

    // MARK: Reading

    /// RFC 9449 §7.1: one Authorization header with the scheme DPoP, and one proof.
    private func token(of request: Request) throws -> PresentedAccessToken {
        guard request.headers.hasAtMostOne(.authorization),
            let (scheme, text) = request.headers.first(.authorization)?.authorizationScheme, scheme == "dpop",
            let proof = try request.presentedProof(), text.utf8.count <= AccessTokenText.maximumLength
        else { throw AdministrationProblem.notSignedIn }
        return .dpop(text, proof)
    }

    private func page(_ route: AdministrationRoute, _ request: Request) throws -> PageRequest {
        let query = try request.query()
        let known = Set(route.filters.map(\.name)).union(route.isPaged ? ["limit", "after"] : [])
        guard query.names.allSatisfy(known.contains) else { throw AdministrationProblem.invalidRequest }
        guard let text = query["limit"] else { return PageRequest(after: try cursor(query)) }
        guard let limit = Int(text), (1...PageRequest.longest).contains(limit), String(limit) == text else {
            throw AdministrationProblem.invalidRequest
        }
        return PageRequest(limit: limit, after: try cursor(query))
    }

    private func cursor(_ query: FormParameters) throws(AdministrationProblem) -> String? {
        guard let after = query["after"] else { return nil }
        guard after.isUnreserved(1...128) else { throw .invalidRequest }
        return after
    }

    private func filters(_ route: AdministrationRoute, _ request: Request) throws -> JSONObject {
        let query = try request.query()
        var filters = JSONObject()
        for filter in route.filters {
            guard let text = query[filter.name] else { continue }
            let value = filter.schema.value(of: text)
            if let place = filter.schema.mistake(in: value, at: filter.name) { throw BodyMistake(place: place) }
            filters[filter.name] = value
        }
        return filters
    }

    private struct BodyMistake: Error {
        let place: String
    }

    private func body(_ route: AdministrationRoute, _ request: inout Request) async throws -> JSONObject {
        guard let schema = route.body else { return [:] }
        let object = try await request.json()
        if let place = schema.mistake(in: .object(object)) { throw BodyMistake(place: place) }
        return object
    }

    // MARK: Conditional changes

    /// A strong validator (RFC 9110 §8.8.3): the digest of the representation.
    static func tag(of object: JSONObject) -> String {
        "\"" + Base64URL.encode(Digest.sha256(object.serialized).prefix(16)) + "\""
    }

    private func check(_ fields: [String], against current: JSONObject) throws(AdministrationProblem) {
        guard let field = fields.first, fields.count == 1 else { throw .preconditionRequired }
        let tags = field.split(separator: ",").map { $0.trimmingSpaces() }
        guard tags.contains("*") || tags.contains(Self.tag(of: current)) else { throw .changedMeanwhile }
    }

    // MARK: Refusing

    private func refuse(
        _ problem: AdministrationProblem, _ context: ProviderRequestContext, _ extra: JSONObject = [:]
    ) -> Response {
        context.logger.info(
            "refused", metadata: ["trace_id": "\(context.trace.text)", "error": "\(problem.rawValue)"])
        var headers = HTTPFields()
        if problem.status == 401 {
            let algorithms = "DPoP algs=\"ES256 PS256 EdDSA\""
            headers[.wwwAuthenticate] =
                problem == .useDPoPNonce ? algorithms + ", error=\"use_dpop_nonce\"" : algorithms
        }
        return Answer.problem(problem.problem(traceIdentifier: context.trace.text), extra: extra, headers: headers)
    }
}

extension RequestFault {
    fileprivate var administrationProblem: AdministrationProblem {
        switch self {
        case .tooLarge: .tooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .malformed: .invalidRequest
        }
    }
}
