internal import ArgumentParser
internal import Hummingbird
internal import HummingbirdTLS
internal import IdentityCrypto
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import OpenIDMessages
internal import RelyingParty
internal import ServiceLifecycle
internal import UnixSignals

/// `demo-portal`: a town's portal where people log in through CitizenID. Everything is wired here.
@main struct DemoPortal: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-portal",
        abstract: "A town's portal where people log in through CitizenID.",
        discussion: "Exit codes: 0 ended by a signal, 64 wrong arguments, 1 everything else.")

    @OptionGroup var options: PortalOptions

    @Option(help: ArgumentHelp("The portal's private P-256 key in PEM.", valueName: "file"))
    var key: String

    @Option(
        help: ArgumentHelp(
            "The private P-256 key in PEM to which ID tokens are encrypted. Default: they are not.", valueName: "file"))
    var encryptionKey: String?

    @Flag(help: "Create the key files (0600) that are missing.")
    var makeKey = false

    @Flag(
        name: .customLong("print-jwk"),
        help: "Print the public keys as JWKs on one line, with a comma between them, and exit.")
    var printJWK = false

    func run() async throws {
        let key = try PortalKey.load(path: key, create: makeKey)
        let decryption = try encryptionKey.map { try PortalKey.loadEncryption(path: $0, create: makeKey) }
        guard !printJWK else {
            let signing = key.publicKey.listedJWK(identifier: key.thumbprint.rawValue)
            let encryption = decryption.map { $0.publicKey.listedJWK(identifier: $0.publicKey.thumbprint.rawValue) }
            print([signing, encryption].compactMap(\.?.text).joined(separator: ", "))
            return
        }
        let logger = Logger(label: "demo-portal") { StreamLogHandler.standardError(label: $0) }
        var configuration = try options.configuration(authentication: .privateKeyJWT(key))
        configuration.decryptionKey = decryption
        let tls = try tlsConfiguration()
        let address = try options.address()
        let origin = try options.portalOrigin()
        let pages = try Pages(tenantName: options.tenantName, formTargets: [configuration.issuer.rawValue])
        let relyingParty: RelyingParty
        do throws(RelyingPartyError) { relyingParty = try RelyingParty(configuration) } catch {
            throw ValidationError(error.remedy)
        }
        let portal = Portal(
            relyingParty: relyingParty, pages: pages, sameOrigin: SameOrigin(origin: origin), logger: logger)
        let application = Application(
            router: portal.router(), server: try .tls(.http1(), tlsConfiguration: tls),
            configuration: .init(address: .hostname(address.host, port: address.port)),
            onServerRunning: { _ in logger.info("the portal is open", metadata: ["origin": "\(origin)"]) },
            logger: logger)
        let end = await serve(application, logger: logger)
        await relyingParty.shutdown()
        try end.get()
    }

    /// Runs until SIGTERM or SIGINT; open connections get a second.
    private func serve(_ application: some Service, logger: Logger) async -> Result<Void, any Error> {
        var configuration = ServiceGroupConfiguration(
            services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(1)
        do {
            try await ServiceGroup(configuration: configuration).run()
            return .success(())
        } catch { return .failure(error) }
    }

    private func tlsConfiguration() throws -> TLSConfiguration {
        let certificate = try options.required(options.tlsCertificate, "--tls-certificate")
        let keyPath = try options.required(options.tlsKey, "--tls-key")
        guard let chain = try? NIOSSLCertificate.fromPEMFile(certificate), !chain.isEmpty,
            let key = try? NIOSSLPrivateKey(file: keyPath, format: .pem)
        else { throw ValidationError("The TLS certificate or its key cannot be read.") }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        // A browser that does not answer the closing of its connection must not hold up the portal's end.
        configuration.shutdownTimeout = .milliseconds(500)
        return configuration
    }
}
