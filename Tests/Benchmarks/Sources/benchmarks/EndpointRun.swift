import Foundation
import NIOCore
import OpenIDMessages

/// One endpoint with a number of connections: short rounds of bare handler and provider in turn.
struct EndpointRun {
    let endpoint: Endpoint
    let lines: EndpointLines
    let connections: Int
    let effort: Effort
    let server: Process

    private var requests: EndpointRequests { lines.requests }

    /// What one round gave.
    private struct Round {
        let rate: Double
        /// Microseconds of processor time for one request.
        let server: Double
        let client: Double
    }

    func measure(_ report: Report, floor: EndpointFloor?, codes: inout EndpointCodes) async throws {
        let families = try await families(&codes)
        let sample = try await sample(families, &codes)
        try await teach(sample.answer)
        var bare: [Round] = []
        var real: [Round] = []
        for number in 0...effort.rounds {
            // Assertions and proofs are good for minutes only, so they are made before each round.
            let sources = try await sources(families, &codes)
            // The first round of each is only a short one that warms up.
            let seconds = effort.endpointSeconds / (number == 0 ? 4 : 1)
            let canned = RequestPool([sample.bare], isEndless: true)
            let bareRound = try await round(
                lines.bare, (0..<connections).map { _ in canned }, seconds: seconds)
            let realRound = try await round(lines.real, sources, seconds: seconds)
            guard number > 0 else { continue }
            bare.append(bareRound)
            real.append(realRound)
        }
        add(report, bare: bare, real: real, floor: floor)
    }

    private func round(
        _ lines: [RawConnection], _ sources: [any RequestSource], seconds: Double
    ) async throws -> Round {
        let start = wallClock
        let serverTime = ProcessorTime.process(server.processIdentifier)
        let clientTime = ProcessorTime.process
        let end = NIODeadline.now() + .nanoseconds(Int64(seconds * 1e9))
        let done = try await withThrowingTaskGroup(of: Int.self) { group in
            for (line, source) in zip(lines, sources) {
                group.addTask { try await line.run(source, status: endpoint.status, until: end) }
            }
            return try await group.reduce(0, +)
        }
        guard done > 0 else { throw BenchmarkFault("nothing was answered") }
        return Round(
            rate: Double(done) / (wallClock - start),
            server: (ProcessorTime.process(server.processIdentifier) - serverTime) / Double(done) * 1e6,
            client: (ProcessorTime.process - clientTime) / Double(done) * 1e6)
    }

    // MARK: Requests

    /// Refresh tokens of the connections.
    private func families(_ codes: inout EndpointCodes) async throws -> RotatingRefresh.Families {
        guard endpoint == .refresh else { return RotatingRefresh.Families([]) }
        var tokens: [String] = []
        for code in try codes.take(connections, client: EndpointClients.secret) {
            tokens.append(try await token("refresh_token", requests.redeem(code)))
        }
        return RotatingRefresh.Families(tokens)
    }

    private func token(_ name: String, _ request: ByteBuffer) async throws -> String {
        guard let token = try await lines.call(request).member("\"\(name)\":\"") else {
            throw BenchmarkFault("no \(name)")
        }
        return token
    }

    private func code(_ codes: inout EndpointCodes, _ client: String) throws -> String {
        try codes.take(1, client: client)[0]
    }

    private func sources(
        _ families: RotatingRefresh.Families, _ codes: inout EndpointCodes
    ) async throws -> [any RequestSource] {
        if endpoint == .refresh {
            return (0..<connections).map { RotatingRefresh(requests: requests, families: families, connection: $0) }
        }
        let pool = RequestPool(try await ready(&codes), isEndless: !endpoint.usesUpRequests)
        return (0..<connections).map { _ in pool }
    }

    /// Requests for one round.
    private func ready(_ codes: inout EndpointCodes) async throws -> [ByteBuffer] {
        let count = effort.requests(connections: connections)
        switch endpoint {
        case .discovery: return [requests.get(DiscoveryDocument.Path.openIDConfiguration)]
        case .jwks: return [requests.get(DiscoveryDocument.Path.jwks)]
        case .par: return [requests.push()]
        case .parAsserted: return try (0..<count).map { _ in try requests.pushAsserted() }
        case .code: return try codes.take(count, client: EndpointClients.secret).map(requests.redeem)
        case .codeBound:
            let nonce = try await lines.nonce()
            return try codes.take(count, client: EndpointClients.bound).map {
                try requests.redeemBound($0, nonce: nonce)
            }
        case .refresh: return []
        case .refreshBound:
            let nonce = try await lines.nonce()
            let token = try await token(
                "refresh_token", requests.redeemBound(code(&codes, EndpointClients.bound), nonce: nonce))
            return try (0..<count).map { _ in try requests.refreshBound(token, nonce: nonce) }
        case .clientCredentials: return [requests.clientCredentials()]
        case .introspection, .userinfo:
            let token = try await token("access_token", requests.redeem(code(&codes, EndpointClients.secret)))
            return [endpoint == .userinfo ? requests.userinfo(token) : requests.introspect(token)]
        }
    }

    // MARK: The bare handler

    /// One answer of the endpoint, and the request with which the bare handler is asked for the same.
    private func sample(
        _ families: RotatingRefresh.Families, _ codes: inout EndpointCodes
    ) async throws -> (answer: RawAnswer, bare: ByteBuffer) {
        var sources = try await sources(families, &codes)
        guard let request = try sources[0].next(after: nil) else { throw BenchmarkFault("no request") }
        let answer = try await lines.call(request, status: endpoint.status)
        if endpoint == .refresh { _ = try sources[0].next(after: answer) }
        // The same request, with the path of the bare handler.
        let text = String(decoding: request.readableBytesView, as: UTF8.self)
        guard let path = text.split(separator: " ", maxSplits: 2).dropFirst().first else {
            throw BenchmarkFault("no path")
        }
        let bare = text[..<path.startIndex] + "/bare/\(endpoint.rawValue)" + text[path.endIndex...]
        return (answer, ByteBuffer(string: String(bare)))
    }

    /// Tells the bare handler to answer the same status, headers and bytes.
    private func teach(_ answer: RawAnswer) async throws {
        var headers = JSONObject()
        // The server adds these itself.
        for header in answer.headers where !["date", "content-length"].contains(header.name.lowercased()) {
            headers[header.name] = .string(header.value)
        }
        let description: JSONObject = [
            "status": .integer(Int64(answer.status)), "headers": .object(headers),
            "body": .string(Base64URL.encode(Array(answer.body.readableBytesView))),
        ]
        let path = "/bare/\(endpoint.rawValue)"
        _ = try await lines.bare[0].call(requests.bytes("PUT", path, [], body: description.text), status: 200)
    }

    // MARK: Figures

    private func add(_ report: Report, bare: [Round], real: [Round], floor: EndpointFloor?) {
        func median(_ rounds: [Round], _ value: (Round) -> Double) -> Double { Spread(rounds.map(value)).median }
        let rate = Spread(real.map(\.rate))
        let processor = Spread(real.map(\.server))
        report.add(
            Figure(
                name: "\(endpoint.rawValue), \(connections) at once", unit: "/s", spread: rate,
                floor: median(bare, \.rate), floorMeaning: "bare handler", isRate: true))
        report.add(
            Figure(
                name: "  share of the bare handler's rate, round by round", unit: "%",
                spread: Spread(zip(real, bare).map { $0.rate / $1.rate * 100 })))
        report.add(
            Figure(
                name: "  processor time, server", unit: "µs", spread: processor, floor: median(bare, \.server),
                floorMeaning: "bare handler"))
        report.add(
            Figure(
                name: "  processor time, clients", unit: "µs", spread: Spread(real.map(\.client)),
                floor: median(bare, \.client), floorMeaning: "bare handler"))
        guard let floor else { return }
        report.add(
            Figure(
                name: "  the same rate beside its floor", unit: "/s", spread: rate, floor: floor.rate.median,
                floorMeaning: endpoint.work.text, isRate: true))
        report.add(
            Figure(
                name: "  processor time, server, beside its floor", unit: "µs", spread: processor,
                floor: floor.processor.median, floorMeaning: "the same"))
        report.add(
            Figure(
                name: "  the same beside bare handler and floor", unit: "µs", spread: processor,
                floor: floor.processor.median + median(bare, \.server), floorMeaning: "both"))
    }
}
