/// One HTTP exchange, whatever carries it.
public protocol HTTPTransport: Sendable {
    /// Sends a request; redirects are not followed.
    func send(_ request: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer
}

/// A request.
public struct HTTPCall: Sendable {
    public var method: String
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// How long the whole exchange may last.
    public var timeoutSeconds: Int64

    public init(
        method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeoutSeconds: Int64 = 20
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutSeconds = timeoutSeconds
    }
}

/// An answer.
public struct HTTPAnswer: Sendable {
    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The values of a header, in their order.
    public func values(_ name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}

/// Why there was no answer.
public struct NetworkFailure: Error, Sendable, Equatable {
    public enum Reason: String, Sendable, Hashable {
        /// No such name, no route, or nothing listens there.
        case unreachable
        /// The server's certificate or name is not trusted.
        case notTrusted
        case timeout
        case answerTooLong
        case connectionLost
        case badCertificateFile
    }

    public let reason: Reason
    /// Host and port.
    public let authority: String

    public init(_ reason: Reason, authority: String) {
        self.reason = reason
        self.authority = authority
    }
}

extension NetworkFailure: CustomStringConvertible {
    /// What happened and what to do about it.
    public var description: String {
        switch reason {
        case .unreachable: "\(authority) cannot be reached. Check the network, the name and whether the provider runs."
        case .notTrusted:
            "The certificate of \(authority) is not trusted. For a development provider name its CA with --ca."
        case .timeout: "\(authority) did not answer in time. Try again."
        case .answerTooLong: "The answer of \(authority) is too long and was not read."
        case .connectionLost: "The connection to \(authority) was lost. Try again."
        case .badCertificateFile: "The CA file holds no certificate that can be read: \(authority)"
        }
    }
}
