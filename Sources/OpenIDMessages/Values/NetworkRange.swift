/// A network as the addresses that begin with the same bits (RFC 4632 §3.1), such as `10.0.0.0/8`.
public struct NetworkRange: WireValue {
    public let rawValue: String
    private let network: [UInt8]
    private let length: Int

    /// Nil unless the address is in its canonical spelling and has zeros behind the prefix.
    public init?(rawValue: String) {
        let halves = rawValue.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2, let address = InternetAddress(rawValue: String(halves[0])),
            let length = Int(halves[1]),
            String(length) == halves[1], (0...address.bytes.count * 8).contains(length),
            Self.prefix(of: address.bytes, length: length) == address.bytes
        else { return nil }
        self.rawValue = rawValue
        network = address.bytes
        self.length = length
    }

    /// An IPv4 network holds no IPv6 address, not even one that holds an IPv4 address.
    public func contains(_ address: InternetAddress) -> Bool {
        address.bytes.count == network.count && Self.prefix(of: address.bytes, length: length) == network
    }

    private static func prefix(of bytes: [UInt8], length: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(max(length - index * 8, 0), 8)
            return byte & ~UInt8(truncatingIfNeeded: 0xFF >> kept)
        }
    }
}
