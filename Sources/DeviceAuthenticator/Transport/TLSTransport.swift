internal import AsyncHTTPClient
internal import Foundation
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// HTTP over TLS whose certificates and names are always verified; there is no switch to turn that off (checklist J6).
public struct TLSTransport: HTTPTransport {
    private let client: HTTPClient
    private let probe: CertificateProbe
    private let maximumLength: Int

    /// - Parameters:
    ///   - additionalCA: a PEM file with roots that are trusted beside the system's.
    ///   - maximumLength: the longest answer that is read, in bytes.
    ///   - connectionsAtOnce: how many connections to one server are open at a time; further calls wait for one.
    public init(
        additionalCA: String? = nil, maximumLength: Int = 262_144, connectionsAtOnce: Int = 8
    ) throws(NetworkFailure) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        var additionalRoots: [NIOSSLCertificate] = []
        if let additionalCA {
            guard let roots = try? NIOSSLCertificate.fromPEMFile(additionalCA), !roots.isEmpty else {
                throw NetworkFailure(.badCertificateFile, authority: additionalCA)
            }
            tls.additionalTrustRoots = [.certificates(roots)]
            additionalRoots = roots
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(35)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsAtOnce
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.maximumLength = maximumLength
        probe = CertificateProbe(additionalRoots: additionalRoots)
    }

    /// Closes the connections. Every transport must be closed.
    public func close() async { try? await client.shutdown() }

    public func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        if let body = call.body { request.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await client.execute(request, timeout: .seconds(call.timeoutSeconds))
            let body = try await response.body.collect(upTo: maximumLength)
            return HTTPAnswer(
                status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                body: Array(body.readableBytesView))
        } catch {
            throw NetworkFailure(await reason(error, at: call.url), authority: Self.authority(of: call.url))
        }
    }

    /// Host and port; the path and query of a call may hold secrets and stay out of every message.
    private static func authority(of url: String) -> String {
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        return parts.count > 1 ? String(parts[1].prefix { $0 != "?" && $0 != "#" }) : "the server"
    }

    private func reason(_ error: any Error, at url: String) async -> NetworkFailure.Reason {
        switch error {
        case is NIOSSLExtraError: return .certificateForOtherName
        case _ where Self.isCut(error): return .connectionLost
        case is NIOSSLError, is BoringSSLError: return await probe.fault(at: url)
        case is NIOTooManyBytesError: return .answerTooLong
        case let error as HTTPClientError:
            let timeouts: [HTTPClientError] = [
                .connectTimeout, .readTimeout, .deadlineExceeded, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
            ]
            return timeouts.contains(error) ? .timeout : .connectionLost
        // What is left comes from the attempt to connect: no such name, no route, connection refused.
        default: return .unreachable
        }
    }

    /// Whether somebody hung up, in the handshake or after it: then no certificate was refused.
    private static func isCut(_ error: any Error) -> Bool {
        switch error {
        case NIOSSLError.uncleanShutdown: true
        case NIOSSLError.handshakeFailed(.sslError(let errors)):
            errors.contains(.eofDuringHandshake) || errors.contains(.eofDuringAdditionalCertficiateChainValidation)
        case let error as IOError: error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
        default: false
        }
    }
}
