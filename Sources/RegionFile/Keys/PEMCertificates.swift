import Foundation

/// Decodes certificates in their textual encoding (RFC 7468 §5).
enum PEMCertificates {
    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// The DER bytes of each certificate in `text`; nil when there is none or one is malformed. Text around them is
    /// ignored.
    static func decode(_ text: String) -> [[UInt8]]? {
        var certificates: [[UInt8]] = []
        var body: String?
        for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
            switch (line, body) {
            case (begin, nil): body = ""
            case (begin, _?), (end, nil): return nil
            case (end, let encoded?):
                guard let data = Data(base64Encoded: encoded), isSequence([UInt8](data)) else { return nil }
                certificates.append([UInt8](data))
                body = nil
            case (_, let encoded?): body = encoded + line
            case (_, nil): continue
            }
        }
        return body == nil && !certificates.isEmpty ? certificates : nil
    }

    /// True when `bytes` are one DER SEQUENCE of 128 to 65535 bytes; no certificate is shorter.
    private static func isSequence(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 4, bytes[0] == 0x30 else { return false }
        switch bytes[1] {
        case 0x81: return bytes.count == 3 + Int(bytes[2])
        case 0x82: return bytes.count == 4 + Int(bytes[2]) << 8 + Int(bytes[3])
        default: return false
        }
    }
}
