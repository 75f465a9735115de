import Foundation
import Glibc
import Testing

@Suite("citizen-id serve refuses to start with what it cannot trust, and says why", .inTurn, .endsInTime)
struct ServeCommandTests {
    static let prepared = Task { try await Installation.prepared() }

    /// Starts the provider in a data folder of its own and expects that it ends.
    private func serve(
        data: String? = nil, without removed: String? = nil, adding more: [String] = [],
        environment: [String: String] = [:]
    ) async throws -> ProgramResult {
        let here = try await Self.prepared.value
        let folder = try data ?? TemporaryFolder().path
        var arguments = here.serveArguments
        while let removed, let index = arguments.firstIndex(of: removed) {
            arguments.removeSubrange(index...(index + 1))
        }
        if let index = arguments.firstIndex(of: "--data") { arguments[index + 1] = folder }
        let result = try await Program.run(
            Place.program("citizen-id"), arguments + more, environment: environment)
        if data == nil { try? FileManager.default.removeItem(atPath: folder) }
        #expect(result.output.isEmpty, "standard output is for results: \(result)")
        return result
    }

    @Test func `a region with mistakes: all are listed`() async throws {
        let file = try await Self.prepared.value.folder.write("mistaken.yaml", RegionCommandTests.mistaken)
        let result = try await serve(adding: ["--region", file])
        #expect(result.status == 2)
        for line in RegionCommandTests.mistakenLines {
            #expect(result.errors.contains("mistaken.yaml:\(line):"), "line \(line): \(result)")
        }
        #expect(result.errors.contains("Nothing was started."))
    }

    @Test(arguments: [
        ("--tls-certificate", "/nowhere/server.pem", "The certificate /nowhere/server.pem cannot be read"),
        ("--tls-key", "/nowhere/key.pem", "The private key /nowhere/key.pem cannot be read"),
        ("--listen", "localhost", "listen is ADDRESS:PORT"),
        ("--listen", "localhost:99999", "listen is ADDRESS:PORT"),
        ("--issuer", "http://localhost", "issuer is https://HOST"),
        ("--issuer", "https://localhost/path", "issuer is https://HOST"),
        ("--log-level", "chatty", "log.level is one of"),
        ("--config", "/nowhere/settings.yaml", "/nowhere/settings.yaml:1:1: the file does not exist"),
    ])
    func `a setting that cannot be used`(option: String, value: String, sentence: String) async throws {
        let result = try await serve(without: option, adding: [option, value])
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains(sentence), "\(result)")
    }

    @Test(arguments: [
        ("ALLOWED_HOSTS", "localhost:3000,https://localhost/", "outbound.allowed_hosts has HOST or HOST:PORT"),
        ("ALLOWED_NETWORKS", "10.1.0.0", "outbound.allowed_networks has ADDRESS/BITS"),
        ("TRUST_ROOTS", "/nowhere/ca.pem", "/nowhere/ca.pem holds no certificates in PEM"),
    ])
    func `a setting of outbound requests that cannot be used`(name: String, value: String, sentence: String)
        async throws
    {
        let result = try await serve(environment: ["CITIZEN_ID_OUTBOUND_" + name: value])
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains(sentence), "\(result)")
    }

    @Test(arguments: [0o750, 0o701, 0o755])
    func `a data folder that others can enter`(mode: Int) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path)
        let result = try await serve(data: folder.path)
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains("Others can open \(folder.path)"), "\(result)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `a master key that others can read, that is cut off, that is gone or that is another`() async throws {
        let here = try await Installation.start(withPortal: false)
        try await here.stopProvider()
        let file = here.data + "/master.key"
        let key = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(key.count == 32)

        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        #expect(try await refused(here).contains("Others can open \(file)"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)

        try key.prefix(31).write(to: URL(fileURLWithPath: file))
        #expect(try await refused(here).contains("does not hold 32 bytes"))

        try FileManager.default.removeItem(atPath: file)
        #expect(try await refused(here).contains("is missing beside a database that needs it"))

        try Data(repeating: 7, count: 32).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        #expect(try await refused(here).contains("The master key does not open the keys in the database"))

        try key.write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        try await here.startProvider()
    }

    private func refused(_ here: Installation) async throws -> String {
        let result = try await Program.run(Place.program("citizen-id"), here.serveArguments)
        #expect(result.status == 1, "\(result)")
        return result.errors
    }

    @Test func `a second provider on the same data`() async throws {
        let here = try await Installation.start(withPortal: false)
        let result = try await Program.run(
            Place.program("citizen-id"), here.serveArguments + ["--listen", "127.0.0.1:\(Port.free())"])
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains("Another process has the database open."), "\(result)")
        // The first one is not disturbed, its socket neither.
        #expect(try await here.administer("client", "list").status == 0)
    }

    @Test func `a port that is taken`() async throws {
        let here = try await Installation.start(withPortal: false)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        var arguments = here.serveArguments
        arguments[2] = folder.path
        let result = try await Program.run(Place.program("citizen-id"), arguments)
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains("Cannot listen on 127.0.0.1:\(here.port)"), "\(result)")
        #expect(result.errors.contains("another program listens there"), "\(result)")
    }

    /// A setting that can come from three places. What it is shows in what is said of a value that cannot be used.
    struct Setting: Sendable, CustomTestStringConvertible {
        let option: String
        let variable: String
        /// The line of a settings file.
        let line: String
        /// A value with a place for a word.
        let value: String
        let sentence: String

        var testDescription: String { option }

        func with(_ word: String, _ text: String) -> String { text.replacing("%", with: word) }
    }

    static let settings = [
        Setting(option: "--listen", variable: "LISTEN", line: "listen: %", value: "%", sentence: "it is “%”"),
        Setting(
            option: "--issuer", variable: "ISSUER", line: "issuer: http://%", value: "http://%",
            sentence: "it is “http://%”"),
        Setting(
            option: "--tls-certificate", variable: "TLS_CERTIFICATE", line: "tls: {certificate: /nowhere/%}",
            value: "/nowhere/%", sentence: "The certificate /nowhere/% cannot"),
        Setting(
            option: "--tls-key", variable: "TLS_KEY", line: "tls: {key: /nowhere/%}", value: "/nowhere/%",
            sentence: "The private key /nowhere/% cannot"),
        Setting(
            option: "--region", variable: "REGION", line: "region: [/nowhere/%]", value: "/nowhere/%",
            sentence: "/nowhere/%:1:1: the file does not exist"),
        Setting(
            option: "--log-level", variable: "LOG_LEVEL", line: "log: {level: %}", value: "%", sentence: "it is “%”"),
        Setting(
            option: "--data", variable: "DATA", line: "data: /proc/%", value: "/proc/%",
            sentence: "The data folder /proc/% cannot be made"),
        Setting(
            option: "--socket", variable: "SOCKET", line: "socket: /etc/passwd/%", value: "/etc/passwd/%",
            sentence: "the socket /etc/passwd/%"),
    ]

    @Test(arguments: settings)
    func `a flag counts before the environment and that before the file`(setting: Setting) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let config = try folder.write("settings.yaml", setting.with("file", setting.line) + "\n")
        let environment = ["CITIZEN_ID_" + setting.variable: setting.with("environment", setting.value)]
        let flag = [setting.option, setting.with("flag", setting.value)]
        for (flags, environment, wins) in [
            (flag, environment, "flag"), ([], environment, "environment"), ([], [:], "file"),
        ] {
            let result = try await serve(
                without: setting.option, adding: flags + ["--config", config], environment: environment)
            #expect(result.status != 0)
            #expect(result.errors.contains(setting.with(wins, setting.sentence)), "\(wins): \(result)")
        }
    }

    @Test(arguments: [
        ("liste: 127.0.0.1:1", "settings.yaml:1:1: unknown key `liste`; did you mean `listen`?"),
        ("tls:\n  certficate: a.pem", "settings.yaml:2:3: unknown key `certficate`; did you mean `certificate`?"),
        ("region: my-region.yaml", "settings.yaml:1:9: must be a list"),
        ("outbound: {allowed_hosts: \"localhost:3000\"}", "settings.yaml:1:27: must be a list"),
        ("limits: {connections: 0}", "limits.connections is a whole number from 1 to 1000000."),
        ("listen: [", "settings.yaml:2:1: not YAML"),
    ])
    func `a settings file with a mistake: it has its line, and no default takes its place`(
        text: String, sentence: String
    ) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let result = try await serve(adding: ["--config", try folder.write("settings.yaml", text + "\n")])
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains(sentence), "\(result)")
    }

    @Test func `the settings file that we ship may be used as it is, and every setting that it shows is known`()
        async throws
    {
        let shipped = Place.source("Config/citizen-id.yaml")
        let shown = try Program.text(of: shipped).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.firstMatch(of: /^# ((?:  )*(?:[a-z_]+:.*|- [A-Z].*\.yaml))$/).map { String($0.output.1) } ?? "" }
        #expect(shown.count { !$0.isEmpty } == 28)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let config = try folder.write("settings.yaml", shown.joined(separator: "\n"))
        for file in [shipped, config] {
            let result = try await serve(adding: ["--config", file, "--log-level", "chatty"])
            #expect(result.errors.contains("it is “chatty”"), "\(result)")
        }
    }

    @Test func `--help explains each setting and names its variable`() async throws {
        let help = try await Program.run(Place.program("citizen-id"), ["serve", "--help"])
        #expect(help.status == 0 && help.errors.isEmpty)
        for setting in Self.settings {
            #expect(help.output.contains(setting.option + " "), "\(setting)")
            #expect(help.output.contains("CITIZEN_ID_" + setting.variable), "\(setting)")
        }
    }

    @Test(arguments: [true, false])
    func `what is no socket where the socket belongs is left alone`(isFolder: Bool) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = folder.path + "/precious"
        if isFolder { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
        try folder.write(isFolder ? "precious/kept" : "precious", "kept")
        let result = try await serve(adding: ["--socket", path])
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.contains("\(path), where the socket belongs, is no socket."), "\(result)")
        #expect(try Program.text(of: isFolder ? path + "/kept" : path) == "kept")
    }

    @Test func `the folder, the socket and every file belong to the owner alone`() async throws {
        let here = try await Installation.start(withPortal: false)
        #expect(try mode(here.data) == 0o700)
        let names = try FileManager.default.contentsOfDirectory(atPath: here.data)
        #expect(Set(names).isSuperset(of: ["admin.sock", "citizen-id.sqlite", "citizen-id.sqlite-wal", "master.key"]))
        for name in names { #expect(try mode(here.data + "/" + name) == 0o600, "\(name)") }
        try await here.stopProvider()
        #expect(!Port.isListening(here.port))
    }

    private func mode(_ path: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }
}
