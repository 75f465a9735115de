/// What the device signs with `K_auth` when the person confirmed: `confirmation-response+jwt` (docs/protocol.md §10).
/// There is no denial: what is not confirmed does not happen.
public struct ConfirmationResponseStatement: DeviceStatement {
    public static let type = "confirmation-response+jwt"

    public var key: KeyThumbprint
    public var device: DeviceIdentifier
    public var issuer: IssuerURL
    public var transaction: TransactionIdentifier
    public var nonce: Nonce
    /// SHA-256 over the exact bytes of the request's compact JWS.
    public var requestDigest: ContentDigest
    /// SHA-256 over the text that was shown.
    public var textDigest: ContentDigest
    public var methods: [String]
    public var counter: Int64
    public var issuedAt: Timestamp
    public var identifier: TokenIdentifier

    public init(
        key: KeyThumbprint, device: DeviceIdentifier, issuer: IssuerURL, transaction: TransactionIdentifier,
        nonce: Nonce, requestDigest: ContentDigest, textDigest: ContentDigest, methods: [String], counter: Int64,
        issuedAt: Timestamp, identifier: TokenIdentifier
    ) {
        self.key = key
        self.device = device
        self.issuer = issuer
        self.transaction = transaction
        self.nonce = nonce
        self.requestDigest = requestDigest
        self.textDigest = textDigest
        self.methods = methods
        self.counter = counter
        self.issuedAt = issuedAt
        self.identifier = identifier
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        key = try reader.wire("iss")
        device = try reader.wire("sub")
        issuer = try reader.wire("aud")
        transaction = try reader.wire("txn")
        nonce = try reader.statementNonce("nonce")
        requestDigest = try reader.wire("req_sha256")
        textDigest = try reader.wire("text_sha256")
        methods = try reader.strings("amr")
        counter = try reader.count("counter")
        issuedAt = try reader.time("iat")
        identifier = try reader.wire("jti")
        try reader.finish()
    }

    public var json: JSONObject {
        [
            "iss": .string(key.rawValue), "sub": .string(device.rawValue), "aud": .string(issuer.rawValue),
            "txn": .string(transaction.rawValue), "nonce": .string(nonce.rawValue),
            "req_sha256": .string(requestDigest.rawValue), "text_sha256": .string(textDigest.rawValue),
            "amr": .strings(methods), "counter": .integer(counter), "iat": issuedAt.json,
            "jti": .string(identifier.rawValue),
        ]
    }
}
