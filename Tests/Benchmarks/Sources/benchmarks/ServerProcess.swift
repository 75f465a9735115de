import Foundation
import Hummingbird
import HummingbirdTLS
import IdentityCrypto
import Logging
import NIOSSL
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import SQLiteStore
import UnixSignals

/// A folder that a measurement works in: database, master key, the portal's public key and certificates.
struct WorkFolder: Sendable {
    let path: String

    init(in parent: String = NSTemporaryDirectory()) throws {
        path = parent + "/citizen-id-benchmarks-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    init(existing path: String) { self.path = path }

    var database: String { path + "/citizen-id.sqlite" }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name))) }

    /// Makes a CA and a certificate for `localhost` with the repository's script.
    func makeCertificates() throws {
        let script = Process()
        script.executableURL = URL(fileURLWithPath: Self.repository + "/Certs/make-development-certificates")
        script.arguments = [path + "/certificates", "localhost"]
        script.standardOutput = FileHandle.nullDevice
        try script.run()
        script.waitUntilExit()
        guard script.terminationStatus == 0 else { throw BenchmarkFault("no certificates were made") }
    }

    /// Writes what `ServerProcess` starts with: certificates, master key and the portal's public key.
    func prepareServer() throws -> (port: Int, portalKey: SigningKey, town: Town, masterKey: [UInt8]) {
        try makeCertificates()
        let port = try ServerProcess.freePort()
        let key = SigningKey.makeES256()
        let masterKey = RandomBytes.make(32)
        try write(masterKey, "master.key")
        try write(key.publicKey.jwk.serialized, "portal.jwk")
        return (port, key, Town(issuer: "https://localhost:\(port)", portalKey: key.publicKey.jwk), masterKey)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// The repository that this program was built from.
    static var repository: String {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { url.deleteLastPathComponent() }
        return url.path
    }
}

/// The provider behind HTTPS, in a process of its own, so that its processor time and memory are its own.
enum ServerProcess {
    /// Starts this program again as the server of `folder`.
    static func start(_ folder: WorkFolder, port: Int, barePort: Int? = nil) throws -> Process {
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        server.arguments = ["--serve", folder.path, "--port", "\(port)"]
        if let barePort { server.arguments?.append(contentsOf: ["--bare-port", "\(barePort)"]) }
        try server.run()
        return server
    }

    /// Serves until the process is ended. Only the limits for strangers are lifted, for all calls come from one address,
    /// and more pushed requests may wait than a provider would keep.
    ///
    /// - Parameter barePort: where the bare handlers listen, in the same process and behind the same TLS.
    static func serve(folder: WorkFolder, port: Int, barePort: Int?) async throws {
        let town = Town(
            issuer: "https://localhost:\(port)", portalKey: try StrictJSON.parseObject(folder.read("portal.jwk")))
        let store = try SQLiteStore(path: folder.database)
        let provider = try await town.provider(
            store: store, masterKey: folder.read("master.key"), capacity: Provider.Capacity(pushedRequests: 2_000_000))
        let limits = ProviderApplication.Limits(
            loginBurst: 1_000_000, loginsPerMinute: 60_000_000, codeBurst: 1_000_000, codesPerMinute: 60_000_000)
        let certificates = folder.path + "/certificates/"
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificates + "server.pem").map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: certificates + "server-key.pem", format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        var logger = Logger(label: "benchmarks")
        logger.logLevel = .error
        var application = Application(
            router: ProviderApplication.router(provider: provider, limits: limits),
            server: try .tls(.http1(), tlsConfiguration: tls),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil),
            logger: logger)
        if let barePort {
            application.addServices(
                Application(
                    router: BareHandlers().router(), server: try .tls(.http1(), tlsConfiguration: tls),
                    configuration: ApplicationConfiguration(
                        address: .hostname("127.0.0.1", port: barePort), serverName: nil), logger: logger))
        }
        try await application.runService(gracefulShutdownSignals: [.sigterm])
        try await store.close()
    }

    /// A port that nobody listens on.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw BenchmarkFault("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
