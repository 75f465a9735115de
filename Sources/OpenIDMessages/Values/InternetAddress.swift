/// An IPv4 or IPv6 address.
///
/// It is read in its canonical spelling only: four decimal numbers without leading zeros, or RFC 5952. Readers disagree
/// about every other spelling: `127.1`, `0177.0.0.1` and `2130706433` are loopback for some and names for others.
public struct InternetAddress: WireValue {
    /// Four bytes of IPv4 or sixteen of IPv6, as they stand in a packet.
    public let bytes: [UInt8]

    /// The canonical spelling, IPv6 without brackets.
    public let rawValue: String

    public var isIPv6: Bool { bytes.count == 16 }

    public init?(rawValue: String) {
        guard rawValue.utf8.count <= 45, let bytes = Self.ipv4(rawValue[...]) ?? Self.ipv6(rawValue),
            let address = Self(bytes: bytes), address.rawValue == rawValue
        else { return nil }
        self = address
    }

    /// Nil unless there are four or sixteen bytes.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
        rawValue = bytes.count == 4 ? Self.ipv4Text(self.bytes[...]) : Self.ipv6Text(self.bytes)
    }

    // MARK: - Reading: what is read generously here is compared with the canonical spelling in `init`.

    private static func ipv4(_ text: Substring) -> [UInt8]? {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard numbers.count == 4, !numbers.contains(nil) else { return nil }
        return numbers.compactMap(\.self)
    }

    private static func ipv6(_ text: String) -> [UInt8]? {
        guard let gap = text.firstRange(of: "::") else { return ipv6Part(text[...]).flatMap { exactly16($0) } }
        guard let head = ipv6Part(text[..<gap.lowerBound]), let tail = ipv6Part(text[gap.upperBound...]),
            head.count + tail.count <= 14
        else { return nil }
        return head + Array(repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func exactly16(_ bytes: [UInt8]) -> [UInt8]? { bytes.count == 16 ? bytes : nil }

    /// Groups of hexadecimal digits, of which the last may be an IPv4 address (RFC 4291 §2.2).
    private static func ipv6Part(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, group) in groups.enumerated() {
            if index == groups.count - 1, let last = ipv4(group) {
                bytes += last
            } else {
                guard let value = UInt16(group, radix: 16) else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
        }
        return bytes
    }

    // MARK: - Writing

    private static func ipv4Text(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.map { String($0) }.joined(separator: ".")
    }

    /// RFC 5952 §4 and, for addresses that hold an IPv4 address, §5.
    private static func ipv6Text(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) {
            return "::ffff:" + ipv4Text(bytes[12...])
        }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        func text(_ groups: some Sequence<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        let gap = longestRunOfZeros(in: groups)
        guard gap.count >= 2 else { return text(groups) }
        return text(groups[..<gap.lowerBound]) + "::" + text(groups[gap.upperBound...])
    }

    /// The first of the longest.
    private static func longestRunOfZeros(in groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        for start in groups.indices {
            let run = start..<start + groups[start...].prefix { $0 == 0 }.count
            if run.count > longest.count { longest = run }
        }
        return longest
    }
}
