/// The URI of a call, as RFC 9449 §4.3-9 has it compared: without query and fragment, after the normalisation by syntax and
/// by scheme about which no two readers disagree.
///
/// Scheme and host are in lower case (RFC 3986 §6.2.2.1), and the port of `https` is left out (§6.2.3). The path stays as it
/// is written: what escapes and dots in it mean depends on who reads it.
struct CalledURI: Equatable, Sendable {
    private let text: String

    init?(_ uri: String) {
        // Beyond ASCII there are letters that become one of its letters in lower case.
        guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let parts = uri.prefix { $0 != "?" && $0 != "#" }
            .split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].lowercased() == "https:", parts[1].isEmpty else { return nil }
        text = Self.authority(parts[2].lowercased()) + "/" + parts[3]
    }

    private static func authority(_ text: String) -> String {
        let port = ":443"
        guard text.hasSuffix(port) else { return text }
        let host = text.dropLast(port.count)
        // A colon in what is left belongs to an address in brackets, or the whole is no authority.
        return host.contains(":") && !host.hasSuffix("]") ? text : String(host)
    }
}
