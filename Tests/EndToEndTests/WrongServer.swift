import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// A server in a provider's place that closes each connection, at the latest as soon as somebody asks for something.
struct WrongServer {
    /// When it closes a connection.
    enum HangUp: CaseIterable {
        /// As soon as there is one: nothing of the handshake is read.
        case atOnce
        /// When the client has begun the handshake.
        case inHandshake
        /// When the client has asked for something.
        case afterRequest
    }

    private let listening: any Channel
    private let counted: Count
    let port: Int

    /// How many connections there have been.
    var connections: Int { counted.value.withLock { $0 } }

    private final class Count: Sendable { let value = Mutex(0) }

    /// - Parameter tls: nil for a server that speaks no TLS.
    static func run<Value>(
        tls: TLSConfiguration?, hangUp: HangUp = .afterRequest, _ body: (WrongServer) async throws -> Value
    ) async throws -> Value {
        let server = try await WrongServer(tls: tls, hangUp: hangUp)
        let result: Result<Value, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try await server.listening.close()
        return try result.get()
    }

    private init(tls: TLSConfiguration?, hangUp: HangUp) async throws {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let counted = Count()
        self.counted = counted
        listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                counted.value.withLock { $0 += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if hangUp == .atOnce { try pipeline.addHandler(Absent()) }
                    if let context, hangUp == .afterRequest {
                        try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try pipeline.addHandler(Closing(answer: context == nil ? "HTTP/1.1 400\r\n\r\n" : ""))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = try #require(listening.localAddress?.port)
    }

    private final class Absent: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        func channelActive(context: ChannelHandlerContext) { context.close(promise: nil) }
    }

    private final class Closing: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String

        init(answer: String) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if !answer.isEmpty { context.write(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil) }
            context.flush()
            context.close(promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
