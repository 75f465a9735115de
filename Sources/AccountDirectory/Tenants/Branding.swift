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

    /// True when white letters can be read on it better than black ones (WCAG 2.2, relative luminance).
    public var isDark: Bool {
        let parts = stride(from: 1, to: 7, by: 2).map { index -> Double in
            let start = rawValue.index(rawValue.startIndex, offsetBy: index)
            let digits = rawValue[start..<rawValue.index(start, offsetBy: 2)]
            let part = Double(UInt8(digits, radix: 16) ?? 0) / 255
            return part <= 0.04045 ? part / 12.92 : Self.power((part + 0.055) / 1.055)
        }
        let luminance = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05
    }

    /// `base` to the power of 2.4, for a base from 0 to 1: 2.4 is 12/5, and the fifth root comes by Newton's method.
    private static func power(_ base: Double) -> Double {
        var root = 1.0
        for _ in 0..<40 { root -= (root * root * root * root * root - base) / (5 * root * root * root * root) }
        let square = root * root
        return square * square * square * square * square * square
    }
}
