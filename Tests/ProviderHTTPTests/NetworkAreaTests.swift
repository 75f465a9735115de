import NIOCore
import Testing

@testable import ProviderHTTP

/// What the phone shows of the browser's network (checklist G4): "the same network" must not be said of everybody.
@Suite("Network area")
struct NetworkAreaTests {
    @Test(
        "an address is cut to its network",
        arguments: [
            ("192.0.2.17", "192.0.2.x"), ("127.0.0.1", "local"), ("::1", "local"),
            ("2001:db8:7:1::5", "2001:db8:7::x"), ("2001:db8::1", "2001:db8:0::x"),
            ("2001:db8:0:1::5", "2001:db8:0::x"), ("fd00::42", "fd00:0:0::x"), ("fe80::1", "fe80:0:0::x"),
            ("::ffff:192.0.2.17", "192.0.2.x"), ("::ffff:127.0.0.1", "local"),
        ])
    func area(address: String, expected: String) throws {
        #expect(NetworkArea.text(try SocketAddress(ipAddress: address, port: 1)) == expected)
    }

    @Test("a local socket is local")
    func noAddress() { #expect(NetworkArea.text(nil) == "local") }
}

/// Checklist N4, N6: what one subscriber has is one caller.
@Suite("Callers")
struct CallerTests {
    @Test(
        "an IPv4 address is a caller in both spellings, an IPv6 network of 64 bits is one",
        arguments: [
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::1", "2001:db8::ffff:1", true), ("2001:db8::1", "2001:db8:0:0:1::", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false), ("::1", "127.0.0.1", false),
        ])
    func callers(one: String, other: String, isSame: Bool) throws {
        let (one, other) = (try SocketAddress(ipAddress: one, port: 1), try SocketAddress(ipAddress: other, port: 2))
        #expect((Caller(one) == Caller(other)) == isSame)
    }

    @Test("a network has one bucket, however many of its addresses call")
    func oneBucket() throws {
        let limiter = RateLimiter(burst: 3, perMinute: 60)
        let taken = try (1...100).filter { host in
            limiter.take(Caller(try SocketAddress(ipAddress: "2001:db8:0:7::\(host)", port: 1))) == nil
        }
        #expect(taken.count == 3)
        #expect(limiter.take(Caller(try SocketAddress(ipAddress: "2001:db8:0:8::1", port: 1))) == nil)
        #expect(limiter.take(Caller(nil)) == nil)
    }

    @Test("when too many call at once, newcomers share a bucket and whoever was there keeps theirs")
    func manyCallers() throws {
        let now = ContinuousClock.now
        let limiter = RateLimiter(burst: 2, perMinute: 1, maximumBuckets: 3)
        let callers = try (1...5).map { Caller(try SocketAddress(ipAddress: "192.0.2.\($0)", port: 1)) }
        #expect(callers[..<3].map { limiter.take($0, now: now) } == [nil, nil, nil])
        #expect(limiter.take(callers[3], now: now) == nil && limiter.take(callers[4], now: now) == nil)
        #expect(limiter.take(callers[4], now: now) == 60)
        #expect(limiter.take(callers[0], now: now) == nil)
    }
}
