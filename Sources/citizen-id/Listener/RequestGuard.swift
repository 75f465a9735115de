internal import NIOCore
internal import NIOHTTP1

/// Lets requests through whose end everybody sees at the same byte (RFC 9112 §6.3, §11.2; checklist N3), and that come
/// to their end in time (N4).
///
/// Anything else gets 400, or 408 when it was slow, after the answers to the requests before it, and the end of the
/// connection: what follows would be somebody else's reading of it. No request has two answers.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The longest rest of a body, in bytes, that is read after the answer so that the connection can be kept.
    private static let longestRest = 65_536

    private let bodyTime: TimeAmount
    private var deadline: Scheduled<Void>?
    /// Requests that were let through and whose answers have not ended.
    private var unanswered = 0
    /// The last of them has not ended.
    private var isReading = false
    private var restIsLong = false
    private var answerHasBegun = false
    private var refusal: HTTPResponseStatus?
    private var isOver = false

    init(bodyTime: TimeAmount) { self.bodyTime = bodyTime }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard refusal == nil, !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard head.isUnambiguous else { return refuse(.badRequest, context) }
            unanswered += 1
            isReading = true
            restIsLong = head.bodyLength.map { $0 > Self.longestRest } ?? true
        case .body: break
        case .end:
            isReading = false
            deadline?.cancel()
            deadline = nil
        }
        context.fireChannelRead(data)
    }

    /// Only a request whose end has not come with its header can be slow.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isReading, deadline == nil, refusal == nil, !isOver {
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: bodyTime) { [self] in
                refuse(.requestTimeout, context)
                context.fireErrorCaught(HTTPParserError.invalidEOFState)
            }
        }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError { refuse(.badRequest, context) }
        // Whoever reads the body must not take what came of it for the whole.
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isOver else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(data, promise: promise)
        switch unwrapOutboundIn(data) {
        case .head(let head): answerHasBegun = head.status.code >= 200
        case .body: break
        case .end:
            answerHasBegun = false
            unanswered -= 1
            if refusal != nil {
                endAfterAnswers(context)
            } else if isReading, unanswered == 0, restIsLong {
                end(context)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        deadline?.cancel()
        context.fireChannelInactive()
    }

    private func refuse(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        guard refusal == nil, !isOver else { return }
        refusal = status
        deadline?.cancel()
        endAfterAnswers(context)
    }

    private func endAfterAnswers(_ context: ChannelHandlerContext) {
        guard let refusal, unanswered <= (isReading ? 1 : 0) else { return }
        if !answerHasBegun {
            let head = HTTPResponseHead(
                version: .http1_1, status: refusal, headers: ["content-length": "0", "connection": "close"])
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.end(nil)), promise: nil)
        }
        end(context)
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        deadline?.cancel()
        context.flush()
        context.close(promise: nil)
    }
}

extension HTTPRequestHead {
    /// The body's length; nil when it comes in chunks.
    fileprivate var bodyLength: Int? {
        guard headers["transfer-encoding"].isEmpty else { return nil }
        return headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    }

    /// One way at most to find the end, one host, and nothing that an older reader would read otherwise.
    fileprivate var isUnambiguous: Bool {
        let (lengths, codings) = (headers["content-length"], headers["transfer-encoding"])
        guard lengths.count + codings.count <= 1 else { return false }
        guard codings.isEmpty || (version == .http1_1 && codings[0].lowercased() == "chunked") else { return false }
        guard lengths.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } && Int($0) != nil }) else {
            return false
        }
        return headers["host"].count == 1 || (version == .http1_0 && headers["host"].isEmpty)
    }
}
