import AccountDirectory
import Foundation
import HTTPTypes
import Hummingbird
import IdentityCrypto
import Logging
import NIOCore
import NIOEmbedded
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import SQLiteStore

/// What requests cost that strangers make as dear as the limits allow, each beside a normal request of the same endpoint:
/// processor time of the whole process, through the real router, without a network.
struct DearRequests {
    let effort: Effort

    /// Calls of one round.
    private var calls: Int { effort.rounds < 5 ? 50 : 200 }

    /// One kind of request; each call gets one of its own, which is made before the time is taken.
    private struct Kind: Sendable {
        let name: String
        let status: HTTPResponse.Status
        let make: @Sendable () throws -> Request

        init(_ name: String, _ status: HTTPResponse.Status, _ make: @escaping @Sendable () throws -> Request) {
            self.name = name
            self.status = status
            self.make = make
        }
    }

    func measure(_ report: Report) async throws {
        let folder = try WorkFolder()
        defer { folder.remove() }
        let site = try await Site(folder)
        for (normal, dear) in site.endpoints {
            progress(normal.name)
            let floor = try await microseconds(normal, site)
            report.add(Figure(name: normal.name, unit: "µs", spread: floor))
            for kind in dear {
                report.add(
                    Figure(
                        name: "  " + kind.name, unit: "µs", spread: try await microseconds(kind, site),
                        floor: floor.median, floorMeaning: "normal"))
            }
        }
        try await site.store.close()
    }

    private func microseconds(_ kind: Kind, _ site: Site) async throws -> Spread {
        var values: [Double] = []
        // The first round warms up.
        for round in 0...effort.rounds {
            let requests = try (0..<calls).map { _ in try kind.make() }
            let start = ProcessorTime.process
            for request in requests {
                let status = try await site.status(of: request)
                guard status == kind.status else { throw BenchmarkFault("\(kind.name): \(status)") }
            }
            let spent = ProcessorTime.process - start
            if round > 0 { values.append(spent / Double(calls) * 1e6) }
        }
        return Spread(values)
    }

    /// A provider behind its router, and who calls it.
    private struct Site: Sendable {
        let store: SQLiteStore
        private let provider: Provider
        private let responder: any HTTPResponder<ProviderRequestContext>
        private let channel = NIOAsyncTestingChannel()
        private let logger: Logger
        private let requests: EndpointRequests
        /// Its assertions are signed by the dearest key that can be registered.
        private static let dear = "benchmark-dear"
        private static let open = "benchmark-open"

        init(_ folder: WorkFolder) async throws {
            let key = SigningKey.makeES256()
            var town = Town(
                issuer: "https://id.example",
                portalKey: key.publicKey.listedJWK(identifier: key.publicKey.thumbprint.rawValue))
            town.region.clients += Self.clients(of: town.region)
            store = try SQLiteStore(path: folder.database)
            provider = try await town.provider(store: store, masterKey: RandomBytes.make(32))
            let limits = ProviderApplication.Limits(
                loginBurst: 1_000_000, loginsPerMinute: 60_000_000, codeBurst: 1_000_000, codesPerMinute: 60_000_000)
            responder = ProviderApplication.router(provider: provider, limits: limits).buildResponder()
            var logger = Logger(label: "benchmarks")
            logger.logLevel = .critical
            self.logger = logger
            requests = EndpointRequests(
                issuer: town.issuer, key: key, proofKey: .makeES256(), verifier: .random())
        }

        /// One that need not push its requests, and one with a key of 8192 bits and an exponent of 33.
        private static func clients(of region: Region) -> [Client] {
            var open = region.clients.first { $0.identifier.rawValue == EndpointClients.bound }!
            open.requiresPushedAuthorizationRequests = false
            open.identifier = ClientIdentifier(rawValue: Self.open)!
            var dear = open
            dear.identifier = ClientIdentifier(rawValue: Self.dear)!
            dear.keys = [rsaKey(bytes: 1024, exponent: [1, 0, 0, 0, 1])]
            return [open, dear]
        }

        /// Nobody knows the private part of it: signatures by it are as dear to refuse as they are to accept.
        private static func rsaKey(bytes: Int, exponent: [UInt8] = [1, 0, 1]) -> JSONObject {
            var modulus = RandomBytes.make(bytes)
            modulus[0] |= 0x80
            modulus[bytes - 1] |= 1
            return [
                "kty": "RSA", "n": .string(Base64URL.encode(modulus)), "e": .string(Base64URL.encode(exponent)),
                "kid": "dear", "use": "sig", "alg": "PS256",
            ]
        }

        func status(of request: Request) async throws -> HTTPResponse.Status {
            let context = ProviderRequestContext(
                source: ApplicationRequestContextSource(channel: channel, logger: logger))
            return try await responder.respond(to: request, context: context).status
        }

        // MARK: Requests

        private static func request(
            _ method: HTTPRequest.Method, _ path: String, _ form: FormParameters? = nil, headers: HTTPFields = [:]
        ) -> Request {
            var headers = headers
            if form != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
            return Request(
                head: HTTPRequest(
                    method: method, scheme: "https", authority: "id.example", path: path, headerFields: headers),
                body: RequestBody(buffer: ByteBuffer(string: form?.encoded ?? "")))
        }

        /// A token that looks right in everything but its signature.
        private static func forged(_ header: JSONObject, _ payload: JSONObject, signature: Int) -> String {
            // Below every modulus.
            let bytes = [0] + RandomBytes.make(signature - 1)
            return [header.serialized, payload.serialized, bytes].map { Base64URL.encode($0) }.joined(separator: ".")
        }

        private func authorization(_ changes: [(String, String)] = [], by client: String = Site.open) -> FormParameters
        {
            var parameters = FormParameters()
            let plain = [
                ("client_id", client), ("response_type", "code"), ("redirect_uri", Town.redirectURI),
                ("scope", Town.scopes.joined(separator: " ")), ("state", RandomBytes.text(16)),
                ("nonce", RandomBytes.text(16)), ("code_challenge", requests.verifier.challenge.rawValue),
                ("code_challenge_method", "S256"),
            ]
            for (name, value) in plain where !changes.contains(where: { $0.0 == name }) {
                parameters.append(name, value)
            }
            for (name, value) in changes { parameters.append(name, value) }
            return parameters
        }

        private func visit(_ name: String, _ changes: [(String, String)]) -> Kind {
            Kind(name, .seeOther) { Self.request(.get, "/authorize?" + authorization(changes).encoded) }
        }

        private static func filler(_ count: Int, _ length: Int) -> [(String, String)] {
            (0..<count).map { ("parameter_\($0)", String(repeating: "%", count: length)) }
        }

        /// `claims` of some 4 KB that nest as deep as JSON may here.
        private static let deepClaims: String = {
            let depth = StrictJSON.maximumDepth - 3
            let nest = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
            let members = (0..<64).map { "\"a_claim_of_nobody_\($0)\":{\"values\":\(nest)}" }.joined(separator: ",")
            return "{\"userinfo\":{\(members)}}"
        }()

        /// `claims` of as many values as are read.
        private static let manyClaims: String = {
            let values = Array(repeating: "[1]", count: 125).joined(separator: ",")
            return "{\"userinfo\":{\"a_claim_of_nobody\":{\"values\":[\(values)]}}}"
        }()

        private var signingKey: String { provider.keys.ring.current(.es256).thumbprint.rawValue }

        private func assertion() throws -> String {
            try SimulatedPortal.assertion(of: EndpointClients.bound, key: requests.key, issuer: requests.issuer)
        }

        private func dearAssertion() -> String {
            let now = Town.clock.now()
            return Self.forged(
                ["alg": "PS256", "kid": "dear", "typ": "JWT"],
                [
                    "iss": .string(Self.dear), "sub": .string(Self.dear), "aud": .string(requests.issuer.rawValue),
                    "jti": .string(RandomBytes.text(16)), "iat": now.json, "exp": (now + 60).json,
                ], signature: 1024)
        }

        private static func asserted(_ assertion: String, _ more: [(String, String)]) -> FormParameters {
            var form = FormParameters()
            for (name, value) in more { form.append(name, value) }
            form.append("client_assertion_type", ClientCredentials.assertionType)
            form.append("client_assertion", assertion)
            return form
        }

        private func dearProof(_ path: String) -> String {
            var key = Self.rsaKey(bytes: 512)
            for name in ["kid", "use", "alg"] { key[name] = nil }
            let now = Town.clock.now()
            return Self.forged(
                ["typ": "dpop+jwt", "alg": "PS256", "jwk": .object(key)],
                [
                    "htm": "POST", "htu": .string(requests.issuer.appending(path)), "iat": now.json,
                    "jti": .string(RandomBytes.text(16)), "nonce": .string(provider.proofs.nonce()),
                ], signature: 512)
        }

        // MARK: Endpoints

        var endpoints: [(normal: Kind, dear: [Kind])] { [authorize, posted, hinted, signed, push, token] }

        private var authorize: (Kind, [Kind]) {
            let scope =
                "openid "
                + (0..<31).map { "scope_\($0)_" + String(repeating: "x", count: 54) }
                .joined(separator: " ")
            return (
                visit("/authorize", []),
                [
                    visit("64 parameters", Self.filler(56, 80)), visit("scope of 2 KB", [("scope", scope)]),
                    visit("claims of 256 values", [("claims", Self.manyClaims)]),
                    visit("claims of 4 KB, 16 deep", [("claims", Self.deepClaims)]),
                    visit(
                        "acr_values of 8 levels", [("acr_values", (0..<8).map { "level-\($0)" }.joined(separator: " "))]
                    ),
                ]
            )
        }

        /// By POST, and with a hint, which keeps a request out of addresses: the form itself begins the login.
        private var posted: (Kind, [Kind]) {
            func post(_ name: String, _ status: HTTPResponse.Status, _ more: [(String, String)] = []) -> Kind {
                Kind(name, status) {
                    Self.request(.post, "/authorize", authorization([("login_hint", "erika@example.org")] + more))
                }
            }
            return (
                post("/authorize by POST", .seeOther),
                [
                    post("form of 20 KB", .seeOther, Self.filler(55, 106)),
                    post("form of 64 KB", .badRequest, Self.filler(55, 387)),
                ]
            )
        }

        /// With the ID token of an earlier login; a forged one is verified like it.
        private var hinted: (Kind, [Kind]) {
            let key = provider.keys.ring.current(.es256)
            let claims: JSONObject = [
                "iss": .string(requests.issuer.rawValue), "sub": .string(RandomBytes.text(32)),
                "aud": .string(Self.open),
                "iat": Town.clock.now().json, "exp": (Town.clock.now() + 300).json, "auth_time": Town.clock.now().json,
                "acr": "http://bsi.bund.de/eID/LoA/substantiell", "sid": .string(RandomBytes.text(32)),
            ]
            let forged = Self.forged(
                ["alg": "ES256", "typ": "JWT", "kid": .string(signingKey)],
                ["sub": .string(String(repeating: "s", count: 5900))], signature: 64)
            return (
                Kind("/authorize with id_token_hint", .seeOther) {
                    let hint = try key.sign(type: "JWT", payload: claims)
                    return Self.request(.get, "/authorize?" + authorization([("id_token_hint", hint)]).encoded)
                }, [visit("hint of 8 KB, forged", [("id_token_hint", forged)])]
            )
        }

        /// In a request object that the client signed.
        private var signed: (Kind, [Kind]) {
            @Sendable func visit(_ object: String) -> Request {
                let query = FormParameters(["client_id": Self.open, "request": object]).encoded
                return Self.request(.get, "/authorize?" + query)
            }
            func forged(_ name: String, header: JSONObject = [:], _ payload: JSONObject) -> Kind {
                var whole: JSONObject = [
                    "alg": "ES256", "typ": "oauth-authz-req+jwt",
                    "kid": .string(requests.key.publicKey.thumbprint.rawValue),
                ]
                for member in header.members { whole[member.name] = member.value }
                return Kind(name, .badRequest) { [whole] in visit(Self.forged(whole, payload, signature: 64)) }
            }
            let nest = JSONValue.array([.array([.array([1])])])
            return (
                Kind("/authorize with a request object", .seeOther) {
                    let now = Town.clock.now()
                    var claims: JSONObject = [
                        "iss": .string(Self.open), "aud": .string(requests.issuer.rawValue), "iat": now.json,
                        "nbf": now.json, "exp": (now + 60).json,
                    ]
                    let parameters = authorization()
                    for name in parameters.names { claims[name] = parameters[name].map { .string($0) } }
                    return visit(try requests.key.sign(type: "oauth-authz-req+jwt", payload: claims))
                },
                [
                    forged("object of 16 KB, forged", ["state": .string(String(repeating: "s", count: 12_000))]),
                    forged(
                        "object of 1000 values, forged", ["x": .array(Array(repeating: nest, count: 249))]),
                    forged(
                        "object of 6000 values, forged", ["x": .array(Array(repeating: nest, count: 1_200))]),
                    forged(
                        "header of 6000 values, forged", header: ["x": .array(Array(repeating: nest, count: 1_200))],
                        [:]),
                ]
            )
        }

        private var push: (Kind, [Kind]) {
            func push(_ name: String, _ more: [(String, String)] = []) -> Kind {
                Kind(name, .created) {
                    let parameters = authorization(more, by: EndpointClients.bound)
                    return Self.request(
                        .post, "/par",
                        Self.asserted(
                            try assertion(), parameters.names.map { ($0, parameters[$0] ?? "") }))
                }
            }
            return (
                push("/par with an assertion"),
                [
                    push("form of 64 KB", Self.filler(54, 380)),
                    Kind("assertion of an RSA key of 8192 bits, forged", .unauthorized) {
                        Self.request(.post, "/par", Self.asserted(dearAssertion(), []))
                    },
                    Kind("form of 64 KB of nobody", .unauthorized) {
                        Self.request(.post, "/par", authorization(Self.filler(56, 380), by: "nobody"))
                    },
                ]
            )
        }

        private var token: (Kind, [Kind]) {
            let form = [
                ("grant_type", "client_credentials"), ("resource", EndpointClients.resource.rawValue),
            ]
            return (
                Kind("/token with an assertion and a proof", .ok) {
                    let proof = try requests.proof("/token", nonce: provider.proofs.nonce()).1
                    return Self.request(
                        .post, "/token", Self.asserted(try assertion(), form), headers: [Self.dpop: proof])
                },
                [
                    Kind("proof of an RSA key of 4096 bits, forged", .badRequest) {
                        Self.request(
                            .post, "/token", Self.asserted(try assertion(), form),
                            headers: [Self.dpop: dearProof("/token")])
                    },
                    Kind("assertion of an RSA key of 8192 bits, forged", .unauthorized) {
                        Self.request(.post, "/token", Self.asserted(dearAssertion(), form))
                    },
                    Kind("form of 64 KB", .ok) {
                        let proof = try requests.proof("/token", nonce: provider.proofs.nonce()).1
                        return Self.request(
                            .post, "/token", Self.asserted(try assertion(), form + Self.filler(60, 330)),
                            headers: [Self.dpop: proof])
                    },
                ]
            )
        }

        private static let dpop = HTTPField.Name("DPoP")!
    }
}
