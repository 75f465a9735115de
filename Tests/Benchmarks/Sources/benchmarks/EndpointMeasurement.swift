import Foundation
import IdentityCrypto
import NIOCore
import NIOPosix
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// Single endpoints over TLS with kept connections, each beside a bare handler of the same server that returns the same
/// bytes, and beside its signatures and commits alone.
struct EndpointMeasurement {
    let effort: Effort
    let connections: [Int]
    let only: Set<String>

    func measure(_ report: Report) async throws {
        let folder = try WorkFolder()
        defer { folder.remove() }
        try folder.makeCertificates()
        let endpoints = Endpoint.allCases.filter { only.isEmpty || only.contains($0.rawValue) }
        var codes = EndpointCodes()
        let setting = try await prepare(folder, endpoints, &codes)
        let server = try ServerProcess.start(folder, port: setting.port, barePort: setting.barePort)
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        // One thread of clients: the server is to have the machine.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let lines = try await EndpointLines.open(
            group, setting: setting, certificates: folder.path + "/certificates", count: connections.max() ?? 1,
            server: server)
        var floors: [EndpointWork: EndpointFloor] = [:]
        for count in connections {
            floors = [:]
            for endpoint in endpoints {
                progress("\(endpoint.rawValue), \(count) connections")
                if !endpoint.work.isNothing, floors[endpoint.work] == nil {
                    floors[endpoint.work] = try await .measure(endpoint.work, atOnce: count, effort: effort)
                }
                let run = EndpointRun(
                    endpoint: endpoint, lines: lines, connections: count, effort: effort, server: server)
                try await run.measure(report, floor: floors[endpoint.work], codes: &codes)
            }
        }
        try await lines.close()
        try await group.shutdownGracefully()
    }

    /// Writes what the server opens: keys, an enrolled phone with a session, and codes.
    private func prepare(
        _ folder: WorkFolder, _ endpoints: [Endpoint], _ codes: inout EndpointCodes
    ) async throws -> EndpointSetting {
        let key = SigningKey.makeES256()
        let port = try ServerProcess.freePort()
        let town = Town(issuer: "https://localhost:\(port)", portalKey: key.publicKey.jwk)
        let masterKey = RandomBytes.make(32)
        try folder.write(masterKey, "master.key")
        try folder.write(key.publicKey.jwk.serialized, "portal.jwk")
        let store = try SQLiteStore(path: folder.database)
        let provider = try await town.provider(store: store, masterKey: masterKey)
        let grants = try await EndpointGrants(provider: provider, store: store)
        let requests = EndpointRequests(
            issuer: town.issuer, key: key, proofKey: .makeES256(), verifier: grants.verifier)
        for client in [EndpointClients.secret, EndpointClients.bound] {
            // For tokens to begin with, some for each round of an endpoint, and for those endpoints that redeem.
            var count = connections.reduce(0) { $0 + $1 + endpoints.count * (effort.rounds + 2) }
            for endpoint in endpoints where endpoint.redeemingClient == client {
                count += connections.reduce(0) { $0 + effort.requests(connections: $1) * (effort.rounds + 2) }
            }
            progress("writing \(count) codes of \(client)")
            codes.add(try await grants.codes(count, client: client), client: client)
        }
        try await store.close()
        return EndpointSetting(requests: requests, port: port, barePort: try ServerProcess.freePort())
    }
}

/// Where the server listens, and what it understands.
struct EndpointSetting: Sendable {
    let requests: EndpointRequests
    let port: Int
    let barePort: Int
}

/// Codes that were not used yet.
struct EndpointCodes {
    private var codes: [String: [String]] = [:]

    mutating func add(_ fresh: [String], client: String) { codes[client, default: []] += fresh }

    mutating func take(_ count: Int, client: String) throws -> [String] {
        let taken = Array(codes[client, default: []].suffix(count))
        guard taken.count == count else { throw BenchmarkFault("too few codes") }
        codes[client]?.removeLast(taken.count)
        return taken
    }
}

extension Effort {
    /// How many requests are made ready for one round, where none can be sent twice: more than it can answer.
    func requests(connections: Int) -> Int { Int(endpointSeconds * (connections == 1 ? 2_500 : 7_000)) + connections }
}

/// The connections to the provider and to the bare handlers.
struct EndpointLines: Sendable {
    let real: [RawConnection]
    let bare: [RawConnection]
    let requests: EndpointRequests

    static func open(
        _ group: any EventLoopGroup, setting: EndpointSetting, certificates: String, count: Int, server: Process
    ) async throws -> EndpointLines {
        func open(_ port: Int) async throws -> [RawConnection] {
            var connections: [RawConnection] = []
            while connections.count < count {
                guard server.isRunning else { throw BenchmarkFault("the server ended") }
                do { connections.append(try await .open(group, port: port, certificates: certificates)) } catch {
                    // It has not opened its door yet.
                    guard connections.isEmpty else { throw error }
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            return connections
        }
        return EndpointLines(
            real: try await open(setting.port), bare: try await open(setting.barePort), requests: setting.requests)
    }

    func call(_ request: ByteBuffer, status: Int = 200) async throws -> RawAnswer {
        try await real[0].call(request, status: status)
    }

    /// A nonce for portals' DPoP proofs, good for five minutes: every answer to a call with a proof brings one.
    func nonce() async throws -> String {
        let request = requests.get("/userinfo", [("Authorization", "DPoP none"), ("DPoP", "none")])
        guard let nonce = try await call(request, status: 401).header("dpop-nonce") else {
            throw BenchmarkFault("no nonce")
        }
        return nonce
    }

    func close() async throws { for connection in real + bare { try await connection.close() } }
}
