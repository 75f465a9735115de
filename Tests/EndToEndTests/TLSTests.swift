import ChildProcesses
import Foundation
import Testing

/// FAPI 2.0 Security Profile §5.2, BCP 195 (RFC 9325 §3.1, §4.2): TLS 1.2 with forward secrecy and authenticated
/// encryption alone, or TLS 1.3. `openssl s_client` offers one way at a time.
@Suite("TLS of the listeners (FAPI 2.0 §5.2, RFC 9325)", .serialized, .inTurn, .endsInTime)
struct TLSTests {
    private static let administration = Port.free()
    private static let shared = Task {
        try await Installation.start(
            withPortal: false, environment: ["CITIZEN_ID_ADMINISTRATION_LISTEN": "127.0.0.1:\(administration)"])
    }

    enum Listener: CaseIterable, Sendable {
        case issuer, administration

        func port(_ here: Installation) -> Int { self == .issuer ? here.port : TLSTests.administration }
    }

    /// What a client offers, and what it hears.
    struct Offer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let arguments: [String]
        /// What the server's alert is called; nil when a connection comes about.
        let alert: String?

        init(_ arguments: String..., alert: String? = nil) {
            testDescription = arguments.joined(separator: " ")
            self.arguments = arguments
            self.alert = alert
        }
    }

    static let offers: [Offer] = [
        Offer("-tls1_3"), Offer("-tls1_2"),
        Offer("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256"),
        Offer("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384"),
        Offer("-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"),
        // Without the protection of a nearer version (RFC 9325 §3.1.1).
        Offer("-tls1", "-cipher", "ALL:@SECLEVEL=0", alert: "protocol version"),
        Offer("-tls1_1", "-cipher", "ALL:@SECLEVEL=0", alert: "protocol version"),
        // Forward secrecy, but no authenticated encryption.
        Offer("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0", alert: "handshake failure"),
        Offer("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0", alert: "handshake failure"),
        Offer("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256:@SECLEVEL=0", alert: "handshake failure"),
        // No forward secrecy.
        Offer("-tls1_2", "-cipher", "AES128-GCM-SHA256:AES128-SHA256:AES128-SHA", alert: "handshake failure"),
        // No secrecy at all, and no server that is who it says.
        Offer("-tls1_2", "-cipher", "ECDHE-ECDSA-NULL-SHA:NULL-SHA256:@SECLEVEL=0", alert: "handshake failure"),
        Offer("-tls1_2", "-cipher", "AECDH-AES128-SHA:ADH-AES128-SHA256:@SECLEVEL=0", alert: "handshake failure"),
    ]

    @Test("what is strong is taken, what is weak ends the handshake", arguments: Listener.allCases, offers)
    func handshake(listener: Listener, offer: Offer) async throws {
        let here = try await Self.shared.value
        let result = try await Program.run(
            "/usr/bin/env",
            [
                "openssl", "s_client", "-connect", "localhost:\(listener.port(here))", "-CAfile", here.ca,
                "-verify_return_error",
            ] + offer.arguments, timeout: .seconds(30), atOnce: true)
        guard let alert = offer.alert else {
            #expect(result.status == 0 && result.output.contains("Verify return code: 0 (ok)"), "\(result)")
            return
        }
        #expect(result.status != 0 && result.errors.contains("alert " + alert), "\(result)")
        #expect(result.output.contains("no peer certificate available"))
    }
}
