public import OpenIDMessages

/// How a tenant looks on our pages and phones: data that we draw, never code or an address that somebody else fills
/// (checklist K5). Each part may be missing.
public struct Branding: Sendable, Equatable {
    /// A colour beside the tenant's name.
    public var colour: BrandColour?
    /// One to three capital letters, where there is no logo.
    public var initials: String?
    public var logo: RasterImage?
    public var contact: TenantContact

    public init(
        colour: BrandColour? = nil, initials: String? = nil, logo: RasterImage? = nil,
        contact: TenantContact = TenantContact()
    ) {
        self.colour = colour
        self.initials = initials
        self.logo = logo
        self.contact = contact
    }

    /// True for one to three capital letters of DIN SPEC 91379, which has those of every European name.
    public static func isInitials(_ text: String) -> Bool {
        (1...3).contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory == .uppercaseLetter }
    }
}

/// How people reach a tenant.
public struct TenantContact: Sendable, Equatable {
    public var email: String?
    public var phone: String?
    /// The tenant's data protection officer, who hears of what concerns people's rights.
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

/// A colour as `#` and six hexadecimal digits in lower case.
public struct BrandColour: WireValue {
    public let rawValue: String

    public init?(rawValue: String) {
        let digits = rawValue.utf8.dropFirst()
        guard rawValue.utf8.count == 7, rawValue.hasPrefix("#"),
            digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { return nil }
        self.rawValue = rawValue
    }
}
