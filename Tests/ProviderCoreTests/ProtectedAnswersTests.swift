import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Synchronization
import Testing

/// OpenID Connect Core §5.3.2, §8, §10.2; RFC 9470.
@Suite("ID tokens and userinfo as a portal wants them")
struct ProtectedAnswersTests {
    /// A portal with a key for encryption beside its own.
    private static func sealed(
        _ identifier: String, _ key: DecryptionKey, _ change: (inout Client) -> Void
    ) -> TestPortal {
        let plain = TestGrants.portal(identifier, .baseline, .privateKeyJWT, change)
        var client = plain.client
        var jwk = key.publicKey.jwk
        jwk["use"] = "enc"
        jwk["kid"] = "enc-1"
        client.keys.append(jwk)
        return TestPortal(plain, as: client)
    }

    private static func open(
        _ text: String, _ key: DecryptionKey, _ provider: TestProvider, type: String = "JWT"
    ) throws -> VerifiedJWS {
        let token = try CompactJWE(parsing: text)
        #expect(token.header.algorithm == key.publicKey.algorithm)
        #expect(token.header.contentType == "JWT" && token.header.keyIdentifier == "enc-1")
        let inner = String(decoding: try token.decrypt(with: key), as: UTF8.self)
        return try provider.provider.keys.ring.verificationKeys.verify(CompactJWS(parsing: inner), type: type)
    }

    @Test(
        "§10.2: signed, then encrypted to the portal's key; nobody else can read it",
        arguments: DecryptionKey.Kind.allCases)
    func encrypted(kind: DecryptionKey.Kind) async throws {
        let key = try DecryptionKey.make(kind)
        let algorithm: EncryptionAlgorithm = kind == .rsa ? .rsaOAEP256 : .ecdhESA256KW
        let portal = Self.sealed("sealed", key) {
            $0.cryptography.idTokenEncryption = algorithm
            $0.cryptography.userinfoAlgorithm = .ps256
            $0.cryptography.userinfoEncryption = algorithm
            $0.grantTypes = [.authorizationCode, .refreshToken]
        }
        let provider = try await TestProvider.withGrants([portal])
        let phone = try await provider.enrolledPhone()
        let tokens = try await provider.granted(at: portal, phone: phone)
        let access = try tokens.text("access_token")
        let token = try Self.open(tokens.text("id_token"), key, provider)
        #expect(token.payload["aud"] == "sealed" && token.payload["nonce"] == "nonce of sealed")
        #expect(token.payload["at_hash"]?.string == token.key.algorithm.halfHash(of: access))
        guard case .jwt(let text) = try await provider.provider.userinfo.answer(.bearer(access)) else {
            Issue.record("userinfo is not a JWT")
            return
        }
        let info = try Self.open(text, key, provider)
        #expect(info.key.algorithm == .ps256)
        #expect(info.payload["iss"]?.string == TestRegion.issuer.rawValue && info.payload["aud"] == "sealed")
        #expect(info.payload["sub"] == token.payload["sub"] && info.payload["given_name"] == "Erika")
        let refreshed = try await provider.refreshed(tokens.text("refresh_token"), at: portal)
        #expect(try Self.open(refreshed.text("id_token"), key, provider).payload["sub"] == token.payload["sub"])
        let other = try DecryptionKey.make(kind)
        #expect(throws: JWEError.cannotDecrypt) { try CompactJWE(parsing: text).decrypt(with: other) }
    }

    @Test("Back-Channel Logout §2.6-1: who gets ID tokens encrypted gets logout tokens encrypted, or none")
    func logoutTokens() async throws {
        let key = try DecryptionKey.make(.p256)
        let portal = Self.sealed("sealed", key) {
            $0.cryptography.idTokenEncryption = .ecdhESA256KW
            $0.logout = ClientLogout(backChannelURI: OutboundURL(rawValue: "https://sealed.example/backchannel"))
        }
        let provider = try await TestProvider.withGrants([portal])
        let signedIn = try await provider.signIn(at: portal, phone: provider.enrolledPhone())
        let subject = try Self.open(signedIn.tokens.text("id_token"), key, provider).payload["sub"]
        try await provider.signOut(signedIn.cookie)
        let sent = Mutex<[String]>([])
        try await provider.provider.logoutDeliveries.deliverDue { form, _ in
            sent.withLock { $0.append(form["logout_token"] ?? "") }
            return 200
        }
        let text = try #require(sent.withLock { $0.count == 1 ? $0.first : nil })
        let token = try Self.open(text, key, provider, type: "logout+jwt")
        #expect(token.payload["sub"] == subject && subject != nil)
    }

    @Test("Back-Channel Logout §2.6-1: without a key nothing is sent in the clear, and the operator sees why")
    func logoutTokenWithoutKey() async throws {
        let portal = TestGrants.portal("keyless") {
            $0.logout = ClientLogout(backChannelURI: OutboundURL(rawValue: "https://keyless.example/backchannel"))
        }
        let provider = try await TestProvider.withGrants([portal])
        let signedIn = try await provider.signIn(at: portal, phone: provider.enrolledPhone())
        try await provider.signOut(signedIn.cookie)
        try provider.change(portal) { $0.cryptography.idTokenEncryption = .rsaOAEP256 }
        let sent = Mutex(0)
        try await provider.provider.logoutDeliveries.deliverDue { _, _ in
            sent.withLock { $0 += 1 }
            return 200
        }
        #expect(sent.withLock { $0 } == 0)
        let delivery = try #require(
            try await provider.provider.logoutDeliveries(to: portal.client.identifier, limit: 1).first)
        #expect(delivery.state == .pending && delivery.lastFailure == "the client has no key to encrypt to")
    }

    @Test(
        "keys of a portal that cannot be fetched use up neither its code nor its refresh token: later the same is good")
    func keysOutOfReach() async throws {
        let key = try DecryptionKey.make(.p256)
        let isReachable = Mutex(false)
        var jwk = key.publicKey.jwk
        jwk["use"] = "enc"
        jwk["kid"] = "enc-1"
        let document: JSONValue = .object(["keys": [.object(jwk)]])
        let portal = TestGrants.portal("far") {
            $0.cryptography.idTokenEncryption = .ecdhESA256KW
            $0.grantTypes = [.authorizationCode, .refreshToken]
            $0.keysURI = OutboundURL(rawValue: "https://far.example/jwks")
        }
        let (store, clock) = (try SQLiteStore.inMemory(), SettableClock())
        func started() async throws -> TestProvider {
            let provider = try await TestProvider(
                store: store, clock: clock,
                documents: { _ in
                    guard isReachable.withLock({ $0 }) else { throw OutboundFailure.timeout }
                    return document
                })
            try provider.add([portal])
            return provider
        }
        func expectUnavailable(_ provider: TestProvider, _ call: () async throws -> Void) async throws {
            let refusal = try await provider.refusal(call)
            #expect(refusal?.error.code == .temporarilyUnavailable && refusal?.reason == .clientKeysUnreachable)
        }
        let before = try await started()
        let code = try await before.code(at: portal, phone: before.enrolledPhone())
        try await expectUnavailable(before) { _ = try await before.redeem(code, at: portal) }
        isReachable.withLock { $0 = true }
        clock.advance(30)
        let token = try await before.redeem(code, at: portal).text("refresh_token")
        // After a restart nothing is known any more.
        isReachable.withLock { $0 = false }
        let after = try await started()
        try await expectUnavailable(after) { _ = try await after.refreshed(token, at: portal) }
        isReachable.withLock { $0 = true }
        clock.advance(60)
        let refreshed = try await after.refreshed(token, at: portal)
        #expect(try Self.open(refreshed.text("id_token"), key, after).payload["aud"] == "far")
    }

    @Test("a portal that wants encryption and has no key gets nothing in the clear")
    func noKey() async throws {
        let portal = TestGrants.portal("keyless") { $0.cryptography.idTokenEncryption = .rsaOAEP256 }
        let provider = try await TestProvider.withGrants([portal])
        let phone = try await provider.enrolledPhone()
        let code = try await provider.code(at: portal, phone: phone)
        let refusal = try await provider.refusal { _ = try await provider.redeem(code, at: portal) }
        #expect(refusal?.error.code == .invalidRequest && refusal?.reason == .clientKeyUnknown)
    }

    @Test(
        "§5.3.2: signed userinfo names issuer and audience (oidcc-userinfo-rs256)",
        arguments: SignatureAlgorithm.allCases)
    func signed(algorithm: SignatureAlgorithm) async throws {
        let portal = TestGrants.portal("signed") { $0.cryptography.userinfoAlgorithm = algorithm }
        let provider = try await TestProvider.withGrants([portal])
        let phone = try await provider.enrolledPhone()
        let access = try await provider.granted(at: portal, phone: phone).text("access_token")
        guard case .jwt(let text) = try await provider.provider.userinfo.answer(.bearer(access)) else {
            Issue.record("userinfo is not a JWT")
            return
        }
        let info = try provider.provider.keys.ring.verificationKeys.verify(CompactJWS(parsing: text), type: "JWT")
        #expect(info.key.algorithm.rawValue == algorithm.rawValue && info.payload["aud"] == "signed")
        #expect(info.payload["given_name"] == "Erika")
    }

    @Test("§8: a public subject is the same for all who want it so, and tells nothing of the pairwise ones")
    func publicSubject() async throws {
        let portals = ["public-one", "public-two"].map { TestGrants.portal($0) { $0.subjectType = .public } }
        let provider = try await TestProvider.withGrants(portals)
        let phone = try await provider.enrolledPhone()
        let other = try await provider.enrolledPhone()
        func subject(_ portal: TestPortal, _ phone: TestPhone) async throws -> String {
            try unverifiedPayload(await provider.granted(at: portal, phone: phone).text("id_token")).text("sub")
        }
        let one = try await subject(portals[0], phone)
        #expect(try await subject(portals[1], phone) == one)
        #expect(try await subject(TestRegion.basic, phone) != one)
        #expect(try await subject(TestRegion.post, phone) != one)
        #expect(try await subject(portals[0], other) != one)
    }

    @Test(
        "levels are told in the portal's own words, in ID token, access token and introspection",
        arguments: LevelVocabulary.allCases)
    func vocabulary(vocabulary: LevelVocabulary) async throws {
        let portal = TestGrants.portal("words") { $0.levelVocabulary = vocabulary }
        let provider = try await TestProvider.withGrants([portal])
        let expected: [LevelVocabulary: (String, String)] = [
            .bsi: ("http://bsi.bund.de/eID/LoA/normal", "sim:http://bsi.bund.de/eID/LoA/substantiell"),
            .eidas: ("http://eidas.europa.eu/LoA/low", "sim:http://eidas.europa.eu/LoA/substantial"),
            .stork: ("STORK-QAA-Level-2", "sim:STORK-QAA-Level-3"), .short: ("normal", "sim:substantiell"),
            .akdb: ("NORMAL", "sim:SUBSTANTIELL"),
        ]
        for (phone, word) in [
            (try await provider.enrolledPhone(), expected[vocabulary]?.0),
            (try await provider.enrolledPhone(simulating: .tee), expected[vocabulary]?.1),
        ] {
            let changes = word?.hasPrefix("sim:") == true ? ["acr_values": String(word?.dropFirst(4) ?? "")] : [:]
            let tokens = try await provider.granted(at: portal, phone: phone, changes)
            for name in ["id_token", "access_token"] {
                #expect(try unverifiedPayload(tokens.text(name))["acr"]?.string == word, "\(name)")
            }
        }
    }

    @Test("RFC 9470 §3: when the portal needs more by now, userinfo says which level to ask for")
    func stepUp() async throws {
        let portal = TestGrants.portal("rising") { $0.levelVocabulary = .eidas }
        let provider = try await TestProvider.withGrants([portal])
        let phone = try await provider.enrolledPhone()
        let access = try await provider.granted(at: portal, phone: phone).text("access_token")
        _ = try await provider.userinfo(access)
        try provider.change(portal) { $0.requiredLevel = .substantiell }
        let step = await #expect(throws: UserinfoFlow.StepUpNeeded.self) { try await provider.userinfo(access) }
        #expect(step?.acr == "http://eidas.europa.eu/LoA/substantial")
    }

    @Test("a legacy portal gets normal at most, whatever the phone can do")
    func legacy() async throws {
        let provider = try await TestProvider.withGrants()
        let phone = try await provider.enrolledPhone(simulating: .tee)
        let tokens = try await provider.granted(at: TestGrants.legacy, phone: phone)
        #expect(try unverifiedPayload(tokens.text("id_token")).text("acr").hasSuffix("normal"))
    }
}
