public import NIOCore
internal import OpenIDMessages

/// Who calls, as far as the address tells (checklist N4, N6): an IPv4 address, or an IPv6 network of 64 bits, for that is
/// what one subscriber gets.
public struct Caller: Hashable, Sendable {
    private let network: [UInt8]

    /// Nil, as on a local socket, is one caller.
    public init(_ address: SocketAddress?) {
        let bytes = address?.internetAddress?.bytes ?? []
        network = Array(bytes.count == 16 ? bytes.prefix(8) : bytes[...])
    }

    private init(network: [UInt8]) { self.network = network }

    /// Callers that are not told apart.
    static let others = Caller(network: [0])
}

extension SocketAddress {
    /// A listener for both families sees IPv4 as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2): that is IPv4.
    var internetAddress: InternetAddress? {
        guard let text = ipAddress else { return nil }
        let mapped = "::ffff:"
        let isMapped = text.hasPrefix(mapped) && text.contains(".")
        return InternetAddress(rawValue: isMapped ? String(text.dropFirst(mapped.count)) : text)
    }
}
