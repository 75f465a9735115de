import OpenIDMessages

/// The cases of `wpt-url/urltestdata.json`: texts and how browsers read them as URLs.
public struct BrowserURLCase: Sendable {
    public let input: String
    /// The URL that a browser makes of the input; nil when it makes none.
    public internal(set) var href: String?
    public internal(set) var hostname: String?

    /// Every case whose input is a Unicode text; empty when the public vectors are not here.
    ///
    /// The file holds lone surrogates, so that it is not JSON for a strict reader. It has one member on each line, and
    /// it is read line by line.
    public static let all: [BrowserURLCase] = {
        guard let bytes = TestVectors.read("wpt-url/urltestdata.json") else { return [] }
        var cases: [BrowserURLCase] = []
        var isReadable = false
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            if let input = member("input", in: line) {
                isReadable = input.string != nil
                if let text = input.string { cases.append(BrowserURLCase(input: text)) }
            } else if isReadable, let href = member("href", in: line) {
                cases[cases.count - 1].href = href.string
            } else if isReadable, let hostname = member("hostname", in: line) {
                cases[cases.count - 1].hostname = hostname.string
            }
        }
        return cases
    }()

    /// The value that `line` gives to the member `name`; `null` when it is not JSON; nil when the line is about another.
    private static func member(_ name: String, in line: ArraySlice<UInt8>) -> JSONValue? {
        let start = [UInt8]("    \"\(name)\": ".utf8)
        guard line.starts(with: start) else { return nil }
        let text = line.dropFirst(start.count)
        let value = text.last == UInt8(ascii: ",") ? text.dropLast() : text
        return (try? StrictJSON.parse(Array(value))) ?? .null
    }
}
