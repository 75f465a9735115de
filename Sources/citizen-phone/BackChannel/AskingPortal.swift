import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// A portal that asks by itself for a person whom it knows (OpenID Connect CIBA Core 1.0): a client of profile `baseline`
/// that polls and has a secret.
struct AskingPortal: Sendable {
    let issuer: IssuerURL
    let client: ClientIdentifier
    let secret: String
    /// By which it knows the person.
    let subject: String
    let transport: any HTTPTransport

    /// The provider's acknowledgement of a request (CIBA Core §7.3).
    struct Asked: Equatable, Sendable {
        let request: String
        /// The digits that somebody at the portal reads out.
        let callCode: String
    }

    /// What the provider gave for a request.
    enum Collected: Equatable {
        case tokens
        /// An error of CIBA Core §11 or RFC 6749 §5.2.
        case error(String)

        /// The word for it in a scenario.
        var word: String {
            switch self {
            case .tokens: "granted"
            case .error(let code): code
            }
        }
    }

    /// The seconds between two polls of one request (CIBA Core §7.3), and one more.
    static let pace: Duration = .seconds(6)

    func ask() async throws -> Asked {
        let (status, answer) = try await post(
            "/bc-authorize", ["scope": "openid", "login_hint": subject, "binding_message": "citizen-phone"])
        guard status == 200, let request = answer["auth_req_id"]?.string, let digits = answer["call_code"]?.string
        else { throw refused(status, answer) }
        return Asked(request: request, callCode: digits)
    }

    /// Polls once.
    func collect(_ asked: Asked) async throws -> Collected {
        let (status, answer) = try await post(
            "/token", ["grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": asked.request])
        if status == 200, answer["access_token"] != nil { return .tokens }
        guard let code = answer["error"]?.string, code != "invalid_client" else { throw refused(status, answer) }
        return .error(code)
    }

    /// RFC 6749 §2.3.1: `client_secret_basic`, which both halves are form-encoded for.
    private func post(
        _ path: String, _ form: KeyValuePairs<String, String>
    ) async throws -> (status: Int, answer: JSONObject) {
        let pair = FormParameters.percentEncode(client.rawValue) + ":" + FormParameters.percentEncode(secret)
        let answer = try await transport.send(
            HTTPCall(
                method: "POST", url: issuer.appending(path),
                headers: [
                    ("Content-Type", "application/x-www-form-urlencoded"),
                    ("Authorization", "Basic " + StandardBase64.encode(Array(pair.utf8))),
                ], body: Array(FormParameters(form).encoded.utf8)))
        return (answer.status, (try? StrictJSON.parseObject(answer.body)) ?? [:])
    }

    private func refused(_ status: Int, _ answer: JSONObject) -> CommandFailure {
        let error = [answer["error"], answer["error_description"]].compactMap { $0?.string }.joined(separator: ", ")
        return CommandFailure(
            .providerRefused,
            developer: "The provider refuses the portal \(client) with \(status) \(TerminalText.visible(error)).")
    }
}
