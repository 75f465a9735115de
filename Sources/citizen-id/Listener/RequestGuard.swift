internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import ProviderHTTP

/// Lets requests through whose end everybody sees at the same byte (RFC 9112 §6.3, §11.2; checklist N3), and that come
/// to their end in time (N4), each when it is whole: what is only begun takes no place among those that are worked on.
///
/// Anything else gets 400, 408 when it was slow, or 503 when its caller keeps too much of what is not whole; after the answers
/// to the requests before it, and with the end of the connection: what follows would be somebody else's reading of it. No
/// request has two answers.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The longest body, in bytes, that is kept until it is whole, and the longest rest of one that is read after the answer so
    /// that the connection can be kept. No endpoint reads a longer one: it is let through to be refused.
    private static let longestBody = 65_536

    private let caller: Caller
    /// The bytes of requests that are not whole.
    private let unfinished: Shares
    private let bodyTime: TimeAmount
    private let logger: Logger
    private var deadline: Scheduled<Void>?
    /// The request that is being read and was not let through yet.
    private var held: HeldRequest?
    /// Requests that came and whose answers have not ended.
    private var unanswered = 0
    /// The last of them has not ended.
    private var isReading = false
    private var restIsLong = false
    private var answerHasBegun = false
    private var refusal: HTTPResponseStatus?
    /// What callers hear for whom there is no room.
    private var explanation: UnfinishedRefusal?
    private var isOver = false

    init(caller: Caller, unfinished: Shares, bodyTime: TimeAmount, logger: Logger) {
        self.caller = caller
        self.logger = logger
        self.unfinished = unfinished
        self.bodyTime = bodyTime
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard refusal == nil, !isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard head.isUnambiguous else { return refuse(.badRequest, context) }
            unanswered += 1
            isReading = true
            let length = head.bodyLength
            let isTooLong = length.map { $0 > Self.longestBody } ?? false
            restIsLong = length == nil || isTooLong
            if length != 0, !isTooLong {
                held = HeldRequest(head: head)
                return
            }
        case .body(let part):
            if held != nil {
                held?.body.writeImmutableBuffer(part)
                if let held, held.body.readableBytes > Self.longestBody { letThrough(held, context) }
                return
            }
        case .end:
            isReading = false
            deadline?.cancel()
            deadline = nil
            if let held { letThrough(held, context) }
        }
        context.fireChannelRead(data)
    }

    /// Only a request whose end has not come with its header can be slow, and only what is kept beyond this moment counts.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isReading, deadline == nil, refusal == nil, !isOver {
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: bodyTime) { [self] in
                refuse(.requestTimeout, context)
                context.fireErrorCaught(HTTPParserError.invalidEOFState)
            }
        }
        if let uri = held?.head.uri, !countHeld() {
            explanation = UnfinishedRefusal(uri: uri, logger: logger)
            refuse(.serviceUnavailable, context)
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
        forgetHeld()
        context.fireChannelInactive()
    }

    private func letThrough(_ request: HeldRequest, _ context: ChannelHandlerContext) {
        forgetHeld()
        context.fireChannelRead(wrapInboundOut(.head(request.head)))
        if request.body.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(request.body))) }
    }

    /// False when the caller, or all together, keep too much.
    private func countHeld() -> Bool {
        guard let size = held?.size, let counted = held?.counted, size > counted else { return true }
        guard unfinished.take(size - counted, for: caller) else { return false }
        held?.counted = size
        return true
    }

    private func forgetHeld() {
        if let counted = held?.counted, counted > 0 { unfinished.giveBack(counted, of: caller) }
        held = nil
    }

    private func refuse(_ status: HTTPResponseStatus, _ context: ChannelHandlerContext) {
        guard refusal == nil, !isOver else { return }
        refusal = status
        deadline?.cancel()
        forgetHeld()
        endAfterAnswers(context)
    }

    private func endAfterAnswers(_ context: ChannelHandlerContext) {
        guard let refusal, unanswered <= (isReading ? 1 : 0) else { return }
        if !answerHasBegun {
            let body = explanation.map { context.channel.allocator.buffer(bytes: $0.body) }
            var headers: HTTPHeaders = ["content-length": "\(body?.readableBytes ?? 0)", "connection": "close"]
            if let explanation {
                headers.add(name: "content-type", value: explanation.mediaType)
                headers.add(name: "cache-control", value: "no-store")
                headers.add(name: "retry-after", value: "2")
                if let trace = explanation.trace { headers.add(name: trace.name, value: trace.text) }
            }
            let head = HTTPResponseHead(version: .http1_1, status: refusal, headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            if let body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
            context.write(wrapOutboundOut(.end(nil)), promise: nil)
        }
        end(context)
    }

    private func end(_ context: ChannelHandlerContext) {
        isOver = true
        deadline?.cancel()
        forgetHeld()
        context.flush()
        context.close(promise: nil)
    }
}

/// A request that is not whole.
private struct HeldRequest {
    let head: HTTPRequestHead
    /// What came of the body, as bytes of its own: a part of what was read from the network would keep all of that.
    var body = ByteBuffer()
    /// The bytes of `size` that count among the caller's.
    var counted = 0

    init(head: HTTPRequestHead) { self.head = head }

    var size: Int {
        head.headers.reduce(head.uri.utf8.count + body.readableBytes) { $0 + $1.name.utf8.count + $1.value.utf8.count }
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
