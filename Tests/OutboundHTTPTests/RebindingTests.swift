import Glibc
import NIOCore
import OpenIDMessages
import ProviderCore
import Testing

@testable import OutboundHTTP

/// 127.0.0.2 plays a public address here, which the policy allows; 127.0.0.1 is not allowed.
@Suite("M1: a name server that changes its answers gains nothing (DNS rebinding; Zitadel CVE-2025-67494)")
struct RebindingTests {
    @Test("public first, then loopback: the connection goes to the checked address, nothing reaches loopback")
    func rebinding() async throws {
        let names = try await TestNameServer(["127.0.0.2"], ["127.0.0.1"])
        let (party, trap) = try await partyAndTrap()
        let fetcher = OutboundFetcher.test(resolver: AskingResolver(port: names.port))

        #expect(await fetcher.failure(.portal(party)) == nil)
        #expect(names.questions == 1)
        #expect(party.connections == 1)

        #expect(await fetcher.failure(.portal(party)) == .notAllowed(.loopback))
        #expect(names.questions == 2)
        #expect(party.connections == 1)
        #expect(trap.connections == 0)
    }

    @Test("loopback does listen, and a resolver that is believed reaches it: the trap can spring")
    func trapSprings() async throws {
        let names = try await TestNameServer(["127.0.0.1"])
        let trap = try await TestParty(.says(Wire.keys), at: "127.0.0.1")
        let policy = OutboundPolicy(allowedNetworks: [NetworkRange(rawValue: "127.0.0.1/32")!])
        let fetcher = OutboundFetcher.test(policy, resolver: AskingResolver(port: names.port))
        #expect(await fetcher.failure(.portal(trap)) == nil)
        #expect(trap.connections == 1)
    }

    @Test(
        "one address that is not public refuses all, wherever it stands",
        arguments: [
            ["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "::1"],
            ["127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.2", "127.0.0.1"],
        ])
    func mixedAddresses(answer: [String]) async throws {
        let names = try await TestNameServer(answer)
        let (party, trap) = try await partyAndTrap()
        let fetcher = OutboundFetcher.test(resolver: AskingResolver(port: names.port))
        #expect(await fetcher.failure(.portal(party)) == .notAllowed(.loopback))
        #expect(party.connections + trap.connections == 0)
    }

    /// A party, and one at loopback with the same port, which somebody may have there already.
    private func partyAndTrap() async throws -> (party: TestParty, trap: TestParty) {
        while true {
            let party = try await TestParty(.says(Wire.keys))
            do {
                return (party, try await TestParty(.says(Wire.keys), at: "127.0.0.1", port: party.port))
            } catch let error as IOError where error.errnoCode == EADDRINUSE { try await party.stop() }
        }
    }
}
