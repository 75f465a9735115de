import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// An HTTP answer as it came.
struct RawAnswer: Sendable {
    let status: Int
    let headers: [(name: String, value: String)]
    let body: ByteBuffer

    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    /// The text between `start` and the next quotation mark.
    func member(_ start: String) -> String? {
        let text = String(decoding: body.readableBytesView, as: UTF8.self)
        guard let range = text.firstRange(of: start) else { return nil }
        return String(text[range.upperBound...].prefix { $0 != "\"" })
    }
}

/// Says what a connection sends next.
protocol RequestSource: Sendable {
    /// True when the answer to one request is needed for the next: then it is read, not only counted.
    var readsAnswers: Bool { get }
    /// Nil when there is nothing more to be sent. `answer` is the last one, if it was read.
    mutating func next(after answer: RawAnswer?) throws -> ByteBuffer?
}

/// One kept connection that sends ready-made bytes and looks only for the end of each answer: the client must not be
/// what is measured.
struct RawConnection: Sendable {
    private let channel: any Channel

    static func open(_ group: any EventLoopGroup, port: Int, certificates: String) async throws -> RawConnection {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(certificates + "/ca.pem"))
        let context = try NIOSSLContext(configuration: tls)
        let channel = try await ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    try channel.pipeline.syncOperations.addHandler(RawExchange())
                }
            }.connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel)
    }

    /// Sends what `source` says, each request after the answer to the one before it, until `end`; how many answers came.
    func run(_ source: any RequestSource, status: Int, until end: NIODeadline) async throws -> Int {
        try await channel.eventLoop.flatSubmit { [channel] in
            let promise = channel.eventLoop.makePromise(of: Int.self)
            do {
                try channel.pipeline.syncOperations.handler(type: RawExchange.self)
                    .begin(RawExchange.Run(source: source, status: status, end: end, promise: promise))
            } catch { promise.fail(error) }
            return promise.futureResult
        }.get()
    }

    /// One request and its answer.
    func call(_ request: ByteBuffer, status: Int) async throws -> RawAnswer {
        let (answers, told) = AsyncStream.makeStream(of: RawAnswer.self)
        _ = try await run(
            SingleCall(request: request, told: told), status: status, until: .distantFuture)
        for await answer in answers { return answer }
        throw BenchmarkFault("no answer")
    }

    func close() async throws { try await channel.close() }

    private struct SingleCall: RequestSource {
        var request: ByteBuffer?
        let told: AsyncStream<RawAnswer>.Continuation
        var readsAnswers: Bool { true }

        mutating func next(after answer: RawAnswer?) -> ByteBuffer? {
            if let answer { told.yield(answer) }
            defer { request = nil }
            return request
        }
    }
}

/// The client's side of one connection.
private final class RawExchange: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Run {
        var source: any RequestSource
        let status: Int
        let end: NIODeadline
        let promise: EventLoopPromise<Int>
        var answers = 0
    }

    private var context: ChannelHandlerContext?
    private var current: Run?
    private var received = ByteBuffer()
    /// How long the head and the whole answer are, once the head is here.
    private var lengths: (head: Int, whole: Int)?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func begin(_ run: Run) {
        current = run
        proceed(nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var data = unwrapInboundIn(data)
        received.writeBuffer(&data)
        do {
            if lengths == nil { lengths = try headLengths() }
            guard let lengths, received.readableBytes >= lengths.whole, let run = current else { return }
            let answer = try judge(lengths, run)
            received.clear()
            self.lengths = nil
            current?.answers += 1
            proceed(answer)
        } catch { end(.failure(error)) }
    }

    func channelInactive(context: ChannelHandlerContext) { end(.failure(ChannelError.eof)) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.failure(error)) }

    private func proceed(_ answer: RawAnswer?) {
        guard let run = current else { return }
        do {
            // The source hears of the last answer also when there is no time for another request.
            let next = try current?.source.next(after: answer)
            guard let next, answer == nil && run.answers == 0 || NIODeadline.now() < run.end, let context else {
                return end(.success(()))
            }
            context.writeAndFlush(wrapOutboundOut(next), promise: nil)
        } catch { end(.failure(error)) }
    }

    private func end(_ result: Result<Void, any Error>) {
        guard let run = current else { return }
        current = nil
        run.promise.completeWith(result.map { run.answers })
    }

    /// The lengths of head and answer; nil while the head is not whole. One pass over the bytes.
    private func headLengths() throws -> (head: Int, whole: Int)? {
        let length = Array("content-length:".utf8)
        return unsafe try received.withUnsafeReadableBytes { bytes -> (head: Int, whole: Int)? in
            var line = 0
            var body: Int?
            for index in 0..<bytes.count where unsafe bytes[index] == UInt8(ascii: "\n") {
                if index - line == 1 {
                    guard let body else { throw BenchmarkFault("an answer without a length") }
                    return (index + 1, index + 1 + body)
                }
                if index - line > length.count,
                    length.indices.allSatisfy({ unsafe bytes[line + $0] | 0x20 == length[$0] | 0x20 })
                {
                    body = unsafe bytes[(line + length.count)..<index].reduce(0) { sum, byte in
                        (48...57).contains(byte) ? sum * 10 + Int(byte - 48) : sum
                    }
                }
                line = index + 1
            }
            return nil
        }
    }

    /// Checks the status; reads the answer where the source wants that.
    private func judge(_ lengths: (head: Int, whole: Int), _ run: Run) throws -> RawAnswer? {
        let bytes = received.readableBytesView
        let status = bytes.dropFirst(9).prefix(3).reduce(0) { $0 * 10 + Int($1) - 48 }
        guard status == run.status else {
            throw BenchmarkFault("\(status): \(String(decoding: bytes, as: UTF8.self))")
        }
        guard run.source.readsAnswers else { return nil }
        let lines = String(decoding: bytes.prefix(lengths.head), as: UTF8.self).split(separator: "\r\n").dropFirst()
        let headers = lines.compactMap { line -> (name: String, value: String)? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return (String(parts[0]), String(parts[1].drop { $0 == " " }))
        }
        return RawAnswer(
            status: status, headers: headers, body: ByteBuffer(bytes: bytes.dropFirst(lengths.head)))
    }
}
