import OpenIDMessages
import ProviderCore
import TestCertificates
import Testing

@testable import OutboundHTTP

@Suite("M4: a hanging party slows nobody else")
struct HangingPartyTests {
    @Test("100 fetches from a hanging party do not delay a fetch from another")
    func bulkhead() async throws {
        let tarpit = try await TestParty(.isDead)
        let portal = try await TestParty(.says(Wire.keys))
        let fetcher = OutboundFetcher.test(
            resolver: KnownNames(["portal.example": ["127.0.0.2"], "tarpit.example": ["127.0.0.2"]]))
        let hanging = OutboundURL("https://tarpit.example:\(tarpit.port)/")
        try await withThrowingTaskGroup(of: OutboundFailure?.self) { group in
            for _ in 0..<100 { group.addTask { await fetcher.failure(hanging) } }
            try await tarpit.waitUntil { $0.connections == 1 }
            #expect(await fetcher.failure(.portal(portal)) == nil)
            #expect(tarpit.closed == 0)
            // 95 are told at once and four after a moment; the one that is under way hangs.
            for _ in 0..<99 { #expect(try await group.next() == .some(.busy)) }
            #expect(tarpit.connections == 1)
            group.cancelAll()
        }
    }

    @Test("what hangs at one port of a host does not delay a fetch from another port, nor does its pause")
    func portsOfOneHost() async throws {
        let tarpit = try await TestParty(.isDead)
        let portal = try await TestParty(.says(Wire.keys))
        let fetcher = OutboundFetcher.test()
        try await withThrowingTaskGroup(of: OutboundFailure?.self) { group in
            for _ in 0..<100 { group.addTask { await fetcher.failure(.portal(tarpit)) } }
            try await tarpit.waitUntil { $0.connections == 1 }
            #expect(await fetcher.failure(.portal(portal)) == nil)
            #expect(tarpit.closed == 0)
            group.cancelAll()
        }

        let broken = try await TestParty(.says(Wire.keys), tls: TestAuthority.shared.server(for: ["other.example"]))
        let other = try await TestParty(.says(Wire.keys))
        for _ in 0..<3 { #expect(await fetcher.failure(.portal(broken)) == .tls) }
        #expect(await fetcher.failure(.portal(other)) == nil)
        // And an answer of one port ends no pause of another.
        #expect(await fetcher.failure(.portal(broken)) == .busy)
        #expect(broken.connections == 3)
    }

    @Test("40 hosts that hang do not delay a fetch from one that answered before")
    func manyHosts() async throws {
        let tarpit = try await TestParty(.isDead)
        let portal = try await TestParty(.says(Wire.keys))
        let names = (0..<40).map { "tarpit-\($0).example" }
        var addresses = Dictionary(uniqueKeysWithValues: names.map { ($0, ["127.0.0.2"]) })
        addresses["portal.example"] = ["127.0.0.2"]
        let fetcher = OutboundFetcher.test(resolver: KnownNames(addresses))
        #expect(await fetcher.failure(.portal(portal)) == nil)
        try await withThrowingTaskGroup(of: OutboundFailure?.self) { group in
            for name in names + names {
                let url = OutboundURL("https://\(name):\(tarpit.port)/")
                group.addTask { await fetcher.failure(url) }
            }
            try await tarpit.waitUntil { $0.connections == 24 }
            #expect(await fetcher.failure(.portal(portal)) == nil)
            #expect(tarpit.closed == 0)
            group.cancelAll()
        }
    }

    @Test("23 hosts that hang do not delay a fetch from one that was never asked before, as all are after a start")
    func manyHostsAfterStart() async throws {
        let tarpit = try await TestParty(.isDead)
        let portal = try await TestParty(.says(Wire.keys))
        let names = (0..<23).map { "tarpit-\($0).example" }
        var addresses = Dictionary(uniqueKeysWithValues: names.map { ($0, ["127.0.0.2"]) })
        addresses["portal.example"] = ["127.0.0.2"]
        let fetcher = OutboundFetcher.test(resolver: KnownNames(addresses))
        try await withThrowingTaskGroup(of: OutboundFailure?.self) { group in
            for name in names + names {
                let url = OutboundURL("https://\(name):\(tarpit.port)/")
                group.addTask { await fetcher.failure(url) }
            }
            try await tarpit.waitUntil { $0.connections == 23 }
            #expect(await fetcher.failure(.portal(portal)) == nil)
            #expect(tarpit.closed == 0)
            group.cancelAll()
        }
    }

    @Test("a name server that does not answer costs no more than the time limit, and only its own host")
    func hangingNameServer() async throws {
        struct Silent: AddressResolving {
            func addresses(of name: String) async -> [InternetAddress] {
                if name == "portal.example" { return await KnownNames().addresses(of: name) }
                try? await Task.sleep(for: .seconds(600))
                return []
            }
        }
        let silent = OutboundURL("https://silent.example/")
        let hurried = OutboundFetcher.test(resolver: Silent(), limits: .patient(total: .milliseconds(100)))
        #expect(await hurried.failure(silent) == .timeout)

        let portal = try await TestParty(.says(Wire.keys))
        let fetcher = OutboundFetcher.test(resolver: Silent())
        let hanging = Task { await fetcher.failure(silent) }
        #expect(await fetcher.failure(.portal(portal)) == nil)
        hanging.cancel()
        #expect(await hanging.value == .cancelled)
    }

    @Test("after three failures a host is left alone, and nothing is sent to it")
    func circuitBreaker() async throws {
        let party = try await TestParty(.says(Wire.keys), tls: TestAuthority.shared.server(for: ["other.example"]))
        let fetcher = OutboundFetcher.test()
        for _ in 0..<3 { #expect(await fetcher.failure(.portal(party)) == .tls) }
        #expect(await fetcher.failure(.portal(party)) == .busy)
        #expect(party.connections == 3)
    }

    @Test("a third request to one host waits for its turn")
    func turn() async throws {
        let party = try await TestParty(.saysAndStays(Wire.keys))
        var limits = OutboundLimits.patient
        limits.turn = .seconds(60)
        let fetcher = OutboundFetcher.test(limits: limits)
        let failures = await withTaskGroup(of: OutboundFailure?.self) { group in
            for _ in 0..<4 { group.addTask { await fetcher.failure(.portal(party)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(failures == [nil, nil, nil, nil])
    }
}
