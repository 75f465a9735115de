import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A connection to the provider that sends what it is told, byte for byte, and keeps all that comes back.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let received: Received

    /// - Parameter ca: the PEM file that the server's certificate must come from; nil for a connection without TLS.
    static func open(port: Int, ca: String?) async throws -> RawConnection {
        let received = Received()
        let context = try ca.map { ca in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(ca)
            return try NIOSSLContext(configuration: configuration)
        }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(received: received))
                }
            }.connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, received: received)
    }

    private init(channel: any Channel, received: Received) {
        self.channel = channel
        self.received = received
    }

    var isOpen: Bool { channel.isActive }
    var text: String { received.text }

    /// The status of each answer that began.
    var statuses: [Int] {
        text.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }

    /// False when the other side has closed the connection.
    @discardableResult func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    @discardableResult func send(_ bytes: [UInt8]) async -> Bool {
        do {
            try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
            return true
        } catch { return false }
    }

    func close() async { try? await channel.close().get() }

    /// Waits for something to become true; false when it did not.
    func waits(seconds: Int, until isTrue: (RawConnection) -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !isTrue(self) {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    func isClosed(within seconds: Int) async throws -> Bool { try await waits(seconds: seconds) { !$0.isOpen } }

    private final class Received: Sendable {
        private let bytes = Mutex<[UInt8]>([])

        var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

        func add(_ buffer: ByteBuffer) { bytes.withLock { $0 += buffer.readableBytesView } }
    }

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let received: Received

        init(received: Received) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { received.add(unwrapInboundIn(data)) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
