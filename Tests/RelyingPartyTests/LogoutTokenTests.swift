import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import RelyingParty

/// A token that is accepted, and the tokens that differ from it in one thing and are not.
@Suite("Logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6)")
struct LogoutTokenTests {
    static let now = IDTokenValidationTests.now
    static let event = "http://schemas.openid.net/event/backchannel-logout"
    static let session = "session-of-sixteen-and-more"

    static let good: JSONObject = [
        "iss": "https://id.example.test", "aud": "portal", "iat": now.json, "exp": (now + 120).json, "jti": "jti-1",
        "sub": "subject-1", "sid": .string(session), "events": .object([event: .object([:])]),
    ]

    let portal = FakePortal()

    /// A token of the provider.
    private func token(_ claims: JSONObject = good, type: String = "logout+jwt") throws -> String {
        try portal.provider.state.withLock { try $0.key.sign(type: type, payload: claims) }
    }

    private func form(_ token: String) -> [UInt8] { Array(FormParameters(["logout_token": token]).encoded.utf8) }

    private func notice(_ claims: JSONObject, at party: RelyingParty? = nil) async throws -> LogoutNotice {
        try await (party ?? portal.party()).logoutNotice(form: form(token(claims)))
    }

    private func changed(_ claim: String, _ value: JSONValue?) -> JSONObject {
        var claims = Self.good
        claims[claim] = value
        return claims
    }

    private func expect(
        _ defect: LogoutTokenDefect, of form: [UInt8], at party: RelyingParty? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(throws: RelyingPartyError.unacceptableLogoutToken(defect), sourceLocation: sourceLocation) {
            try await (party ?? portal.party()).logoutNotice(form: form)
        }
    }

    @Test func `§2.6: the good token names person and session`() async throws {
        let notice = try await notice(Self.good)
        #expect(notice.subject?.rawValue == "subject-1" && notice.session?.rawValue == Self.session)
        #expect(!notice.isAccountPurged && !"\(notice)".contains("subject-1"))
    }

    struct NearMiss: Sendable, CustomTestStringConvertible {
        let clause: String
        let claim: String
        let value: JSONValue?
        let defect: LogoutTokenDefect
        init(_ clause: String, _ claim: String, _ value: JSONValue?, _ defect: LogoutTokenDefect) {
            (self.clause, self.claim, self.value, self.defect) = (clause, claim, value, defect)
        }
        var testDescription: String {
            "\(clause) \(claim): \(value.map { String(decoding: $0.serialized, as: UTF8.self) } ?? "none")"
        }
    }

    static let nearMisses: [NearMiss] = [
        .init("§2.6-4", "iss", nil, .missing("iss")),
        .init("§2.6-4", "iss", "https://id.example.test/", .wrong("iss")),
        .init("§2.6-4", "iss", ["https://id.example.test"], .wrong("iss")),
        .init("§2.6-4", "aud", nil, .missing("aud")), .init("§2.6-4", "aud", "other", .wrong("aud")),
        .init("§2.6-4", "aud", ["portal", "other"], .wrong("aud")),
        .init("§2.6-4", "iat", nil, .missing("iat")), .init("§2.6-4", "iat", "1800000000", .wrong("iat")),
        .init("§2.6-4", "iat", (now + 31).json, .clockDisagrees("iat")),
        .init("§2.6-4", "iat", (now - 601).json, .clockDisagrees("iat")),
        .init("§2.6-4", "exp", nil, .missing("exp")), .init("§2.6-4", "exp", (now - 30).json, .expired),
        .init("§2.6-5", "sub", "", .wrong("sub")), .init("§2.6-5", "sub", .null, .wrong("sub")),
        .init("§2.6-5", "sid", 7, .wrong("sid")), .init("§2.6-5", "sid", "", .wrong("sid")),
        .init("§2.6-6", "events", nil, .missing("events")), .init("§2.6-6", "events", .string(event), .wrong("events")),
        .init("§2.6-6", "events", [.string(event)], .wrong("events")),
        .init("§2.6-6", "events", .object([:]), .noLogoutEvent),
        .init("§2.6-6", "events", .object([event + "/": .object([:])]), .noLogoutEvent),
        .init("§2.6-6", "events", .object([event: true]), .noLogoutEvent),
        .init("§2.6-6", "events", .object([event: .null]), .noLogoutEvent),
        .init("§2.6-7", "nonce", "nonce-1", .nonce), .init("§2.6-7", "nonce", .null, .nonce),
        .init("§2.6-7", "nonce", "", .nonce), .init("§2.6-8", "jti", nil, .missing("jti")),
        .init("§2.6-8", "jti", "", .wrong("jti")), .init("§2.6-8", "jti", 1, .wrong("jti")),
    ]

    @Test(arguments: nearMisses) func `§2.6: a near miss is refused by its check`(miss: NearMiss) async throws {
        await expect(miss.defect, of: form(try token(changed(miss.claim, miss.value))))
    }

    @Test func `§2.6-5: sub or sid is enough, neither is not`() async throws {
        #expect(try await notice(changed("sub", nil)).subject == nil)
        #expect(try await notice(changed("sid", nil)).session == nil)
        var claims = changed("sub", nil)
        claims["sid"] = nil
        await expect(.nobodyNamed, of: form(try token(claims)))
    }

    @Test(arguments: ["JWT", "at+jwt", "secevent+jwt", "logout", ""])
    func `§2.4: another kind of token is none, though the provider signed it`(type: String) async throws {
        await expect(.signature(.wrongType), of: form(try token(type: type)))
    }

    @Test func `§2.6-2: the signature is the provider's, by a key that kid names`() async throws {
        let other = SigningKey.makeES256()
        await expect(.signature(.unknownKey), of: form(try other.sign(type: "logout+jwt", payload: Self.good)))
        let name = portal.provider.state.withLock { $0.key.thumbprint.rawValue }
        let named = try other.sign(type: "logout+jwt", payload: Self.good, keyIdentifier: name)
        await expect(.signature(.wrongSignature), of: form(named))
        let good = try token()
        let unsigned = good.split(separator: ".").dropLast().joined(separator: ".") + "."
        await expect(.signature(.malformed), of: form(unsigned))
    }

    @Test func `§2.5: the body is a form with one logout_token`() async throws {
        let good = try token()
        for body in [
            "", "logout_token=", "token=\(good)", "logout_token=\(good)&logout_token=\(good)", "logout_token=%",
        ] {
            await expect(.malformedForm, of: Array(body.utf8))
        }
        _ = try await portal.party().logoutNotice(form: Array("other=1&logout_token=\(good)".utf8))
    }

    @Test func `§2.6-1: encrypted as ID tokens are, or refused`() async throws {
        let key = try DecryptionKey.make(.p256)
        let signed = try token()
        let encrypted = try CompactJWE.encrypt(Array(signed.utf8), to: key.publicKey, contentType: "JWT")
        let agreed = try portal.party { $0.decryptionKey = key }
        #expect(try await agreed.logoutNotice(form: form(encrypted)).subject?.rawValue == "subject-1")
        await expect(.encryption, of: form(signed), at: agreed)
        await expect(.encryption, of: form(encrypted))
    }

    // MARK: §2.6-8, once

    @Test func `§2.6-8: a token is good once, and what is refused uses nothing up`() async throws {
        let party = try portal.party()
        await expect(.nonce, of: form(try token(changed("nonce", "n"))), at: party)
        _ = try await notice(Self.good, at: party)
        await expect(.replayed, of: form(try token()), at: party)
        _ = try await notice(changed("jti", "jti-2"), at: party)
        // As long as the token would be accepted.
        portal.clock.advance(149)
        await expect(.replayed, of: form(try token()), at: party)
        portal.clock.advance(1)
        await expect(.expired, of: form(try token()), at: party)
    }

    @Test func `§2.6-8: a token with a far end is refused as too old before its name is forgotten`() async throws {
        let party = try portal.party()
        let form = form(try token(changed("exp", (Self.now + 86_400).json)))
        _ = try await party.logoutNotice(form: form)
        portal.clock.advance(600)
        await expect(.replayed, of: form, at: party)
        portal.clock.advance(1)
        await expect(.clockDisagrees("iat"), of: form, at: party)
    }

    @Test func `§2.6-8: a full memory refuses, and has room again when names run out`() throws {
        let memory = LogoutTokenMemory(capacity: 2)
        func use(_ name: String, at now: Timestamp) throws(LogoutTokenDefect) {
            try memory.use(TokenIdentifier(rawValue: name)!, until: now + 10, now: now)
        }
        try use("a", at: Self.now)
        try use("b", at: Self.now + 5)
        #expect(throws: LogoutTokenDefect.useNotDecided) { try use("c", at: Self.now + 9) }
        #expect(throws: LogoutTokenDefect.replayed) { try use("b", at: Self.now + 9) }
        try use("c", at: Self.now + 10)
        #expect(throws: LogoutTokenDefect.replayed) { try use("c", at: Self.now + 11) }
    }

    @Test func `§2.6-8: a portal of several nodes remembers by itself; when it cannot, the token is refused`()
        async throws
    {
        struct StorageFault: Error {}
        let seen = Mutex<[(TokenIdentifier, Timestamp)]>([])
        let first = try portal.party {
            $0.useLogoutTokenOnce = { identifier, until in
                seen.withLock { seen in
                    defer { seen.append((identifier, until)) }
                    return !seen.contains { $0.0 == identifier }
                }
            }
        }
        let second = try portal.party { $0.useLogoutTokenOnce = first.configuration.useLogoutTokenOnce }
        _ = try await notice(Self.good, at: first)
        await expect(.replayed, of: form(try token()), at: second)
        #expect(seen.withLock { $0.map(\.1) } == [Self.now + 150, Self.now + 150])
        let failing = try portal.party { $0.useLogoutTokenOnce = { _, _ in throw StorageFault() } }
        await expect(.useNotDecided, of: form(try token()), at: failing)
    }

    // MARK: What it ends

    @Test func `§2.7: the named session ends, or all of the person, and nobody else's`() async throws {
        portal.provider.state.withLock { $0.claims["sid"] = .string(Self.session) }
        let login = try await portal.logIn(portal.party())
        #expect(try await notice(Self.good).ends(login))
        #expect(try await notice(changed("sub", nil)).ends(login))
        #expect(try await notice(changed("sid", nil)).ends(login))
        #expect(try await !notice(changed("sid", "another-session-of-hers")).ends(login))
        #expect(try await !notice(changed("sub", "subject-2")).ends(login), "both must be the login's")
        var other = changed("sid", nil)
        other["sub"] = "subject-2"
        #expect(try await !notice(other).ends(login))
    }

    @Test func `RISC §2.1: that the account is gone is told beside the logout`() async throws {
        var events: JSONObject = [Self.event: .object([:])]
        events["https://schemas.openid.net/secevent/risc/event-type/account-purged"] = .object([:])
        #expect(try await notice(changed("events", .object(events))).isAccountPurged)
        events[Self.event] = nil
        await expect(.noLogoutEvent, of: form(try token(changed("events", .object(events)))))
    }
}
