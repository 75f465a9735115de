internal import Foundation
internal import IdentityCrypto
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import OpenIDMessages
internal import Synchronization

/// Looks at the certificates of a server whose handshake failed, to say what is wrong with them. BoringSSL says only that
/// something is. Nothing is sent over such a connection, and nothing that was refused is accepted.
struct CertificateProbe: Sendable {
    let additionalRoots: [NIOSSLCertificate]

    func fault(at url: String) async -> NetworkFailure.Reason {
        guard let address = URL(string: url), let host = address.host() else { return .tlsRefused }
        let chain = await chain(of: host, port: address.port ?? 443)
        guard !chain.isEmpty else { return .tlsRefused }
        let roots = additionalRoots.compactMap { try? $0.toDERBytes() }
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        switch await ServerCertificateFault(of: chain, additionalRoots: roots, now: now) {
        case .expired: return .certificateExpired
        case .notYetValid: return .certificateNotYetValid
        case .selfSigned: return .certificateSelfSigned
        case .unknownAuthority: return .certificateUnknownAuthority
        case .unfit: return .certificateUnfit
        }
    }

    /// The certificates that the server shows, the leaf first; none when it shows none.
    private func chain(of host: String, port: Int) async -> [[UInt8]] {
        let seen = SeenChain()
        var configuration = TLSConfiguration.makeClientConfiguration()
        // As the call itself: the certificates of a server with older TLS are not what it was refused for.
        configuration.minimumTLSVersion = .tlsv12
        guard let context = try? NIOSSLContext(configuration: configuration) else { return [] }
        let isName = (try? SocketAddress(ipAddress: host, port: port)) == nil
        let connection = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(
                        context: context, serverHostname: isName ? host : nil,
                        customVerificationCallback: { certificates, result in
                            seen.keep(certificates.compactMap { try? $0.toDERBytes() })
                            // Seen is all that was wanted: the handshake goes no further.
                            result.succeed(.failed)
                        })
                    try channel.pipeline.syncOperations.addHandlers(handler, CloseOnError())
                }
            }.connect(host: host, port: port)
        guard let channel = try? await connection.get() else { return [] }
        // A server that says nothing is not waited for.
        channel.eventLoop.scheduleTask(in: .seconds(5)) { channel.close(promise: nil) }
        try? await channel.closeFuture.get()
        return seen.chain
    }

    private final class SeenChain: Sendable {
        private let certificates = Mutex<[[UInt8]]>([])

        var chain: [[UInt8]] { certificates.withLock { $0 } }

        func keep(_ chain: [[UInt8]]) { certificates.withLock { $0 = chain } }
    }

    private final class CloseOnError: ChannelInboundHandler {
        typealias InboundIn = Never

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
