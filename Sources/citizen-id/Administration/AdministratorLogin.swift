internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import IdentityCrypto
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import OpenIDMessages
internal import ProviderCore

/// An administrator's login: the authorization code flow of a native application (RFC 8252) with pushed request, PKCE
/// and DPoP. The browser comes back to a port of this machine.
struct AdministratorLogin {
    let folder: AdministratorFolder
    let issuer: IssuerURL
    let url: IssuerURL
    let certificates: String?
    /// Shows the address that the browser shall open.
    let show: @Sendable (String) -> Void

    enum Failure: Error, CustomStringConvertible {
        case notReached
        case noAnswer(seconds: Int64)
        case refused(String)
        case foreignCallback
        case tooLate

        var description: String {
            switch self {
            case .notReached: "The provider was not reached over trusted TLS. Check --issuer and --ca."
            case .noAnswer(let seconds): HTTPSCaller.noAnswer(seconds: seconds)
            case .refused(let message): message
            case .foreignCallback: "The browser came back with an answer that belongs to no login of this command."
            case .tooLate: "The login was not finished in time."
            }
        }
    }

    private static let client = "citizen-id-admin"

    func run() async throws {
        let key = try folder.makeKey()
        let caller: HTTPSCaller
        do { caller = try HTTPSCaller(certificates: certificates) } catch HTTPSCaller.Fault.noCertificates(let path) {
            throw Failure.refused("There are no certificates in \(path).")
        }
        do {
            try await logIn(key: key, caller)
            await caller.shutdown()
        } catch {
            await caller.shutdown()
            throw error
        }
    }

    private func logIn(key: SigningKey, _ caller: HTTPSCaller) async throws {
        let desk = CallbackDesk()
        try await desk.open { port in
            let redirectURI = "http://127.0.0.1:\(port)/callback"
            let (state, verifier) = (StateValue.random(bytes: 32), CodeVerifier.random())
            let pushed = try await post(
                DiscoveryDocument.Path.pushedAuthorizationRequest,
                [
                    "client_id": Self.client, "response_type": "code", "redirect_uri": redirectURI,
                    "scope": "openid", "state": state.rawValue, "nonce": Nonce.random(bytes: 32).rawValue,
                    "code_challenge": verifier.challenge.rawValue, "code_challenge_method": "S256",
                    "resource": issuer.appending(AdministrationPortal.path), "prompt": "login",
                ], key: key, caller)
            guard let reference = pushed["request_uri"]?.string else { throw Failure.notReached }
            let query = FormParameters(["client_id": Self.client, "request_uri": reference])
            show(issuer.appending(DiscoveryDocument.Path.authorize + "?" + query.encoded))
            let code = try code(of: try await desk.callback(), state: state)
            let tokens = try await post(
                DiscoveryDocument.Path.token,
                [
                    "client_id": Self.client, "grant_type": "authorization_code", "code": code,
                    "redirect_uri": redirectURI, "code_verifier": verifier.rawValue,
                ], key: key, caller)
            guard let access = tokens["access_token"]?.string, let refresh = tokens["refresh_token"]?.string,
                let seconds = tokens["expires_in"]?.integer
            else { throw Failure.notReached }
            let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
            try folder.save(
                AdministratorFolder.Login(
                    issuer: issuer, url: url,
                    certificates: certificates.map { URL(fileURLWithPath: $0).path }, accessToken: access,
                    expiresAt: now + seconds, refreshToken: refresh))
        }
    }

    /// RFC 9207 and RFC 6749 §10.12: from this issuer, for this login.
    private func code(of query: String, state: StateValue) throws -> String {
        guard let parameters = try? FormParameters(parsing: query.utf8), parameters["iss"] == issuer.rawValue,
            let answered = parameters["state"],
            constantTimeEqual(Array(answered.utf8), Array(state.rawValue.utf8))
        else { throw Failure.foreignCallback }
        if parameters["error"] != nil {
            throw Failure.refused("The login was refused: \(parameters["error_description"] ?? "no reason given").")
        }
        guard let code = parameters["code"] else { throw Failure.foreignCallback }
        return code
    }

    private func post(
        _ path: String, _ form: [String: String], key: SigningKey, _ caller: HTTPSCaller
    ) async throws -> JSONObject {
        let url = issuer.appending(path)
        var nonce: String?
        for isSecond in [false, true] {
            let proof = try VerifiedDPoPProof.make(
                key: key, method: "POST", url: url,
                now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)), nonce: nonce)
            let answer: HTTPSCaller.Answer
            do {
                answer = try await caller.call(
                    .POST, url,
                    headers: [("content-type", "application/x-www-form-urlencoded"), ("dpop", proof)],
                    body: Array(form.formText.utf8))
            } catch HTTPSCaller.Fault.noAnswer(let seconds) {
                throw Failure.noAnswer(seconds: seconds)
            } catch { throw Failure.notReached }
            guard let object = answer.json else { throw Failure.notReached }
            if (200...299).contains(answer.status) { return object }
            nonce = answer.nonce
            guard !isSecond, object["error"]?.string == "use_dpop_nonce" else {
                throw Failure.refused(
                    "The provider refused: \(object["error"]?.string ?? "unknown"), "
                        + "\(object["error_description"]?.string ?? "no reason given").")
            }
        }
        throw Failure.notReached
    }
}

/// Waits on a port of this machine for the browser to come back, once.
struct CallbackDesk {
    private let queries: AsyncStream<String>
    private let arrivals: AsyncStream<String>.Continuation
    private let ports: AsyncStream<Int>
    private let portKnown: AsyncStream<Int>.Continuation

    init() {
        (queries, arrivals) = AsyncStream.makeStream(of: String.self)
        (ports, portKnown) = AsyncStream.makeStream(of: Int.self)
    }

    /// Listens while `body` runs; its argument is the port.
    func open(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let router = Router()
        let arrivals = arrivals
        router.get("/callback") { request, _ in
            arrivals.yield(request.uri.query ?? "")
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
                body: ResponseBody(
                    byteBuffer: ByteBuffer(
                        string: "Sie können dieses Fenster schließen. / You may close this window.\n")))
        }
        var logger = Logger(label: "login")
        logger.logLevel = .critical
        let portKnown = portKnown
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in portKnown.yield(channel.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                for await port in ports {
                    try await body(port)
                    return
                }
            }
            // Whichever ends first ends the other: as a rule it is the login.
            try await group.next()
            group.cancelAll()
        }
    }

    /// What the browser brought; the login's page gives up after some minutes, and so do we.
    func callback() async throws -> String {
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                for await query in queries { return query }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: .seconds(600))
                return nil
            }
            defer { group.cancelAll() }
            guard let query = try await group.next() ?? nil else { throw AdministratorLogin.Failure.tooLate }
            return query
        }
    }
}

extension Dictionary where Key == String, Value == String {
    /// As a form, in the order of the names.
    fileprivate var formText: String {
        var form = FormParameters()
        for (name, value) in sorted(by: { $0.key < $1.key }) { form.append(name, value) }
        return form.encoded
    }
}
