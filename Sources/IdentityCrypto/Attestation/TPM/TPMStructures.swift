/// Reads structures of TPM 2.0 (TCG TPM 2.0 Library, Part 2): big-endian numbers and byte strings with a length of two bytes.
struct TPMReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> [UInt8]? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) -> Number? {
        take(Number.bitWidth / 8)?.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    /// A `TPM2B_…`.
    mutating func sized() -> [UInt8]? {
        guard let count: UInt16 = number() else { return nil }
        return take(Int(count))
    }
}

/// Constants of Part 2, §6.
enum TPMConstant {
    static let generated: UInt32 = 0xff54_4347
    static let attestCertify: UInt16 = 0x8017
    static let sha256: UInt16 = 0x000b
    static let null: UInt16 = 0x0010
    static let ecdsa: UInt16 = 0x0018
    static let ellipticCurve: UInt16 = 0x0023
    static let p256: UInt16 = 0x0003
}

/// `TPMT_PUBLIC` of an ECC key on P-256 (Part 2, §12.2.4).
package struct TPMPublicArea: Sendable {
    /// `TPMA_OBJECT` (Part 2, §8.3).
    struct Attributes: OptionSet, Sendable {
        let rawValue: UInt32
        static let fixedTPM = Attributes(rawValue: 1 << 1)
        static let fixedParent = Attributes(rawValue: 1 << 4)
        static let sensitiveDataOrigin = Attributes(rawValue: 1 << 5)
        static let userWithAuth = Attributes(rawValue: 1 << 6)
        /// Wrong authorisation values are not counted.
        static let noDA = Attributes(rawValue: 1 << 10)
        static let decrypt = Attributes(rawValue: 1 << 17)
        static let sign = Attributes(rawValue: 1 << 18)
    }

    let attributes: Attributes
    /// The digest of a policy that opens the key in the place of its authorisation value; empty when there is none.
    let policy: [UInt8]
    package let key: VerificationKey
    /// `nameAlg ‖ H(pubArea)` (Part 1, §16).
    let name: [UInt8]

    /// Nil for anything else than an ECC key on P-256 with SHA-256 as its name's algorithm.
    package init?(_ bytes: [UInt8]) {
        var reader = TPMReader(bytes)
        guard reader.number() == TPMConstant.ellipticCurve, reader.number() == TPMConstant.sha256,
            let attributes: UInt32 = reader.number(), let policy = reader.sized(),
            reader.number() == TPMConstant.null, let scheme: UInt16 = reader.number(),
            scheme == TPMConstant.null || scheme == TPMConstant.ecdsa && reader.number() == TPMConstant.sha256,
            reader.number() == TPMConstant.p256, reader.number() == TPMConstant.null,
            let x = reader.sized(), let y = reader.sized(), reader.isAtEnd, x.count == 32, y.count == 32,
            let key = VerificationKey(point: x + y)
        else { return nil }
        self.attributes = Attributes(rawValue: attributes)
        self.policy = policy
        self.key = key
        name = [UInt8(TPMConstant.sha256 >> 8), UInt8(TPMConstant.sha256 & 0xff)] + Digest.sha256(bytes)
    }
}

/// `TPMS_ATTEST` with `TPMS_CERTIFY_INFO` (Part 2, §10.12.8): what an attestation key signed about another key.
struct TPMCertification: Sendable {
    let magic: UInt32
    let type: UInt16
    let extraData: [UInt8]
    /// The name of the key that is certified.
    let name: [UInt8]

    init?(_ bytes: [UInt8]) {
        var reader = TPMReader(bytes)
        guard let magic: UInt32 = reader.number(), let type: UInt16 = reader.number(), reader.sized() != nil,
            let extraData = reader.sized(), reader.take(Self.clockAndFirmware) != nil, let name = reader.sized(),
            reader.sized() != nil, reader.isAtEnd
        else { return nil }
        self.magic = magic
        self.type = type
        self.extraData = extraData
        self.name = name
    }

    /// `TPMS_CLOCK_INFO` and the version of the firmware.
    static let clockAndFirmware = 17 + 8
}
