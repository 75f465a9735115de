import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A portal's endpoint for notifications (CIBA Core §10.2) and logout tokens (Back-Channel Logout §2.5), over TLS: answers
/// everything with 204 and keeps what was sent.
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

    /// The body of the first request to a path; waits until there is one.
    func body(to path: String) async throws -> String? {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if let request = requests.first(where: { $0.hasPrefix("POST \(path) ") }) {
                return request.range(of: "\r\n\r\n").map { String(request[$0.upperBound...]) }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    /// Reads until the body is whole.
    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let received: Received
        private var text = ""

        init(received: Received) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            guard let head = text.range(of: "\r\n\r\n") else { return }
            let length = text[..<head.lowerBound].lowercased().firstMatch(of: /\r\ncontent-length: *([0-9]+)/)
            guard text[head.upperBound...].utf8.count >= length.flatMap({ Int($0.output.1) }) ?? 0 else { return }
            received.texts.withLock { $0.append(text) }
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")),
                promise: nil)
        }
    }
}
