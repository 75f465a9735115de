/// What a person is about to do with the account, to be confirmed with the PIN: `confirmation-request+jwt`
/// (docs/protocol.md §10). Its `typ` keeps it apart from a login's request, and its answer from a login's answer.
public struct ConfirmationRequestStatement: DeviceStatement {
    public static let type = "confirmation-request+jwt"

    public var issuer: IssuerURL
    public var device: DeviceIdentifier
    public var transaction: TransactionIdentifier
    /// 256 random bits, base64url.
    public var nonce: Nonce
    public var issuedAt: Timestamp
    public var expiresAt: Timestamp
    public var action: ConfirmedAction
    /// The parameters of the call that asked for it: those of its path by their names, then the members of its body.
    public var parameters: JSONObject
    /// The text to show, in the person's language: what will happen, to what.
    public var text: String
    public var textDigest: ContentDigest

    public init(
        issuer: IssuerURL, device: DeviceIdentifier, transaction: TransactionIdentifier, nonce: Nonce,
        issuedAt: Timestamp, expiresAt: Timestamp, action: ConfirmedAction, parameters: JSONObject, text: String,
        textDigest: ContentDigest
    ) {
        self.issuer = issuer
        self.device = device
        self.transaction = transaction
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.action = action
        self.parameters = parameters
        self.text = text
        self.textDigest = textDigest
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        issuer = try reader.wire("iss")
        device = try reader.wire("aud")
        transaction = try reader.wire("txn")
        nonce = try reader.statementNonce("nonce")
        issuedAt = try reader.time("iat")
        expiresAt = try reader.time("exp")
        action = try reader.choice("action")
        parameters = try reader.object("parameters")
        text = try reader.string("text", maximumLength: ShownText.question)
        textDigest = try reader.wire("text_sha256")
        try reader.finish()
    }

    public var json: JSONObject {
        [
            "iss": .string(issuer.rawValue), "aud": .string(device.rawValue), "txn": .string(transaction.rawValue),
            "nonce": .string(nonce.rawValue), "iat": issuedAt.json, "exp": expiresAt.json,
            "action": .string(action.rawValue), "parameters": .object(parameters), "text": .string(text),
            "text_sha256": .string(textDigest.rawValue),
        ]
    }
}
