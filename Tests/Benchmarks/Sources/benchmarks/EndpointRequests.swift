import Foundation
import IdentityCrypto
import NIOCore
import OpenIDMessages
import ProviderCore
import Synchronization

/// Ready-made requests that several connections take from, each once or again and again.
final class RequestPool: RequestSource {
    private let requests: [ByteBuffer]
    private let isEndless: Bool
    private let taken = Atomic<Int>(0)

    init(_ requests: [ByteBuffer], isEndless: Bool) {
        self.requests = requests
        self.isEndless = isEndless
    }

    var readsAnswers: Bool { false }

    func next(after answer: RawAnswer?) -> ByteBuffer? {
        let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
        return isEndless ? requests[index % requests.count] : index < requests.count ? requests[index] : nil
    }
}

/// A client that refreshes again and again: each answer brings the token for the next request.
struct RotatingRefresh: RequestSource {
    let requests: EndpointRequests
    /// The families of the connections, kept from one round to the next.
    let families: Families
    let connection: Int

    final class Families: Sendable {
        private let tokens: Mutex<[String]>
        init(_ tokens: [String]) { self.tokens = Mutex(tokens) }
        subscript(index: Int) -> String {
            get { tokens.withLock { $0[index] } }
            set { tokens.withLock { $0[index] = newValue } }
        }
    }

    var readsAnswers: Bool { true }

    mutating func next(after answer: RawAnswer?) throws -> ByteBuffer? {
        if let answer {
            guard let token = answer.member("\"refresh_token\":\"") else { throw BenchmarkFault("no refresh token") }
            families[connection] = token
        }
        return requests.refresh(families[connection])
    }
}

/// The bytes of each kind of request.
struct EndpointRequests: Sendable {
    let issuer: IssuerURL
    /// The portal's key, for assertions.
    let key: SigningKey
    /// The key that tokens are bound to.
    let proofKey: SigningKey
    let verifier: CodeVerifier

    private var basic: (String, String) {
        let pair = Data("\(EndpointClients.secret):\(EndpointClients.secretValue)".utf8)
        return ("Authorization", "Basic " + pair.base64EncodedString())
    }

    func get(_ path: String, _ headers: [(String, String)] = []) -> ByteBuffer {
        bytes("GET", path, headers, body: "")
    }

    func bytes(_ method: String, _ path: String, _ headers: [(String, String)], body: String) -> ByteBuffer {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: \(issuer.rawValue.dropFirst(8))\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if method != "GET" { text += "Content-Length: \(body.utf8.count)\r\n" }
        return ByteBuffer(string: text + "\r\n" + body)
    }

    private func form(
        _ path: String, _ parameters: FormParameters, _ headers: [(String, String)] = []
    ) -> ByteBuffer {
        bytes(
            "POST", path, [("Content-Type", "application/x-www-form-urlencoded")] + headers, body: parameters.encoded)
    }

    /// With an assertion that was not used yet.
    private func asserted(_ pairs: KeyValuePairs<String, String>) throws -> FormParameters {
        var parameters = FormParameters(pairs)
        parameters.append("client_assertion_type", ClientCredentials.assertionType)
        parameters.append(
            "client_assertion",
            try SimulatedPortal.assertion(of: EndpointClients.bound, key: key, issuer: issuer))
        return parameters
    }

    func proof(_ path: String, nonce: String) throws -> (String, String) {
        (
            "DPoP",
            try VerifiedDPoPProof.make(
                key: proofKey, method: "POST", url: issuer.appending(path), now: Town.clock.now(), nonce: nonce)
        )
    }

    private var authorizationRequest: KeyValuePairs<String, String> {
        [
            "response_type": "code", "redirect_uri": Town.redirectURI, "scope": Town.scopes.joined(separator: " "),
            "state": RandomBytes.text(16), "nonce": RandomBytes.text(16),
            "code_challenge": verifier.challenge.rawValue, "code_challenge_method": "S256",
        ]
    }

    func push() -> ByteBuffer { form("/par", FormParameters(authorizationRequest), [basic]) }
    func pushAsserted() throws -> ByteBuffer { form("/par", try asserted(authorizationRequest)) }

    private func code(_ code: String) -> KeyValuePairs<String, String> {
        [
            "grant_type": "authorization_code", "code": code, "redirect_uri": Town.redirectURI,
            "code_verifier": verifier.rawValue,
        ]
    }

    func redeem(_ code: String) -> ByteBuffer { form("/token", FormParameters(self.code(code)), [basic]) }

    func redeemBound(_ code: String, nonce: String) throws -> ByteBuffer {
        form("/token", try asserted(self.code(code)), [try proof("/token", nonce: nonce)])
    }

    func refresh(_ token: String) -> ByteBuffer {
        form("/token", FormParameters(["grant_type": "refresh_token", "refresh_token": token]), [basic])
    }

    func refreshBound(_ token: String, nonce: String) throws -> ByteBuffer {
        form(
            "/token", try asserted(["grant_type": "refresh_token", "refresh_token": token]),
            [try proof("/token", nonce: nonce)])
    }

    func clientCredentials() -> ByteBuffer {
        form(
            "/token",
            FormParameters(["grant_type": "client_credentials", "resource": EndpointClients.resource.rawValue]),
            [basic])
    }

    func introspect(_ token: String) -> ByteBuffer { form("/introspect", FormParameters(["token": token]), [basic]) }

    func userinfo(_ token: String) -> ByteBuffer { get("/userinfo", [("Authorization", "Bearer " + token)]) }
}
