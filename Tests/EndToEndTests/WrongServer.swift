import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// A server in a provider's place that closes each connection as soon as somebody asks for something.
struct WrongServer {
    private let listening: any Channel
    let port: Int

    /// - Parameter tls: nil for a server that speaks no TLS.
    static func run<Value>(
        tls: TLSConfiguration?, _ body: (WrongServer) async throws -> Value
    ) async throws -> Value {
        let server = try await WrongServer(tls: tls)
        let result: Result<Value, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try await server.listening.close()
        return try result.get()
    }

    private init(tls: TLSConfiguration?) async throws {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        HangUp(answer: context == nil ? "HTTP/1.1 400\r\n\r\n" : ""))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = try #require(listening.localAddress?.port)
    }

    private final class HangUp: ChannelInboundHandler {
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
