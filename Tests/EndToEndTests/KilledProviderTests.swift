import Foundation
import GRDB
import OpenIDMessages
import RelyingParty
import Testing

@Suite("A provider that is killed (SIGKILL) keeps what it has promised", .inTurn, .endsInTime)
struct KilledProviderTests {
    @Test func `a code that the browser already has is redeemed exactly once after the restart`() async throws {
        let here = try await Installation.start(withPortal: false)
        let phone = try await here.enrolledPhone()
        try await here.withTestPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL)
            try await here.killProvider()
            try await here.startProvider()

            let login = try await portal.finishLogin(callbackQuery: query, pending: pending)
            #expect(login.acr == "sim:http://bsi.bund.de/eID/LoA/substantiell")
            let claims = try await portal.userinfo(of: login)
            #expect(claims["family_name"]?.string == "Mustermann")

            // RFC 6749 §4.1.2: a second use is refused and revokes what the first one gave.
            #expect(try await refusal(of: query, pending, at: portal) == "invalid_grant")
            await #expect {
                try await portal.userinfo(of: login)
            } throws: { error in
                guard case .requestRefused(.userinfo, _)? = error as? RelyingPartyError else { return false }
                return true
            }
        }
    }

    @Test func `a code that was redeemed before is not redeemed again after the restart`() async throws {
        let here = try await Installation.start(withPortal: false)
        let phone = try await here.enrolledPhone()
        try await here.withTestPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL, "--flow", "link")
            let login = try await portal.finishLogin(callbackQuery: query, pending: pending)
            try await here.killProvider()
            try await here.startProvider()
            // The token lives on: what it says is in the database or in itself, not in the memory of one process.
            _ = try await portal.userinfo(of: login)
            #expect(try await refusal(of: query, pending, at: portal) == "invalid_grant")
        }
    }

    @Test func `killed at any moment, the database is whole, nothing counts twice and counters only rise`() async throws
    {
        let here = try await Installation.start(withPortal: false)
        let phone = try await here.enrolledPhone()
        try await here.withTestPortal { portal in
            var random = SeededGenerator(seed: 20_261_121)
            let clock = ContinuousClock()
            let usual = try await clock.measure { try #require(await logIn(phone, "qr", at: portal) != nil) }
            var counter: Int64 = 0
            var redeemed = 0
            for round in 1...20 {
                let flow = round % 2 == 0 ? "link" : "qr"
                async let attempt = logIn(phone, flow, at: portal)
                try await Task.sleep(for: usual * Double.random(in: 0...1.3, using: &random))
                try await here.killProvider()
                let done = await attempt

                let state = try DatabaseCopy(of: here.database)
                #expect(state.integrity == ["ok"], "round \(round)")
                #expect(state.brokenReferences == 0, "round \(round)")
                #expect(state.counter >= counter, "round \(round)")
                counter = state.counter

                try await here.startProvider()
                if let (pending, query) = done {
                    redeemed += 1
                    #expect(try await refusal(of: query, pending, at: portal) == "invalid_grant", "round \(round)")
                }
            }
            // The phone was not taken for a copy of itself, whatever was lost on the way.
            let login = await logIn(phone, "qr", at: portal)
            #expect(login != nil)
            print("killed 20 times; \(redeemed) logins were redeemed before")
        }
    }

    @Test func `killed while a code is redeemed, the code is good once at most`() async throws {
        let here = try await Installation.start(withPortal: false)
        let phone = try await here.enrolledPhone()
        try await here.withTestPortal { portal in
            var login: (query: [UInt8], pending: PendingLogin)?
            let kills = KilledAtRedemption(here: here, use: .grant, rounds: 5...40)
            try await kills.run {
                let pending = try await portal.beginLogin()
                let query = try await phone.callbackQuery(at: pending.authorizationURL, "--flow", "link")
                login = (query, pending)
                return { await Self.isRedeemed(query, pending, at: portal) }
            } check: { round in
                let (query, pending) = try #require(login)
                // Without an answer the portal cannot know; what the database calls redeemed is spent.
                let again = await Self.isRedeemed(query, pending, at: portal)
                #expect(again != round.isRedeemed, "round \(round.number)")
                #expect(try await refusal(of: query, pending, at: portal) == "invalid_grant", "round \(round.number)")
            }
        }
    }

    private static func isRedeemed(_ query: [UInt8], _ pending: PendingLogin, at portal: RelyingParty) async -> Bool {
        (try? await portal.finishLogin(callbackQuery: query, pending: pending)) != nil
    }

    /// One login from begin to token; nil when the provider was gone before the token came.
    private func logIn(_ phone: Phone, _ flow: String, at portal: RelyingParty) async -> (PendingLogin, [UInt8])? {
        do {
            let pending = try await portal.beginLogin()
            let arguments = ["login", pending.authorizationURL, "--stop-at-callback", "--flow", flow, "--json"]
            let result = try await phone.run(arguments + ["--pin-file", phone.pinFile], atOnce: true)
            guard result.status == 0 else { return nil }
            let query = try Phone.query(ofCallback: result)
            _ = try await portal.finishLogin(callbackQuery: query, pending: pending)
            return (pending, query)
        } catch { return nil }
    }

    /// The error code with which the token endpoint refuses a code.
    private func refusal(of query: [UInt8], _ pending: PendingLogin, at portal: RelyingParty) async throws -> String? {
        do {
            _ = try await portal.finishLogin(callbackQuery: query, pending: pending)
            return nil
        } catch RelyingPartyError.codeRefused(let refusal) { return refusal.code }
    }
}

/// What a killed provider left, looked at in a copy so that its own recovery is not done for it.
struct DatabaseCopy {
    let integrity: [String]
    let brokenReferences: Int
    /// The sum over all devices: it rises with each answer that was accepted.
    let counter: Int64
    let unusedRefreshTokens: Int
    /// How often something that counts once was used up, by what it is.
    private let uses: [Use: Int]

    /// What says in the database that something was used up.
    enum Use: String, CaseIterable {
        case grant = "SELECT count(*) FROM authorization_grant WHERE redeemed_at IS NOT NULL"
        case refreshToken = "SELECT count(*) FROM refresh_token WHERE used_at IS NOT NULL"
        case clientAssertion = "SELECT count(*) FROM used_once WHERE class = 'client_assertion'"
        case requestObject = "SELECT count(*) FROM used_once WHERE class = 'request_object'"
        case registration = "SELECT count(*) FROM client_registration"
    }

    func count(_ use: Use) -> Int { uses[use] ?? 0 }

    init(of path: String) throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        for end in ["", "-wal"] where FileManager.default.fileExists(atPath: path + end) {
            try FileManager.default.copyItem(atPath: path + end, toPath: folder.path + "/copy" + end)
        }
        let database = try DatabaseQueue(path: folder.path + "/copy")
        (integrity, brokenReferences, counter, unusedRefreshTokens, uses) = try database.read { db in
            (
                try String.fetchAll(db, sql: "PRAGMA integrity_check"),
                try Row.fetchAll(db, sql: "PRAGMA foreign_key_check").count,
                try Int64.fetchOne(db, sql: "SELECT sum(counter) FROM device") ?? 0,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM refresh_token WHERE used_at IS NULL") ?? 0,
                try Dictionary(
                    uniqueKeysWithValues: Use.allCases.map { ($0, try Int.fetchOne(db, sql: $0.rawValue) ?? 0) })
            )
        }
        try database.close()
    }
}

/// SplitMix64: the same moments in every run, as far as moments can be the same.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
