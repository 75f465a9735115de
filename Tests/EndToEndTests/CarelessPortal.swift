import DeviceAuthenticator
import Hummingbird
import IdentityCrypto
import OpenIDMessages
import Synchronization

/// A portal that does everything wrong: one `state` for all, no `nonce`, no PKCE, no look at `iss`, at errors or at the
/// browser, codes that are good for ever, and browsers that are sent wherever the callback says.
final class CarelessPortal: Sendable {
    static let secret = "a secret of the careless portal, long enough"

    private let issuer: String
    private let secret: String
    private let port: Int
    private let transport: TLSTransport
    /// It looks at ID tokens, with the keys that it found at its start and never again.
    private let pinsKeys: Bool
    private let pinned = Mutex<VerificationKeySet?>(nil)
    private let redeemed = Mutex<Set<String>>([])
    private let sessions = Mutex<Set<String>>([])

    var origin: String { "http://localhost:\(port)" }

    /// The client as a region file has it.
    static func client(port: Int) -> String {
        """
          - id: careless-portal
            tenant: herten
            name: Careless
            profile: legacy
            authentication: client_secret_post
            secret_sha256: \(Base64URL.encode(SecretDigest(of: secret).bytes))
            require_pushed_authorization_requests: false
            redirect_uris: ["http://localhost:\(port)/callback"]
            scopes: [openid, person]

        """
    }

    init(here: Installation, port: Int, secret: String, pinsKeys: Bool = false) throws {
        self.secret = secret
        self.pinsKeys = pinsKeys
        issuer = here.issuer
        self.port = port
        transport = try TLSTransport(additionalCA: here.ca)
    }

    /// Open while `body` runs.
    func run(_ body: () async throws -> Void) async throws {
        if pinsKeys {
            let answer = try await transport.send(HTTPCall(method: "GET", url: issuer + "/jwks"))
            let keys = VerificationKeySet(jwks: try StrictJSON.parseObject(answer.body))
            pinned.withLock { $0 = keys }
        }
        let (isOpen, opens) = AsyncThrowingStream.makeStream(of: Never.self)
        let application = Application(
            router: router(), configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { _ in opens.finish() })
        let server = Task {
            do { try await application.run() } catch {
                opens.finish(throwing: error)
            }
        }
        for try await _ in isOpen {}
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        server.cancel()
        await transport.close()
        try result.get()
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/") { _, _ in Self.page("Home") }
        router.get("/login") { _, _ in self.login() }
        router.get("/callback") { request, _ in try await self.callback(request) }
        router.get("/account") { request, _ in
            let cookie = request.cookies["session"]?.value ?? ""
            return self.sessions.withLock { $0.contains(cookie) } ? Self.page("Account") : Self.seeOther("/")
        }
        return router
    }

    private func login() -> Response {
        let query = FormParameters([
            "response_type": "code", "client_id": "careless-portal", "redirect_uri": origin + "/callback",
            "scope": "openid person", "state": "login",
        ])
        return Self.seeOther(issuer + "/authorize?" + query.encoded)
    }

    private func callback(_ request: Request) async throws -> Response {
        let query = try FormParameters(parsing: Array((request.uri.query ?? "").utf8))
        if let code = query["code"], !redeemed.withLock({ $0.contains(code) }) {
            guard try await redeem(code) else { return Response(status: .badGateway) }
            redeemed.withLock { _ = $0.insert(code) }
        }
        let session = OneTimeSecret().text
        sessions.withLock { _ = $0.insert(session) }
        var response = Self.seeOther(query["return_to"] ?? "/account")
        response.setCookie(Cookie(name: "session", value: session, path: "/"))
        return response
    }

    private func redeem(_ code: String) async throws -> Bool {
        let form = FormParameters([
            "grant_type": "authorization_code", "code": code, "redirect_uri": origin + "/callback",
            "client_id": "careless-portal", "client_secret": secret,
        ])
        let call = HTTPCall(
            method: "POST", url: issuer + "/token", headers: [("Content-Type", "application/x-www-form-urlencoded")],
            body: Array(form.encoded.utf8))
        let answer = try await transport.send(call)
        guard answer.status == 200, let keys = pinned.withLock({ $0 }) else { return answer.status == 200 }
        let token = try CompactJWS(parsing: StrictJSON.parseObject(answer.body)["id_token"]?.string ?? "")
        return (try? keys.verify(token, type: nil)) != nil
    }

    private static func seeOther(_ location: String) -> Response {
        Response(status: .seeOther, headers: [.location: location])
    }

    private static func page(_ title: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/html"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "<title>\(title)</title>")))
    }
}
