/// What the provider asks the person to approve: `login-request+jwt` (docs/protocol.md §4.3).
public struct LoginRequestStatement: DeviceStatement {
    public static let type = "login-request+jwt"

    public var issuer: IssuerURL
    public var device: DeviceIdentifier
    public var transaction: TransactionIdentifier
    /// 256 random bits, base64url.
    public var nonce: Nonce
    public var issuedAt: Timestamp
    public var expiresAt: Timestamp
    public var purpose: LoginPurpose
    public var portal: PortalDescription
    /// What the login is for; nil when it is for no service in particular.
    public var service: ServiceDescription?
    /// The hats that the person can choose from, at least one, each once.
    public var contexts: [ContextDescription]
    /// The level that this login will have, as `acr`; in a company's context it may be lower and stands there.
    public var acr: String
    /// Claims without which the portal cannot go on.
    public var essentialClaims: [String]
    /// Claims that the person may withhold.
    public var voluntaryClaims: [String]
    /// The text to show, in the person's language.
    public var text: String
    public var textDigest: ContentDigest
    public var initiator: LoginInitiator
    public var flow: LoginFlow
    public var binding: BrowserBinding

    public init(
        issuer: IssuerURL, device: DeviceIdentifier, transaction: TransactionIdentifier, nonce: Nonce,
        issuedAt: Timestamp, expiresAt: Timestamp, purpose: LoginPurpose, portal: PortalDescription,
        service: ServiceDescription? = nil, contexts: [ContextDescription]? = nil, acr: String,
        essentialClaims: [String],
        voluntaryClaims: [String], text: String, textDigest: ContentDigest, initiator: LoginInitiator,
        flow: LoginFlow, binding: BrowserBinding
    ) {
        self.issuer = issuer
        self.device = device
        self.transaction = transaction
        self.nonce = nonce
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.purpose = purpose
        self.portal = portal
        self.service = service
        self.contexts = contexts ?? [ContextDescription(context: .citizen, acr: acr)]
        self.acr = acr
        self.essentialClaims = essentialClaims
        self.voluntaryClaims = voluntaryClaims
        self.text = text
        self.textDigest = textDigest
        self.initiator = initiator
        self.flow = flow
        self.binding = binding
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        issuer = try reader.wire("iss")
        device = try reader.wire("aud")
        transaction = try reader.wire("txn")
        nonce = try reader.statementNonce("nonce")
        issuedAt = try reader.time("iat")
        expiresAt = try reader.time("exp")
        purpose = try reader.choice("purpose")
        portal = try PortalDescription(json: reader.object("portal"))
        service = try reader.optionalObject("service").map { (json) throws(MessageError) in
            try ServiceDescription(json: json)
        }
        contexts = try ContextDescription.list(reader.objects("contexts"))
        acr = try reader.string("acr", maximumLength: 256)
        essentialClaims = try reader.strings("claims_essential")
        voluntaryClaims = try reader.strings("claims_voluntary")
        text = try reader.string("text", maximumLength: ShownText.question)
        textDigest = try reader.wire("text_sha256")
        initiator = try LoginInitiator(json: reader.object("initiator"))
        flow = try reader.choice("flow")
        binding = try reader.choice("binding")
        try reader.finish()
        // An approval of everything must be one that can be read.
        let asked = essentialClaims.count + voluntaryClaims.count
        guard contexts.allSatisfy({ asked + $0.claims.count <= MemberReader.maximumStrings }) else {
            throw .malformed("contexts")
        }
        // A person who reads that a browser is known must read since when, and of no other that it is.
        guard (initiator.knownSince != nil) == (binding == .knownBrowser) else { throw .malformed("known_since") }
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "iss": .string(issuer.rawValue), "aud": .string(device.rawValue), "txn": .string(transaction.rawValue),
            "nonce": .string(nonce.rawValue), "iat": issuedAt.json, "exp": expiresAt.json,
            "purpose": .string(purpose.rawValue), "portal": .object(portal.json),
            "contexts": .array(contexts.map { .object($0.json) }), "acr": .string(acr),
            "claims_essential": .strings(essentialClaims), "claims_voluntary": .strings(voluntaryClaims),
            "text": .string(text), "text_sha256": .string(textDigest.rawValue), "initiator": .object(initiator.json),
            "flow": .string(flow.rawValue), "binding": .string(binding.rawValue),
        ]
        object["service"] = service.map { .object($0.json) }
        return object
    }
}
