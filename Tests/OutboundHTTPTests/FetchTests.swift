import NIOHTTP1
import OpenIDMessages
import ProviderCore
import TestCertificates
import Testing

@testable import OutboundHTTP

@Suite("A fetch over real TLS")
struct FetchTests {
    @Test(
        "a JSON document is read",
        arguments: [
            Wire.keys, Wire.document(#"{"keys":[]}"#, type: "application/jwk-set+json"),
            Wire.document(#"{"keys":[]}"#, type: "Application/JSON ; charset=utf-8"),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"keys\":[]}",
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "5\r\n{\"key\r\n6\r\ns\":[]}\r\n0\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Wire.keys,
        ])
    func document(answer: String) async throws {
        let party = try await TestParty(.says(answer))
        #expect(try await OutboundFetcher.test().json(.portal(party)) == .object(["keys": []]))
    }

    @Test("an array is a document too, for sector_identifier_uri")
    func array() async throws {
        let party = try await TestParty(.says(Wire.document(#"["https://a.example/cb"]"#)))
        #expect(try await OutboundFetcher.test().json(.portal(party)) == ["https://a.example/cb"])
    }

    @Test("the answer is taken when it is complete, though the connection stays open")
    func openConnection() async throws {
        let party = try await TestParty(.saysAndStays(Wire.keys))
        #expect(await OutboundFetcher.test().failure(.portal(party)) == nil)
    }

    @Test("the request names the host, asks for JSON without compression, and carries no cookie")
    func requestHead() async throws {
        let party = try await TestParty(.says(Wire.keys))
        _ = try await OutboundFetcher.test().json(.portal(party, path: "/a/jwks?x=%C3%A4"))
        let head = try #require(party.requests.first?.head)
        #expect(head.method == .GET)
        #expect(head.uri == "/a/jwks?x=%C3%A4")
        #expect(Set(head.headers.map { $0.name }) == ["host", "user-agent", "connection", "accept"])
        #expect(head.headers["host"] == ["portal.example:\(party.port)"])
        #expect(head.headers["connection"] == ["close"])
    }

    @Test("a form is posted and its status comes back, whatever it is", arguments: [200, 204, 400, 500])
    func form(status: Int) async throws {
        let party = try await TestParty(.says("HTTP/1.1 \(status) Said\r\nContent-Length: 0\r\n\r\n"))
        let answer = try await OutboundFetcher.test().post(
            FormParameters(["logout_token": "a.b.c", "x": "ä &"]), to: .portal(party))
        #expect(answer == status)
        let request = try #require(party.requests.first)
        #expect(request.head.method == .POST)
        #expect(request.head.headers["content-type"] == ["application/x-www-form-urlencoded"])
        #expect(request.body == "logout_token=a.b.c&x=%C3%A4%20%26")
    }

    // fapi-ciba-id1-ping-backchannel-notification-endpoint-response-401,
    // fapi-ciba-id1-ping-with-mtls-ciba-notification-endpoint-response-401-and-require-server-does-not-retry,
    // fapi-ciba-id1-ping-backchannel-notification-endpoint-response-403,
    // fapi-ciba-id1-ping-backchannel-notification-endpoint-response-has-body
    @Test(
        "CIBA Core §10.2: a notification is JSON with the receiver's own token (fapi-ciba-id1-ping-…-response-401, -403, -has-body)",
        arguments: [200, 204, 401, 403, 500])
    func notification(status: Int) async throws {
        let party = try await TestParty(.says("HTTP/1.1 \(status) Said\r\nContent-Length: 4\r\n\r\nbody"))
        let token = try #require(ClientNotificationToken(rawValue: "8d67dc78-7faa-4d41-aabd-67707b374255"))
        let answer = try await OutboundFetcher.test().notify(["auth_req_id": "ar_1"], bearer: token, at: .portal(party))
        #expect(answer == status)
        let request = try #require(party.requests.first)
        #expect(request.head.method == .POST && request.head.headers["content-type"] == ["application/json"])
        #expect(request.head.headers["authorization"] == ["Bearer 8d67dc78-7faa-4d41-aabd-67707b374255"])
        #expect(request.body == #"{"auth_req_id":"ar_1"}"#)
        #expect(party.requests.count == 1)
    }

    @Test("fapi-ciba-id1-ping-backchannel-notification-endpoint-return-redirect-request: it is not followed")
    func redirectedNotification() async throws {
        let other = try await TestParty(.says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        let location = OutboundURL.portal(other).rawValue
        let party = try await TestParty(
            .says("HTTP/1.1 301 Moved\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n"))
        let token = try #require(ClientNotificationToken(rawValue: "8d67dc78-7faa-4d41-aabd-67707b374255"))
        await #expect(throws: OutboundFailure.redirect) {
            _ = try await OutboundFetcher.test().notify(["auth_req_id": "ar_1"], bearer: token, at: .portal(party))
        }
        #expect(other.requests == [])
    }

    @Test("an address in the URL needs a certificate for this address")
    func literal() async throws {
        let good = try await TestParty(
            .says(Wire.keys), tls: TestAuthority.shared.server(for: [], addresses: [[127, 0, 0, 2]]))
        let named = try await TestParty(.says(Wire.keys))
        let fetcher = OutboundFetcher.test()
        #expect(await fetcher.failure(OutboundURL("https://127.0.0.2:\(good.port)/")) == nil)
        #expect(await fetcher.failure(OutboundURL("https://127.0.0.2:\(named.port)/")) == .tls)
    }

    @Test(
        "a certificate that is another's, its own issuer or out of date is refused before anything is asked",
        arguments: ["another", "self-signed", "expired"])
    func certificates(kind: String) async throws {
        let tls = try TestAuthority.shared.server(
            for: kind == "another" ? ["other.example"] : ["portal.example"], selfSigned: kind == "self-signed",
            expired: kind == "expired")
        let party = try await TestParty(.says(Wire.keys), tls: tls)
        let fetcher = OutboundFetcher.test()
        #expect(await fetcher.failure(.portal(party)) == .tls)
        await #expect(throws: OutboundFailure.tls) {
            try await fetcher.post(FormParameters(["a": "b"]), to: .portal(party))
        }
        #expect(party.requests == [])
    }

    @Test("an authority that is not trusted is refused")
    func unknownAuthority() async throws {
        let party = try await TestParty(.says(Wire.keys), tls: TestAuthority().server())
        #expect(await OutboundFetcher.test().failure(.portal(party)) == .tls)
    }

    @Test("trust roots that are none are an error at the start", arguments: ["", "no certificate"])
    func trustRoots(text: String) {
        #expect(throws: UnreadableTrustRoots.self) {
            try OutboundFetcher(policy: OutboundPolicy(), additionalTrustRoots: Array(text.utf8))
        }
    }

    @Test("nobody listens, or the name has no address")
    func nobody() async throws {
        let party = try await TestParty(.says(Wire.keys))
        try await party.stop()
        let fetcher = OutboundFetcher.test()
        #expect(await fetcher.failure(.portal(party)) == .connect)
        #expect(await fetcher.failure(OutboundURL("https://unknown.example/")) == .unresolvable)
    }

    @Test("the second address serves when nobody listens at the first")
    func secondAddress() async throws {
        let party = try await TestParty(.says(Wire.keys))
        let policy = OutboundPolicy(allowedNetworks: [NetworkRange(rawValue: "127.0.0.0/8")!])
        let fetcher = OutboundFetcher.test(
            policy, resolver: KnownNames(["portal.example": ["127.0.0.3", "127.0.0.2"]]))
        #expect(await fetcher.failure(.portal(party)) == nil)
    }
}
