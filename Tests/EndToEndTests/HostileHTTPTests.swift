import ChildProcesses
import Foundation
import OpenIDMessages
import Testing

/// What a caller sends, and a name for it.
struct HostileRequest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String

    private static let form = "Content-Type: application/x-www-form-urlencoded\r\n"

    /// A request of the token endpoint, which reads its body, with these header lines and this body.
    private init(_ name: String, _ lines: String, body: String = "") {
        testDescription = name
        text = "POST /token HTTP/1.1\r\nHost: localhost\r\n\(Self.form)\(lines)\r\n\(body)"
    }

    private init(_ name: String, whole: String) { (testDescription, text) = (name, whole) }

    /// What has two readings, or none (RFC 9112 §6.3, §11.2; checklist N1, N3).
    static let ambiguous = [
        Self("length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", body: "0\r\n\r\n"),
        Self("chunks and length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", body: "0\r\n\r\n"),
        Self("two lengths", "Content-Length: 3\r\nContent-Length: 5\r\n", body: "a=b&c"),
        Self("two equal lengths", "Content-Length: 3\r\nContent-Length: 3\r\n", body: "a=b"),
        Self("two lengths in one field", "Content-Length: 3, 3\r\n", body: "a=b"),
        Self("a negative length", "Content-Length: -1\r\n", body: "a=b"),
        Self("a length with a sign", "Content-Length: +3\r\n", body: "a=b"),
        Self("a length in base 16", "Content-Length: 0x3\r\n", body: "a=b"),
        Self("a length of 2^64", "Content-Length: 18446744073709551616\r\n", body: "a=b"),
        Self("a length of 2^63", "Content-Length: 9223372036854775808\r\n", body: "a=b"),
        Self("an empty length", "Content-Length: \r\n"),
        Self("another coding", "Transfer-Encoding: gzip, chunked\r\n", body: "0\r\n\r\n"),
        Self("no coding", "Transfer-Encoding: identity\r\n", body: "a=b"),
        Self("an unknown coding", "Transfer-Encoding: xchunked\r\n", body: "0\r\n\r\n"),
        Self("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", body: "0\r\n\r\n"),
        Self("a chunk without length", "Transfer-Encoding: chunked\r\n", body: "zz\r\na=b\r\n0\r\n\r\n"),
        Self("a negative chunk", "Transfer-Encoding: chunked\r\n", body: "-3\r\na=b\r\n0\r\n\r\n"),
        Self("a chunk that is too long", "Transfer-Encoding: chunked\r\n", body: "2\r\na=b\r\n0\r\n\r\n"),
        Self("a chunk of 2^64", "Transfer-Encoding: chunked\r\n", body: "10000000000000000\r\na=b\r\n0\r\n\r\n"),
        Self("a chunk that ends with a line feed alone", "Transfer-Encoding: chunked\r\n", body: "3\na=b\n0\n\n"),
        Self("a field over two lines", "X-Long: one\r\n two\r\nContent-Length: 0\r\n"),
        Self("a field that ends with a line feed alone", "X-Short: one\nContent-Length: 0\r\n"),
        Self("a field that ends with a carriage return alone", "X-Short: one\rContent-Length: 0\r\n"),
        Self("a space before the colon", "Content-Length : 0\r\n"),
        Self("a field without name", ": value\r\nContent-Length: 0\r\n"),
        Self("a field without colon", "Content-Length\r\n"),
        Self("a zero byte in a field", "X-Zero: a\u{0}b\r\nContent-Length: 0\r\n"),
        Self("two hosts", "Host: other\r\nContent-Length: 0\r\n"),
        Self("no host", whole: "GET /health HTTP/1.1\r\n\r\n"),
        Self("chunks in HTTP/1.0", whole: "POST /token HTTP/1.0\r\n\(form)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Self("an unknown version", whole: "GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n"),
        Self("no version", whole: "GET /health\r\n\r\n"),
        Self("lines that end with a line feed alone", whole: "GET /health HTTP/1.1\nHost: localhost\n\n"),
        Self("an unknown method", whole: "GÖT /health HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        Self("no HTTP", whole: "\u{16}\u{3}\u{1} what\r\n\r\n"),
        Self("a field of 17,000 bytes", "X-Long: \(String(repeating: "a", count: 17_000))\r\nContent-Length: 0\r\n"),
        Self(
            "fields of 17,000 bytes", String(repeating: "X-Long: \(String(repeating: "a", count: 400))\r\n", count: 42)),
        Self("101 fields", String(repeating: "X-Field: a\r\n", count: 101)),
        Self("30,000 fields", String(repeating: "A: b\r\n", count: 30_000)),
        Self(
            "a path of 17,000 bytes",
            whole: "GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    ]

    /// Bodies that nobody can use, at an endpoint that reads forms and at one that reads JSON (N2).
    static let unusable: [HostileRequest] =
        ["/token", "/par", "/introspect", "/revoke", "/userinfo", "/device_authorization", "/authorize"].flatMap {
            path in
            bodies(path, "application/x-www-form-urlencoded", ["a=%", "a=%ff", "a=b&a=c", "a=%00", "=", "&&&"])
        }
        + ["/device/v1/enrolments", "/device/v1/blocks", "/register"].flatMap { path in
            bodies(
                path, "application/json",
                [
                    "", "{", "[]", "null", "{\"a\":1,\"a\":2}", "{\"a\":1,}", "{\"a\":1e309}", "{\"a\":\"\\ud800\"}",
                    "{\"a\":\"\u{0}\"}", "{\"ticket\":7}", String(repeating: "[", count: 30_000),
                    String(repeating: "{\"a\":", count: 8_000), "\u{FEFF}{}",
                ])
        }

    private static func bodies(_ path: String, _ type: String, _ bodies: [String]) -> [HostileRequest] {
        let long = String(repeating: "a", count: 70_000)
        return bodies.map { message(path, type, $0) } + [
            message(path, type, long), message(path, "text/plain", "a=b"), message(path, "", "a=b"),
            message(path, type + "\r\nContent-Encoding: gzip", "a=b"),
            message(path, type + "; charset=utf-16", "a=b"),
            Self(
                "\(path) 70,000 bytes in chunks",
                whole: "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n11170\r\n\(long)\r\n0\r\n\r\n"),
        ]
    }

    private static func message(_ path: String, _ type: String, _ body: String) -> HostileRequest {
        Self(
            "\(path) \(type.debugDescription): \(body.prefix(20)) (\(body.utf8.count))",
            whole: "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
    }
}

/// Checklist N, against the real program over TLS.
@Suite("Hostile HTTP", .serialized, .inTurn, .endsInTime)
struct HostileHTTPTests {
    private static let shared = Task {
        try await Installation.start(
            withPortal: false,
            environment: ["CITIZEN_ID_LIMITS_IDLE_SECONDS": "2", "CITIZEN_ID_LIMITS_BODY_SECONDS": "2"])
    }
    private static let health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"

    private func connect(tls: Bool = true) async throws -> RawConnection {
        let here = try await Self.shared.value
        return try await .open(port: here.port, ca: tls ? here.ca : nil)
    }

    private func isHealthy() async throws -> Bool {
        let connection = try await connect()
        await connection.send(Self.health)
        return try await connection.waits(seconds: 10) { $0.text.hasSuffix(#"{"status":"ok"}"#) }
    }

    @Test(arguments: HostileRequest.ambiguous)
    func `a request with two readings has one answer, 400, and the connection ends`(request: HostileRequest)
        async throws
    {
        let connection = try await connect()
        await connection.send(request.text + Self.health)
        #expect(try await connection.isClosed(within: 10))
        #expect(connection.statuses == [400], "\(connection.text)")
    }

    @Test func `requests before the one with two readings have their answers`() async throws {
        let connection = try await connect()
        await connection.send(Self.health + Self.health + "GET /health HTTP/1.1\r\n\r\n" + Self.health)
        #expect(try await connection.isClosed(within: 10))
        #expect(connection.statuses == [200, 200, 400], "\(connection.text)")
    }

    @Test(arguments: [8_000, 15_900])
    func `a portal's long form leads to an address that the listener takes`(length: Int) async throws {
        let here = try await Self.shared.value
        var form = FormParameters([
            "client_id": "test-portal", "response_type": "code", "redirect_uri": here.portalURL + "/test/callback",
            "scope": "openid person", "code_challenge": String(repeating: "a", count: 43),
            "code_challenge_method": "S256",
        ])
        form.append("further", String(repeating: "a", count: length - form.encodedLength - "&further=".utf8.count))
        let connection = try await connect()
        await connection.send(
            "POST /authorize HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(length)\r\n\r\n\(form.encoded)")
        #expect(try await connection.waits(seconds: 10) { $0.text.contains("\r\n\r\n") })
        #expect(connection.statuses == [303])
        let line = connection.text.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("location: ") }
        let location = try #require(line).dropFirst("location: ".count)
        // What is longer is answered at once: this portal should have pushed its request.
        guard length <= 8_192 else {
            #expect(
                location.hasPrefix(here.portalURL + "/test/callback?error=invalid_request"), "\(location.prefix(200))")
            return
        }
        #expect(location.hasPrefix("/authorize?"))
        // A browser brings its cookies, one for each login that it began.
        let cookies = (0..<32).map { "__Host-login-\($0)=\(String(repeating: "c", count: 64))" }
        await connection.send(
            "GET \(location) HTTP/1.1\r\nHost: localhost\r\nUser-Agent: \(String(repeating: "u", count: 200))\r\n"
                + "Cookie: \(cookies.joined(separator: "; "))\r\n\r\n")
        #expect(try await connection.waits(seconds: 10) { $0.statuses == [303, 303] }, "\(connection.statuses)")
    }

    @Test func `a body that breaks off is none`() async throws {
        let connection = try await connect()
        await connection.send(
            "POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{}"
        )
        await connection.close()
        #expect(try await isHealthy())
        let here = try await Self.shared.value
        #expect(try !Program.text(of: here.providerLog).contains("fault"))
    }

    @Test func `bodies that nobody can use are the caller's fault`() async throws {
        for request in HostileRequest.unusable {
            let connection = try await connect()
            await connection.send(request.text)
            #expect(try await connection.waits(seconds: 10) { !$0.statuses.isEmpty }, "\(request.testDescription)")
            let statuses = connection.statuses
            #expect(
                statuses.count == 1 && statuses.allSatisfy { (400...429).contains($0) },
                "\(request.testDescription): \(statuses)")
            await connection.close()
        }
    }

    @Test func `a connection that says nothing ends, with and without TLS`() async throws {
        for tls in [true, false] { #expect(try await connect(tls: tls).isClosed(within: 6), "\(tls)") }
    }

    @Test(arguments: [
        "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\n",
    ])
    func `a caller that sends byte by byte is cut off`(beginning: String) async throws {
        let connection = try await connect()
        await connection.send(beginning)
        let began = ContinuousClock.now
        while await connection.send("a"), ContinuousClock.now - began < .seconds(10) {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try await connection.isClosed(within: 6))
        #expect(ContinuousClock.now - began < .seconds(9))
        #expect(connection.statuses.allSatisfy { $0 == 408 } && connection.statuses.count <= 1)
    }

    @Test func `after thousands of hostile requests the same process answers, and has not grown`() async throws {
        #expect(try await isHealthy())
        let before = try await memory()
        for round in 0..<30 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for request in HostileRequest.ambiguous {
                    group.addTask {
                        let connection = try await connect()
                        await connection.send(request.text)
                        if round.isMultiple(of: 2) { await connection.close() }
                        #expect(try await connection.isClosed(within: 20))
                    }
                }
                try await group.waitForAll()
            }
        }
        // Connections that the tests dropped count for their address until the provider has given them up.
        var answers = false
        for _ in 0..<5 where !answers { answers = try await isHealthy() }
        #expect(answers)
        let growth = try await memory() - before
        #expect(growth < 100 << 20, "\(growth) bytes")
    }

    /// The memory of the provider, which has not been restarted, in bytes.
    private func memory() async throws -> Int {
        let process = try #require(await Self.shared.value.runningProvider)
        let status = try Program.text(of: "/proc/\(process)/status")
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.split(separator: " ")[1])) << 10
    }
}

/// Checklist N4, N5.
@Suite("Limits of the listener", .inTurn, .endsInTime)
struct ListenerLimitTests {
    @Test func `one address has only so many connections, and gets new ones when it closes others`() async throws {
        let here = try await Installation.start(
            withPortal: false, environment: ["CITIZEN_ID_LIMITS_CONNECTIONS_PER_ADDRESS": "5"])
        var open: [RawConnection] = []
        for _ in 0..<5 {
            let connection = try await RawConnection.open(port: here.port, ca: here.ca)
            open.append(connection)
            #expect(try await isAnswered(connection))
        }
        let sixth = try await RawConnection.open(port: here.port, ca: here.ca)
        #expect(try await sixth.isClosed(within: 10))
        #expect(sixth.text.isEmpty)
        await open.removeFirst().close()
        // The provider learns of the end a little later.
        var isAdmitted = false
        for _ in 0..<100 where !isAdmitted {
            isAdmitted = try await isAnswered(RawConnection.open(port: here.port, ca: here.ca))
        }
        #expect(isAdmitted)
        for connection in open { await connection.close() }
    }

    @Test func `more requests at once than there are places: 503, and when to come again`() async throws {
        let here = try await Installation.start(
            withPortal: false, environment: ["CITIZEN_ID_LIMITS_REQUESTS_AT_ONCE": "1"])
        var open: [RawConnection] = []
        for _ in 0..<64 { open.append(try await RawConnection.open(port: here.port, ca: here.ca)) }
        // Each asks several times without waiting, so that on two processors two are worked on at once.
        let questions = String(repeating: Self.discovery, count: 8)
        var asked = 0
        while asked < 40 * 8, !open.contains(where: { $0.statuses.contains(503) }) {
            asked += 8
            await withTaskGroup { group in
                for connection in open { group.addTask { await connection.send(questions) } }
            }
            for connection in open {
                #expect(try await connection.waits(seconds: 60) { $0.statuses.count == asked })
            }
        }
        let turnedAway = try #require(open.first { $0.statuses.contains(503) })
        #expect(turnedAway.text.lowercased().contains("retry-after: 2"))
        #expect(turnedAway.text.contains("temporarily_unavailable"))
        #expect(open.allSatisfy { $0.statuses.allSatisfy { $0 == 200 || $0 == 503 } })
        #expect(open.contains { $0.statuses.contains(200) })
        await turnedAway.send(Self.discovery)
        #expect(try await turnedAway.waits(seconds: 10) { $0.statuses.count == asked + 1 })
        #expect(turnedAway.statuses.last == 200)
        for connection in open { await connection.close() }
    }

    private static let discovery = "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost\r\n\r\n"

    /// The head of a form for the token endpoint.
    private static func form(length: Int) -> String {
        "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Content-Length: \(length)\r\n\r\n"
    }

    @Test func `a body that has not come to its end takes no place`() async throws {
        let here = try await Installation.start(
            withPortal: false, environment: ["CITIZEN_ID_LIMITS_REQUESTS_AT_ONCE": "4"])
        var unfinished: [RawConnection] = []
        for index in 0..<8 {
            let connection = try await RawConnection.open(port: here.port, ca: here.ca)
            unfinished.append(connection)
            // As many in chunks.
            await connection.send(
                index.isMultiple(of: 2)
                    ? Self.form(length: 3) + "a"
                    : "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        }
        let other = try await RawConnection.open(port: here.port, ca: here.ca)
        await other.send(Self.discovery + Self.form(length: 3) + "a=b")
        #expect(try await other.waits(seconds: 10) { $0.statuses.count == 2 })
        #expect(other.statuses == [200, 401])
        // Each has its answer when it is whole.
        for (index, connection) in unfinished.enumerated() {
            #expect(connection.statuses.isEmpty)
            await connection.send(index.isMultiple(of: 2) ? "=b" : "2\r\n=b\r\n0\r\n\r\n")
            #expect(try await connection.waits(seconds: 10) { $0.statuses == [401] }, "\(connection.text)")
        }
        for connection in unfinished + [other] { await connection.close() }
    }

    @Test func `a length beyond what is read is answered before the body comes`() async throws {
        let here = try await Installation.start(withPortal: false)
        let connection = try await RawConnection.open(port: here.port, ca: here.ca)
        await connection.send(Self.form(length: 70_000) + "a")
        #expect(try await connection.isClosed(within: 10))
        #expect(connection.statuses == [400], "\(connection.text)")
    }

    @Test func `one address keeps 4 MiB of unfinished requests at most, and nobody else waits for them`() async throws {
        let here = try await Installation.start(withPortal: false)
        var open: [RawConnection] = []
        let most = String(repeating: "a", count: 65_000)
        for _ in 0..<80 {
            let connection = try await RawConnection.open(port: here.port, ca: here.ca)
            open.append(connection)
            await connection.send(Self.form(length: 65_536) + most)
        }
        let kept = (4 << 20) / 65_536
        #expect(try await open[0].waits(seconds: 30) { _ in open.count { !$0.isOpen } >= 80 - kept - 1 })
        for connection in open where !connection.isOpen {
            #expect(connection.statuses == [503])
            #expect(connection.text.lowercased().contains("retry-after: 2"))
            #expect(connection.text.contains(#"{"error":"temporarily_unavailable""#), "\(connection.text)")
        }
        #expect(open.contains { $0.isOpen })
        let whole = try await RawConnection.open(port: here.port, ca: here.ca)
        await whole.send(Self.form(length: 3) + "a=b")
        #expect(try await whole.waits(seconds: 10) { $0.statuses == [401] })
        // A phone hears it as a problem, and the operator finds its line.
        let phone = try await RawConnection.open(port: here.port, ca: here.ca)
        await phone.send(
            "POST /device/v1/claims HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 65536\r\n\r\n" + most)
        #expect(try await phone.isClosed(within: 10))
        #expect(phone.text.contains("application/problem+json") && phone.text.contains("Trace-Id: "), "\(phone.text)")
        #expect(try Program.text(of: here.providerLog).contains("overloaded"))
        // What is given up makes room again.
        for connection in open { await connection.close() }
        var isKept = false
        for _ in 0..<50 where !isKept {
            let late = try await RawConnection.open(port: here.port, ca: here.ca)
            await late.send(Self.form(length: 65_536) + most)
            isKept = try await !late.isClosed(within: 1)
            await late.close()
        }
        #expect(isKept)
        await whole.close()
    }

    @Test func `the provider answers when it may open only so many files`() async throws {
        let here = try await Installation.prepared()
        let log = here.folder.path + "/few.log"
        let limited = ["-c", "ulimit -n 600; exec \"$0\" \"$@\"", Place.program("citizen-id")] + here.serveArguments
        let process = try await here.start("/bin/sh", limited, log: log, says: "ready")
        // Connections that the provider does not take wait, and do not stop it.
        var open: [RawConnection] = []
        for _ in 0..<700 { open.append(try await RawConnection.open(port: here.port, ca: nil)) }
        for connection in open { await connection.close() }
        let late = try await RawConnection.open(port: here.port, ca: here.ca)
        #expect(try await isAnswered(late))
        await late.close()
        #expect(process.status == nil)
        process.send(9)
    }

    @Test(arguments: ["0", "-1", "many", "1.5", "1000001"])
    func `a limit that is none`(value: String) async throws {
        let here = try await ServeCommandTests.prepared.value
        let result = try await Program.run(
            Place.program("citizen-id"), here.serveArguments, environment: ["CITIZEN_ID_LIMITS_IDLE_SECONDS": value],
            timeout: .seconds(20))
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains("limits.idle_seconds is a whole number from 1 to 1000000"), "\(result)")
    }

    private func isAnswered(_ connection: RawConnection) async throws -> Bool {
        await connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return try await connection.waits(seconds: 10) { !$0.isOpen || $0.text.hasSuffix(#"{"status":"ok"}"#) }
            && connection.isOpen
    }
}
