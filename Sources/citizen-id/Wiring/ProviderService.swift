internal import AccountDirectory
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import IdentityCrypto
internal import Logging
internal import NIOCore
internal import NIOSSL
internal import OpenIDMessages
internal import OutboundHTTP
internal import ProviderCore
internal import ProviderHTTP
internal import RegionFile
internal import SQLiteStore
internal import ServiceLifecycle
internal import UnixSignals

/// Wires everything: store, keys, registry, provider, the public listener, the administration socket and the sweeper.
struct ProviderService {
    let settings: ServeSettings
    let logger: Logger

    /// Runs until a signal ends it.
    func run() async throws {
        let started = ContinuousClock.now
        let clock = ProviderClock { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }
        // What the operator has to mend is told before anything is made.
        let tls = try tlsConfiguration()
        let files = try RegionFile.sources(settings.regionFiles)
        let fromFiles = try RegionFile.load(files)
        let folder = try DataFolder(path: settings.dataFolder)
        let masterKey = try folder.masterKey()
        let store = try SQLiteStore(path: folder.database)
        let region = try await region(fromFiles, RegionDocument.json(files).text, store: store, clock: clock)
        let registry = try ClientRegistry(region: region)
        let outbound = try settings.outbound.fetcher()
        let provider = try await Provider(
            issuer: settings.issuer ?? region.issuer, registry: registry,
            keys: KeyCustodian(masterKey: masterKey, store: store, clock: clock), store: store, clock: clock,
            documents: { url in try await outbound.json(url) }, administrationAddress: settings.administration?.address)
        let logger = logger
        for setting in (region.isDevelopment ? ["region.development"] : []) + settings.outbound.unsafeSettings {
            logger.warning(
                "a setting that opens the way to what is not public or not real: is it meant?",
                metadata: ["setting": "\(setting)"])
        }
        let limits = settings.limits
        let connections = Shares(perCaller: limits.connectionsPerAddress, total: .max)
        let unfinished = limits.unfinished()
        @Sendable func guarded(_ responder: @escaping HTTPChannelHandler.Responder) throws -> some ServerChildChannel {
            GuardedChannel(
                base: try TLSChannel(
                    HTTP1Channel(responder: responder, configuration: limits.http), tlsConfiguration: tls),
                connections: connections, unfinished: unfinished, bodyTime: limits.bodyTime)
        }
        let listener = Application(
            router: ProviderApplication.router(
                provider: provider, limits: limits.application),
            server: HTTPServerBuilder { responder in try guarded(responder) },
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(try limits.connectionsThatFit())),
            onServerRunning: { _ in
                let milliseconds = (ContinuousClock.now - started) / .milliseconds(1)
                logger.notice(
                    "ready",
                    metadata: ["issuer": "\(provider.issuer)", "milliseconds": "\(Int(milliseconds))"])
            }, logger: logger)
        let (isAdministrable, administrationRuns) = AsyncStream.makeStream(of: Never.self)
        let administration = try administration(
            provider: provider, region: RegionDesk(registry: registry, store: store, clock: clock),
            whenRunning: { administrationRuns.finish() })
        var services: [any ServiceLifecycle.Service] = [
            Sweeper(provider: provider, logger: logger),
            LogoutMessenger(provider: provider, outbound: outbound, logger: logger),
            BackChannelMessenger(provider: provider, outbound: outbound, logger: logger), administration,
        ]
        if let path = settings.revocationList {
            let reader = RevocationListReader(path: path, review: provider.evidenceReview, logger: logger)
            // Before anybody is answered: a device must not be judged by no list.
            try await reader.read()
            services.append(reader)
        }
        if let settings = settings.administration {
            services.append(
                Application(
                    router: AdministrationAPI.router(
                        provider: provider, unsafeSettings: self.settings.outbound.unsafeSettings),
                    server: HTTPServerBuilder { responder in try guarded(responder) },
                    configuration: ApplicationConfiguration(
                        address: .hostname(settings.host, port: settings.port), serverName: nil),
                    onServerRunning: { _ in
                        logger.notice("administration over the network", metadata: ["url": "\(settings.address)"])
                    }, logger: logger))
        }
        services.append(Following(first: isAdministrable, then: listener))
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Pages that watch a login would hold the server for minutes: they are cut off and come back by themselves.
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
        await outbound.shutdown()
        try await store.close()
    }

    /// The region of the database; at the first start that of the files.
    ///
    /// - Parameter document: the files, as they are stored.
    private func region(
        _ fromFiles: Region, _ document: String, store: SQLiteStore, clock: ProviderClock
    ) async throws -> Region {
        guard let stored = try await store.regionDocument() else {
            let change = RegionDesk.change(from: nil, to: fromFiles, nil, document, by: .system, now: clock.now())
            guard try await store.apply(change) else {
                throw ServeSettings.Mistake(
                    description: "A sector of the region belonged to another tenant of this data folder before.")
            }
            return fromFiles
        }
        let applied = try RegionFile.load(
            RegionDocument.sources(try StrictJSON.parseObject(Array(stored.utf8), maximumLength: 8_388_608)))
        let plan = RegionPlan(from: applied, to: fromFiles)
        if !plan.isEmpty {
            logger.warning(
                "the region files differ from the region that was applied last, which stays in force: see citizen-id region apply",
                metadata: ["differences": "\(plan.lines.count)"])
        }
        return applied
    }

    private func tlsConfiguration() throws -> TLSConfiguration {
        let chain: [NIOSSLCertificateSource]
        let key: NIOSSLPrivateKey
        do { chain = try NIOSSLCertificate.fromPEMFile(settings.certificateFile).map { .certificate($0) } } catch {
            throw ServeSettings.Mistake(
                description: "The certificate \(settings.certificateFile) cannot be read as PEM.")
        }
        do { key = try NIOSSLPrivateKey(file: settings.keyFile, format: .pem) } catch {
            throw ServeSettings.Mistake(description: "The private key \(settings.keyFile) cannot be read as PEM.")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        return configuration
    }

    private func administration(
        provider: Provider, region: RegionDesk, whenRunning: @escaping @Sendable () -> Void
    ) throws -> some ApplicationProtocol {
        let path = settings.socket
        guard path.utf8.count <= 100 else {
            throw ServeSettings.Mistake(description: "The socket's path \(path) is longer than 100 bytes.")
        }
        try removeOldSocket(path)
        let logger = logger
        return Application(
            router: AdministrationApplication.router(provider: provider, region: region),
            configuration: ApplicationConfiguration(address: .unixDomainSocket(path: path), serverName: nil),
            onServerRunning: { _ in
                do { try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path) } catch {
                    logger.critical("the administration socket cannot be protected", metadata: ["socket": "\(path)"])
                }
                whenRunning()
            }, logger: logger)
    }
}

/// Removes a socket that a killed server left behind; a running one would hold the database. Whatever else lies there was
/// not made by this program.
private func removeOldSocket(_ path: String) throws {
    let attributes: [FileAttributeKey: Any]
    do { attributes = try FileManager.default.attributesOfItem(atPath: path) } catch { return }
    guard attributes[.type] as? FileAttributeType == .typeSocket else {
        throw ServeSettings.Mistake(description: "\(path), where the socket belongs, is no socket.")
    }
    try FileManager.default.removeItem(atPath: path)
}

/// A service that begins when another one runs: whoever reaches the provider can administer it, too.
struct Following<Base: ServiceLifecycle.Service>: ServiceLifecycle.Service {
    let first: AsyncStream<Never>
    let then: Base

    func run() async throws {
        for await _ in first.cancelOnGracefulShutdown() {}
        try await then.run()
    }
}

/// Ends logins that waited too long every few seconds, and cleans the database every few minutes.
struct Sweeper: ServiceLifecycle.Service {
    let provider: Provider
    let logger: Logger

    func run() async throws {
        var round = 0
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(5)) }
            round += 1
            do { try await provider.sweep(includingStore: round % 60 == 0) } catch {
                logger.error("sweep failed", metadata: ["fault": "\(String(reflecting: type(of: error)))"])
            }
        }
    }
}
