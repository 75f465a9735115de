import AccountDirectory
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// Checklist N6: calls that prove nothing cannot grow memory or storage without bound.
@Suite(
    "Memory: abandoned logins and pushed requests are bounded (Keycloak CVE-2026-4634, CVE-2026-9803, CVE-2023-6563)")
struct MemoryTests {
    @Test("of 100,000 abandoned logins as many live as there is room, the database does not grow, and time frees them")
    func abandonedLogins() async throws {
        let database = try TemporaryDatabase()
        let provider = try await TestProvider(
            capacity: Provider.Capacity(logins: 2000, pushedRequests: 2000), store: SQLiteStore(path: database.path))
        let size = try database.size
        let request = try await provider.provider.authorization.authorize(FormParameters(TestRegion.basic.request()))
        let browser = BrowserContext(description: "?", area: "local", language: .german)
        var begun = 0
        for _ in 0..<100_000 where provider.provider.browserLogins.begin(request, browser: browser) != nil {
            begun += 1
        }
        #expect(begun == 1000)
        #expect(provider.provider.loginsInFlight == 1000)
        provider.clock.advance(120)
        // They are over now, and still answer for five minutes.
        try await provider.provider.sweep(includingStore: true)
        #expect(provider.provider.loginsInFlight == 1000)
        provider.clock.advance(300)
        #expect(provider.provider.browserLogins.begin(request, browser: browser) != nil)
        try await provider.provider.sweep(includingStore: true)
        #expect(provider.provider.loginsInFlight == 1)
        #expect(try database.size == size)
    }

    @Test("K4: one town's abandoned logins and pushed requests leave room for another's, however many flood it")
    func otherTowns() async throws {
        let provider = try await TestProvider(capacity: Provider.Capacity(logins: 90, pushedRequests: 90))
        let portals = [TestRegion.herten, TestRegion.marl].map { tenant in
            TestGrants.portal("flooded-\(tenant)") { $0.tenant = tenant }
        }
        try provider.add(portals)
        let browser = BrowserContext(description: "?", area: "local", language: .german)
        func logins(_ portal: TestPortal) async throws -> Int {
            let request = try await provider.provider.authorization.authorize(FormParameters(portal.request()))
            return (0..<200).count { _ in provider.provider.browserLogins.begin(request, browser: browser) != nil }
        }
        func pushed(_ portal: TestPortal) async throws -> Int {
            let client = try await provider.authenticated(portal)
            var accepted = 0
            for _ in 0..<200 {
                do {
                    _ = try await provider.provider.authorization.push(FormParameters(portal.request()), by: client)
                    accepted += 1
                } catch { #expect((error as? ClientRefusal)?.reason == .overloaded) }
            }
            return accepted
        }
        // A half, then a half of the rest, and there is always room for one more town.
        for (portal, expected) in zip(portals, [45, 23]) {
            #expect(try await logins(portal) == expected)
            #expect(try await pushed(portal) == expected)
        }
        #expect(provider.provider.loginsInFlight < 90)
        // What is over is given back.
        for seconds: Int64 in [120, 300] {
            provider.clock.advance(seconds)
            try await provider.provider.sweep(includingStore: false)
        }
        #expect(try await logins(portals[0]) == 45)
        #expect(try await pushed(portals[0]) == 45)
    }

    @Test("a million abandoned authorization requests: bounded counts, flat memory, an unchanged database")
    func millionAbandonedLogins() async {
        // In a process of its own: what other tests take is not counted.
        await #expect(processExitsWith: .success) { try await MemoryTests.abandonMillion() }
    }

    private static func abandonMillion() async throws {
        let database = try TemporaryDatabase()
        let provider = try await TestProvider(
            capacity: Provider.Capacity(logins: 2000, pushedRequests: 2000), store: SQLiteStore(path: database.path))
        let request = FormParameters(TestRegion.basic.request())
        let browser = BrowserContext(description: "?", area: "local", language: .german)
        let (size, contents) = (try database.size, try database.contents)
        var validated = try await provider.provider.authorization.authorize(request)
        var begun = 0
        var residentEarly = 0
        for number in 0..<1_000_000 {
            // Nobody comes for them: minutes later they are over, and later forgotten.
            if number % 1000 == 0 {
                #expect(provider.provider.loginsInFlight <= 1000)
                for seconds: Int64 in [120, 300] {
                    provider.clock.advance(seconds)
                    try await provider.provider.sweep(includingStore: false)
                }
                #expect(provider.provider.loginsInFlight == 0)
            }
            // A request that is not pushed leaves nothing behind before the login begins: every tenth is read anew.
            if number % 10 == 0 { validated = try await provider.provider.authorization.authorize(request) }
            if provider.provider.browserLogins.begin(validated, browser: browser) != nil { begun += 1 }
            if number == 200_000 { residentEarly = try ProcessMemory.resident() }
        }
        #expect(begun == 1_000_000)
        // Twenty bytes that each of them left would be seen.
        #expect(try ProcessMemory.resident() - residentEarly < 16_384)
        #expect(try database.size == size)
        #expect(try database.contents == contents)
    }

    @Test("of 200,000 pushed requests as many live as there is room, the database does not grow, and time frees them")
    func abandonedPushedRequests() async throws {
        let database = try TemporaryDatabase()
        let provider = try await TestProvider(
            capacity: Provider.Capacity(logins: 2000, pushedRequests: 2000), store: SQLiteStore(path: database.path))
        let client = try await provider.authenticated(TestRegion.pushing)
        let authorization = provider.provider.authorization
        let size = try database.size
        let request = FormParameters(TestRegion.pushing.request())
        let full = ClientRefusal(.temporarilyUnavailable, "too many requests are waiting", .overloaded)
        var accepted = 0
        // A hundred minutes, each with twice as many requests as there is room for.
        for _ in 0..<100 {
            for _ in 0..<2000 {
                do {
                    _ = try await authorization.push(request, by: client)
                    accepted += 1
                } catch { #expect(error as? ClientRefusal == full) }
            }
            #expect(authorization.pushedRequests == 1000)
            provider.clock.advance(60)
        }
        #expect(accepted == 100_000)
        #expect(try database.size == size)
    }
}
