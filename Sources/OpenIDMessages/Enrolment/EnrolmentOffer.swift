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
    /// The fewest digits of a PIN.
    public var minimumPINLength: Int64
    public var issuedAt: Timestamp
    public var expiresAt: Timestamp

    public init(
        issuer: IssuerURL, identifier: TokenIdentifier, ticketDigest: ContentDigest, nonce: Nonce, maskedName: String,
        level: AssuranceLevel, formats: [String], minimumPINLength: Int64, issuedAt: Timestamp, expiresAt: Timestamp
    ) {
        self.issuer = issuer
        self.identifier = identifier
        self.ticketDigest = ticketDigest
        self.nonce = nonce
        self.maskedName = maskedName
        self.level = level
        self.formats = formats
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
        guard let level = AssuranceLevel(name: try reader.string("level")) else { throw .malformed("level") }
        self.level = level
        formats = try reader.strings("formats")
        minimumPINLength = try reader.count("pin_digits")
        issuedAt = try reader.time("iat")
        expiresAt = try reader.time("exp")
        try reader.finish()
    }

    public var json: JSONObject {
        [
            "iss": .string(issuer.rawValue), "jti": .string(identifier.rawValue),
            "ticket_sha256": .string(ticketDigest.rawValue), "nonce": .string(nonce.rawValue),
            "name": .string(maskedName), "level": .string(level.name), "formats": .strings(formats),
            "pin_digits": .integer(minimumPINLength), "iat": issuedAt.json, "exp": expiresAt.json,
        ]
    }
}
