public import Hummingbird
internal import NIOCore
internal import Synchronization

/// What every handler may rely on.
public struct ProviderRequestContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// Where the call comes from; nil on a local socket. Asked at the beginning: a connection that is closed has none.
    let remoteAddress: SocketAddress?
    /// Names the call in the operator's log and on error pages: ten characters that a person can read out.
    let trace: TraceIdentifier

    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.channel.remoteAddress
        trace = TraceIdentifier()
    }
}

/// A short reference without letters that look alike. It is written only when somebody is to read it.
///
/// No secret, but no two calls have the same: so calls are counted, and the system is asked for randomness once.
struct TraceIdentifier: Sendable {
    private let mixed: UInt64

    private static let start = UInt64.random(in: .min ... .max)
    private static let count = Atomic<UInt64>(0)

    init() {
        let number = Self.count.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        mixed = Self.mix(Self.start &+ number)
    }

    /// The last step of SplitMix64: no two numbers give one result, and neighbours look nothing like each other.
    private static func mix(_ number: UInt64) -> UInt64 {
        var mixed = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    private static let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)

    /// Thirty-two characters, five bits each: one number makes the whole reference.
    var text: String {
        String(decoding: (0..<10).map { Self.alphabet[Int(mixed >> (5 * $0) & 31)] }, as: UTF8.self)
    }
}
