import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

/// A portal with software that is not ours, at an installation of its own.
struct IndependentClient: Sendable {
    /// What the portal accepts as a login.
    static let level = "sim:http://bsi.bund.de/eID/LoA/substantiell"
    static let family = "Fremdsoftware"
    static let isAuthlibInstalled = FileManager.default.fileExists(
        atPath: "/usr/lib/python3/dist-packages/authlib/__init__.py")
    static let isCryptographyInstalled = FileManager.default.fileExists(
        atPath: "/usr/lib/python3/dist-packages/cryptography")

    let here: Installation
    let phone: Phone

    /// Starts a provider and registers a client as a town would: by a further region file, while it runs.
    static func start(registering client: @Sendable (Installation) async throws -> String) async throws
        -> IndependentClient
    {
        let here = try await Installation.start(withPortal: false)
        let file = try here.folder.write("independent.yaml", "clients:\n" + (try await client(here)))
        let arguments = ["region", "apply", "--yes", "--data", here.data] + here.regionFiles + [file]
        let applied = try await Program.run(Place.program("citizen-id"), arguments)
        try #require(applied.status == 0, "\(applied)")
        return IndependentClient(here: here, phone: try await here.enrolledPhone(family: family))
    }

    /// The public JWK of a new key, which is written to `file`.
    static func makeKey(_ file: String, _ here: Installation) async throws -> String {
        let made = try await Program.run(
            Place.program("demo-portal"), ["--key", here.folder.path + "/" + file, "--make-key", "--print-jwk"])
        try #require(made.status == 0, "\(made)")
        return made.lines[0]
    }

    /// Runs a script of checks; each of its results is "passed" or what was wrong.
    func report(
        of script: String, python: String, client: String, _ more: JSONObject = [:]
    ) async throws -> [String: String] {
        var settings: JSONObject = [
            "issuer": .string(here.issuer), "client_id": .string(client), "portal": .string(here.portalURL),
            "key": .string(here.folder.path + "/client-key.pem"),
            "levels": .strings([Self.level]), "ca": .string(here.ca), "family_name": .string(Self.family),
            "certificate": .string(here.certificates + "/server.pem"),
            "certificate_key": .string(here.certificates + "/server-key.pem"),
            "cookie_jar": .string(here.folder.path + "/jar"),
            "phone": .strings([Place.program("citizen-phone"), "--pin-file", phone.pinFile] + phone.options),
        ]
        for member in more.members { settings[member.name] = member.value }
        let file = try here.folder.write("settings.json", settings.text)
        let result = try await Program.run(
            python, [Place.source("Tests/Interop/" + script), file], environment: ["REQUESTS_CA_BUNDLE": here.ca])
        try #require(result.status == 0, "\(result)")
        let checks = try #require(try result.json()["checks"]?.object)
        return Dictionary(uniqueKeysWithValues: checks.members.map { ($0.name, $0.value.string ?? "") })
    }
}
