internal import OpenIDMessages

/// One request of the portal to the provider.
struct BackChannelRequest: Sendable {
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    let endpoint: BackChannelEndpoint
    let url: String
    let method: Method
    var form = FormParameters()
    /// The value of the `Authorization` header.
    var authorization: String?
    /// The value of the `DPoP` header (RFC 9449 §4.1).
    var proof: String?

    init(_ endpoint: BackChannelEndpoint, _ method: Method, url: String) {
        self.endpoint = endpoint
        self.method = method
        self.url = url
    }
}

/// What came back.
struct BackChannelAnswer: Sendable {
    let status: Int
    let body: [UInt8]
    /// The values of the header `DPoP-Nonce`.
    var nonces: [String] = []
    /// The values of the header `WWW-Authenticate`.
    var challenges: [String] = []

    /// The longest body that is read, in bytes.
    static let maximumLength = 262_144

    /// The JSON object of a successful answer; an OAuth error (RFC 6749 §5.2) is thrown as the provider's refusal.
    func object(at endpoint: BackChannelEndpoint) throws(RelyingPartyError) -> JSONObject {
        try requireSuccess(at: endpoint)
        guard let json else { throw .unusableAnswer(endpoint, status: status) }
        return json
    }

    func requireSuccess(at endpoint: BackChannelEndpoint) throws(RelyingPartyError) {
        guard !(200...299).contains(status) else { return }
        guard let refusal else { throw .unusableAnswer(endpoint, status: status) }
        throw .requestRefused(endpoint, refusal)
    }

    /// The OAuth error that the body names (RFC 6749 §5.2), or else a challenge (RFC 6750 §3, RFC 9449 §7.1).
    var refusal: ProviderRefusal? {
        if let json, let code = json["error"]?.string {
            return ProviderRefusal(code: code, description: json["error_description"]?.string)
        }
        for challenge in challenges {
            guard let code = Self.parameter("error", of: challenge) else { continue }
            return ProviderRefusal(code: code, description: Self.parameter("error_description", of: challenge))
        }
        return nil
    }

    /// The value of a quoted parameter: every other piece between quotation marks is one.
    private static func parameter(_ name: String, of challenge: String) -> String? {
        let pieces = challenge.split(separator: "\"", omittingEmptySubsequences: false)
        let index = stride(from: 0, to: pieces.count - 1, by: 2).first { index in
            pieces[index].split { $0 == " " || $0 == "," }.last.map(String.init) == name + "="
        }
        return index.map { String(pieces[$0 + 1]) }
    }

    private var json: JSONObject? { try? StrictJSON.parseObject(body, maximumLength: Self.maximumLength) }
}

/// Carries requests to the provider; tests put a provider of their own behind it.
protocol BackChannel: Sendable {
    func send(_ request: BackChannelRequest) async throws(RelyingPartyError) -> BackChannelAnswer
}

extension BackChannel {
    func object(_ request: BackChannelRequest) async throws(RelyingPartyError) -> JSONObject {
        try await send(request).object(at: request.endpoint)
    }
}
