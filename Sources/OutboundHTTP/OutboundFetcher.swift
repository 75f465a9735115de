internal import NIOCore
internal import NIOPosix
internal import NIOSSL
public import OpenIDMessages
public import ProviderCore

/// The text that should hold certificates holds none, or cannot be read.
public struct UnreadableTrustRoots: Error {}

/// The one way of the provider to the outside.
///
/// A name is resolved once; all its addresses are checked, and the connection goes to a checked address and nowhere else,
/// so that a name server that changes its answers (DNS rebinding) gains nothing. Certificates are verified for the URL's
/// host. Redirects are not followed. Time, length and requests under way are bounded; see `OutboundLimits`.
public final class OutboundFetcher: OutboundFetching {
    private let policy: OutboundPolicy
    private let limits: OutboundLimits
    private let resolver: any AddressResolving
    private let gate: Gate
    /// A thread of its own: a handshake that a hostile party makes dear costs nobody else's time.
    private let threads: MultiThreadedEventLoopGroup
    private let connector: OutboundConnector

    /// `additionalTrustRoots` are certificates in PEM that are trusted besides the system's.
    public convenience init(
        policy: OutboundPolicy, additionalTrustRoots: [UInt8]? = nil
    ) throws(UnreadableTrustRoots) {
        self.init(
            policy: policy, tls: try Self.tlsContext(additionalTrustRoots), resolver: SystemResolver(),
            limits: OutboundLimits())
    }

    init(policy: OutboundPolicy, tls: NIOSSLContext, resolver: any AddressResolving, limits: OutboundLimits) {
        self.policy = policy
        self.limits = limits
        self.resolver = resolver
        gate = Gate(limits)
        threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        connector = OutboundConnector(eventLoop: threads.next(), tls: tls, limits: limits)
    }

    /// Ends the thread; requests under way fail.
    public func shutdown() async { try? await threads.shutdownGracefully() }

    public func json(_ url: OutboundURL) async throws(OutboundFailure) -> JSONValue {
        let answer = try await send(.json, to: url)
        do {
            return try StrictJSON.parse(answer.body, maximumLength: limits.bodyLength)
        } catch { throw .malformed }
    }

    public func post(_ form: FormParameters, to url: OutboundURL) async throws(OutboundFailure) -> Int {
        try await send(.form(form), to: url).status
    }

    public func notify(
        _ json: JSONObject, bearer: ClientNotificationToken, at url: OutboundURL
    ) async throws(OutboundFailure) -> Int {
        try await send(.notification(json, bearer: bearer), to: url).status
    }

    private func send(_ request: OutboundRequest, to url: OutboundURL) async throws(OutboundFailure) -> OutboundAnswer {
        let start = ContinuousClock.now
        guard await gate.enter(url) else { throw .busy }
        let result = await within(start + limits.total) { () async throws(OutboundFailure) in
            try await self.exchange(request, with: url)
        }
        gate.leave(url, Self.outcome(of: result))
        return try result.get()
    }

    private func exchange(
        _ request: OutboundRequest, with url: OutboundURL
    ) async throws(OutboundFailure) -> OutboundAnswer {
        let addresses: [InternetAddress] =
            switch url.host {
            case .address(let address): [address]
            case .name(let name): await resolver.addresses(of: name)
            }
        return try await connector.send(request, to: url, at: try policy.check(addresses, of: url))
    }

    /// Who answers at once, though uselessly, hangs nobody; who does not is left alone for a while.
    private static func outcome(of result: Result<OutboundAnswer, OutboundFailure>) -> Admission.Outcome {
        switch result {
        case .success: .answered
        case .failure(let failure):
            switch failure {
            case .notAllowed, .unresolvable, .connect, .tls, .timeout, .tooLarge: .failed
            case .redirect, .status, .mediaType, .malformed: .answered
            case .busy, .cancelled: .unknown
            }
        }
    }

    static func tlsContext(_ additionalTrustRoots: [UInt8]?) throws(UnreadableTrustRoots) -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        // Who sends on and on does not also decide when the connection ends.
        tls.shutdownTimeout = .milliseconds(100)
        do {
            if let additionalTrustRoots {
                let certificates = try NIOSSLCertificate.fromPEMBytes(additionalTrustRoots)
                guard !certificates.isEmpty else { throw UnreadableTrustRoots() }
                tls.additionalTrustRoots = [.certificates(certificates)]
            }
            return try NIOSSLContext(configuration: tls)
        } catch { throw UnreadableTrustRoots() }
    }
}
