import Foundation
import KeyStoreHarness
import OpenIDMessages
import Testing

/// `citizen-phone` with its keys in a TPM and in a token, both in software, at a real provider.
@Suite(
    "citizen-phone, keys in hardware",
    .enabled(if: SoftTPM.isInstalled && SoftTokens.isInstalled, "swtpm and softhsm2 are needed"), .inTurn, .endsInTime)
struct PhoneKeyStoreTests {
    /// An enrolled phone and its commands.
    private struct Stage {
        let phone: Phone
        let environment: [String: String]

        func run(_ arguments: String...) async throws -> ProgramResult { try await run(arguments) }

        func run(_ arguments: [String]) async throws -> ProgramResult {
            let result = try await Program.run(
                Place.program("citizen-phone"), arguments + phone.options, environment: environment)
            for pin in ["135790", "135799"] {
                #expect(!(result.output + result.errors).contains(pin), "checklist J3: a PIN is not repeated")
            }
            return result
        }

        /// A denial without a terminal.
        func denyAlone() async throws -> ProgramResult {
            try await Program.run(
                "/usr/bin/setsid", ["--wait", Place.program("citizen-phone"), "deny", "--json"] + phone.options,
                environment: environment)
        }

        func login(_ more: String...) async throws -> ProgramResult {
            try await run(["login", phone.here.loginURL, "--flow", "link", "--json"] + more)
        }
    }

    private static let installation = Task {
        let list = FileManager.default.temporaryDirectory.path + "/none-revoked-\(UUID().uuidString).json"
        try #"{"entries": {}}"#.write(toFile: list, atomically: true, encoding: .utf8)
        return try await Installation.start(environment: ["CITIZEN_ID_ATTESTATION_REVOCATION_LIST": list])
    }

    private func enrol(_ options: [String], environment: [String: String] = [:]) async throws -> (
        Stage, ProgramResult
    ) {
        let here = try await Self.installation.value
        let stage = Stage(phone: try here.newPhone(), environment: environment)
        let link = try await here.ticket(family: "Hardware")
        let result = try await stage.run(["enrol", link, "--pin-file", stage.phone.pinFile, "--json"] + options)
        return (stage, result)
    }

    private func wrongPIN(_ stage: Stage) throws -> String {
        try stage.phone.here.folder.write("wrong-\(stage.phone.profile).pin", "135799\n")
    }

    @Test func `a TPM keeps the keys, says so itself, and locks`() async throws {
        let tpm = try SoftTPM()
        let here = try await Self.installation.value
        let (stage, enrolled) = try await enrol([
            "--key-store", "tpm", "--tcti", tpm.connection, "--evidence", "tpm", "--simulator-key",
            here.certificates + "/simulator-ca-key.pem", "--simulator-certificate",
            here.certificates + "/simulator-ca.pem",
        ])
        try #require(enrolled.status == 0, "\(enrolled)")
        let result = try enrolled.json()
        #expect(result["key_store"] == "tpm")
        #expect(
            result["record"]?.object?["ceiling"]?.string == "sim:http://bsi.bund.de/eID/LoA/substantiell",
            "the provider's own verifier believes the TPM, and knows who certified it")
        let verdicts = result["verdicts"]?.array ?? []
        #expect(verdicts.count >= 13 && verdicts.allSatisfy { $0.object?["passed"] == true }, "\(verdicts)")

        let pin = ["--pin-file", stage.phone.pinFile]
        let login = try await stage.login(pin[0], pin[1])
        #expect(login.status == 0, "\(login)")
        #expect(!login.errors.contains("tss") && !login.errors.contains("ERROR"), "\(login)")
        #expect(try await stage.login("--decision", "deny", pin[0], pin[1]).status == 0)

        let wrong = try wrongPIN(stage)
        try await waitingLogin(stage)
        for left in [2, 1] {
            let refused = try await stage.run("approve", "--json", "--pin-file", wrong)
            try expectFailure(refused, 16, "wrong_pin")
            #expect(try refused.json()["error"]?.object?["tries_left"]?.integer == Int64(left))
        }
        try expectFailure(try await stage.run("approve", "--json", "--pin-file", wrong), 17, "device_blocked")
        try expectFailure(try await stage.run("approve", "--json", pin[0], pin[1]), 17, "device_blocked")
        // Calls need no PIN: the person can still see, and others suspend, this device.
        let devices = try await stage.run("devices", "--json")
        #expect(devices.status == 0, "\(devices)")
        #expect(try devices.json()["key_store"] == "tpm")

        try tpm.replace()
        let foreign = try await stage.run("devices", "--json")
        try expectFailure(foreign, 26, "key_store")
        #expect(foreign.errors.contains("aus einem anderen TPM"), "\(foreign)")
    }

    @Test func `a token keeps the keys, and asks for its PIN`() async throws {
        let tokens = try SoftTokens(labels: ["card"], pin: "135790")
        let options = ["--key-store", "pkcs11", "--pkcs11-module", SoftTokens.module, "--pkcs11-token", "card"]
        let (stage, enrolled) = try await enrol(options, environment: tokens.environment)
        try #require(enrolled.status == 0, "\(enrolled)")
        #expect(try enrolled.json()["key_store"] == "pkcs11")
        let pin = ["--pin-file", stage.phone.pinFile]
        let login = try await stage.login(pin[0], pin[1])
        #expect(login.status == 0, "\(login)")
        try expectFailure(try await stage.login("--pin-file", try wrongPIN(stage)), 16, "wrong_pin")

        // A denial is signed by the same key: it takes the PIN too.
        try await waitingLogin(stage)
        try expectFailure(try await stage.denyAlone(), 20, "no_terminal")
        #expect(try await stage.run(["deny", "--json"] + pin).status == 0)

        // Elsewhere, where nobody has plugged the token in.
        for (label, words) in [("card", "mit anderer Seriennummer"), ("other", "ist nicht da")] {
            let others = try SoftTokens(labels: [label], pin: "135790")
            let elsewhere = Stage(phone: stage.phone, environment: others.environment)
            let refused = try await elsewhere.run("devices", "--json")
            try expectFailure(refused, 26, "key_store")
            #expect(refused.errors.contains(words), "\(refused)")
            withExtendedLifetime(others) {}
        }
    }

    @Test(.enabled(if: CountingToken.isInstalled, "a C compiler is needed"))
    func `a token that counts wrong PINs says which is the last one, and then that it is locked`() async throws {
        let (tokens, counting) = (try SoftTokens(labels: ["card"], pin: "135790"), try CountingToken())
        let environment = tokens.environment.merging(counting.environment) { $1 }
        let options = ["--key-store", "pkcs11", "--pkcs11-module", counting.module, "--pkcs11-token", "card"]
        let (stage, enrolled) = try await enrol(options, environment: environment)
        try #require(enrolled.status == 0, "\(enrolled)")
        let (right, wrong) = (["--pin-file", stage.phone.pinFile], ["--pin-file", try wrongPIN(stage)])

        try await waitingLogin(stage)
        let first = try await stage.run(["approve", "--json"] + wrong)
        try expectFailure(first, 16, "wrong_pin")
        // The standard has a word for the last try alone.
        #expect(try first.json()["error"]?.object?["tries_left"] == nil)
        let second = try await stage.run(["approve", "--json"] + wrong)
        try expectFailure(second, 16, "wrong_pin")
        #expect(try second.json()["error"]?.object?["tries_left"] == 1)
        #expect(second.errors.contains("Sie haben noch einen Versuch."), "\(second)")
        // The right one begins the count anew.
        #expect(try await stage.run(["approve", "--json"] + right).status == 0)

        try await waitingLogin(stage)
        for _ in 1...2 { try expectFailure(try await stage.run(["approve", "--json"] + wrong), 16, "wrong_pin") }
        for pin in [wrong, right, right] {
            for command in ["approve", "deny"] {
                let locked = try await stage.run([command, "--json"] + pin)
                try expectFailure(locked, 17, "device_blocked")
                #expect(locked.errors.contains("Entsperren Sie es mit dem Programm und der PUK"), "\(locked)")
            }
        }
        // Calls need no PIN. Who unlocks the token with its PUK goes on.
        #expect(try await stage.run("devices", "--json").status == 0)
        try counting.unlock()
        #expect(try await stage.run(["approve", "--json"] + right).status == 0)
        withExtendedLifetime(tokens) {}
    }

    /// Begins a login that waits for the phone's answer.
    private func waitingLogin(_ stage: Stage) async throws {
        let page = try await Browser(stage.phone.here).load(stage.phone.here.loginURL)
        let link = try #require(page.text.firstMatch(of: /https:\/\/[^"\s<]+\/app\/s\/[^"\s<]+/)).output
        let scanned = try await stage.run("scan", String(link), "--json")
        try #require(scanned.status == 0, "\(scanned)")
    }

    @Test(
        arguments: [
            ["--key-store", "pkcs11"], ["--key-store", "pkcs11", "--pkcs11-module", "libsofthsm2.so"],
            ["--key-store", "pkcs11", "--pkcs11-module", "module.so", "--pkcs11-token", "card"],
            ["--key-store", "tpm", "--pkcs11-token", "card"], ["--tcti", "device:/dev/tpmrm0"],
            ["--key-store", "cloud"],
        ])
    func `options that do not fit`(options: [String]) async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = here.issuer + "/app/e/AAAAAAAAAAAAAAAAAAA#k=x"
        let result = try await phone.run(["enrol", link, "--pin-file", phone.pinFile, "--json"] + options)
        try expectFailure(result, 64, "usage")
    }

    @Test func `a store that is not there costs no ticket`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket(family: "Später")
        for options in [
            ["--key-store", "tpm", "--tcti", "device:/dev/no-such-tpm"],
            ["--key-store", "pkcs11", "--pkcs11-module", "/nowhere/module.so", "--pkcs11-token", "card"],
        ] {
            let refused = try await phone.run(["enrol", link, "--pin-file", phone.pinFile, "--json"] + options)
            try expectFailure(refused, 26, "key_store")
        }
        #expect(try await phone.enrol(link).status == 0)
    }
}
