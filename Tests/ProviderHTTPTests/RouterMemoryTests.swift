import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import SQLiteStore
import Testing

/// Checklist N6, through everything that a request meets: log, places, limits, reading, session, flow and answer. `MemoryTests`
/// begins a million logins below it.
@Suite("Memory: requests that come through the router leave nothing behind (Keycloak CVE-2026-4634, CVE-2026-9803)")
struct RouterMemoryTests {
    @Test("40,000 abandoned requests through the router, a tenth pushed: flat memory, an unchanged database")
    func abandonedRequests() async {
        // In a process of its own: what other tests take is not counted.
        await #expect(processExitsWith: .success) { try await RouterMemoryTests.abandon() }
    }

    private static func abandon() async throws {
        let database = try TemporaryDatabase()
        let provider = try await TestProvider(
            capacity: Provider.Capacity(logins: 2000, pushedRequests: 2000), store: SQLiteStore(path: database.path))
        let (size, contents) = (try database.size, try database.contents)
        let caller = RouterCaller(provider)
        let portal = TestRegion.basic
        let form = FormParameters(portal.request()).encoded
        let credentials = Site.basic(portal.identifier, portal.secret ?? "")
        var peakOfFirstHalf = 0
        for number in 0..<40_000 {
            // Nobody comes for them: minutes later they are over, and later forgotten.
            if number % 500 == 0 {
                for seconds: Int64 in [120, 300] {
                    provider.clock.advance(seconds)
                    try await provider.provider.sweep(includingStore: false)
                }
                #expect(provider.provider.loginsInFlight == 0)
            }
            if number == 20_000 { peakOfFirstHalf = try ProcessMemory.peak() }
            let status =
                switch number % 10 {
                case 0: try await caller.post("/par", form, from: number, [.authorization: credentials])
                // It is sent here once more with GET.
                case 1: try await caller.post("/authorize", form, from: number)
                // A session that nobody has is looked for.
                case 2: try await caller.get("/authorize?" + form, from: number, [.cookie: "__Host-session=\(number)"])
                default: try await caller.get("/authorize?" + form, from: number)
                }
            #expect(status == (number % 10 == 0 ? .created : .seeOther))
        }
        #expect(provider.provider.authorization.pushedRequests <= 50)
        // A hundred bytes that each of them left would be seen.
        #expect(try ProcessMemory.peak() - peakOfFirstHalf < 2048)
        #expect(try database.size == size)
        #expect(try database.contents == contents)
    }
}

/// Calls what the router is made into, over one connection. `HummingbirdTesting` opens a channel for each call, which nobody
/// closes: it stays in memory with its pipeline, some six kilobytes.
private struct RouterCaller {
    private let responder: any HTTPResponder<ProviderRequestContext>
    private let channel = EmbeddedChannel()
    private let logger: Logger

    init(_ provider: TestProvider) {
        let limits = ProviderApplication.Limits(loginBurst: 1_000_000)
        responder = ProviderApplication.router(provider: provider.provider, limits: limits).buildResponder()
        logger = Logger(label: "test") { _ in OperatorLog() }
    }

    /// - Parameter number: of five thousand callers' addresses one.
    func get(_ target: String, from number: Int, _ headers: HTTPFields = [:]) async throws -> HTTPResponse.Status {
        try await send(.get, target, headers, "", from: number)
    }

    func post(
        _ path: String, _ form: String, from number: Int, _ headers: HTTPFields = [:]
    ) async throws -> HTTPResponse.Status {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await send(.post, path, headers, form, from: number)
    }

    private func send(
        _ method: HTTPRequest.Method, _ target: String, _ headers: HTTPFields, _ body: String, from number: Int
    ) async throws -> HTTPResponse.Status {
        let host = number % 5000
        channel.remoteAddress = try SocketAddress(ipAddress: "10.0.\(host / 250).\(host % 250)", port: 443)
        let request = Request(
            head: HTTPRequest(
                method: method, scheme: "https", authority: "id.region.example", path: target, headerFields: headers),
            body: RequestBody(buffer: ByteBuffer(string: body)))
        let context = ProviderRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        return try await responder.respond(to: request, context: context).status
    }
}
