public import OpenIDMessages

/// How a tenant looks on our pages and phones: data that we draw, never code or an address that somebody else fills
/// (checklist K5). Each part may be missing.
public struct Branding: Sendable, Equatable {
    /// A colour beside the tenant's name.
    public var colour: BrandColour?
    /// One to three capital letters, where there is no logo.
    public var initials: String?
    public var logo: RasterImage?
    public var contact: Contact

    public init(
        colour: BrandColour? = nil, initials: String? = nil, logo: RasterImage? = nil,
        contact: Contact = Contact()
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
