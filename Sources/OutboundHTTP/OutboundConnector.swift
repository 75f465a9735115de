internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import OpenIDMessages
internal import ProviderCore
internal import Synchronization

/// Makes a connection for each request; none is kept, so that no answer can belong to another request.
struct OutboundConnector: Sendable {
    let eventLoop: any EventLoop
    let tls: NIOSSLContext
    let limits: OutboundLimits

    /// The first of `addresses` that takes the connection gets the request.
    func send(
        _ request: OutboundRequest, to url: OutboundURL, at addresses: [CheckedAddress]
    ) async throws(OutboundFailure) -> OutboundAnswer {
        let tried = addresses.prefix(limits.addresses)
        for address in tried {
            let result = await attempt(request, to: url, at: address, connect: limits.connect / tried.count)
            if case .failure(.connect) = result, !Task.isCancelled { continue }
            return try result.get()
        }
        throw .connect
    }

    private func attempt(
        _ request: OutboundRequest, to url: OutboundURL, at address: CheckedAddress, connect time: Duration
    ) async -> Result<OutboundAnswer, OutboundFailure> {
        let answer = eventLoop.makePromise(of: OutboundAnswer.self)
        let connection = OutboundConnection()
        return await withTaskCancellationHandler {
            defer { connection.close() }
            do {
                try await open(connection, for: request, to: url, at: address, connect: time, answer: answer)
            } catch {
                answer.fail(OutboundFailure.connect)
            }
            do {
                return .success(try await answer.futureResult.get())
            } catch { return .failure(error as? OutboundFailure ?? .malformed) }
        } onCancel: {
            connection.close()
        }
    }

    private func open(
        _ connection: OutboundConnection, for request: OutboundRequest, to url: OutboundURL, at address: CheckedAddress,
        connect time: Duration, answer: EventLoopPromise<OutboundAnswer>
    ) async throws {
        let place = try SocketAddress(ipAddress: address.address.rawValue, port: Int(address.port))
        _ = try await ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(time))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connection.hold(channel)
                    try addHandlers(to: channel, for: request, url, answer)
                }
            }
            .connect(to: place).get()
    }

    private func addHandlers(
        to channel: any Channel, for request: OutboundRequest, _ url: OutboundURL,
        _ answer: EventLoopPromise<OutboundAnswer>
    ) throws {
        // Without a name the certificate must be one for the address of the connection.
        let name: String? = if case .name(let name) = url.host { name } else { nil }
        var head = NIOHTTPDecoderLimitConfiguration()
        head.maxHeaderListSize = limits.headLength
        head.maxHeaderFieldSize = limits.headLength
        head.maxHeaderFieldCount = 100
        let decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop, limitConfiguration: head)
        try channel.pipeline.syncOperations.addHandlers([
            NIOSSLClientHandler(context: tls, serverHostname: name),
            ReceivedLengthLimit(limits.receivedLength),
            HTTPRequestEncoder(),
            ByteToMessageHandler(decoder),
            AnswerCollector(request, to: url, maximumLength: limits.bodyLength, answer: answer),
        ])
    }
}

/// A connection that can be closed before it is made.
private final class OutboundConnection: Sendable {
    private struct State {
        var channel: (any Channel)?
        var isClosed = false
    }
    private let state = Mutex(State())

    func hold(_ channel: any Channel) {
        let isClosed = state.withLock { state in
            state.channel = channel
            return state.isClosed
        }
        if isClosed { channel.close(promise: nil) }
    }

    func close() {
        let channel = state.withLock { state in
            state.isClosed = true
            return state.channel
        }
        channel?.close(promise: nil)
    }
}
