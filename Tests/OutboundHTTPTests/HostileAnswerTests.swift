import OpenIDMessages
import ProviderCore
import Testing

@testable import OutboundHTTP

@Suite("M2: answers that are refused")
struct HostileAnswerTests {
    static let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

    @Test(
        "what is not a plain JSON document is refused, each for its reason",
        arguments: [
            (Wire.document("{}", status: "404 Not Found"), OutboundFailure.status(404)),
            (Wire.document("{}", status: "201 Created"), .status(201)),
            (Wire.document("{}", type: "text/html"), .mediaType),
            (Wire.document("{}", type: "text/x+json"), .mediaType),
            (Wire.document("{}", type: "application/jsonp"), .mediaType),
            (Wire.document("{}", more: "Content-Type: text/html\r\n"), .mediaType),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", .mediaType),
            (Wire.document("\u{1F}\u{8B}", more: "Content-Encoding: gzip\r\n"), .mediaType),
            (head + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", .malformed),
            (Wire.document("{"), .malformed), (Wire.document(#"{"a":1,"a":2}"#), .malformed),
            (Wire.document(""), .malformed), ("SSH-2.0-OpenSSH\r\n", .malformed), ("", .malformed),
            (head + "Content-Length: 12\r\n\r\n{}", .malformed),
            (head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", .malformed),
            (head + "Content-Length: 262145\r\n\r\n", .tooLarge),
            (Wire.document("{}", more: "X: \(String(repeating: "x", count: 16_384))\r\n"), .tooLarge),
            (Wire.document("{}", more: String(repeating: "X: x\r\n", count: 101)), .tooLarge),
        ])
    func refused(answer: String, failure: OutboundFailure) async throws {
        let party = try await TestParty(.says(answer))
        #expect(await OutboundFetcher.test().failure(.portal(party)) == failure)
    }

    @Test("a redirect to loopback is not followed", arguments: [301, 302, 303, 307, 308])
    func redirect(status: Int) async throws {
        let trap = try await TestParty(.says(Wire.keys), at: "127.0.0.1")
        let party = try await TestParty(
            .says("HTTP/1.1 \(status) There\r\nLocation: https://127.0.0.1:\(trap.port)/\r\nContent-Length: 0\r\n\r\n"))
        let fetcher = OutboundFetcher.test()
        #expect(await fetcher.failure(.portal(party)) == .redirect)
        await #expect(throws: OutboundFailure.redirect) {
            try await fetcher.post(FormParameters(["a": "b"]), to: .portal(party))
        }
        #expect(party.requests.count == 2)
        #expect(trap.connections == 0)
    }

    @Test("a body of 256 KiB is read, one byte more is not")
    func longestBody() async throws {
        let longest = "\"" + String(repeating: "x", count: 256 * 1024 - 2) + "\""
        let fetcher = OutboundFetcher.test()
        #expect(try await fetcher.failure(.portal(TestParty(.says(Wire.document(longest))))) == nil)
        let streamed = Self.head + "\r\n"
        #expect(try await fetcher.failure(.portal(TestParty(.says(streamed + longest)))) == nil)
        #expect(try await fetcher.failure(.portal(TestParty(.says(streamed + longest + " ")))) == .tooLarge)
    }

    @Test(
        "an answer without end is cut off when it is too long",
        arguments: [
            (head + "\r\n", String(repeating: " ", count: 8192)),
            (head + "Transfer-Encoding: chunked\r\n\r\n", "1\r\n \r\n"), ("", "HTTP/1.1 100 Continue\r\n\r\n"),
            (head, "X: \(String(repeating: "x", count: 1024))\r\n"),
        ])
    func endless(head: String, more: String) async throws {
        let party = try await TestParty(.saysForever(head, more))
        // Its length is too much, and not its time: a byte at a time takes a while on a busy machine.
        let limits = OutboundLimits.patient(total: .seconds(60))
        #expect(await OutboundFetcher.test(limits: limits).failure(.portal(party)) == .tooLarge)
        // Not after the five seconds that TLS would wait for the other side's farewell.
        try await party.waitUntil(within: .seconds(4)) { $0.closed == 1 }
    }

    @Test(
        "an answer that drips is cut off at the time limit",
        arguments: [(head + "\r\n", " "), ("", "H"), (head, "X: x\r\n"), ("", "HTTP/1.1 100 Continue\r\n\r\n")])
    func drips(head: String, drop: String) async throws {
        let party = try await TestParty(.drips(head, drop))
        let failure = await OutboundFetcher.test(limits: .patient(total: .seconds(1))).failure(.portal(party))
        // "HHH" may be seen to be no HTTP before its time is over.
        #expect(failure == .timeout || (drop == "H" && failure == .malformed))
        try await party.waitUntil { $0.closed == $0.connections }
    }

    @Test("three seconds to connect, five in all, 256 KiB")
    func limits() {
        #expect(OutboundLimits().connect == .seconds(3))
        #expect(OutboundLimits().total == .seconds(5))
        #expect(OutboundLimits().bodyLength == 256 * 1024)
    }

    @Test("a party that does not shake hands is left at the time limit")
    func dead() async throws {
        let party = try await TestParty(.isDead)
        let limits = OutboundLimits.patient(total: .milliseconds(200))
        #expect(await OutboundFetcher.test(limits: limits).failure(.portal(party)) == .timeout)
        try await party.waitUntil { $0.closed == 1 }
    }

    @Test("a body that ends with a dropped connection is refused: anybody could have cut it off")
    func truncated() async throws {
        let party = try await TestParty(.saysAndDrops(Self.head + "\r\n{}"))
        #expect(await OutboundFetcher.test().failure(.portal(party)) == .malformed)
        let complete = try await TestParty(.saysAndDrops(Wire.document("{}")))
        #expect(await OutboundFetcher.test().failure(.portal(complete)) == nil)
    }

    @Test("who no longer waits ends the connection")
    func cancellation() async throws {
        let party = try await TestParty(.saysAndStays(Self.head))
        let fetcher = OutboundFetcher.test()
        let task = Task { await fetcher.failure(.portal(party)) }
        try await party.waitUntil { !$0.requests.isEmpty }
        task.cancel()
        #expect(await task.value == .cancelled)
        try await party.waitUntil { $0.closed == 1 }
    }
}

struct NeverHappened: Error {}

extension TestParty {
    func waitUntil(within time: Duration = .seconds(30), _ condition: (TestParty) -> Bool) async throws {
        let deadline = ContinuousClock.now + time
        while !condition(self) {
            guard ContinuousClock.now < deadline else { throw NeverHappened() }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
