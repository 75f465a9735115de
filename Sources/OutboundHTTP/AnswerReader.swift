internal import NIOCore
internal import NIOHTTP1
internal import ProviderCore

/// What is left of an answer that may be used.
struct OutboundAnswer: Sendable {
    var status: Int
    var body: [UInt8] = []
}

/// Judges an answer part by part, so that what cannot be used is not read to its end.
struct AnswerReader {
    private let request: OutboundRequest
    private let maximumLength: Int
    private var answer = OutboundAnswer(status: 0)

    init(_ request: OutboundRequest, maximumLength: Int) {
        self.request = request
        self.maximumLength = maximumLength
    }

    /// The answer when it is complete.
    mutating func read(_ part: HTTPClientResponsePart) throws(OutboundFailure) -> OutboundAnswer? {
        switch part {
        case .head(let head):
            answer.status = Int(head.status.code)
            guard !(300...399).contains(answer.status) else { throw .redirect }
            // Of an answer to what is only told nothing but the status counts.
            guard case .json = request else { return answer }
            try checkDocument(head)
        case .body(let bytes):
            guard bytes.readableBytes <= maximumLength - answer.body.count else { throw .tooLarge }
            answer.body += bytes.readableBytesView
        case .end: return answer
        }
        return nil
    }

    private func checkDocument(_ head: HTTPResponseHead) throws(OutboundFailure) {
        guard head.status == .ok else { throw .status(answer.status) }
        // Nobody was offered an encoding; a body that grows while it is read would go round the limit.
        guard !head.headers.contains(name: "content-encoding"), let type = Self.mediaType(head.headers),
            type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
        else { throw .mediaType }
        guard head.headers["transfer-encoding"].allSatisfy({ $0.lowercased() == "chunked" }) else { throw .malformed }
        guard (head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0) <= maximumLength else {
            throw .tooLarge
        }
    }

    /// Type and subtype (RFC 9110 §8.3.1) without parameters, in lower case.
    private static func mediaType(_ headers: HTTPHeaders) -> String? {
        let values = headers["content-type"]
        guard values.count == 1, let type = values[0].split(separator: ";").first else { return nil }
        return type.trimming(while: { $0 == " " || $0 == "\t" }).lowercased()
    }
}

extension Substring {
    fileprivate func trimming(while predicate: (Character) -> Bool) -> Substring {
        var rest = drop(while: predicate)
        while let last = rest.last, predicate(last) { rest.removeLast() }
        return rest
    }
}
