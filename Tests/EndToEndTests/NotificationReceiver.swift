import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A portal's notification endpoint (CIBA Core §10.2), over TLS: answers 204 and keeps what was sent.
final class NotificationReceiver: Sendable {
    private let listening: any Channel
    private let received: Received

    private final class Received: Sendable { let texts = Mutex<[String]>([]) }

    /// Head and body of each request.
    var requests: [String] { received.texts.withLock { $0 } }

    init(here: Installation) async throws {
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: NIOSSLCertificate.fromPEMFile(here.certificates + "/server.pem").map {
                    .certificate($0)
                },
                privateKey: .privateKey(NIOSSLPrivateKey(file: here.certificates + "/server-key.pem", format: .pem))))
        let received = Received()
        self.received = received
        listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), Answering(received: received),
                    ])
                }
            }.bind(host: "localhost", port: here.portalPort).get()
    }

    func stop() async throws { try await listening.close().get() }

    /// Reads until the JSON object of the body is whole.
    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let received: Received
        private var text = ""

        init(received: Received) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            guard text.contains("\r\n\r\n"), text.hasSuffix("}") else { return }
            received.texts.withLock { $0.append(text) }
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")),
                promise: nil)
        }
    }
}
