internal import OpenIDMessages

/// Canonical base64 with padding (RFC 4648 §4), as certificates in `x5c` and PEM are written.
public enum StandardBase64 {
    public static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes).replacing("-", with: "+").replacing("_", with: "/")
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    public static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count % 4 == 0, !text.contains("-"), !text.contains("_") else { return nil }
        var body = text[...]
        for _ in 0..<2 where body.hasSuffix("=") { body = body.dropLast() }
        return Base64URL.decode(body.replacing("+", with: "-").replacing("/", with: "_"))
    }

    /// The DER of the blocks `-----BEGIN {label}-----` in PEM text (RFC 7468); nil when a block is malformed.
    public static func pemBlocks(_ label: String, in text: String) -> [[UInt8]]? {
        var blocks: [[UInt8]] = []
        var body: String?
        for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingSpaces() }) {
            switch (line, body) {
            case ("-----BEGIN \(label)-----", nil): body = ""
            case ("-----END \(label)-----", let text?):
                guard let der = decode(text) else { return nil }
                blocks.append(der)
                body = nil
            case (_, let text?): body = text + line
            default: break
            }
        }
        return body == nil ? blocks : nil
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
    }
}
