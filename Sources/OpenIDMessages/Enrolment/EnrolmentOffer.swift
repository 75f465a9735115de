/// What a ticket stands for, before a key exists: `enrolment-offer+jwt` (docs/protocol.md §6.2).
public struct EnrolmentOffer: DeviceStatement {
    public static let type = "enrolment-offer+jwt"

    public var issuer: IssuerURL
    public var identifier: TokenIdentifier
    /// The digest of the ticket that was presented.
    public var ticketDigest: ContentDigest
    /// 256 random bits, base64url.
    public var nonce: Nonce
    /// The person's name, masked, e.g. `E. M…n`.
    public var maskedName: String
    /// The level to which the person's identity was proved.
    public var level: AssuranceLevel
    /// Evidence formats that are accepted.
    public var formats: [String]
    /// What each of them reaches, and in which key store.
    public var ceilings: [EvidenceCeiling]
    /// The lowest level of any login at the town whose ticket it is: a device that cannot reach it is of no use there.
    public var requiredLevel: AssuranceLevel
    /// The fewest digits of a PIN.
    public var minimumPINLength: Int64
    public var issuedAt: Timestamp
    public var expiresAt: Timestamp

    public init(
        issuer: IssuerURL, identifier: TokenIdentifier, ticketDigest: ContentDigest, nonce: Nonce, maskedName: String,
        level: AssuranceLevel, formats: [String], ceilings: [EvidenceCeiling], requiredLevel: AssuranceLevel,
        minimumPINLength: Int64, issuedAt: Timestamp, expiresAt: Timestamp
    ) {
        self.issuer = issuer
        self.identifier = identifier
        self.ticketDigest = ticketDigest
        self.nonce = nonce
        self.maskedName = maskedName
        self.level = level
        self.formats = formats
        self.ceilings = ceilings
        self.requiredLevel = requiredLevel
        self.minimumPINLength = minimumPINLength
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        issuer = try reader.wire("iss")
        identifier = try reader.wire("jti")
        ticketDigest = try reader.wire("ticket_sha256")
        nonce = try reader.statementNonce("nonce")
        maskedName = try reader.string("name", maximumLength: 128)
        level = try Self.level("level", &reader)
        formats = try reader.strings("formats")
        let ceilings = try reader.objects("ceilings")
        guard !ceilings.isEmpty else { throw .malformed("ceilings") }
        self.ceilings = try ceilings.map { object throws(MessageError) in
            guard let ceiling = try? EvidenceCeiling(json: object) else { throw .malformed("ceilings") }
            return ceiling
        }
        requiredLevel = try Self.level("required_level", &reader)
        minimumPINLength = try reader.count("pin_digits")
        issuedAt = try reader.time("iat")
        expiresAt = try reader.time("exp")
        try reader.finish()
    }

    private static func level(_ name: String, _ reader: inout MemberReader) throws(MessageError) -> AssuranceLevel {
        guard let level = AssuranceLevel(name: try reader.string(name)) else { throw .malformed(name) }
        return level
    }

    public var json: JSONObject {
        [
            "iss": .string(issuer.rawValue), "jti": .string(identifier.rawValue),
            "ticket_sha256": .string(ticketDigest.rawValue), "nonce": .string(nonce.rawValue),
            "name": .string(maskedName), "level": .string(level.name), "formats": .strings(formats),
            "ceilings": .array(ceilings.map { .object($0.json) }), "required_level": .string(requiredLevel.name),
            "pin_digits": .integer(minimumPINLength), "iat": issuedAt.json, "exp": expiresAt.json,
        ]
    }
}
