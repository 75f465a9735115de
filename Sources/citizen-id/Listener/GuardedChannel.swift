internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import ProviderHTTP

/// A listener's channel that only so many connections of one caller come to, and only requests that are unambiguous.
struct GuardedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let connections: Shares
    /// The bytes of requests that are not whole.
    let unfinished: Shares
    let bodyTime: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let caller = Caller(channel.remoteAddress)
        let isAdmitted = connections.take(1, for: caller)
        if isAdmitted { channel.closeFuture.whenComplete { [connections] _ in connections.giveBack(1, of: caller) } }
        return base.setup(channel: channel, logger: logger).flatMapThrowing { [unfinished, bodyTime] value in
            let pipeline = channel.pipeline.syncOperations
            // Before TLS: whoever is turned away costs no handshake.
            if !isAdmitted { try pipeline.addHandler(TurnedAway(), position: .first) }
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(
                RequestGuard(caller: caller, unfinished: unfinished, bodyTime: bodyTime, logger: logger),
                position: .after(decoder))
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}

/// Closes a connection as soon as it is open.
private final class TurnedAway: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    func channelActive(context: ChannelHandlerContext) { context.close(promise: nil) }
}
