internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import OpenIDMessages
internal import ProviderCore

/// Why a request could not be read.
enum RequestFault: Error, Equatable {
    case tooLarge
    case unsupportedMediaType
    case malformed(String)
}

extension Request {
    /// The longest body that is read, in bytes.
    static let maximumBody = 65_536
    /// The longest form, with its query, that is read at `/authorize`: the longest request object and what stands beside it.
    /// Where a stranger's request is answered without any proof, its length must not make it dear.
    static let maximumAuthorization = 20_480
    /// The longest query that is read, in bytes.
    static let maximumQuery = 16_384

    /// The path without the query, as it was sent.
    var rawPath: String {
        guard let path = head.path else { return "/" }
        return String(path[..<(path.utf8.firstIndex(of: UInt8(ascii: "?")) ?? path.endIndex)])
    }

    /// The query's parameters; each at most once.
    func query() throws(RequestFault) -> FormParameters {
        guard let path = head.path?.utf8, let mark = path.firstIndex(of: UInt8(ascii: "?")) else {
            return FormParameters()
        }
        do {
            return try FormParameters(parsing: path[path.index(after: mark)...], maximumLength: Self.maximumQuery)
        } catch {
            throw error.fault
        }
    }

    /// The parameters of a form body, together with those of the query; a name in both is a duplicate.
    ///
    /// - Parameter maximumLength: the most bytes of both together.
    mutating func form(maximumLength: Int = maximumBody) async throws -> FormParameters {
        guard hasMediaType("application/x-www-form-urlencoded") else { throw RequestFault.unsupportedMediaType }
        let bytes = try await body(maximumLength)
        let query = try query()
        guard query.isEmpty || bytes.count + (head.path?.utf8.count ?? 0) <= maximumLength else {
            throw RequestFault.tooLarge
        }
        do {
            return try query.joined(with: FormParameters(parsing: bytes, maximumLength: maximumLength))
        } catch { throw error.fault }
    }

    /// The object of a JSON body.
    mutating func json() async throws -> JSONObject {
        guard hasMediaType("application/json") else { throw RequestFault.unsupportedMediaType }
        let bytes = try await body(Self.maximumBody)
        do { return try StrictJSON.parseObject(bytes, maximumLength: Self.maximumBody) } catch {
            throw RequestFault.malformed("the body is not a JSON object without duplicate names")
        }
    }

    private mutating func body(_ maximumLength: Int) async throws -> [UInt8] {
        guard !headers.contains(.contentEncoding) else { throw RequestFault.unsupportedMediaType }
        // What says itself that it is too long is not waited for.
        if let length = headers.first(.contentLength).flatMap({ Int($0) }), length > maximumLength {
            throw RequestFault.tooLarge
        }
        do {
            let buffer = try await collectBody(upTo: maximumLength)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw RequestFault.tooLarge
        } catch {
            // The connection broke, or its framing did: what came is not the body.
            throw RequestFault.malformed("the body did not come to its end")
        }
    }

    private func hasMediaType(_ type: String) -> Bool {
        guard let value = headers.first(.contentType), headers.hasAtMostOne(.contentType) else { return false }
        if value == type { return true }
        let parts = value.split(separator: ";").map { $0.trimmingSpaces().lowercased() }
        return parts.first == type && parts.dropFirst().allSatisfy { $0 == "charset=utf-8" }
    }

    /// The cookie `name`; nil when it is missing or there twice.
    func cookie(_ name: String) -> String? {
        let values = cookiePairs.filter { $0.name == name }
        return values.count == 1 ? values[0].value : nil
    }

    /// The cookies as they were sent.
    var cookiePairs: [(name: String, value: String)] {
        headers[values: .cookie].flatMap { $0.split(separator: ";") }.compactMap { pair in
            let halves = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingSpaces() }
            return halves.count == 2 ? (halves[0], halves[1]) : nil
        }
    }

    /// True when the browser says that a page of this issuer sent the form (RFC 6454 §7, Fetch Metadata). Under our
    /// own `no-referrer` a browser may send the origin `null`: then Fetch Metadata alone must vouch for it.
    func isFromOwnPage(issuer: IssuerURL) -> Bool {
        switch (headers[.origin], headers[.fetchSite]) {
        case (nil, nil): false
        case (let origin, nil): origin == issuer.rawValue
        case (nil, let site), ("null", let site): site == "same-origin"
        case (let origin, let site): origin == issuer.rawValue && site == "same-origin"
        }
    }
}

extension HTTPFields {
    /// The first value of this name, as it was sent; the subscript makes a new text of all of them.
    func first(_ name: HTTPField.Name) -> String? {
        for field in self where field.name == name { return field.value }
        return nil
    }

    func hasAtMostOne(_ name: HTTPField.Name) -> Bool {
        var count = 0
        for field in self where field.name == name { count += 1 }
        return count <= 1
    }
}

extension String {
    /// An authorization's scheme in lower case and what follows it (RFC 9110 §11.4); nil when nothing does.
    var authorizationScheme: (name: String, credentials: String)? {
        guard let space = utf8.firstIndex(of: UInt8(ascii: " ")), space > utf8.startIndex else { return nil }
        let credentials = self[utf8.index(after: space)...].trimmingSpaces()
        return credentials.isEmpty ? nil : (self[..<space].lowercased(), credentials)
    }
}

extension FormError {
    var fault: RequestFault {
        switch self {
        case .tooLong: .tooLarge
        case .tooManyParameters: .malformed("too many parameters")
        case .malformed: .malformed("a parameter is not well-formed")
        case .duplicate: .malformed("a parameter occurs more than once")
        }
    }
}

extension RequestFault {
    /// The fault as an OAuth error.
    var oauthError: OAuthError {
        switch self {
        case .tooLarge: OAuthError(.invalidRequest, "the request is too large")
        case .unsupportedMediaType: OAuthError(.invalidRequest, "the content type is not supported")
        case .malformed(let description): OAuthError(.invalidRequest, description)
        }
    }

    var problem: ProblemCode {
        switch self {
        case .tooLarge: .tooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .malformed: .invalidRequest
        }
    }
}

extension StringProtocol where UTF8View: BidirectionalCollection {
    /// The text without spaces and tabs at its ends. By bytes: a token has hundreds of characters, and to go through
    /// them as characters, twice in reverse, cost as much as verifying a signature.
    func trimmingSpaces() -> String {
        func isSpace(_ byte: UInt8?) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        guard isSpace(utf8.first) || isSpace(utf8.last) else { return String(self) }
        let bytes = Array(utf8)
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
