internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import OpenIDMessages
internal import ProviderCore

extension HTTPField.Name {
    static let dpop = Self("DPoP")!
    static let dpopNonce = Self("DPoP-Nonce")!
    static let clientAttestation = Self("OAuth-Client-Attestation")!
    /// Names the call in the operator's log (docs/protocol.md §9).
    static let traceIdentifier = Self("Trace-Id")!
    static let fetchSite = Self("Sec-Fetch-Site")!
}

/// Makes answers; every answer about a person or a token must not be stored.
enum Answer {
    static func json(_ object: JSONObject, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        bytes(object.serialized, type: "application/json", status: status, headers: headers)
    }

    /// RFC 6749 §5.2 with the catalogue's status. Every 401 has a challenge (RFC 9110 §15.5.2); of the ways in which a
    /// client can authenticate only Basic has a name for it.
    ///
    /// - Parameter reason: why, where the status tells it.
    static func oauthError(_ error: OAuthError, at place: ErrorPlace, reason: Refusal? = nil) -> Response {
        var headers = HTTPFields()
        if error.code == .invalidClient, place == .endpoint {
            headers[.wwwAuthenticate] = "Basic realm=\"citizen-id\", charset=\"UTF-8\""
        }
        return oauthError(error, at: place, reason: reason, headers: headers)
    }

    static func oauthError(
        _ error: OAuthError, at place: ErrorPlace, reason: Refusal? = nil, headers: HTTPFields
    ) -> Response {
        let status = error.code.status(at: place, reason: reason)
        return json(error.json, status: HTTPResponse.Status(code: status), headers: headers)
    }

    /// What who asks for a service hears; a page elsewhere may read it.
    static func service(_ problem: ServiceProblem) -> Response {
        json(
            ["error": .string(problem.rawValue)], status: HTTPResponse.Status(code: problem.status),
            headers: [.accessControlAllowOrigin: "*"])
    }

    /// A compact JWT as the whole answer.
    static func jwt(_ text: String, type: String) -> Response { bytes(Array(text.utf8), type: type, status: .ok) }

    static func problem(_ problem: ProblemDocument, extra: JSONObject = [:], headers: HTTPFields = [:]) -> Response {
        var object = problem.json
        for member in extra.members { object[member.name] = member.value }
        return bytes(
            object.serialized, type: ProblemDocument.mediaType,
            status: HTTPResponse.Status(code: problem.status), headers: headers)
    }

    static func html(
        _ html: String, security: PageSecurity, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentSecurityPolicy] = security.policy
        return bytes(Array(html.utf8), type: "text/html; charset=utf-8", status: status, headers: headers)
    }

    /// After a POST as after a GET the browser follows with GET (RFC 9700 §4.12).
    static func seeOther(_ location: String, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.location] = location
        return Response(status: .seeOther, headers: headers)
    }

    static func bytes(
        _ bytes: [UInt8], type: String, status: HTTPResponse.Status, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers.append(HTTPField(name: .contentType, value: type))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension PageSecurity {
    /// Nothing from elsewhere, no frames, and only the scripts and styles that carry this answer's nonce.
    var policy: String {
        "default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; img-src 'self' data:; "
            + "connect-src 'self'; form-action \(formAction); base-uri 'none'; frame-ancestors 'none'"
    }
}
