import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// How fast `citizen-id serve` answers after it was started, and how much memory it holds when nothing happens.
struct StartTime {
    let program: String
    let effort: Effort

    func measure(_ report: Report) async throws {
        let folder = try WorkFolder()
        defer { folder.remove() }
        try folder.makeCertificates()
        var first: [Double] = []
        var later: [Double] = []
        for number in 0..<3 {
            progress("first start \(number + 1)")
            first.append(try await start(folder, data: "data-\(number)").milliseconds)
        }
        for number in 0..<effort.starts {
            progress("later start \(number + 1)")
            later.append(try await start(folder, data: "data-0").milliseconds)
        }
        progress("idle memory after 5 s")
        let resident = try await start(folder, data: "data-0", idle: .seconds(5)).residentMiB
        report.add(Figure(name: "first start (makes keys and database)", unit: "ms", spread: Spread(first)))
        report.add(
            Figure(
                name: "later start to first answer", unit: "ms", spread: Spread(later), floor: 300,
                floorMeaning: "aim: below"))
        report.add(
            Figure(
                name: "resident memory, idle", unit: "MiB", spread: Spread([resident]), floor: 60,
                floorMeaning: "aim: below"))
    }

    private func start(_ folder: WorkFolder, data: String, idle: Duration = .zero) async throws -> (
        milliseconds: Double, residentMiB: Double
    ) {
        let port = try ServerProcess.freePort()
        let issuer = "https://localhost:\(port)"
        let certificates = folder.path + "/certificates/"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "serve", "--data", folder.path + "/" + data, "--listen", "127.0.0.1:\(port)", "--issuer", issuer,
            "--tls-certificate", certificates + "server.pem", "--tls-key", certificates + "server-key.pem",
            "--region", WorkFolder.repository + "/Config/emscher-lippe.yaml",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let http = try HTTPClient.benchmark(folder)
        let began = wallClock
        try process.run()
        var milliseconds = 0.0
        do {
            milliseconds = try await firstAnswer(http, issuer + "/health", process, began)
            if idle > .zero { try await Task.sleep(for: idle) }
        } catch {
            process.terminate()
            try await http.shutdown()
            throw error
        }
        let resident = ProcessMemory.resident("\(process.processIdentifier)")
        process.terminate()
        process.waitUntilExit()
        try await http.shutdown()
        return (milliseconds, resident)
    }

    private func firstAnswer(_ http: HTTPClient, _ url: String, _ process: Process, _ began: Double) async throws
        -> Double
    {
        while wallClock < began + 60 {
            guard process.isRunning else { throw BenchmarkFault("\(program) serve ended at once") }
            let response = try? await http.execute(HTTPClientRequest(url: url), timeout: .seconds(5))
            if response?.status == .ok { return (wallClock - began) * 1000 }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw BenchmarkFault("\(program) serve did not answer")
    }
}

extension HTTPClient {
    /// Trusts the folder's CA, keeps connections, follows nothing and does not wait between tries.
    static func benchmark(_ folder: WorkFolder) throws -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(folder.path + "/certificates/ca.pem"))
        configuration.tlsConfiguration = tls
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
