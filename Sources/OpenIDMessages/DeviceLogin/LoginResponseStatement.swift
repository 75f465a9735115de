/// What the device signs back with `K_auth`: `login-response+jwt` (docs/protocol.md §4.5).
public struct LoginResponseStatement: DeviceStatement {
    public static let type = "login-response+jwt"

    /// The thumbprint of `K_auth`, which signs.
    public var key: KeyThumbprint
    public var device: DeviceIdentifier
    public var issuer: IssuerURL
    public var transaction: TransactionIdentifier
    public var nonce: Nonce
    /// SHA-256 over the exact bytes of the request's compact JWS.
    public var requestDigest: ContentDigest
    public var decision: LoginDecision
    /// The hat that the person chose; present with `approve` and only there.
    public var context: ContextName?
    public var flow: LoginFlow
    /// SHA-256 over the text that was shown.
    public var textDigest: ContentDigest
    /// The claims that the person releases.
    public var released: [String]
    /// `uc`, the digest of the return value `uv`; present in the flow `link` and only there.
    public var returnChallenge: ContentDigest?
    /// Authentication methods that took part (RFC 8176).
    public var methods: [String]
    /// Strictly greater than the counter of every earlier response of the device.
    public var counter: Int64
    public var issuedAt: Timestamp
    public var identifier: TokenIdentifier

    public init(
        key: KeyThumbprint, device: DeviceIdentifier, issuer: IssuerURL, transaction: TransactionIdentifier,
        nonce: Nonce, requestDigest: ContentDigest, decision: LoginDecision,
        context: ContextName?, flow: LoginFlow, textDigest: ContentDigest, released: [String],
        returnChallenge: ContentDigest?, methods: [String],
        counter: Int64, issuedAt: Timestamp, identifier: TokenIdentifier
    ) {
        self.key = key
        self.device = device
        self.issuer = issuer
        self.transaction = transaction
        self.nonce = nonce
        self.requestDigest = requestDigest
        self.decision = decision
        self.context = context
        self.flow = flow
        self.textDigest = textDigest
        self.released = released
        self.returnChallenge = returnChallenge
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
        decision = try reader.choice("decision")
        context = try reader.optionalWire("context")
        flow = try reader.choice("flow")
        textDigest = try reader.wire("text_sha256")
        released = try reader.strings("released")
        returnChallenge = try reader.optionalWire("uc")
        methods = try reader.strings("amr")
        counter = try reader.count("counter")
        issuedAt = try reader.time("iat")
        identifier = try reader.wire("jti")
        try reader.finish()
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "iss": .string(key.rawValue), "sub": .string(device.rawValue), "aud": .string(issuer.rawValue),
            "txn": .string(transaction.rawValue), "nonce": .string(nonce.rawValue),
            "req_sha256": .string(requestDigest.rawValue), "decision": .string(decision.rawValue),
            "flow": .string(flow.rawValue), "text_sha256": .string(textDigest.rawValue),
            "released": .strings(released), "amr": .strings(methods), "counter": .integer(counter),
            "iat": issuedAt.json, "jti": .string(identifier.rawValue),
        ]
        object["context"] = context.map { .string($0.rawValue) }
        object["uc"] = returnChallenge.map { .string($0.rawValue) }
        return object
    }
}

/// A signature by `K_inst` or `K_pin` over the digest of another statement: `device-key-proof+jwt`.
public struct KeyProofStatement: DeviceStatement {
    public static let type = "device-key-proof+jwt"

    /// What the proof is for; a proof for one purpose is none for another.
    public enum Purpose: String, Sendable, Hashable {
        case registration, login, confirmation
    }

    public var purpose: Purpose
    /// SHA-256 over the exact bytes of the other statement's compact JWS.
    public var digest: ContentDigest

    public init(purpose: Purpose, digest: ContentDigest) {
        self.purpose = purpose
        self.digest = digest
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        purpose = try reader.choice("purpose")
        digest = try reader.wire("sha256")
        try reader.finish()
    }

    public var json: JSONObject { ["purpose": .string(purpose.rawValue), "sha256": .string(digest.rawValue)] }
}

/// The provider's receipt for a response: `login-receipt+jwt` (docs/protocol.md §4.7).
public struct LoginReceipt: DeviceStatement {
    public static let type = "login-receipt+jwt"

    public var issuer: IssuerURL
    public var device: DeviceIdentifier
    public var transaction: TransactionIdentifier
    /// SHA-256 over the exact bytes of the response's compact JWS.
    public var responseDigest: ContentDigest
    public var state: LoginState
    /// Where the phone takes the person back, in the flow `link`; `uv` is to be appended as the query `uv`.
    public var returnURL: String?
    public var issuedAt: Timestamp

    public init(
        issuer: IssuerURL, device: DeviceIdentifier, transaction: TransactionIdentifier,
        responseDigest: ContentDigest, state: LoginState, returnURL: String?, issuedAt: Timestamp
    ) {
        self.issuer = issuer
        self.device = device
        self.transaction = transaction
        self.responseDigest = responseDigest
        self.state = state
        self.returnURL = returnURL
        self.issuedAt = issuedAt
    }

    public init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        issuer = try reader.wire("iss")
        device = try reader.wire("aud")
        transaction = try reader.wire("txn")
        responseDigest = try reader.wire("resp_sha256")
        state = try reader.choice("state")
        returnURL = try reader.optionalString("return", maximumLength: 2048)
        issuedAt = try reader.time("iat")
        try reader.finish()
    }

    public var json: JSONObject {
        var object: JSONObject = [
            "iss": .string(issuer.rawValue), "aud": .string(device.rawValue), "txn": .string(transaction.rawValue),
            "resp_sha256": .string(responseDigest.rawValue), "state": .string(state.rawValue), "iat": issuedAt.json,
        ]
        object["return"] = returnURL.map { .string($0) }
        return object
    }
}
