public import OpenIDMessages

/// What the provider asks of the outside world: key sets, lists of redirect URIs, logout notices.
///
/// Who implements it refuses redirects and addresses that are not public, and bounds time and length, so that a hostile
/// or hanging party costs only itself.
public protocol OutboundFetching: Sendable {
    /// The JSON document at `url`: a JWK Set (RFC 7517 §5) is an object, the document of a `sector_identifier_uri` an
    /// array (OpenID Connect Registration §5).
    func json(_ url: OutboundURL) async throws(OutboundFailure) -> JSONValue

    /// The status of the answer to a form (OpenID Connect Back-Channel Logout §2.5); the answer's body is not read.
    func post(_ form: FormParameters, to url: OutboundURL) async throws(OutboundFailure) -> Int

    /// The status of the answer to a notification (OpenID Connect CIBA Core §10.2); the answer's body is not read.
    func notify(
        _ json: JSONObject, bearer: ClientNotificationToken, at url: OutboundURL
    ) async throws(OutboundFailure) -> Int
}
