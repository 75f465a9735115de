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
        headers.filter { Self.isSame($0.name, name) }.map(\.value)
    }

    /// ASCII without regard to case (RFC 9110 §5.1).
    private static func isSame(_ left: String, _ right: String) -> Bool {
        guard left.utf8.count == right.utf8.count else { return false }
        return zip(left.utf8, right.utf8).allSatisfy { (left, right) in
            left == right
                || left | 0x20 == right | 0x20 && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(left | 0x20)
        }
    }
}

/// Why there was no answer.
public struct NetworkFailure: Error, Sendable, Equatable {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// No such name, no route, or nothing listens there.
        case unreachable
        case timeout
        case answerTooLong = "answer_too_long"
        case connectionLost = "connection_lost"
        case badCertificateFile = "bad_certificate_file"
        case certificateExpired = "certificate_expired"
        case certificateNotYetValid = "certificate_not_yet_valid"
        /// The certificate is for another name.
        case certificateForOtherName = "certificate_for_other_name"
        /// The server's certificate signed itself.
        case certificateSelfSigned = "certificate_self_signed"
        /// The certificate comes from an authority that is not trusted here.
        case certificateUnknownAuthority = "certificate_unknown_authority"
        /// The certificate comes from a trusted authority, and not for what it is used for.
        case certificateUnfit = "certificate_unfit"
        /// What listens there speaks no TLS, or none that is good enough.
        case tlsRefused = "tls_refused"

        /// Whether the server could be reached and did not prove that it is who it should be.
        public var isAboutCertificates: Bool {
            switch self {
            case .certificateExpired, .certificateNotYetValid, .certificateForOtherName, .certificateSelfSigned,
                .certificateUnknownAuthority, .certificateUnfit, .tlsRefused:
                true
            case .unreachable, .timeout, .answerTooLong, .connectionLost, .badCertificateFile: false
            }
        }
    }

    public let reason: Reason
    /// Host and port.
    public let authority: String

    public init(_ reason: Reason, authority: String) {
        self.reason = reason
        self.authority = authority
    }
}
