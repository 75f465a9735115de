import DeviceAuthenticator
import OpenIDMessages
import RelyingParty

/// What the doctor reads of the provider's metadata (OpenID Connect Discovery §3).
struct ProviderFacts {
    let authorizationEndpoint: WebAddress
    let keySet: WebAddress
    let endSession: WebAddress?

    static func read(_ issuer: IssuerURL, by transport: any HTTPTransport) async throws -> ProviderFacts {
        let json = try await object(ProviderMetadata.location(of: issuer), by: transport)
        guard let metadata = try? ProviderMetadata(json: json, issuer: issuer),
            let authorization = WebAddress(metadata.authorizationEndpoint.rawValue),
            let keySet = WebAddress(metadata.keySetLocation.rawValue)
        else { throw CommandFailure(.providerRefused, developer: "The metadata of \(issuer) cannot be used.") }
        return ProviderFacts(
            authorizationEndpoint: authorization, keySet: keySet,
            endSession: metadata.endSessionEndpoint.flatMap { WebAddress($0.rawValue) })
    }

    /// The identifiers of the published keys, by algorithm (RFC 7517 §4.4, §4.5).
    func keys(by transport: any HTTPTransport) async throws -> [String: Set<String>] {
        let list = try await Self.object(keySet.text, by: transport)["keys"]?.array ?? []
        return list.compactMap(\.object).reduce(into: [:]) { result, key in
            guard let algorithm = key["alg"]?.string, let identifier = key["kid"]?.string else { return }
            result[algorithm, default: []].insert(identifier)
        }
    }

    private static func object(_ url: String, by transport: any HTTPTransport) async throws -> JSONObject {
        let answer = try await transport.send(
            HTTPCall(method: "GET", url: url, headers: [("Accept", "application/json")]))
        guard answer.status == 200, let object = try? StrictJSON.parseObject(answer.body, maximumLength: 1_048_576)
        else {
            throw CommandFailure(.providerRefused, developer: "\(url) gave status \(answer.status) and no JSON object.")
        }
        return object
    }
}
