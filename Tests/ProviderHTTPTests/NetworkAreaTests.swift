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
            ("2001:db8:7:1::5", "2001:db8:7::x"), ("::ffff:192.0.2.17", "192.0.2.x"), ("::ffff:127.0.0.1", "local"),
        ])
    func area(address: String, expected: String) throws {
        #expect(NetworkArea.text(try SocketAddress(ipAddress: address, port: 1)) == expected)
    }

    @Test("a local socket is local")
    func noAddress() { #expect(NetworkArea.text(nil) == "local") }
}
