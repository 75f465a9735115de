public import OpenIDMessages

/// The portal, as the answer to a claim names it (P-4.2.3). It is not signed: the request that follows is.
public struct ClaimedPortal: Sendable, Equatable {
    public let name: String
    public let host: String
    public let tenantName: String
}

/// What a claim gave.
public enum ClaimedLogin: Sendable, Equatable {
    /// Flow `qr`: the person types these eight digits into the browser (D-4.2.4).
    case awaitingCode(String, ClaimedPortal)
    /// Flow `link`: the request is here, checked.
    case request(LoginRequestStatement)
}

/// How a login ended on this device.
public struct LoginOutcome: Sendable, Equatable {
    public let decision: LoginDecision
    /// How the login came to this device.
    public let flow: LoginFlow
    /// The provider's receipt, checked (D-4.7.2).
    public let receipt: LoginReceipt
    /// Flow `link`: what the browser of this device opens, with `uv` in it (D-4.7.3).
    public let returnURL: String?
    /// The claims that the person released.
    public let released: [String]
    /// For whom the person acts; nil unless approved.
    public let context: ContextDescription?
}

extension ClaimedPortal {
    /// Reads the portal of a claim's answer.
    init(json: JSONObject) throws(MessageError) {
        var reader = MemberReader(json)
        name = try reader.string("name", maximumLength: ShownText.configured)
        host = try reader.string("host", maximumLength: 253)
        tenantName = try reader.string("tenant_name", maximumLength: ShownText.configured)
    }

    public var json: JSONObject {
        ["name": .string(name), "host": .string(host), "tenant_name": .string(tenantName)]
    }
}
