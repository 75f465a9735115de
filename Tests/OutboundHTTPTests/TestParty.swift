import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import TestCertificates
import Testing

/// A server of a portal, well-behaved or not, over real TLS. It remembers who came.
final class TestParty: Sendable {
    enum Conduct: Sendable {
        /// Sends the text, then ends the connection.
        case says(String)
        /// Sends the text and leaves the connection open.
        case saysAndStays(String)
        /// Sends the text and drops the connection without the end of TLS.
        case saysAndDrops(String)
        /// Sends the first text, then the second again and again as fast as it is taken.
        case saysForever(String, String)
        /// Sends the first text, then the second every 20 milliseconds.
        case drips(String, String)
        /// Accepts the connection and does not even shake hands.
        case isDead
    }

    struct Request: Sendable, Equatable {
        var head: HTTPRequestHead
        var body = ""
    }

    struct Seen: Sendable {
        var connections = 0
        var closed = 0
        var requests: [Request] = []
    }

    private let seen: Shared
    private let listening: any Channel

    var connections: Int { seen.seen.withLock(\.connections) }
    var closed: Int { seen.seen.withLock(\.closed) }
    var requests: [Request] { seen.seen.withLock(\.requests) }
    let port: Int

    /// Listens on `address`; every address of 127.0.0.0/8 is this machine.
    init(_ conduct: Conduct, at address: String = "127.0.0.2", port: Int = 0, tls: TLSConfiguration? = nil) async throws
    {
        let context = try NIOSSLContext(configuration: tls ?? TestAuthority.shared.server())
        let seen = Shared()
        listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                seen.seen.withLock { $0.connections += 1 }
                channel.closeFuture.whenComplete { _ in seen.seen.withLock { $0.closed += 1 } }
                return channel.eventLoop.makeCompletedFuture {
                    if case .isDead = conduct { return }
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOSSLServerHandler(context: context), ByteToMessageHandler(HTTPRequestDecoder()),
                        Conversation(conduct) { request in seen.seen.withLock { $0.requests.append(request) } },
                    ])
                }
            }
            .bind(host: address, port: port).get()
        self.seen = seen
        self.port = try #require(listening.localAddress?.port)
    }

    func stop() async throws { try await listening.close() }

    private final class Shared: Sendable {
        let seen = Mutex(Seen())
    }
}

private final class Conversation: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let conduct: TestParty.Conduct
    private let note: (TestParty.Request) -> Void
    private var request: TestParty.Request?
    private var more: String?

    init(_ conduct: TestParty.Conduct, note: @escaping (TestParty.Request) -> Void) {
        self.conduct = conduct
        self.note = note
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = TestParty.Request(head: head)
        case .body(let bytes): request?.body += String(buffer: bytes)
        case .end:
            if let request { note(request) }
            answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        switch conduct {
        case .says(let text):
            send(text, context)
            context.close(promise: nil)
        case .saysAndStays(let text): send(text, context)
        case .saysAndDrops(let text):
            send(text, context)
            // From the TLS handler's own place the call passes it by.
            try! context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self).close(promise: nil)
        case .saysForever(let head, let more):
            send(head, context)
            self.more = String(repeating: more, count: 8192 / more.utf8.count + 1)
            goOn(context)
        case .drips(let head, let drop):
            send(head, context)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(20), delay: .milliseconds(20)) { task in
                let (conversation, context) = bound.value
                guard context.channel.isActive else { return task.cancel() }
                conversation.send(drop, context)
            }
        case .isDead: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { goOn(context) }

    /// One portion at a time: others live on this event loop.
    private func goOn(_ context: ChannelHandlerContext) {
        guard let more, context.channel.isWritable, context.channel.isActive else { return }
        send(more, context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute { bound.value.0.goOn(bound.value.1) }
    }

    private func send(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
