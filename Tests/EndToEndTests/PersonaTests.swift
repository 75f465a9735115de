import DeviceAuthenticator
import Foundation
import KeyStoreHarness
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("Personas at a real provider", .inTurn, .endsInTime)
struct PersonaTests {
    private static let installation = Task { try await start() }

    private static func start() async throws -> Installation {
        // Without a list nothing is known of the certificate of a TPM's key.
        let list = FileManager.default.temporaryDirectory.path + "/none-revoked-\(UUID().uuidString).json"
        try #"{"entries": {}}"#.write(toFile: list, atomically: true, encoding: .utf8)
        return try await Installation.start(environment: [
            "CITIZEN_ID_ATTESTATION_REVOCATION_LIST": list, "CITIZEN_ID_LIMITS_CODES_PER_MINUTE": "6000",
            "CITIZEN_ID_LIMITS_LOGINS_PER_MINUTE": "60000",
        ])
    }

    /// What becomes of each shipped persona: the check that its enrolment fails, or the level and how its login ends.
    private enum Fate {
        case refused(check: String)
        case enrolled(level: String, login: Int32)
    }

    private static let fates: [String: Fate] = [
        "erika": .enrolled(level: "substantiell", login: 0),
        "john": .enrolled(level: "substantiell", login: 0),
        "sven": .enrolled(level: "normal", login: 0),
        "lina": .enrolled(level: "substantiell", login: 0),
        "uwe": .enrolled(level: "substantiell", login: 32),
        "tom": .enrolled(level: "substantiell", login: 0),
        "rosa": .refused(check: "boot"), "theo": .refused(check: "revocation"), "olga": .refused(check: "patch_level"),
    ]

    private static func options(_ here: Installation, home: String) -> [String] {
        ["--home", here.folder.path + "/" + home, "--ca", here.ca]
    }

    private static func run(_ arguments: [String]) async throws -> ProgramResult {
        try await Program.run(Place.program("citizen-phone"), arguments)
    }

    /// From the file of a persona to an enrolled phone, as docs/citizen-phone.md does it.
    private static func enrol(
        _ name: String, at here: Installation, home: String, _ more: [String] = []
    ) async throws -> ProgramResult {
        try await enrol(name, with: ticket(for: name, at: here, home: home), at: here, home: home, more)
    }

    private static func ticket(for name: String, at here: Installation, home: String) async throws -> String {
        let file = ShippedPersonas.file(name)
        let people = try await run(["personas", file])
        try #require(people.status == 0, "\(people)")
        let list = try here.folder.write("\(home)-\(name).jsonl", people.output)
        let tickets = try await here.administer("desk", "tickets", "--tenant", "marl", "--people", list)
        try #require(tickets.status == 0, "\(tickets)")
        return tickets.lines[0]
    }

    private static func enrol(
        _ name: String, with ticket: String, at here: Installation, home: String, _ more: [String]
    ) async throws -> ProgramResult {
        // A TPM's attestation key is certified by the authority, everything else is said by the attester.
        let maker = name == "tom" ? "simulator-ca" : "simulator-attester"
        return try await run(
            [
                "enrol", ticket, "--persona", ShippedPersonas.file(name), "--simulator-key",
                here.certificates + "/\(maker)-key.pem", "--simulator-certificate",
                here.certificates + "/\(maker).pem", "--json",
            ] + options(here, home: home) + more)
    }

    @Test(arguments: ShippedPersonas.names.filter { $0 != "tom" })
    func `each shipped persona enrols with one command and logs in, or is refused as its file says`(
        name: String
    ) async throws {
        try await play(name)
    }

    @Test(.enabled(if: SoftTPM.isInstalled, "swtpm is needed"))
    func `the shipped persona with a TPM does so too, and says itself that its keys are there`() async throws {
        let tpm = try SoftTPM()
        try await play("tom", ["--tcti", tpm.connection])
        withExtendedLifetime(tpm) {}
    }

    /// - Parameter hardware: what the command line says of the persona's key store.
    private func play(_ name: String, _ hardware: [String] = []) async throws {
        let here = try await Self.installation.value
        let fate = try #require(Self.fates[name], "every persona has a row here")
        let enrolled = try await Self.enrol(name, at: here, home: "each", hardware)
        switch fate {
        case .refused(let check):
            try expectFailure(enrolled, 15, "provider_refused", code: "evidence_refused")
            #expect(try enrolled.json()["error"]?.object?["failed_checks"]?.strings == [check])
        case .enrolled(let level, let status):
            try #require(enrolled.status == 0, "\(enrolled)")
            let result = try enrolled.json()
            #expect(result["record"]?.object?["ceiling"]?.string == "sim:http://bsi.bund.de/eID/LoA/\(level)")
            let persona = try Persona.read(ShippedPersonas.file(name))
            #expect(result["seed"]?.string == persona.phone.seed.map(String.init))
            #expect(result["key_store"]?.string == persona.phone.keyStore.rawValue)
            #expect(enrolled.errors.contains(persona.person["family_name"]?.string ?? "-") == false, "masked")
            let files = here.folder.path + "/each/" + name
            #expect(FileManager.default.fileExists(atPath: files), "its profile has its name")
            let login = try await Self.run(
                ["login", here.loginURL, "--flow", "link", "--persona", ShippedPersonas.file(name), "--json"]
                    + Self.options(here, home: "each"))
            #expect(login.status == status, "\(login)")
            if let seed = persona.phone.seed {
                let words = persona.phone.language == .english ? "the seed" : "der Zahl"
                #expect(login.errors.contains("\(words) \(seed)"), "\(login)")
            }
        }
    }

    @Test func `what the command line says of the key store goes before what the persona says`() async throws {
        // Not where the other Tom lives.
        let here = try await Self.start()
        let ticket = try await Self.ticket(for: "tom", at: here, home: "file")
        func enrol(_ more: [String]) async throws -> ProgramResult {
            try await Self.enrol("tom", with: ticket, at: here, home: "file", more)
        }
        for misfit in [["--key-store", "file", "--tcti", "swtpm:"], ["--pkcs11-token", "card"]] {
            try expectFailure(try await enrol(misfit), 64, "usage")
        }
        let enrolled = try await enrol(["--key-store", "file"])
        #expect(try enrolled.status == 0 && enrolled.json()["key_store"] == "file", "\(enrolled)")
    }

    @Test func `a device is not put in its own place, whoever names its profile`() async throws {
        let here = try await Self.installation.value
        let erika = ["--persona", ShippedPersonas.file("erika")]
        func replace(_ arguments: [String]) async throws -> ProgramResult {
            try await Self.run(
                ["replace", "--tenant", "marl", "--json"] + arguments + Self.options(here, home: "own-place"))
        }
        for own in [
            erika + ["--into", "erika"], erika + ["--into", "other", "--profile", "other"], ["--into", "default"],
        ] {
            try expectFailure(try await replace(own), 64, "usage")
        }
        // Nobody is enrolled there: what comes after the command line is found wrong.
        for other in [erika + ["--into", "default"], erika + ["--into", "erika", "--profile", "other"]] {
            try expectFailure(try await replace(other), 10, "not_enrolled")
        }
    }

    @Test func `scenarios name the personas that play them`() async throws {
        let here = try await Installation.start()
        let scenarios = ["john-denies", "lina-loses-a-receipt"].map {
            ShippedPersonas.folder + "/scenarios/\($0).yaml"
        }
        let shipped = try FileManager.default.contentsOfDirectory(atPath: ShippedPersonas.folder + "/scenarios")
        #expect(shipped.count == scenarios.count)
        let command = ["run"] + scenarios + ["--portal", here.loginURL, "--json"] + Self.options(here, home: "play")
        let early = try await Self.run(command)
        try expectFailure(early, 10, "not_enrolled")
        #expect(early.errors.contains("The persona john has no phone yet"), "\(early)")
        for name in ["john", "lina"] {
            let enrolled = try await Self.enrol(name, at: here, home: "play")
            #expect(enrolled.status == 0, "\(enrolled)")
        }
        // Neither a PIN nor a device of the profile is needed.
        let played = try await Self.run(command)
        #expect(try played.status == 0 && played.json()["met"] == 2, "\(played)")
        // The command's own persona, whose clock is ten minutes behind, speaks for nobody else.
        let late = try await Self.run(command + ["--persona", ShippedPersonas.file("uwe")])
        #expect(try late.status == 0 && late.json()["met"] == 2, "\(late)")
        // It speaks for scenarios that name none, and its device is the one of those that name it: it ends once.
        let locked = Place.source("Scenarios/device-locked.yaml")
        let text = try Program.text(of: locked).replacing(
            "name: device-locked", with: "name: john-locked\npersona: \(ShippedPersonas.file("john"))")
        let johns = try here.folder.write("john-locked.yaml", text)
        let ended = try await Self.run(
            [
                "run", locked, johns, "--disposable", "--persona", ShippedPersonas.file("john"), "--portal",
                here.loginURL, "--json",
            ]
                + Self.options(here, home: "play"))
        #expect(try ended.status == 0 && ended.json()["met"] == 1 && ended.json()["skipped"] == 1, "\(ended)")
    }

    @Test func `the same seed and time make the same device at another installation, once at each`() async throws {
        let now = Date().formatted(.iso8601)
        var records: [JSONObject] = []
        for number in 1...2 {
            let here = try await Installation.start(withPortal: false)
            let enrolled = try await Self.enrol("erika", at: here, home: "first", ["--now", now])
            try #require(enrolled.status == 0, "\(enrolled)")
            records.append(try #require(try enrolled.json()["record"]?.object))
            guard number == 2 else { continue }
            // The region knows these keys already.
            let twice = try await Self.enrol("sven", at: here, home: "second", ["--seed", "1"])
            try expectFailure(twice, 15, "provider_refused", code: "key_already_registered")
            // Far from the provider's time nothing is taken.
            let late = try await Self.run(
                ["devices", "--profile", "erika", "--now", "2020-01-01T00:00:00Z", "--json"]
                    + Self.options(here, home: "first"))
            try expectFailure(late, 32, "clock")
            let devices = try await Self.run(
                ["devices", "--profile", "erika", "--json"] + Self.options(here, home: "first"))
            let listed = try devices.json()["devices"]?.array?.first?.object
            #expect(listed?["model"]?.string == "citizen-phone, simulated with the seed 1", "\(devices)")
        }
        for member in ["auth_jkt", "inst_jkt"] {
            #expect(records[0][member] != nil && records[0][member] == records[1][member])
        }
        #expect(records[0]["sub"] != records[1]["sub"], "what the provider makes is its own")
    }

    @Test(arguments: [
        [["--seed", "7"], ["--seed", "7", "--evidence", "none"]],
        [["--seed", "7", "--evidence", "simulator", "--key-store", "tpm"], ["--now", "yesterday"]],
        [["--persona", "/missing.yaml"], ["--seed", "-7", "--evidence", "simulator"]],
    ])
    func `a seed, a time or a persona that cannot be is refused before anything is done`(
        refused: [[String]]
    ) async throws {
        for options in refused {
            let result = try await Self.run(
                [
                    "enrol", "https://id.example/app/e/x#k=y", "--simulator-key", "/k", "--simulator-certificate", "/c",
                    "--json",
                ] + options)
            try expectFailure(result, 64, "usage")
        }
    }
}
