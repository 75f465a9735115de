internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import OpenIDMessages
internal import ProviderCore

/// Sends the request when the connection stands and keeps the promise of its answer, whatever happens.
final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: OutboundRequest
    private let url: OutboundURL
    private let answer: EventLoopPromise<OutboundAnswer>
    private var reader: AnswerReader

    init(_ request: OutboundRequest, to url: OutboundURL, maximumLength: Int, answer: EventLoopPromise<OutboundAnswer>)
    {
        self.request = request
        self.url = url
        self.answer = answer
        reader = AnswerReader(request, maximumLength: maximumLength)
    }

    /// The TLS handler keeps what is written until the handshake has proved who listens.
    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request.head(for: url))), promise: nil)
        let body = request.body
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(OutboundFailure) {
            if let complete = try reader.read(unwrapInboundIn(data)) { answer.succeed(complete) }
        } catch { answer.fail(error) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(OutboundFailure(onConnection: error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(OutboundFailure.malformed) }
}

/// Counts everything that comes in before it is understood.
final class ReceivedLengthLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var remaining: Int

    init(_ length: Int) { remaining = length }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        remaining -= unwrapInboundIn(data).readableBytes
        if remaining < 0 {
            context.fireErrorCaught(OutboundFailure.tooLarge)
        } else {
            context.fireChannelRead(data)
        }
    }
}

extension OutboundFailure {
    /// What an error means after the connection was made.
    fileprivate init(onConnection error: any Error) {
        self =
            switch error {
            case let failure as OutboundFailure: failure
            case HTTPParserError.headerOverflow: .tooLarge
            // The connection ended without the end of TLS: anybody could have cut the answer off.
            case NIOSSLError.uncleanShutdown: .malformed
            case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tls
            default: .malformed
            }
    }
}
