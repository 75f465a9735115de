import ChildProcesses
import Foundation
import Glibc
import IdentityCrypto
import OpenIDMessages
import RelyingParty
import Testing

/// A provider and a portal as real programs over real TLS, in a folder of their own; a suite shares one.
actor Installation {
    nonisolated let folder: TemporaryFolder
    nonisolated let port = Port.free()
    nonisolated let portalPort = Port.free()
    nonisolated let portalKey = SigningKey.makeES256()
    nonisolated let portalDecryptionKey: DecryptionKey
    private nonisolated let caretaker: Caretaker
    private nonisolated let environment: [String: String]
    private var provider: ChildProcess?
    private var portal: ChildProcess?

    nonisolated var issuer: String { "https://localhost:\(port)" }
    nonisolated var portalURL: String { "https://localhost:\(portalPort)" }
    nonisolated var loginURL: String { portalURL + "/oidc/start" }
    nonisolated var data: String { folder.path + "/provider" }
    nonisolated var database: String { data + "/citizen-id.sqlite" }
    nonisolated var certificates: String { folder.path + "/certificates" }
    nonisolated var ca: String { certificates + "/ca.pem" }
    nonisolated var providerLog: String { folder.path + "/provider.log" }
    nonisolated var overlay: String { folder.path + "/overlay.yaml" }
    nonisolated var regionFiles: [String] { [Place.source("Config/emscher-lippe.yaml"), overlay] }

    struct NotReady: Error { let log: String }

    /// - Parameter environment: further settings of the provider.
    static func start(withPortal: Bool = true, environment: [String: String] = [:]) async throws -> Installation {
        let installation = try Installation(environment: environment)
        try await installation.prepare()
        try await installation.startProvider()
        if withPortal { try await installation.startPortal() }
        return installation
    }

    /// Everything but the running programs.
    static func prepared() async throws -> Installation {
        let installation = try Installation(environment: [:])
        try await installation.prepare()
        return installation
    }

    private init(environment: [String: String]) throws {
        self.environment = environment
        folder = try TemporaryFolder()
        portalDecryptionKey = try .make(.p256)
        caretaker = try Caretaker(folder: folder.path)
    }

    private func prepare() async throws {
        let made = try await Program.run(
            Place.source("Certs/make-development-certificates"), [certificates, "localhost"], atOnce: true)
        try #require(made.status == 0, "\(made)")
        let key = try await Program.run(
            Place.program("demo-portal"), ["--key", folder.path + "/portal-key.pem", "--make-key", "--print-jwk"],
            atOnce: true)
        try #require(key.status == 0, "\(key)")
        try folder.write("overlay.yaml", Self.overlay(self, demoKey: key.lines[0]))
    }

    /// The digest of the certificate that signs the app of simulated phones.
    static let appSignature = String(repeating: "5a", count: 32)

    /// Five clients: the demo portal, and four that the tests themselves play: `test-portal`; `parking-portal`, whose town may
    /// adopt a template; `fapi2-portal`, whose tokens are
    /// bound and encrypted; and `towns-portal`, one deployment of Gelsenkirchen's for two towns that have adopted its service.
    private static func overlay(_ here: Installation, demoKey: String) -> String {
        let testKey = here.portalKey.publicKey.listedJWK(identifier: here.portalKey.thumbprint.rawValue).text
        let encryption = here.portalDecryptionKey.publicKey
        let encryptionKey = encryption.listedJWK(identifier: encryption.thumbprint.rawValue).text
        return """
            region:
              development: true
              evidence:
                formats: [android-key, apple-appattest, tpm, simulator, none]
                simulator_roots: ["\(here.certificates)/simulator-ca.pem"]
                android_key:
                  applications: [{package: example.citizen, signatures: [\(Self.appSignature)]}]
                  oldest_patch: "2026-01"
                apple_app_attest: {applications: [A1B2C3D4E5.example.citizen]}
                tpm: {}
            clients:
              - id: herten-demo-portal
                tenant: herten
                name: Serviceportal Herten (Demo)
                profile: baseline
                redirect_uris: ["\(here.portalURL)/oidc/callback"]
                initiate_login_uri: "\(here.portalURL)/oidc/start"
                post_logout_redirect_uris: ["\(here.portalURL)/oidc/logged-out"]
                backchannel_logout_uri: "\(here.portalURL)/oidc/backchannel-logout"
                jwks: {keys: [\(demoKey)]}
                scopes: [openid, person, person_birth, person_address, email]
              - id: test-portal
                tenant: marl
                name: Testportal
                profile: baseline
                redirect_uris: ["\(here.portalURL)/test/callback"]
                jwks: {keys: [\(testKey)]}
                grant_types: [authorization_code, refresh_token]
                scopes: [openid, person]
              - id: parking-portal
                tenant: marl
                name: Parken in Marl
                profile: baseline
                redirect_uris: ["\(here.portalURL)/parking/callback"]
                jwks: {keys: [\(testKey)]}
                scopes: [openid, person]
                services: ['template:bewohnerparken']
              - id: fapi2-portal
                tenant: marl
                name: Portal nach FAPI 2.0
                profile: fapi2
                redirect_uris: ["\(here.portalURL)/fapi2/callback"]
                post_logout_redirect_uris: ["\(here.portalURL)/fapi2/goodbye"]
                backchannel_logout_uri: "\(here.portalURL)/fapi2/backchannel-logout"
                jwks: {keys: [\(testKey), \(encryptionKey)]}
                id_token_encrypted_response_alg: ECDH-ES+A256KW
                grant_types: [authorization_code, refresh_token]
                scopes: [openid, person]
              - id: towns-portal
                tenant: gelsenkirchen
                name: Bewohnerparkausweis
                profile: baseline
                redirect_uris: ["\(here.portalURL)/towns/callback"]
                jwks: {keys: [\(testKey)]}
                scopes: [openid, person]
                services: [bewohnerparken]
                served_tenants: [herten, dorsten]
            adoptions:
              - template: bewohnerparken
                version: 1.0.0
                tenant: dorsten
                contact: parken@dorsten.example
                privacy_uri: https://serviceportal.dorsten.de/datenschutz/bewohnerparken
                initiate_login_uri: https://serviceportal.dorsten.de/bewohnerparken
                approvals: {service_owner: dorsten-fachamt, dpo: dorsten-datenschutz, version: 1.0.0}

            """
    }
}

// MARK: - The programs

extension Installation {
    nonisolated var serveArguments: [String] {
        [
            "serve", "--data", data, "--listen", "127.0.0.1:\(port)", "--issuer", issuer, "--tls-certificate",
            certificates + "/server.pem", "--tls-key", certificates + "/server-key.pem",
        ] + regionFiles.flatMap { ["--region", $0] }
    }

    /// The portals of the tests lie on this machine: they are named, or no logout notice would reach them.
    private nonisolated var serveEnvironment: [String: String] {
        environment.merging(
            ["CITIZEN_ID_OUTBOUND_ALLOWED_HOSTS": "localhost:\(portalPort)", "CITIZEN_ID_OUTBOUND_TRUST_ROOTS": ca]
        ) { $1 }
    }

    func startProvider() async throws {
        provider = try await start(
            Place.program("citizen-id"), serveArguments, environment: serveEnvironment, log: providerLog, says: "ready")
    }

    /// SIGKILL, and the end of the process. The signal is no request: nothing of the program runs after it.
    func killProvider() async throws { try await endProvider(SIGKILL) }

    func stopProvider() async throws { try await endProvider(SIGTERM) }

    /// The provider's process; nil when it does not run.
    var runningProvider: Int32? { provider.flatMap { $0.isRunning ? $0.identifier : nil } }

    /// - Parameter level: the lowest level that the portal takes.
    func startPortal(level: AssuranceLevel = .normal) async throws {
        portal = try await start(
            Place.program("demo-portal"),
            [
                "--issuer", issuer, "--client-id", "herten-demo-portal", "--key", folder.path + "/portal-key.pem",
                "--listen", "localhost:\(portalPort)", "--tls-certificate", certificates + "/server.pem", "--tls-key",
                certificates + "/server-key.pem", "--ca", ca, "--scope",
                "openid person person_birth person_address email", "--accept-simulated", "--level", level.name,
            ], log: folder.path + "/portal.log", says: "the portal is open")
    }

    /// Starts a program that runs until the tests end, and waits until its log has a word.
    @discardableResult
    func start(
        _ path: String, _ arguments: [String], environment: [String: String] = [:], log: String, says word: String
    ) async throws -> ChildProcess {
        let before = (try? Program.text(of: log).count) ?? 0
        let process = try Program.start(
            path, arguments, environment: environment, output: "/dev/null", errors: log)
        try caretaker.watch(process)
        let deadline = ContinuousClock.now + .seconds(180)
        while try !Program.text(of: log).dropFirst(before).contains(word) {
            guard process.isRunning, ContinuousClock.now < deadline else {
                throw NotReady(log: try Program.text(of: log))
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        return process
    }

    private func endProvider(_ signal: Int32) async throws {
        guard let running = provider else { return }
        provider = nil
        running.send(signal)
        while running.isRunning { try await Task.sleep(for: .milliseconds(2)) }
        try caretaker.forget(running)
    }

    /// An administration command for this provider.
    nonisolated func administer(_ arguments: String...) async throws -> ProgramResult {
        try await administer(arguments)
    }

    nonisolated func administer(_ arguments: [String]) async throws -> ProgramResult {
        try await Program.run(Place.program("citizen-id"), arguments + ["--data", data], atOnce: true)
    }
}

// MARK: - People and portals

extension Installation {
    /// A person's file as a clerk writes it.
    nonisolated func personFile(family: String = "Mustermann") throws -> String {
        try folder.write(
            "person-\(family)-\(UInt32.random(in: 0 ... .max)).json",
            """
            {"given_name": "Erika", "family_name": "\(family)",
             "birthdate": "\(family == "Mustermann" ? Self.someBirthdate() : "1964-08-12")",
             "address": {"street": "Musterweg", "house_number": "7a", "postal_code": "45768", "locality": "Marl"},
             "email": "erika@example.org"}
            """)
    }

    /// People of one name differ in their birth dates, so that a clerk need not be asked whether they are the same.
    nonisolated private static func someBirthdate() -> String {
        String(
            format: "%04d-%02d-%02d", Int.random(in: 1920...2007), Int.random(in: 1...12), Int.random(in: 1...28))
    }

    /// The enrolment link of a fresh ticket.
    nonisolated func ticket(family: String = "Mustermann") async throws -> String {
        let ticket = ["desk", "ticket", "--tenant", "marl", "--person", try personFile(family: family), "--json"]
        var result = try await administer(ticket)
        // Other tests enrol people of that name at the same time, and answer the same question.
        for _ in 0..<5 where result.status != 0 {
            let isAsked = try result.json()["error"]?.string == "possible_duplicate"
            result = try await administer(ticket + (isAsked ? ["--new"] : []))
        }
        try #require(result.status == 0, "\(result)")
        return try #require(try result.json()["link"]?.string)
    }

    /// A phone in a profile of its own, without a device.
    nonisolated func newPhone(pin: String = "135790") throws -> Phone {
        let name = "p" + String(UInt32.random(in: 0 ... .max), radix: 36)
        return Phone(here: self, profile: name, pinFile: try folder.write(name + ".pin", pin + "\n"))
    }

    /// A phone that is enrolled as a person's first.
    nonisolated func enrolledPhone(family: String = "Mustermann", atOnce: Bool = false) async throws -> Phone {
        let phone = try newPhone()
        let result = try await phone.enrol(try await ticket(family: family), atOnce: atOnce)
        try #require(result.status == 0, "\(result)")
        return phone
    }

    /// A portal that the tests play: one of Marl's, or of several towns. Its connections are closed however the body ends.
    nonisolated func withTestPortal(
        ofSeveralTowns: Bool = false, _ body: (RelyingParty) async throws -> Void
    ) async throws {
        try await withPortal(ofSeveralTowns ? "towns" : "test", body)
    }

    /// Marl's portal for a template that Marl may adopt.
    nonisolated func withParkingPortal(_ body: (RelyingParty) async throws -> Void) async throws {
        try await withPortal("parking", body) {
            $0.scopes = try #require(Scope(parsing: "openid person service:bewohnerparken"))
        }
    }

    /// Marl's portal of profile `fapi2`.
    nonisolated func withFAPI2Portal(_ body: (RelyingParty) async throws -> Void) async throws {
        try await withPortal("fapi2", body) { configuration in
            configuration.tokenBinding = .keyOfEachLogin
            configuration.decryptionKey = portalDecryptionKey
            configuration.postLogoutRedirectURI = RedirectURI(rawValue: portalURL + "/fapi2/goodbye")
        }
    }

    private nonisolated func withPortal(
        _ name: String, _ body: (RelyingParty) async throws -> Void,
        _ change: (inout RelyingParty.Configuration) throws -> Void = { _ in }
    ) async throws {
        var configuration = RelyingParty.Configuration(
            issuer: try #require(IssuerURL(rawValue: issuer)),
            clientIdentifier: try #require(ClientIdentifier(rawValue: name + "-portal")),
            redirectURI: try #require(RedirectURI(rawValue: portalURL + "/\(name)/callback")),
            authentication: .privateKeyJWT(portalKey), scopes: try #require(Scope(parsing: "openid person")),
            acceptsSimulatedLevels: true, extraTrustedCertificates: ca)
        try change(&configuration)
        let portal = try RelyingParty(configuration)
        do { try await body(portal) } catch {
            await portal.shutdown()
            throw error
        }
        await portal.shutdown()
    }
}
