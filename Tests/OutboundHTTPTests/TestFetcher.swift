import OpenIDMessages
import ProviderCore
import Synchronization
import TestCertificates

@testable import OutboundHTTP

/// Names and their addresses; the others have none.
struct KnownNames: AddressResolving {
    var names: [String: [String]]

    init(_ names: [String: [String]] = ["portal.example": ["127.0.0.2"]]) { self.names = names }

    func addresses(of name: String) async -> [InternetAddress] {
        (names[name] ?? []).compactMap { InternetAddress(rawValue: $0) }
    }
}

extension OutboundPolicy {
    /// 127.0.0.2 plays the public internet in these tests; the rest of loopback stays forbidden.
    static let testInternet = OutboundPolicy(allowedNetworks: [NetworkRange(rawValue: "127.0.0.2/32")!])
}

extension OutboundLimits {
    /// The product's limits, with time for a machine that does much else. Only what must hang waits for these.
    static var patient: OutboundLimits {
        var limits = OutboundLimits()
        (limits.connect, limits.total) = (.seconds(30), .seconds(60))
        return limits
    }

    static func patient(total: Duration) -> OutboundLimits {
        var limits = patient
        limits.total = total
        return limits
    }
}

extension OutboundFetcher {
    /// Trusts the tests' authority and the system's. Made once: reading the system's certificates takes a while.
    private static let tls = try! tlsContext(TestAuthority.shared.pem)

    static func test(
        _ policy: OutboundPolicy = .testInternet, resolver: any AddressResolving = KnownNames(),
        limits: OutboundLimits = .patient
    ) -> OutboundFetcher {
        OutboundFetcher(policy: policy, tls: tls, resolver: resolver, limits: limits)
    }

    /// The failure, or nil when there was a document.
    func failure(_ url: OutboundURL) async -> OutboundFailure? {
        do throws(OutboundFailure) {
            _ = try await json(url)
            return nil
        } catch { return error }
    }
}

extension OutboundURL {
    init(_ text: String) { self.init(rawValue: text)! }

    static func portal(_ party: TestParty, path: String = "/jwks") -> OutboundURL {
        OutboundURL("https://portal.example:\(party.port)\(path)")
    }
}

/// Answers as they stand on the wire.
enum Wire {
    static func document(
        _ text: String, status: String = "200 OK", type: String = "application/json", more: String = ""
    )
        -> String
    {
        "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(text.utf8.count)\r\n\(more)\r\n\(text)"
    }
    static let keys = document(#"{"keys":[]}"#)
}
