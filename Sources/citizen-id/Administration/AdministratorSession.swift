internal import Foundation
internal import IdentityCrypto
internal import NIOHTTP1
internal import OpenIDMessages
internal import ProviderCore

/// The calls of an administrator who has logged in: each with a DPoP proof (RFC 9449), the access token refreshed when it
/// is over.
actor AdministratorSession {
    enum Failure: Error, CustomStringConvertible {
        case notLoggedIn
        case notReached(String)
        case noAnswer(seconds: Int64)
        /// - candidates: whom the person at the desk looks like.
        case refused(code: String, message: String, status: Int, candidates: [JSONValue])
        case unreadable

        var description: String {
            switch self {
            case .notLoggedIn: "Nobody is logged in to administration here: citizen-id admin login"
            case .notReached(let url): "\(url) was not reached over trusted TLS."
            case .noAnswer(let seconds): HTTPSCaller.noAnswer(seconds: seconds)
            case .refused(_, let message, _, _): message
            case .unreadable: "The server's answer is not readable."
            }
        }
    }

    private let folder: AdministratorFolder
    private let key: SigningKey
    private var login: AdministratorFolder.Login
    private let caller: HTTPSCaller
    /// The latest nonce of each server.
    private var nonces: [String: String] = [:]

    /// Nil when nobody has logged in.
    init?(folder: AdministratorFolder) throws {
        guard let key = try folder.key(), let login = try folder.login() else { return nil }
        self.folder = folder
        self.key = key
        self.login = login
        caller = try HTTPSCaller(certificates: login.certificates)
    }

    func shutdown() async { await caller.shutdown() }

    /// A call of `/admin/v1`; `path` begins behind it.
    ///
    /// - Parameters:
    ///   - tag: for a change, the ETag of what was read.
    ///   - patience: for how many seconds the answer is waited for.
    func call(
        _ method: HTTPMethod, _ path: String, _ body: JSONObject? = nil, tag: String? = nil, patience: Int64 = 30
    ) async throws -> (object: JSONObject, tag: String?) {
        try await refreshIfDue()
        let url = login.url.appending(AdministrationPortal.path + path)
        var headers = [("authorization", "DPoP " + login.accessToken)]
        if body != nil { headers.append(("content-type", "application/json")) }
        if let tag { headers.append(("if-match", tag)) }
        let answer = try await proved(
            method, url, headers: headers, body: body?.serialized, accessToken: login.accessToken, patience: patience)
        if answer.status == 204 { return ([:], nil) }
        guard let object = answer.json else { throw Failure.unreadable }
        guard (200...299).contains(answer.status) else { throw Self.failure(object, answer.status) }
        return (object, answer.tag)
    }

    /// Every page of a list.
    func all(_ path: String, _ name: String, query: String = "") async throws -> JSONObject {
        let limit = "limit=\(PageRequest.longest)"
        return try await Listing.everyPage(of: path, name, query.isEmpty ? limit : limit + "&" + query) {
            try await call(.GET, $0).object
        }
    }

    /// Reads a thing and changes it on the condition that it is still as it was read.
    func change(_ method: HTTPMethod, _ path: String) async throws -> JSONObject {
        let current = try await call(.GET, path)
        return try await call(method, path, tag: current.tag).object
    }

    private static func failure(_ object: JSONObject, _ status: Int) -> Failure {
        let detail = object["detail"]?.string
        let message = detail ?? object["title"]?.string ?? object["error_description"]?.string ?? "Refused."
        // A detail says by itself what it is about.
        let member = detail == nil ? object["member"]?.string.map { " (\($0))" } ?? "" : ""
        return .refused(
            code: object["code"]?.string ?? object["error"]?.string ?? "unknown", message: message + member,
            status: status, candidates: object["candidates"]?.array ?? [])
    }

    // MARK: Tokens

    private func refreshIfDue() async throws {
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        guard login.expiresAt <= now + 15 else { return }
        let form = FormParameters([
            "grant_type": "refresh_token", "refresh_token": login.refreshToken,
            "client_id": "citizen-id-admin",
        ])
        let answer = try await proved(
            .POST, login.issuer.appending(DiscoveryDocument.Path.token),
            headers: [("content-type", "application/x-www-form-urlencoded")], body: Array(form.encoded.utf8))
        guard answer.status == 200, let object = answer.json, let access = object["access_token"]?.string else {
            throw Failure.notLoggedIn
        }
        login.accessToken = access
        login.expiresAt = now + (object["expires_in"]?.integer ?? 0)
        if let refresh = object["refresh_token"]?.string { login.refreshToken = refresh }
        try folder.save(login)
    }

    /// Revokes the login and forgets it.
    func logOut() async throws {
        let form = FormParameters(["token": login.refreshToken, "client_id": "citizen-id-admin"])
        _ = try await proved(
            .POST, login.issuer.appending(DiscoveryDocument.Path.revocation),
            headers: [("content-type", "application/x-www-form-urlencoded")], body: Array(form.encoded.utf8))
        try folder.forget()
    }

    /// A call with a proof; once more when the server wants its own nonce in it.
    private func proved(
        _ method: HTTPMethod, _ url: String, headers: [(String, String)], body: [UInt8]?, accessToken: String? = nil,
        patience: Int64 = 30
    ) async throws -> HTTPSCaller.Answer {
        let server = url.split(separator: "/").prefix(2).joined()
        for isSecond in [false, true] {
            let proof = try VerifiedDPoPProof.make(
                key: key, method: method.rawValue, url: String(url.prefix { $0 != "?" }),
                now: Timestamp(seconds: Int64(Date().timeIntervalSince1970)), nonce: nonces[server],
                accessToken: accessToken)
            let answer: HTTPSCaller.Answer
            do {
                answer = try await caller.call(
                    method, url, headers: headers + [("dpop", proof)], body: body, patience: patience)
            } catch HTTPSCaller.Fault.noAnswer(let seconds) {
                throw Failure.noAnswer(seconds: seconds)
            } catch { throw Failure.notReached(url) }
            if let nonce = answer.nonce { nonces[server] = nonce }
            let code = answer.json?["code"]?.string ?? answer.json?["error"]?.string
            guard !isSecond, code == "use_dpop_nonce", answer.nonce != nil else { return answer }
        }
        throw Failure.unreadable
    }
}
