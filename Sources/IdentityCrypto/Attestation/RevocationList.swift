internal import OpenIDMessages

/// Certificates of attestations that count no more, in the form in which Google publishes its list
/// (`https://android.googleapis.com/attestation/status`): `{"entries": {serial: {"status", "reason"?, …}}}`.
public struct RevocationList: Sendable, Equatable {
    /// How long a list may be, in bytes.
    public static let maximumLength = 16_000_000

    /// Why text is no revocation list.
    public enum Malformed: Error, Sendable, Equatable {
        case notJSON
        /// Another member than `entries`, or entries that are no object.
        case form
        /// A serial number that is not hexadecimal in lower case without leading zeros, or an entry without `status`.
        case entry(String)
    }

    /// Serial numbers in lower-case hexadecimal. `REVOKED` and `SUSPENDED` count alike: neither certificate is good now.
    public let serials: Set<String>

    public init(serials: Set<String> = []) { self.serials = serials }

    public init(parsing bytes: [UInt8]) throws(Malformed) {
        guard let object = try? StrictJSON.parseObject(bytes, maximumLength: Self.maximumLength) else {
            throw .notJSON
        }
        guard object.names == ["entries"], let entries = object["entries"]?.object else { throw .form }
        var serials: Set<String> = []
        for member in entries.members {
            guard Self.isSerial(member.name), let status = member.value.object?["status"]?.string,
                ["REVOKED", "SUSPENDED"].contains(status)
            else { throw .entry(member.name) }
            serials.insert(member.name)
        }
        self.serials = serials
    }

    /// True for a serial number as lists write it.
    public static func isSerial(_ text: String) -> Bool {
        let isHexadecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        return isHexadecimal && !text.isEmpty && text.utf8.count <= 64 && (text.utf8.first != 0x30 || text == "0")
    }

    /// The serial numbers of a chain that are listed.
    public func listed(_ chain: [String]) -> [String] { chain.filter(serials.contains) }
}
