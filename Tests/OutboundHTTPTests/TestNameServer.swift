import NIOCore
import NIOPosix
import OpenIDMessages
import Synchronization

@testable import OutboundHTTP

/// A name server over UDP (RFC 1035) whose answers change: each question gets the next list of its script, the last one
/// for ever.
final class TestNameServer: Sendable {
    private let script: Mutex<[[String]]>
    private let asked = Mutex(0)
    private let channel = Mutex<(any Channel)?>(nil)

    /// How many questions were answered.
    var questions: Int { asked.withLock { $0 } }
    var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }

    init(_ answers: [String]...) async throws {
        script = Mutex(answers)
        let listening = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        channel.withLock { $0 = listening }
    }

    private func nextAnswer() -> [InternetAddress] {
        asked.withLock { $0 += 1 }
        let addresses = script.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        return addresses.map { InternetAddress(rawValue: $0)! }
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>
        private let server: TestNameServer

        init(_ server: TestNameServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let question = unwrapInboundIn(data)
            let answer = DNSMessage.answer(to: question.data, server.nextAnswer())
            context.writeAndFlush(
                wrapOutboundOut(AddressedEnvelope(remoteAddress: question.remoteAddress, data: answer)), promise: nil)
        }
    }
}

/// Asks a `TestNameServer` anew at each call and keeps nothing.
struct AskingResolver: AddressResolving {
    let port: Int

    func addresses(of name: String) async -> [InternetAddress] { (try? await ask(name)) ?? [] }

    private func ask(_ name: String) async throws -> [InternetAddress] {
        let server = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>>(
                        wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(AddressedEnvelope(remoteAddress: server, data: DNSMessage.question(name)))
            for try await answer in inbound { return DNSMessage.addresses(in: answer.data) }
            return []
        }
    }
}

/// As much of RFC 1035 §4.1 as one question and its answers need; an IPv4 address is an A record, an IPv6 address an AAAA
/// record (RFC 3596).
enum DNSMessage {
    static func question(_ name: String) -> ByteBuffer {
        var buffer = ByteBuffer(bytes: [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        for label in name.split(separator: ".") {
            buffer.writeInteger(UInt8(label.utf8.count))
            buffer.writeString(String(label))
        }
        buffer.writeBytes([0, 0, 1, 0, 1])
        return buffer
    }

    static func answer(to question: ByteBuffer, _ addresses: [InternetAddress]) -> ByteBuffer {
        var buffer = question
        buffer.setInteger(UInt16(0x8180), at: buffer.readerIndex + 2)
        buffer.setInteger(UInt16(addresses.count), at: buffer.readerIndex + 6)
        for address in addresses {
            // The name of the question, the type, class IN, no time to live.
            buffer.writeBytes([0xC0, 12, 0, address.isIPv6 ? 28 : 1, 0, 1, 0, 0, 0, 0])
            buffer.writeInteger(UInt16(address.bytes.count))
            buffer.writeBytes(address.bytes)
        }
        return buffer
    }

    static func addresses(in answer: ByteBuffer) -> [InternetAddress] {
        var buffer = answer
        buffer.moveReaderIndex(forwardBy: 6)
        let count = buffer.readInteger(as: UInt16.self) ?? 0
        buffer.moveReaderIndex(forwardBy: 4)
        while let length = buffer.readInteger(as: UInt8.self), length > 0 {
            buffer.moveReaderIndex(forwardBy: Int(length))
        }
        buffer.moveReaderIndex(forwardBy: 4)
        return (0..<count).compactMap { _ in
            buffer.moveReaderIndex(forwardBy: 10)
            let length = buffer.readInteger(as: UInt16.self) ?? 0
            return buffer.readBytes(length: Int(length)).flatMap { InternetAddress(bytes: $0) }
        }
    }
}
