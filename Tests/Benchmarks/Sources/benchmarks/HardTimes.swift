import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import IdentityCrypto
import OpenIDMessages

/// How logins begin while callers dawdle (checklist N4) or come in numbers that nobody can serve (N5), at the real program with
/// its own limits, each beside the same logins in a quiet hour, in turns.
struct HardTimes {
    let program: String
    let effort: Effort

    /// Connections that dawdle, from as many addresses as the limit of one address wants.
    private static let dawdlers = 2_000
    /// Connections of the crowd: twice the requests that the program works on at once.
    private static let crowd = 2_048
    private static let addresses = 8
    /// Logins that begin in a second, each at its time.
    private static let rate = 50.0

    private var seconds: Double { effort.loginSeconds * 2.5 }

    func slow(_ report: Report) async throws {
        try await withServer { server in
            let honest = try await server.lines(8)
            _ = try await server.begun(honest, rate: Self.rate, seconds: 1)
            for kind in Dawdler.Kind.allCases {
                progress("\(Self.dawdlers) connections: \(kind.rawValue)")
                var (alone, beside): ([Begun], [Begun]) = ([], [])
                for _ in 0..<effort.rounds {
                    alone.append(try await server.begun(honest, rate: Self.rate, seconds: seconds))
                    let dawdlers = try await server.dawdlers(Self.dawdlers, kind, addresses: Self.addresses)
                    beside.append(try await server.begun(honest, rate: Self.rate, seconds: seconds))
                    for dawdler in dawdlers { dawdler.close() }
                    try await Task.sleep(for: .seconds(1))
                }
                add(report, "\(Self.dawdlers) × \(kind.rawValue)", alone, beside)
            }
            report.add(
                Figure(name: "resident memory afterwards", unit: "MiB", spread: Spread([server.residentMiB])))
        }
    }

    func overload(_ report: Report) async throws {
        try await withServer { server in
            let few = try await server.lines(64)
            progress("the most that is answered, 64 connections")
            _ = try await server.crowd(few, seconds: 1)
            let crowd = try await server.lines(Self.crowd, addresses: Self.addresses)
            var (peak, pressed, recovery): ([Crowd], [Crowd], [Begun]) = ([], [], [])
            for _ in 0..<effort.rounds {
                peak.append(try await server.crowd(few, seconds: seconds))
                pressed.append(try await server.crowd(crowd, seconds: seconds))
                recovery.append(try await server.begun(Array(few.prefix(8)), rate: Self.rate, seconds: 1))
            }
            let floor = Spread(peak.map(\.rate))
            report.add(Figure(name: "answered of 64 connections", unit: "/s", spread: floor, isRate: true))
            report.add(
                Figure(
                    name: "  of \(Self.crowd) connections", unit: "/s", spread: Spread(pressed.map(\.rate)),
                    floor: floor.median, floorMeaning: "of 64", isRate: true))
            report.add(
                Figure(
                    name: "  refused with 503 beside them", unit: "/s", spread: Spread(pressed.map(\.refusedRate)),
                    isRate: true))
            report.add(
                Figure(name: "  an answer then, p99", unit: "ms", spread: Spread(pressed.map { $0.time(0.99) })))
            report.add(
                Figure(
                    name: "  a refusal then, p99", unit: "ms", spread: Spread(pressed.map { $0.refusal(0.99) })))
            report.add(
                Figure(
                    name: "a login in the second after it, p99", unit: "ms",
                    spread: Spread(recovery.map { $0.time(0.99) })))
            report.add(
                Figure(name: "resident memory afterwards", unit: "MiB", spread: Spread([server.residentMiB])))
        }
    }

    private func add(_ report: Report, _ name: String, _ alone: [Begun], _ beside: [Begun]) {
        let refused = beside.map { Double($0.refused) / Double($0.refused + $0.times.count) * 100 }
        report.add(Figure(name: "refused beside \(name)", unit: "%", spread: Spread(refused)))
        report.addWaits("a login begins", "quiet", alone.map(\.times), "beside \(name)", beside.map(\.times))
    }

    /// Thousands of connections need as many descriptors as the system gives.
    private static func takeDescriptors() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(resource, &limit)
    }

    private func withServer(_ body: (HardServer) async throws -> Void) async throws {
        Self.takeDescriptors()
        let folder = try WorkFolder()
        defer { folder.remove() }
        try folder.makeCertificates()
        let server = try await HardServer.start(program, folder)
        do {
            try await body(server)
            try await server.stop()
        } catch {
            try? await server.stop()
            throw error
        }
    }
}

/// Times of requests from when each was to begin, in milliseconds.
struct Begun: Sendable {
    var times: [Double] = []
    /// Those that were answered otherwise, with 503.
    var refused = 0

    func time(_ part: Double) -> Double { times.limit(of: part) }
}

/// What a crowd got.
struct Crowd: Sendable {
    var answered: [Double] = []
    var refused: [Double] = []
    var seconds = 0.0

    var rate: Double { Double(answered.count) / seconds }
    var refusedRate: Double { Double(refused.count) / seconds }
    func time(_ part: Double) -> Double { answered.limit(of: part) }
    func refusal(_ part: Double) -> Double { refused.limit(of: part) }
}

/// `citizen-id serve` with the limits that it comes with, but for the logins of one address.
private struct HardServer: Sendable {
    let process: Process
    let port: Int
    let group: MultiThreadedEventLoopGroup
    let tls: NIOSSLContext
    let request: ByteBuffer

    static func start(_ program: String, _ folder: WorkFolder) async throws -> HardServer {
        let port = try ServerProcess.freePort()
        let certificates = folder.path + "/certificates/"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "serve", "--data", folder.path + "/data", "--listen", "127.0.0.1:\(port)",
            "--issuer", "https://localhost:\(port)", "--tls-certificate", certificates + "server.pem",
            "--tls-key", certificates + "server-key.pem",
            "--region", WorkFolder.repository + "/Config/emscher-lippe.yaml", "--region", folder.path + "/portal.yaml",
        ]
        try folder.write(Array(portal.utf8), "portal.yaml")
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["CITIZEN_ID_LIMITS_LOGINS_PER_MINUTE": "1000000"]) { $1 }
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificates + "ca.pem"))
        try process.run()
        let server = HardServer(
            process: process, port: port, group: MultiThreadedEventLoopGroup(numberOfThreads: 1),
            tls: try NIOSSLContext(configuration: tls), request: Self.request(port))
        for _ in 0..<2_000 where process.isRunning {
            if let line = try? await server.line() {
                guard try await line.ask(server.request).leadsToLogin else {
                    process.terminate()
                    throw BenchmarkFault("\(program) serve begins no login")
                }
                line.close()
                return server
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        process.terminate()
        throw BenchmarkFault("\(program) serve did not answer")
    }

    private static let redirectURI = "https://serviceportal.emscher-lippe.de/oidc/benchmark"

    /// A portal that need not push its requests.
    private static let portal = """
        clients:
          - id: benchmark-hard-times
            tenant: dachportal
            name: Benchmark
            profile: baseline
            redirect_uris: [\(redirectURI)]
            authentication: client_secret_basic
            secret_sha256: 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU
            require_pushed_authorization_requests: false
            scopes: [openid]

        """

    private static func request(_ port: Int) -> ByteBuffer {
        let query = FormParameters([
            "client_id": "benchmark-hard-times", "response_type": "code", "redirect_uri": redirectURI,
            "scope": "openid", "state": "hard-times", "code_challenge": CodeVerifier.random().challenge.rawValue,
            "code_challenge_method": "S256",
        ]).encoded
        return ByteBuffer(string: "GET /authorize?\(query) HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n")
    }

    /// A connection from one of our own addresses; 0 is the usual one.
    func line(from address: Int = 0) async throws -> HardLine {
        let exchange = HardLine.Exchange()
        let (tls, group) = (tls, group)
        let bootstrap = ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    try channel.pipeline.syncOperations.addHandler(exchange)
                }
            }
        let bound =
            address == 0
            ? bootstrap : bootstrap.bind(to: try SocketAddress(ipAddress: "127.0.0.\(address + 1)", port: 0))
        return HardLine(channel: try await bound.connect(host: "127.0.0.1", port: port).get(), exchange: exchange)
    }

    func lines(_ count: Int, addresses: Int = 1) async throws -> [HardLine] {
        var lines: [HardLine] = []
        while lines.count < count { lines.append(try await line(from: lines.count % addresses)) }
        return lines
    }

    func dawdlers(_ count: Int, _ kind: Dawdler.Kind, addresses: Int) async throws -> [Dawdler] {
        var dawdlers: [Dawdler] = []
        for number in 0..<count {
            dawdlers.append(Dawdler(try await line(from: 1 + number % addresses), kind))
        }
        return dawdlers
    }

    /// Logins that begin at their times; a server that is late shows it.
    func begun(_ lines: [HardLine], rate: Double, seconds: Double) async throws -> Begun {
        let start = wallClock + 0.1
        let count = Int(rate * seconds)
        return try await withThrowingTaskGroup(of: Begun.self) { group in
            for (index, line) in lines.enumerated() {
                group.addTask {
                    var begun = Begun()
                    for number in stride(from: index, to: count, by: lines.count) {
                        let due = start + Double(number) / rate
                        let wait = due - wallClock
                        if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
                        let status = try await line.ask(request).status
                        if status == 303 {
                            begun.times.append((wallClock - due) * 1000)
                        } else {
                            begun.refused += 1
                        }
                    }
                    return begun
                }
            }
            return try await group.reduce(into: Begun()) {
                $0.times += $1.times
                $0.refused += $1.refused
            }
        }
    }

    /// Logins that begin on all connections, each as soon as the one before it was answered.
    func crowd(_ lines: [HardLine], seconds: Double) async throws -> Crowd {
        let end = wallClock + seconds
        return try await withThrowingTaskGroup(of: Crowd.self) { group in
            for line in lines {
                group.addTask {
                    var crowd = Crowd()
                    while wallClock < end {
                        let answer = try await line.ask(request)
                        switch answer.status {
                        case 303: crowd.answered.append(answer.milliseconds)
                        case 503: crowd.refused.append(answer.milliseconds)
                        default: throw BenchmarkFault("\(answer.status)")
                        }
                    }
                    return crowd
                }
            }
            var crowd = Crowd()
            for try await part in group {
                crowd.answered += part.answered
                crowd.refused += part.refused
            }
            crowd.seconds = seconds
            return crowd
        }
    }

    var residentMiB: Double { ProcessMemory.resident("\(process.processIdentifier)") }

    func stop() async throws {
        process.terminate()
        process.waitUntilExit()
        try await group.shutdownGracefully()
    }
}

/// One connection with one request at a time.
private struct HardLine: Sendable {
    struct Answer: Sendable {
        let status: Int
        let leadsToLogin: Bool
        var milliseconds = 0.0
    }

    let channel: any Channel
    let exchange: Exchange

    func ask(_ request: ByteBuffer) async throws -> Answer {
        let start = wallClock
        var answer = try await channel.eventLoop.flatSubmit { [channel, exchange] in
            let promise = channel.eventLoop.makePromise(of: Answer.self)
            exchange.expect(promise)
            channel.writeAndFlush(request, promise: nil)
            return promise.futureResult
        }.get()
        answer.milliseconds = (wallClock - start) * 1000
        return answer
    }

    func close() { channel.close(promise: nil) }

    /// Looks for the end of each answer. Used on its channel's event loop alone.
    final class Exchange: ChannelInboundHandler, @unchecked Sendable {
        typealias InboundIn = ByteBuffer

        private var promise: EventLoopPromise<Answer>?
        private var received = ByteBuffer()

        func expect(_ promise: EventLoopPromise<Answer>) { self.promise = promise }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var data = unwrapInboundIn(data)
            guard promise != nil else { return }
            received.writeBuffer(&data)
            let text = String(decoding: received.readableBytesView, as: UTF8.self)
            guard let head = text.firstRange(of: "\r\n\r\n") else { return }
            let lines = text[..<head.lowerBound].lowercased().split(separator: "\r\n")
            let length = lines.first { $0.hasPrefix("content-length:") }.flatMap {
                Int($0.dropFirst(15).drop { $0 == " " })
            }
            guard text[head.upperBound...].utf8.count >= length ?? 0 else { return }
            received.clear()
            let status = Int(text.dropFirst(9).prefix(3)) ?? 0
            let leads = lines.contains { $0.hasPrefix("location: /login/") }
            promise?.succeed(Answer(status: status, leadsToLogin: leads))
            promise = nil
        }

        func channelInactive(context: ChannelHandlerContext) { fail(ChannelError.eof) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error) }

        private func fail(_ error: any Error) {
            promise?.fail(error)
            promise = nil
        }
    }
}

/// A connection that holds on to what it has.
struct Dawdler: Sendable {
    enum Kind: String, CaseIterable {
        case header = "headers that never end"
        case body = "bodies that never end"
        case reading = "answers that nobody reads"
    }

    private let line: HardLine
    private let drip: RepeatedTask?

    fileprivate init(_ line: HardLine, _ kind: Kind) {
        self.line = line
        let channel = line.channel
        func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
        switch kind {
        case .header: send("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        case .body:
            send(
                "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n\r\n")
        case .reading:
            // The kernel takes some hundred KB for us before the server has to wait.
            _ = channel.setOption(.autoRead, value: false)
            let request = "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost\r\n\r\n"
            send(String(repeating: request, count: 200))
        }
        guard kind != .reading else {
            drip = nil
            return
        }
        drip = channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            channel.writeAndFlush(ByteBuffer(string: "a"), promise: nil)
        }
    }

    func close() {
        drip?.cancel()
        line.close()
    }
}
