public import Hummingbird
internal import NIOCore

/// What every handler may rely on.
public struct ProviderRequestContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Where the call comes from; nil on a local socket.
    let remoteAddress: SocketAddress?
    /// Names the call in the operator's log and on error pages: ten characters that a person can read out.
    let trace: TraceIdentifier

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        trace = TraceIdentifier()
    }
}

/// A short random reference without letters that look alike. It is written only when somebody is to read it.
struct TraceIdentifier: Sendable {
    private let random = UInt64.random(in: .min ... .max)

    private static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)

    /// Thirty-two characters, five bits each: one random number makes the whole reference.
    var text: String {
        String(decoding: (0..<10).map { Self.alphabet[Int(random >> (5 * $0) & 31)] }, as: UTF8.self)
    }
}
