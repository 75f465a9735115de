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

/// A short random reference without letters that look alike.
struct TraceIdentifier: Sendable {
    let text: String

    private static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")

    init() {
        // Thirty-two characters, five bits each: one random number makes the whole reference.
        var random = UInt64.random(in: .min ... .max)
        text = String(
            (0..<10).map { _ in
                defer { random >>= 5 }
                return Self.alphabet[Int(random & 31)]
            })
    }
}
