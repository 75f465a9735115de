/// PKCS #8 of private keys on curve25519 (RFC 8410 §7): 32 bytes behind a prefix that is always the same.
enum CurvePrivateKeyInfo {
    /// The curve, by the last byte of its object identifier 1.3.101.*n*.
    enum Curve: UInt8 {
        case x25519 = 110
        case ed25519 = 112
    }

    private static func prefix(_ curve: Curve) -> [UInt8] {
        [0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, curve.rawValue, 0x04, 0x22, 0x04, 0x20]
    }

    static func encode(_ curve: Curve, _ raw: [UInt8]) -> [UInt8] { prefix(curve) + raw }

    /// The 32 bytes of the key; nil when these are not exactly the DER that `encode` gives.
    static func decode(_ curve: Curve, _ der: [UInt8]) -> [UInt8]? {
        let prefix = prefix(curve)
        guard der.count == prefix.count + 32, der.starts(with: prefix) else { return nil }
        return Array(der[prefix.count...])
    }
}
