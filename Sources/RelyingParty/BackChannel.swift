internal import OpenIDMessages

/// One request of the portal to the provider.
struct BackChannelRequest: Sendable {
    enum Method: Sendable { case get, post }

    let endpoint: BackChannelEndpoint
    let url: String
    let method: Method
    var form = FormParameters()
    /// The value of the `Authorization` header.
    var authorization: String?

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
}

/// Carries requests to the provider; tests put a provider of their own behind it.
protocol BackChannel: Sendable {
    func send(_ request: BackChannelRequest) async throws(RelyingPartyError) -> BackChannelAnswer
}

extension BackChannel {
    /// The longest answer that is read, in bytes.
    static var maximumAnswerLength: Int { 262_144 }

    /// The JSON object of a successful answer; an OAuth error (RFC 6749 §5.2) is thrown as the provider's refusal.
    func object(_ request: BackChannelRequest) async throws(RelyingPartyError) -> JSONObject {
        let answer = try await send(request)
        let object = try? StrictJSON.parseObject(answer.body, maximumLength: Self.maximumAnswerLength)
        guard (200...299).contains(answer.status) else {
            guard let code = object?["error"]?.string else {
                throw .unusableAnswer(request.endpoint, status: answer.status)
            }
            let refusal = ProviderRefusal(code: code, description: object?["error_description"]?.string)
            throw .requestRefused(request.endpoint, refusal)
        }
        guard let object else { throw .unusableAnswer(request.endpoint, status: answer.status) }
        return object
    }
}
