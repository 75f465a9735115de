import AccountDirectory
import Foundation
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore
@testable import SQLiteStore
import StoreConformance
import Testing

@Suite("What was told is on the disk")
struct DurabilityTests {
    @Test(
        "The writer flushes every commit",
        arguments: [("synchronous", "2"), ("foreign_keys", "1"), ("journal_mode", "wal")])
    func setting(name: String, value: String) async throws {
        let store = try SQLiteStore.inMemory()
        let actual = try await store.writer.write { db in try String.fetchOne(db, sql: "PRAGMA \(name)") }
        #expect(actual == value)
    }

    @Test("A store that is opened again has everything, and in a file that only its owner reads")
    func reopening() async throws {
        let directory = try TemporaryDirectory()
        let code = OneTimeHandle(.authorizationCode)
        let first = try SQLiteStore(path: directory.database)
        let device = try await Fixtures.enrolledDevice(in: first)
        let answer = Fixtures.answer(from: device, code: code)
        _ = try await first.accept(answer)
        try await first.close()

        let second = try SQLiteStore(path: directory.database)
        #expect(try await second.accept(answer) == .answeredAlready(answer.responseDigest))
        guard case .redeemed = try await second.redeem(code) else {
            Issue.record("the code is gone")
            return
        }
        try await second.close()
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test("Sessions, refresh tokens, revocations, logouts, consent and registrations outlive a restart")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        let now = Fixtures.now
        var store = try SQLiteStore(path: directory.database)
        let device = try await Fixtures.enrolledDevice(in: store)
        let (kept, ended) = (OneTimeHandle(.session), OneTimeHandle(.session))
        let (token, next) = (OneTimeHandle(.refreshToken), OneTimeHandle(.refreshToken))
        let code = OneTimeHandle(.authorizationCode)
        let answer = Fixtures.answer(from: device, counter: 1, code: code, cookie: kept)
        let other = Fixtures.answer(from: device, counter: 2, cookie: ended)
        for answer in [answer, other] { _ = try await store.accept(answer) }
        let fresh = NewRefreshToken(handle: token.digest, proofKey: nil, expiresAt: now + 3600)
        _ = try await store.redeem(code.digest, client: Fixtures.client, refreshToken: fresh, now: now)
        let refreshed = try await store.refresh(
            token.digest, client: Fixtures.client, successor: next.digest, expiresAt: now + 3600, grace: 30, now: now)
        let initial = InitialAccessToken(
            handle: OneTimeHandle(.initialAccessToken).digest, name: RegistrationTokenIdentifier(rawValue: "it_1")!,
            tenant: Fixtures.tenant, usesLeft: 2,
            expiresAt: now + 60)
        try await store.save(
            initial, in: StorePromise.scope("gelsenkirchen"), event: SecurityEvent(.clientTokenIssued, time: now))
        let registration = ClientRegistration(
            identifier: .random(bytes: 16), tenant: Fixtures.tenant, metadata: ["client_name": "Bürgerbüro"],
            secretDigest: nil, accessToken: OneTimeHandle(.registrationAccessToken).digest, createdAt: now)
        #expect(
            try await store.register(
                registration, with: initial.handle, now: now, event: SecurityEvent(.clientRegistered, time: now)))
        let session = try #require(other.approval).session.identifier
        #expect(
            try await store.end(session, of: device.account, event: SecurityEvent(.sessionEnded, time: now)))
        let releases = try await store.releases(of: device.account)
        try await store.close()

        store = try SQLiteStore(path: directory.database)
        #expect(try await store.session(cookie: kept.digest, now: now)?.0 == answer.approval?.session)
        #expect(try await store.session(cookie: ended.digest, now: now) == nil)
        // The answer to the refresh was lost in the restart: the same call gets the same successor.
        #expect(
            try await store.refresh(
                token.digest, client: Fixtures.client, successor: next.digest, expiresAt: now + 9999, grace: 30,
                now: now + 30) == refreshed)
        #expect(try await store.releases(of: device.account) == releases && !releases.isEmpty)
        #expect(try await store.clientRegistrations() == [registration])
        #expect(try await store.initialAccessToken(initial.handle, now: now)?.usesLeft == 1)
        _ = try await store.end(
            try #require(answer.approval).session.identifier, of: device.account,
            event: SecurityEvent(.sessionEnded, time: now + 40))
        try await store.close()

        store = try SQLiteStore(path: directory.database)
        #expect(try await store.dueLogouts(now: now + 40, limit: 10).map(\.client) == [Fixtures.client])
        #expect(
            try await store.refresh(
                next.digest, client: Fixtures.client, successor: token.digest, expiresAt: now + 9999, grace: 30,
                now: now + 40) == .unknown)
        try await store.close()
    }

    @Test("A file that others may read is closed to them")
    func fileMode() async throws {
        let directory = try TemporaryDirectory()
        _ = FileManager.default.createFile(
            atPath: directory.database, contents: nil, attributes: [.posixPermissions: 0o644])
        let store = try SQLiteStore(path: directory.database)
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.database)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try await store.close()
    }

    @Test("A second store on the same file is refused while the first is open")
    func secondStore() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore(path: directory.database)
        #expect(throws: StorageFault.inUse) { try SQLiteStore(path: directory.database) }
        try await store.close()
        try await SQLiteStore(path: directory.database).close()
    }

    @Test("A database of a newer version is refused and not touched")
    func newerSchema() async throws {
        let directory = try TemporaryDirectory()
        try await SQLiteStore(path: directory.database).close()
        let queue = try DatabaseQueue(path: directory.database)
        try await queue.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('v99')") }
        try queue.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.database))
        #expect(throws: StorageFault.newerSchema) { try SQLiteStore(path: directory.database) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.database)) == before)
    }

    @Test("A file that is no database is refused and not touched")
    func foreignFile() throws {
        let directory = try TemporaryDirectory()
        let text = Data(String(repeating: "This is no database. ", count: 100).utf8)
        try text.write(to: URL(fileURLWithPath: directory.database))
        #expect(throws: (any Error).self) { try SQLiteStore(path: directory.database) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.database)) == text)
    }

    @Test("Neither codes nor tickets nor block codes are in the files, only their digests")
    func noSecrets() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore(path: directory.database)
        let phone = Fixtures.Phone()
        let account = Fixtures.account()
        let (code, cookie) = (OneTimeHandle(.authorizationCode), OneTimeHandle(.session))
        let secret = OneTimeSecret(bytes: 14)
        let ticket = Fixtures.ticket(for: account, secret: secret)
        try await store.register(account, ticket: ticket, events: [])
        let device = phone.device(of: account.identifier)
        let secrets = [code.text, cookie.text, secret.text, phone.blockCode.text]
        _ = try await store.enrol(device, ticket: ticket.digest, event: Fixtures.activation(of: device))
        _ = try await store.accept(Fixtures.answer(from: device, code: code, cookie: cookie))
        _ = try await store.redeem(code)
        try expectNoSecrets(secrets, in: directory, digest: code.digest.digest)
        try await store.close()
        try expectNoSecrets(secrets, in: directory, digest: code.digest.digest)
    }

    private func expectNoSecrets(
        _ secrets: [String], in directory: TemporaryDirectory, digest: SecretDigest
    ) throws {
        let contents = try directory.contents()
        #expect(contents.range(of: Data(digest.bytes)) != nil, "the search finds what is there")
        for secret in secrets {
            // Without the prefix that a handle's class puts before it.
            let random = String(secret.suffix(43))
            #expect(contents.range(of: Data(random.utf8)) == nil)
            #expect(contents.range(of: Data(try #require(Base64URL.decode(random)))) == nil)
        }
    }
}
