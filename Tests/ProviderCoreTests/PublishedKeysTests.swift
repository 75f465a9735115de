import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Synchronization
import Testing

/// A portal's own server: what it publishes, and how often it was asked.
private final class PortalServer: Sendable {
    private struct State {
        var documents: [String: JSONValue] = [:]
        var calls: [String: Int] = [:]
        var isHanging: Set<String> = []
        /// The fetcher has no place for a call.
        var isCrowded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    struct Down: Error {}

    private let state = Mutex(State())

    func publish(_ document: JSONValue?, at url: String) { state.withLock { $0.documents[url] = document } }
    func calls(_ url: String) -> Int { state.withLock { $0.calls[url] ?? 0 } }
    func crowd(_ isCrowded: Bool) { state.withLock { $0.isCrowded = isCrowded } }
    func hang(_ url: String) { _ = state.withLock { $0.isHanging.insert(url) } }
    var waiting: Int { state.withLock { $0.waiting.count } }

    func letGo() {
        let waiting = state.withLock { state in
            state.isHanging = []
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func fetch(_ url: OutboundURL) async throws -> JSONValue {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                state.calls[url.rawValue, default: 0] += 1
                guard state.isHanging.contains(url.rawValue) else { return true }
                state.waiting.append(continuation)
                return false
            }
            if goesOn { continuation.resume() }
        }
        guard !state.withLock(\.isCrowded) else { throw OutboundFailure.busy }
        guard let document = state.withLock({ $0.documents[url.rawValue] }) else { throw Down() }
        return document
    }
}

/// OpenID Connect Core §10.1.1, OpenID Connect Registration §5; checklist M4.
@Suite("Keys and redirect URIs that clients publish")
struct PublishedKeysTests {
    private static let url = "https://herten.example/keys"

    private struct Town {
        let server = PortalServer()
        let provider: TestProvider

        init() async throws {
            let server = server
            provider = try await TestProvider(documents: { try await server.fetch($0) })
        }

        func register(_ url: String = PublishedKeysTests.url) async throws -> String {
            let answer = try await provider.register(
                TestRegistrant.metadata(["token_endpoint_auth_method": "private_key_jwt", "jwks_uri": .string(url)]))
            return answer["client_id"]?.string ?? ""
        }

        func publish(_ keys: [String: SigningKey], at url: String = PublishedKeysTests.url) {
            let list = keys.sorted { $0.key < $1.key }.map { JSONValue.object($1.publicKey.listedJWK(identifier: $0)) }
            server.publish(.object(["keys": .array(list)]), at: url)
        }

        /// Why an assertion was refused, or nil.
        func refusal(_ client: String, _ key: SigningKey, _ identifier: String? = "a") async throws -> Refusal? {
            do {
                _ = try await provider.provider.authenticate(
                    TestRegistrant.assertion(of: client, key: key, now: provider.now, identifier: identifier))
                return nil
            } catch let refusal as ClientRefusal { return refusal.reason }
        }
    }

    @Test("oidcc-registration-jwks-uri: the keys are fetched once for ten minutes")
    func cache() async throws {
        let town = try await Town()
        let (client, key) = (try await town.register(), SigningKey.makeES256())
        town.publish(["a": key])
        #expect(town.server.calls(Self.url) == 0, "registering fetches nothing")
        for _ in 0..<5 { #expect(try await town.refusal(client, key) == nil) }
        town.provider.clock.advance(599)
        #expect(try await town.refusal(client, key) == nil)
        #expect(town.server.calls(Self.url) == 1)
        town.provider.clock.advance(1)
        #expect(try await town.refusal(client, key) == nil)
        #expect(town.server.calls(Self.url) == 2)
    }

    @Test("oidcc-refresh-token-rp-key-rotation: a refresh under a key that was published after the login")
    func refreshUnderNewKey() async throws {
        let town = try await Town()
        let (old, new) = (SigningKey.makeES256(), SigningKey.makeES256())
        let answer = try await town.provider.register(
            TestRegistrant.metadata([
                "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": .string(Self.url),
                "grant_types": ["authorization_code", "refresh_token"],
            ]))
        let name = try answer.text("client_id")
        var client = TestProfiles.baseline.client
        client.identifier = try #require(ClientIdentifier(rawValue: name))
        client.redirectURIs = [try #require(RedirectURI(rawValue: TestRegistrant.redirectURI))]
        client.requiresPushedAuthorizationRequests = answer["require_pushed_authorization_requests"]?.bool == true
        let portal = TestPortal(client: client, key: old, secret: nil)
        town.publish(["key-1": old])
        let phone = try await town.provider.enrolledPhone()
        let token = try await town.provider.granted(at: portal, phone: phone).text("refresh_token")
        town.publish(["key-2": new])
        town.provider.clock.advance(60)
        let caller = try await town.provider.provider.authenticate(
            TestRegistrant.assertion(of: name, key: new, now: town.provider.now, identifier: "key-2"))
        let request = try TokenRequest(
            parameters: FormParameters(["grant_type": "refresh_token", "refresh_token": token]))
        let tokens = try await town.provider.provider.tokens.answer(request, by: caller, key: nil)
        #expect(tokens["refresh_token"] != nil && tokens["id_token"] != nil)
    }

    @Test("oidcc-refresh-client-keys: a new key is found at once, an unknown one is looked for once a minute")
    func rotation() async throws {
        let town = try await Town()
        let (client, old, new) = (try await town.register(), SigningKey.makeES256(), SigningKey.makeES256())
        town.publish(["a": old])
        #expect(try await town.refusal(client, old) == nil)
        town.provider.clock.advance(60)
        town.publish(["a": old, "b": new])
        #expect(try await town.refusal(client, new, "b") == nil)
        #expect(town.server.calls(Self.url) == 2)
        for _ in 0..<10 { #expect(try await town.refusal(client, new, "c") == .clientKeyUnknown) }
        #expect(town.server.calls(Self.url) == 2)
        town.provider.clock.advance(60)
        for _ in 0..<10 { #expect(try await town.refusal(client, new, "c") == .clientKeyUnknown) }
        #expect(town.server.calls(Self.url) == 3)
        // A key that is no longer published is none.
        town.publish(["b": new])
        town.provider.clock.advance(600)
        #expect(try await town.refusal(client, old) == .clientKeyUnknown)
    }

    @Test("while the portal is down its keys count for a day, and it is not asked at every login")
    func portalDown() async throws {
        let town = try await Town()
        let (client, key) = (try await town.register(), SigningKey.makeES256())
        for _ in 0..<5 { #expect(try await town.refusal(client, key) == .clientKeysUnreachable) }
        #expect(town.server.calls(Self.url) == 1)
        town.provider.clock.advance(10)
        town.publish(["a": key])
        #expect(try await town.refusal(client, key) == nil)
        town.server.publish(nil, at: Self.url)
        town.provider.clock.advance(600)
        for _ in 0..<5 { #expect(try await town.refusal(client, key) == nil) }
        #expect(town.server.calls(Self.url) == 3)
        town.provider.clock.advance(86_400 - 601)
        #expect(try await town.refusal(client, key) == nil)
        town.provider.clock.advance(10)
        #expect(try await town.refusal(client, key) == .clientKeysUnreachable)
    }

    @Test("a fetch for which the provider itself had no place is no failure of the portal: the next login tries again")
    func crowded() async throws {
        let town = try await Town()
        let (client, key) = (try await town.register(), SigningKey.makeES256())
        town.publish(["a": key])
        town.server.crowd(true)
        for _ in 0..<3 { #expect(try await town.refusal(client, key) == .clientKeysUnreachable) }
        town.server.crowd(false)
        #expect(try await town.refusal(client, key) == nil)
        // Nor does it make keys older than they are.
        town.server.crowd(true)
        town.provider.clock.advance(600)
        #expect(try await town.refusal(client, key) == nil)
        town.server.crowd(false)
        let calls = town.server.calls(Self.url)
        #expect(try await town.refusal(client, key) == nil)
        #expect(town.server.calls(Self.url) == calls + 1)
    }

    @Test("what is no JWK Set, and keys that are none, give no key")
    func uselessDocuments() async throws {
        let town = try await Town()
        let client = try await town.register()
        let key = SigningKey.makeES256()
        for document in [JSONValue.null, "keys", [], .object([:]), .object(["keys": "a"])] {
            town.server.publish(document, at: Self.url)
            town.provider.clock.advance(10)
            #expect(try await town.refusal(client, key) == .clientKeysUnreachable)
        }
        town.server.publish(
            .object(["keys": [1, .object(["kty": "oct", "k": "AAAA", "kid": "a"]), .object(["kid": "a"])]]),
            at: Self.url)
        town.provider.clock.advance(10)
        #expect(try await town.refusal(client, key) == .clientKeyUnknown)
    }

    @Test("a hundred who need the same keys make one fetch, and a portal that hangs delays nobody else (checklist M4)")
    func singleFlight() async throws {
        let town = try await Town()
        let other = "https://herten.example/other"
        let (client, neighbour) = (try await town.register(), try await town.register(other))
        let key = SigningKey.makeES256()
        town.publish(["a": key])
        town.publish(["a": key], at: other)
        town.server.hang(Self.url)
        try await withThrowingTaskGroup(of: Refusal?.self) { group in
            for _ in 0..<100 { group.addTask { try await town.refusal(client, key) } }
            while town.server.waiting == 0 { await Task.yield() }
            #expect(try await town.refusal(neighbour, key) == nil)
            town.server.letGo()
            for try await refusal in group { #expect(refusal == nil) }
        }
        #expect(town.server.calls(Self.url) == 1)
    }

    // oidcc-registration-sector-bad
    @Test("oidcc-registration-sector-uri and -sector-bad: the document names every redirect URI")
    func sectorDocument() async throws {
        let town = try await Town()
        let sector = "https://herten.example/sector.json"
        let metadata = TestRegistrant.metadata(["sector_identifier_uri": .string(sector)])
        let useless: [JSONValue?] = [
            nil, .null, [], ["https://herten.example/other"], [1], .object([:]), .string(TestRegistrant.redirectURI),
            [.string(TestRegistrant.redirectURI), 1],
        ]
        for document in useless {
            town.server.publish(document, at: sector)
            let refusal = await #expect(throws: ClientRefusal.self) { try await town.provider.register(metadata) }
            #expect(refusal?.error.code == .invalidClientMetadata)
        }
        town.server.publish([.string(TestRegistrant.redirectURI), "https://herten.example/other"], at: sector)
        #expect(try await town.provider.register(metadata)["sector_identifier_uri"]?.string == sector)
    }

    @Test("CIBA Core §4: without redirect URIs the document names the jwks_uri, or it says nothing about the client")
    func sectorWithoutRedirectURIs() async throws {
        let town = try await Town()
        let sector = "https://herten.example/sector.json"
        let asking: [String: JSONValue?] = [
            "redirect_uris": nil, "response_types": [], "grant_types": ["urn:openid:params:grant-type:ciba"],
            "backchannel_token_delivery_mode": "poll", "sector_identifier_uri": .string(sector),
        ]
        let published = TestRegistrant.metadata(
            asking.merging(["token_endpoint_auth_method": "private_key_jwt", "jwks_uri": .string(Self.url)]) { $1 })
        let handedIn = TestRegistrant.keyed(SigningKey.makeES256(), asking)
        for document in [[], ["https://herten.example/other"], [.string(Self.url)]] as [JSONValue] {
            town.server.publish(document, at: sector)
            let refusal = await #expect(throws: ClientRefusal.self) { try await town.provider.register(handedIn) }
            #expect(refusal?.error.code == .invalidClientMetadata)
            guard document != [.string(Self.url)] else { continue }
            await #expect(throws: ClientRefusal.self) { try await town.provider.register(published) }
        }
        #expect(try await town.provider.register(published)["sector_identifier_uri"]?.string == sector)
    }

    @Test("keys out of reach are no wrong signature: a request object is to come again, an assertion proves nothing")
    func objectsWithoutKeys() async throws {
        let town = try await Town()
        let key = SigningKey.makeES256()
        let answer = try await town.provider.register(TestRegistrant.metadata(["jwks_uri": .string(Self.url)]))
        var client = TestRegion.basic.client
        client.identifier = try #require(ClientIdentifier(rawValue: try answer.text("client_id")))
        client.redirectURIs = [try #require(RedirectURI(rawValue: TestRegistrant.redirectURI))]
        let portal = TestPortal(client: client, key: key, secret: try answer.text("client_secret"))
        let caller = try await town.provider.authenticated(portal)
        func parameters() throws -> FormParameters {
            FormParameters([
                "client_id": portal.identifier,
                "request": try portal.requestObject(now: town.provider.now, keyIdentifier: "a"),
            ])
        }
        let flow = town.provider.provider.authorization
        let refusal = try await town.provider.refusal { _ = try await flow.push(parameters(), by: caller) }
        #expect(refusal?.error.code == .temporarilyUnavailable && refusal?.reason == .clientKeysUnreachable)
        do {
            _ = try await flow.authorize(parameters())
            Issue.record("it was accepted")
        } catch AuthorizationRefusal.page(let error, let reason) {
            #expect(error.code == .temporarilyUnavailable && reason == .clientKeysUnreachable)
        }
        let keyed = try await town.register()
        let unproved = try await town.provider.refusal {
            _ = try await town.provider.provider.authenticate(
                TestRegistrant.assertion(of: keyed, key: key, now: town.provider.now))
        }
        #expect(unproved?.error.code == .invalidClient && unproved?.reason == .clientKeysUnreachable)
        town.publish(["a": key])
        town.provider.clock.advance(10)
        _ = try await flow.push(parameters(), by: caller)
    }
}
