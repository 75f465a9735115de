internal import NIOCore
internal import NIOHTTP1
internal import OpenIDMessages

/// What is sent.
enum OutboundRequest: Sendable {
    case json
    case form(FormParameters)

    /// The head for `url`. There are no cookies, no authorization and no compression to offer.
    func head(for url: OutboundURL) -> HTTPRequestHead {
        var headers: HTTPHeaders = ["host": url.authority, "user-agent": "citizen-id", "connection": "close"]
        switch self {
        case .json: headers.add(name: "accept", value: "application/json")
        case .form:
            headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            headers.add(name: "content-length", value: String(body.readableBytes))
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: url.requestTarget, headers: headers)
    }

    var body: ByteBuffer {
        switch self {
        case .json: ByteBuffer()
        case .form(let form): ByteBuffer(string: form.encoded)
        }
    }

    private var method: HTTPMethod {
        switch self {
        case .json: .GET
        case .form: .POST
        }
    }
}
