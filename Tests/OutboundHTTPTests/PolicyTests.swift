import OpenIDMessages
import ProviderCore
import TestCertificates
import Testing

@testable import OutboundHTTP

@Suite("What the configuration names is allowed, and nothing else")
struct PolicyTests {
    @Test("the development loopback is reached when host and port are named")
    func namedHost() async throws {
        let party = try await TestParty(
            .says(Wire.keys), at: "127.0.0.1", tls: TestAuthority.shared.server(for: ["localhost"]))
        let policy = OutboundPolicy(allowedHosts: [OutboundPolicy.Destination("localhost:\(party.port)")!])
        let fetcher = OutboundFetcher.test(policy, resolver: KnownNames(["localhost": ["127.0.0.1"]]))
        #expect(await fetcher.failure(OutboundURL("https://localhost:\(party.port)/")) == nil)
        #expect(party.connections == 1)
    }

    @Test(
        "another host or port is not the one that is named",
        arguments: [
            "https://localhost/", "https://localhost:8444/", "https://127.0.0.1:8443/", "https://a.localhost:8443/",
        ])
    func otherHosts(url: String) async throws {
        let policy = OutboundPolicy(allowedHosts: [OutboundPolicy.Destination("localhost:8443")!])
        let fetcher = OutboundFetcher.test(
            policy, resolver: KnownNames(["localhost": ["127.0.0.1"], "a.localhost": ["127.0.0.1"]]))
        #expect(await fetcher.failure(OutboundURL(url)) == .notAllowed(.loopback))
    }

    @Test(
        "a network allows its own addresses, in their own family",
        arguments: [
            ("10.1.2.3", true), ("10.1.3.1", false), ("::ffff:10.1.2.3", false), ("fd00:1::5", true),
            ("fd00:2::5", false), ("8.8.8.8", true),
        ])
    func networks(text: String, isAllowed: Bool) throws {
        let policy = OutboundPolicy(
            allowedNetworks: ["10.1.2.0/24", "fd00:1::/32"].map { NetworkRange(rawValue: $0)! })
        let url = OutboundURL("https://portal.example/")
        let checked = try? policy.check([InternetAddress(rawValue: text)!], of: url)
        #expect((checked != nil) == isAllowed)
    }

    @Test("a destination is a host and a port and nothing else")
    func destinations() {
        #expect(OutboundPolicy.Destination("a.example") == OutboundPolicy.Destination("a.example:443"))
        #expect(OutboundPolicy.Destination("[::1]:8443") != nil)
        for text in [
            "", "a.example/", "https://a.example", "user@a.example", "*.a.example", "a.example:0", "10.0.0.0/8",
        ] {
            #expect(OutboundPolicy.Destination(text) == nil, "\(text)")
        }
    }
}
