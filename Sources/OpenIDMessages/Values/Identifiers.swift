/// `client_id` (RFC 6749 §2.2): 1 to 128 unreserved characters.
public struct ClientIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(1...128, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
}

/// A tenant (Mandant): 1 to 63 lower-case letters, digits and inner hyphens.
public struct TenantIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard isSlug(rawValue) else { return nil }
        self.rawValue = rawValue
    }
}

/// An IT provider that works for tenants, in the form of a tenant's identifier; never one of them.
public struct OperatorIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard isSlug(rawValue) else { return nil }
        self.rawValue = rawValue
    }
}

/// A region, in the form of a tenant's identifier.
public struct RegionIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard isSlug(rawValue) else { return nil }
        self.rawValue = rawValue
    }
}

/// A service (Verwaltungsleistung) of a tenant: 1 to 63 lower-case letters, digits and inner hyphens.
public struct ServiceIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard isSlug(rawValue) else { return nil }
        self.rawValue = rawValue
    }
}

private func isSlug(_ text: String) -> Bool {
    text.isASCII(1...63) { byte in
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || CharacterClass.isDigit(byte)
            || byte == UInt8(ascii: "-")
    } && !text.hasPrefix("-") && !text.hasSuffix("-")
}

/// The boundary inside which a pairwise subject is stable (OpenID Connect Core §8.1); never renamed or reused.
public struct SectorIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(1...255, { CharacterClass.isUnreserved($0) || $0 == UInt8(ascii: ":") }) else {
            return nil
        }
        self.rawValue = rawValue
    }
}

/// A `sub` (OpenID Connect Core §8): at most 255 ASCII characters.
public struct SubjectIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(1...255, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
}

/// A company's own name in a sector (`acting_for.sub`), never a person's `sub`: at most 255 ASCII characters.
public struct CompanySubject: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(1...255, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
}

/// The region's identifier of a device.
public struct DeviceIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(16...64, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
}

/// One login, as every party names it: in statements, tokens (`txn`, RFC 8417 §2.2) and logs.
public struct TransactionIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(16...64, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
}

/// A device under the name that one tenant alone has for it: `dv_` and at most 61 unreserved characters.
public struct TownDeviceName: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(4...64, CharacterClass.isUnreserved), rawValue.hasPrefix("dv_") else { return nil }
        self.rawValue = rawValue
    }
}

/// A session under the name that one subject's portals have for it (`sid`, OpenID Connect Back-Channel Logout §2.1).
public struct SessionName: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(16...64, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
}

/// The region's identifier of a person's session at the provider; portals have names for it (`SessionName`).
public struct SessionIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(16...64, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
}

/// A browser that a person wanted to be remembered.
public struct BrowserIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(16...64, CharacterClass.isUnreserved) else { return nil }
        self.rawValue = rawValue
    }
}

/// The SHA-256 thumbprint of a public key (RFC 7638) in base64url; it serves as `kid`, `jkt` and device key name.
public struct KeyThumbprint: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.utf8.count == 43, Base64URL.decode(rawValue) != nil else { return nil }
        self.rawValue = rawValue
    }

    /// - Parameter digest: 32 bytes.
    package init(digest: [UInt8]) {
        precondition(digest.count == 32, "a SHA-256 digest has 32 bytes")
        rawValue = Base64URL.encode(digest)
    }
}

/// The SHA-256 digest of some exact bytes in base64url, as statements refer to each other.
public struct ContentDigest: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.utf8.count == 43, Base64URL.decode(rawValue) != nil else { return nil }
        self.rawValue = rawValue
    }

    /// - Parameter digest: 32 bytes.
    package init(digest: [UInt8]) {
        precondition(digest.count == 32, "a SHA-256 digest has 32 bytes")
        rawValue = Base64URL.encode(digest)
    }
}

/// `jti`: 1 to 128 visible characters.
public struct TokenIdentifier: WireValue {
    public let rawValue: String
    public init?(rawValue: String) {
        guard rawValue.isASCII(1...128, CharacterClass.isVisible) else { return nil }
        self.rawValue = rawValue
    }
}
