internal import OpenIDMessages

/// How a tenant or an operator is reached. Each part may be missing.
public struct Contact: Sendable, Equatable {
    public var email: String?
    public var phone: String?
    /// The data protection officer, who hears of what concerns people's rights.
    public var dataProtectionEmail: String?

    public init(email: String? = nil, phone: String? = nil, dataProtectionEmail: String? = nil) {
        self.email = email
        self.phone = phone
        self.dataProtectionEmail = dataProtectionEmail
    }

    /// True for a plain address: letters, digits and `.-_+`, one `@`, a host with a point. No quoted forms, no comments.
    public static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].utf8.count),
            parts[0].utf8.allSatisfy({ isWord($0) || [0x2E, 0x2D, 0x5F, 0x2B].contains($0) })
        else { return false }
        let host = String(parts[1])
        return host.contains(".") && RedirectURI(rawValue: "https://\(host)/")?.host == host
    }

    /// True for digits, blanks and `+-/()`, with at least three digits.
    public static func isPhone(_ text: String) -> Bool {
        text.utf8.count <= 40 && text.utf8.allSatisfy { isDigit($0) || " +-/()".utf8.contains($0) }
            && text.utf8.count(where: isDigit) >= 3
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
