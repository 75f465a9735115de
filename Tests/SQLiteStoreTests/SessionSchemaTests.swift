import AccountDirectory
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore
@testable import SQLiteStore
import StoreConformance
import Testing

@Suite("The schema defends sessions and what comes of them")
struct SessionSchemaTests {
    @Test("Sessions and refresh tokens leave their trace, without personal data")
    func trace() async throws {
        let store = try SQLiteStore.inMemory()
        let now = Fixtures.now
        let device = try await Fixtures.enrolledDevice(in: store)
        let (code, cookie) = (OneTimeHandle(.authorizationCode), OneTimeHandle(.session))
        let answer = Fixtures.answer(from: device, code: code, cookie: cookie)
        _ = try await store.accept(answer)
        let session = try #require(answer.approval).session.identifier
        let grant = Fixtures.grant(for: device.account, session: session)
        _ = try await store.grant(grant, sector: Fixtures.sector, session: cookie.digest, now: now)
        let (token, next) = (OneTimeHandle(.refreshToken), OneTimeHandle(.refreshToken))
        let fresh = NewRefreshToken(handle: token.digest, proofKey: nil, expiresAt: now + 3600)
        _ = try await store.redeem(code.digest, client: Fixtures.client, refreshToken: fresh, now: now)
        // The second call finds the answer of the first, the third comes too late.
        for time in [now, now + 30, now + 31] {
            _ = try await store.refresh(
                token.digest, client: Fixtures.client, successor: next.digest, expiresAt: now + 3600, grace: 30,
                now: time)
        }
        for _ in 0..<2 {
            _ = try await store.end(
                session, of: device.account,
                event: SecurityEvent(.sessionEnded, time: now, tenant: Fixtures.tenant, object: session.rawValue))
        }
        let rows = try await store.auditEvents().dropFirst(4)
        #expect(
            rows.map { $0["kind"] } == [
                "session.created", "release.granted", "auth.approved", "session.reused", "token.issued",
                "token.refreshed",
                "auth.replay_rejected", "token.revoked", "session.ended",
            ])
        #expect(rows.allSatisfy { $0["tenant"] == Fixtures.tenant.rawValue })
        #expect(!rows.description.contains("Mustermann") && !rows.description.contains(device.account.rawValue))
    }

    @Test("A continued session belongs to the device that answered last, and ends with each that answered in it")
    func secondDevice() async throws {
        let store = try SQLiteStore.inMemory()
        let phone = Fixtures.Phone()
        let first = try await Fixtures.enrolledDevice(in: store, phone: phone)
        try await store.execute(
            "INSERT INTO ticket (digest, account, tenant, expires_at) SELECT zeroblob(32), id, 'herten', 0 FROM account"
        )
        let second = Fixtures.Phone().device(of: first.account)
        let ticket = try #require(SecretDigest(bytes: Array(repeating: 0, count: 32)))
        _ = try await store.enrol(second, ticket: ticket, event: Fixtures.activation(of: second))
        // It would wait for the first one's approval.
        try await store.execute("UPDATE device SET state = 'active', usable_from = NULL")
        let answer = Fixtures.answer(from: first)
        _ = try await store.accept(answer)
        let cookie = OneTimeHandle(.session)
        let session = try #require(answer.approval).session.identifier
        _ = try await store.accept(Fixtures.answer(from: second, cookie: cookie, previousSession: session))
        #expect(try await store.session(cookie: cookie.digest, now: Fixtures.now)?.0.device == second.identifier)
        _ = try await store.block(phone.blockCode.digest, time: Fixtures.now)
        #expect(try await store.session(cookie: cookie.digest, now: Fixtures.now) == nil)
    }

    @Test("A handle of another class is a fault wherever its table has one class")
    func handleClasses() async throws {
        let store = try SQLiteStore.inMemory()
        let code = OneTimeHandle(.authorizationCode).digest
        let now = Fixtures.now
        await #expect(throws: StorageFault.wrongHandleClass) { try await store.session(cookie: code, now: now) }
        await #expect(throws: StorageFault.wrongHandleClass) { try await store.refreshToken(code, now: now) }
        await #expect(throws: StorageFault.wrongHandleClass) { try await store.initialAccessToken(code, now: now) }
    }

    @Test(
        "Sessions, tokens and deliveries that no type allows are refused",
        arguments: [
            "UPDATE session SET cookie_digest = NULL", "UPDATE session SET flow = 'nfc'",
            "DELETE FROM session", "UPDATE authorization_grant SET handle_class = 'rt'",
            "UPDATE authorization_grant SET code_challenge = 'short'",
            "UPDATE authorization_grant SET subject = 'nobody'",
            "DELETE FROM authorization_grant", "UPDATE refresh_token SET used_at = 1",
            "UPDATE refresh_token SET used_at = 1, successor = x'00'", "UPDATE refresh_token SET txn = 'none'",
            "UPDATE refresh_token SET proof_key = 'short'", "UPDATE claim_release SET released = '{}'",
            "UPDATE logout_delivery SET state = 'lost'", "UPDATE logout_delivery SET attempts = -1",
            "INSERT INTO initial_access_token VALUES (zeroblob(32), 'it_1', 'herten', -1, 0)",
            "INSERT INTO initial_access_token VALUES (zeroblob(32), 'ia_1', 'herten', 1, 0)",
            "INSERT INTO client_registration VALUES ('portal', 'herten', '[]', NULL, zeroblob(32), 0)",
        ])
    func refused(sql: String) async throws {
        let store = try SQLiteStore.inMemory()
        let device = try await Fixtures.enrolledDevice(in: store)
        let (code, token) = (OneTimeHandle(.authorizationCode), OneTimeHandle(.refreshToken))
        // One session that ended, so that there is a delivery, and one that lives.
        let first = Fixtures.answer(from: device, counter: 1, code: code)
        for answer in [first, Fixtures.answer(from: device, counter: 2)] { _ = try await store.accept(answer) }
        let fresh = NewRefreshToken(handle: token.digest, proofKey: nil, expiresAt: Fixtures.now + 60)
        _ = try await store.redeem(code.digest, client: Fixtures.client, refreshToken: fresh, now: Fixtures.now)
        let session = try #require(first.approval).session.identifier
        _ = try await store.end(
            session, of: device.account, event: SecurityEvent(.sessionEnded, time: Fixtures.now))
        await #expect(throws: DatabaseError.self) { try await store.execute(sql) }
    }
}
