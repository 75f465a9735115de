internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
internal import OpenIDMessages

/// The back channel over HTTPS: certificates are verified, redirects are not followed, time and length are bounded.
struct HTTPSBackChannel: BackChannel {
    private let client: HTTPClient

    static let totalSeconds = 10

    /// `extraTrustedCertificates` is the path of a PEM file whose certificates are trusted besides the system's.
    init(extraTrustedCertificates: String?) throws(RelyingPartyError) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let path = extraTrustedCertificates {
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
                throw .unusableConfiguration("There are no certificates in \(path).")
            }
            tls.additionalTrustRoots = [.certificates(certificates)]
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(10)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        // A provider that is down is said to be at once; the person is waiting.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    func shutdown() async { try? await client.shutdown() }

    func send(_ request: BackChannelRequest) async throws(RelyingPartyError) -> BackChannelAnswer {
        do {
            return try await withThrowingTaskGroup(of: BackChannelAnswer.self) { group in
                group.addTask { try await exchange(request) }
                // The client's own deadline ends with the head of the answer; this one covers the body as well.
                group.addTask {
                    try await Task.sleep(for: .seconds(Self.totalSeconds))
                    throw RelyingPartyError.unreachable(request.endpoint)
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw CancellationError() }
                return answer
            }
        } catch let error as RelyingPartyError {
            throw error
        } catch is NIOTooManyBytesError {
            throw .unusableAnswer(request.endpoint, status: 200)
        } catch { throw .unreachable(request.endpoint) }
    }

    private func exchange(_ request: BackChannelRequest) async throws -> BackChannelAnswer {
        var message = HTTPClientRequest(url: request.url)
        message.headers.add(name: "accept", value: "application/json")
        message.headers.add(name: "user-agent", value: "citizen-id-relying-party")
        if let authorization = request.authorization {
            message.headers.add(name: "authorization", value: authorization)
        }
        if let proof = request.proof { message.headers.add(name: "dpop", value: proof) }
        if request.method == .post {
            message.method = .POST
            message.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            message.body = .bytes(ByteBuffer(string: request.form.encoded))
        }
        let answer = try await client.execute(message, timeout: .seconds(Int64(Self.totalSeconds)))
        let body = try await answer.body.collect(upTo: BackChannelAnswer.maximumLength)
        return BackChannelAnswer(
            status: Int(answer.status.code), body: Array(body.readableBytesView), nonces: answer.headers["dpop-nonce"],
            challenges: answer.headers["www-authenticate"])
    }
}
