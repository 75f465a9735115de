/// How a client says who it is (RFC 6749 §2.3, RFC 7523 §2.2): presented, not yet proved.
public enum ClientCredentials: Sendable {
    /// `client_secret_basic`, from the `Authorization` header.
    case basic(client: ClientIdentifier, secret: String)
    /// `client_secret_post`, from the body.
    case post(client: ClientIdentifier, secret: String)
    /// `private_key_jwt`, from the body.
    case assertion(String, client: ClientIdentifier?)
    /// `none`: a name that nothing proves (RFC 6749 §2.1, public client).
    case unproved(client: ClientIdentifier)

    public static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// Reads exactly one way of authentication; two ways in one request are refused (RFC 6749 §2.3).
    public init(parameters: FormParameters, authorization: String?) throws(OAuthError) {
        let inBody = parameters["client_id"]
        let bodyClient = inBody.flatMap(ClientIdentifier.init(rawValue:))
        guard inBody == nil || bodyClient != nil else { throw OAuthError(.invalidRequest, "client_id is malformed") }
        let ways = [authorization, parameters["client_secret"], parameters["client_assertion"]].compactMap(\.self)
        guard ways.count <= 1 else {
            throw OAuthError(.invalidRequest, "more than one way of client authentication")
        }
        if let authorization {
            self = try Self.basic(authorization, bodyClient: bodyClient)
        } else if let secret = parameters["client_secret"] {
            guard let bodyClient else { throw OAuthError(.invalidClient, "client_id is missing") }
            guard secret.utf8.count <= 1024 else { throw OAuthError(.invalidRequest, "client_secret is too long") }
            self = .post(client: bodyClient, secret: secret)
        } else if let assertion = parameters["client_assertion"] {
            guard parameters["client_assertion_type"] == Self.assertionType else {
                throw OAuthError(.invalidRequest, "client_assertion_type is missing or unknown")
            }
            self = .assertion(assertion, client: bodyClient)
        } else {
            guard let bodyClient else { throw OAuthError(.invalidClient, "client authentication is missing") }
            self = .unproved(client: bodyClient)
        }
    }

    /// RFC 6749 §2.3.1: both parts are form-encoded before they are joined. By bytes: portals send it with every call.
    private static func basic(_ header: String, bodyClient: ClientIdentifier?) throws(OAuthError) -> Self {
        let bytes = Array(header.utf8)
        guard (7...2048).contains(bytes.count), bytes.starts(with: "basic".utf8, by: { $0 | 0x20 == $1 }),
            bytes[5] == UInt8(ascii: " "),
            let pair = decodeBase64(Array(bytes[6...])), let colon = pair.firstIndex(of: UInt8(ascii: ":")),
            let name = FormParameters.percentDecode(Array(pair[..<colon])),
            let client = ClientIdentifier(rawValue: name),
            let secret = FormParameters.percentDecode(Array(pair[(colon + 1)...])), !secret.isEmpty
        else { throw OAuthError(.invalidClient, "the Authorization header is malformed") }
        guard bodyClient == nil || bodyClient == client else {
            throw OAuthError(.invalidRequest, "client_id differs from the Authorization header")
        }
        return .basic(client: client, secret: secret)
    }

    /// Standard base64, canonical, with or without padding.
    private static func decodeBase64(_ text: [UInt8]) -> [UInt8]? {
        var bytes = text
        for _ in 0..<2 where bytes.last == UInt8(ascii: "=") && text.count % 4 == 0 { bytes.removeLast() }
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            case UInt8(ascii: "+"): bytes[index] = UInt8(ascii: "-")
            case UInt8(ascii: "/"): bytes[index] = UInt8(ascii: "_")
            default: break
            }
        }
        return Base64URL.decode(bytes)
    }
}
