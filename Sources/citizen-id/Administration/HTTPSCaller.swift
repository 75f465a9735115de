internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import OpenIDMessages

/// Calls over HTTPS: certificates are verified, redirects are not followed, time and length are bounded.
struct HTTPSCaller: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        let nonce: String?
        let tag: String?

        var json: JSONObject? { try? StrictJSON.parseObject(body, maximumLength: HTTPSCaller.longestAnswer) }
    }

    enum Fault: Error { case unreachable, noAnswer(seconds: Int64), noCertificates(String) }

    /// What is said of a server that is there and does not answer.
    static func noAnswer(seconds: Int64) -> String {
        "The server did not answer within \(seconds) seconds. It may still do what it was asked: look before you ask again."
    }

    static let longestAnswer = 8_388_608

    private let client: HTTPClient

    /// - Parameter certificates: a PEM file with CAs that are trusted besides the system's.
    init(certificates: String?) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let certificates {
            guard let roots = try? NIOSSLCertificate.fromPEMFile(certificates), !roots.isEmpty else {
                throw Fault.noCertificates(certificates)
            }
            tls.additionalTrustRoots = [.certificates(roots)]
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        // Nobody there is an answer, too.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    func shutdown() async { try? await client.shutdown() }

    /// - Parameter patience: for how many seconds the whole answer is waited for.
    func call(
        _ method: HTTPMethod, _ url: String, headers: [(String, String)] = [], body: [UInt8]? = nil,
        patience: Int64 = 30
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "accept", value: "application/json")
        request.headers.add(name: "user-agent", value: "citizen-id")
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await client.execute(request, timeout: .seconds(patience))
            let bytes = try await response.body.collect(upTo: Self.longestAnswer)
            return Answer(
                status: Int(response.status.code), body: Array(bytes.readableBytesView),
                nonce: response.headers.first(name: "dpop-nonce"), tag: response.headers.first(name: "etag"))
        } catch let error as HTTPClientError where error == .deadlineExceeded {
            throw Fault.noAnswer(seconds: patience)
        } catch { throw Fault.unreachable }
    }
}
