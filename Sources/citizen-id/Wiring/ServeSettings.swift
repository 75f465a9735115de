internal import Configuration
internal import Foundation
internal import Logging
internal import OpenIDMessages
internal import RegionFile

/// The settings of `citizen-id serve`: from flags, then the environment (`CITIZEN_ID_…`), then the file.
struct ServeSettings: Sendable {
    var host: String
    var port: Int
    /// Nil: the region file's issuer.
    var issuer: IssuerURL?
    var certificateFile: String
    var keyFile: String
    var regionFiles: [String]
    var dataFolder: String
    var logLevel: Logger.Level
    var socket: String
    /// Nil: nobody administers over the network.
    var administration: Administration?
    /// The list of revoked attestation certificates; nil: there is none, and evidence that needs one is refused.
    var revocationList: String?
    var outbound: OutboundSettings
    var limits: ListenerLimits

    /// The listener of `/admin/v1`.
    struct Administration: Sendable {
        var host: String
        var port: Int
        /// How it is called from outside; DPoP proofs name it.
        var address: IssuerURL
    }

    /// What the command line gave; nil where it gave nothing.
    struct Flags {
        var config: String?
        var listen: String?
        var issuer: String?
        var certificate: String?
        var key: String?
        var region: [String] = []
        var data: String?
        var logLevel: String?
        var socket: String?
    }

    /// A setting that cannot be used; the message names it and says what it takes.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    static func load(_ flags: Flags) throws -> ServeSettings {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider().prefixKeys(with: ["citizen", "id"])]
        if let path = flags.config { providers.append(try settingsFile(path)) }
        let reader = ConfigReader(providers: providers)
        let data = flags.data ?? reader.string(forKey: "data", default: "data")
        let listen = try address(flags.listen ?? reader.string(forKey: "listen", default: "127.0.0.1:8443"))
        return ServeSettings(
            host: listen.host, port: listen.port, issuer: try issuer(flags.issuer ?? reader.string(forKey: "issuer")),
            certificateFile: flags.certificate
                ?? reader.string(forKey: "tls.certificate", default: "Certs/development/server.pem"),
            keyFile: flags.key ?? reader.string(forKey: "tls.key", default: "Certs/development/server-key.pem"),
            regionFiles: flags.region.isEmpty
                ? reader.stringArray(forKey: "region", default: ["Config/emscher-lippe.yaml"]) : flags.region,
            dataFolder: data,
            logLevel: try level(flags.logLevel ?? reader.string(forKey: "log.level", default: "info")),
            socket: flags.socket ?? reader.string(forKey: "socket", default: data + "/admin.sock"),
            administration: try administration(reader),
            revocationList: reader.string(forKey: "attestation.revocation_list"),
            outbound: try OutboundSettings(reader),
            limits: try ListenerLimits(reader))
    }

    /// Every setting that a file may have; Config/citizen-id.yaml says what each is for.
    static let known: [String: SettingsFile.Kind] = [
        "listen": .text, "issuer": .text, "region": .texts, "data": .text, "socket": .text,
        "tls": .section(["certificate": .text, "key": .text]), "log": .section(["level": .text]),
        "outbound": .section(["allowed_hosts": .texts, "allowed_networks": .texts, "trust_roots": .text]),
        "limits": .section([
            "connections": .number, "connections_per_address": .number, "requests_at_once": .number,
            "logins_per_minute": .number, "codes_per_minute": .number, "idle_seconds": .number,
            "body_seconds": .number,
        ]), "attestation": .section(["revocation_list": .text]),
        "administration": .section(["listen": .text, "url": .text]),
    ]

    private static func settingsFile(_ path: String) throws -> InMemoryProvider {
        do {
            let values = try SettingsFile.read(path, known).map { name, value in
                let content: ConfigContent =
                    switch value {
                    case .text(let text): .string(text)
                    case .number(let number): .int(number)
                    case .texts(let texts): .stringArray(texts)
                    }
                let key = AbsoluteConfigKey(name.split(separator: ".").map(String.init))
                return (key, ConfigValue(content, isSecret: false))
            }
            return InMemoryProvider(name: path, values: Dictionary(uniqueKeysWithValues: values))
        } catch {
            throw Mistake(description: error.description + "\nNothing was started.")
        }
    }

    private static func address(
        _ text: String, _ name: String = "listen"
    ) throws -> (host: String, port: Int) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw Mistake(description: "\(name) is ADDRESS:PORT, for example 127.0.0.1:8443; it is “\(text)”.")
        }
        let host = text[..<colon].trimmingCharacters(in: ["[", "]"])
        guard !host.isEmpty else { throw Mistake(description: "\(name) has no address before the port.") }
        return (host, Int(port))
    }

    private static func administration(_ reader: ConfigReader) throws -> Administration? {
        guard let text = reader.string(forKey: "administration.listen") else { return nil }
        let listen = try address(text, "administration.listen")
        let isLocal = ["127.0.0.1", "::1", "localhost"].contains(listen.host)
        let local = isLocal ? "https://localhost:\(listen.port)" : nil
        guard let url = reader.string(forKey: "administration.url") ?? local else {
            throw Mistake(
                description: "administration.listen needs administration.url: how the listener is called from outside.")
        }
        guard let address = IssuerURL(rawValue: url) else {
            throw Mistake(
                description:
                    "administration.url is https://HOST or https://HOST:PORT with nothing after it; it is “\(url)”.")
        }
        return Administration(host: listen.host, port: listen.port, address: address)
    }

    private static func issuer(_ text: String?) throws -> IssuerURL? {
        guard let text else { return nil }
        guard let issuer = IssuerURL(rawValue: text) else {
            throw Mistake(
                description: "issuer is https://HOST or https://HOST:PORT with nothing after it; it is “\(text)”.")
        }
        return issuer
    }

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw Mistake(description: "log.level is one of \(known); it is “\(text)”.")
        }
        return level
    }
}
