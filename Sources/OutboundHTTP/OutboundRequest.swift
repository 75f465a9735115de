internal import NIOCore
internal import NIOHTTP1
internal import OpenIDMessages

/// What is sent.
enum OutboundRequest: Sendable {
    case json
    case form(FormParameters)
    /// A JSON document for who gave us a token of their own for it.
    case notification(JSONObject, bearer: ClientNotificationToken)

    /// The head for `url`. There are no cookies and no compression to offer, and no authorization but the receiver's own.
    func head(for url: OutboundURL) -> HTTPRequestHead {
        var headers: HTTPHeaders = ["host": url.authority, "user-agent": "citizen-id", "connection": "close"]
        switch self {
        case .json: headers.add(name: "accept", value: "application/json")
        case .form:
            headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            headers.add(name: "content-length", value: String(body.readableBytes))
        case .notification(_, let bearer):
            headers.add(name: "authorization", value: "Bearer " + bearer.rawValue)
            headers.add(name: "content-type", value: "application/json")
            headers.add(name: "content-length", value: String(body.readableBytes))
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: url.requestTarget, headers: headers)
    }

    var body: ByteBuffer {
        switch self {
        case .json: ByteBuffer()
        case .form(let form): ByteBuffer(string: form.encoded)
        case .notification(let json, _): ByteBuffer(bytes: json.serialized)
        }
    }

    private var method: HTTPMethod {
        switch self {
        case .json: .GET
        case .form, .notification: .POST
        }
    }
}
