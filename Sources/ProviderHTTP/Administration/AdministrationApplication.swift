internal import AccountDirectory
internal import HTTPTypes
public import Hummingbird
internal import Logging
public import OpenIDMessages
public import ProviderCore

/// Reads and applies region files; the program that owns the files gives it.
public protocol RegionAdministration: Sendable {
    /// What the sources would change: `{"plan": [line], "objections": [line]}`, or `{"mistakes": [line]}`.
    func plan(_ sources: JSONObject) async throws -> JSONObject
    /// Applies the sources; the same answer with `"applied": true`, or without it when something stands against it.
    func apply(_ sources: JSONObject) async throws -> JSONObject
}

/// The local administration interface. It listens on a socket in the data folder whose mode lets only the owner in;
/// whoever can open the socket may administer.
public enum AdministrationApplication {
    public static func router(
        provider: Provider, region: some RegionAdministration
    ) -> Router<ProviderRequestContext> {
        let router = Router(context: ProviderRequestContext.self)
        let caller = LocalOperator()
        router.add(middleware: AdministrationErrors())
        DeskAdministration.addRoutes(to: router, provider: provider, for: caller)
        ClientAdministration.addRoutes(to: router, provider: provider, for: caller)
        CompanyAdministration.addRoutes(to: router, provider: provider, for: caller)
        MandateAdministration.addRoutes(to: router, provider: provider, for: caller)
        RequestAdministration.addRoutes(to: router, provider: provider, for: caller)
        router.post("/admin/tickets") { request, _ in try await issueBootstrapTicket(request, provider) }
        EvidenceAdministration.addRoutes(to: router, provider: provider)
        KeyAdministration.addRoutes(to: router, keys: provider.keys)
        AuditAdministration.addRoutes(to: router, provider: provider, for: caller)
        TemplateAdministration.addRoutes(to: router, provider: provider, for: caller)
        router.post("/region/plan") { request, _ in
            var request = request
            return Answer.json(try await region.plan(request.largeJSON()))
        }
        router.post("/region/apply") { request, _ in
            var request = request
            return Answer.json(try await region.apply(request.largeJSON()))
        }
        return router
    }

    /// `{"recover": false}`: a ticket for the first administrator (checklist R1).
    private static func issueBootstrapTicket(_ request: Request, _ provider: Provider) async throws -> Response {
        var request = request
        var reader = MemberReader(try await request.json())
        let recover = try reader.bool("recover")
        try reader.finish()
        guard let address = provider.administrationAddress else {
            throw AdministrationError(
                .conflict, "administration_off",
                "Nobody can administer over the network: administration.listen is not set.")
        }
        guard let ticket = try await provider.administration.issueBootstrapTicket(recover: recover) else {
            throw AdministrationError(
                .conflict, "administrator_exists",
                "The region has an administrator, who can give the role to others. If nobody can reach them: --recover."
            )
        }
        return Answer.json(
            [
                "ticket": .string(ticket.text), "expires_at": ticket.expiresAt.json,
                "issuer": .string(provider.issuer.rawValue), "url": .string(address.rawValue),
            ], status: .created)
    }
}

/// A refusal on the administration interface.
struct AdministrationError: Error {
    let status: HTTPResponse.Status
    let code: String
    let message: String

    init(_ status: HTTPResponse.Status, _ code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    var response: Response { Answer.json(["error": .string(code), "message": .string(message)], status: status) }

    static func unknownClient(_ name: String) -> AdministrationError {
        AdministrationError(
            .notFound, "unknown_client", "There is no client \(name). `citizen-id client list` names them all.")
    }

    static func unknownTenant(_ name: String) -> AdministrationError {
        AdministrationError(
            .notFound, "unknown_tenant",
            "There is no active tenant \(name). The region file says which there are: `id` under `tenants`.")
    }
}

/// Turns what went wrong into a code and a plain sentence.
struct AdministrationErrors: RouterMiddleware {
    func handle(
        _ request: Request, context: ProviderRequestContext,
        next: @concurrent (Request, ProviderRequestContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let error as AdministrationError {
            return error.response
        } catch let error as MessageError {
            return AdministrationError(.badRequest, "invalid_request", error.sentence).response
        } catch is RequestFault {
            return AdministrationError(.badRequest, "invalid_request", "The request is malformed.").response
        } catch let error as HTTPError {
            return AdministrationError(error.status, "invalid_request", "The call is not known here.").response
        } catch {
            context.logFault(error)
            return AdministrationError(
                .internalServerError, "server_error", "Something went wrong; the log has \(context.trace.text)."
            ).response
        }
    }
}

extension MessageError {
    /// The mistake in a plain sentence.
    public var sentence: String {
        switch self {
        case .missing(let name): "\(name) is missing."
        case .malformed(let name): "\(name) is malformed."
        case .unknown(let name): "\(name) is not known here."
        }
    }
}

extension Request {
    /// Region files may be larger than what strangers may send.
    mutating func largeJSON() async throws -> JSONObject {
        let buffer = try await collectBody(upTo: 8_388_608)
        do { return try StrictJSON.parseObject(Array(buffer.readableBytesView), maximumLength: 8_388_608) } catch {
            throw RequestFault.malformed("the body is not a JSON object")
        }
    }
}
