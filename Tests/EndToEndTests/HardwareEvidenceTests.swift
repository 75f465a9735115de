import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

/// docs/protocol.md §7 over HTTPS, with the programs: enrolment by mock chains, caps, and revocation.
@Suite("Evidence of hardware, from enrolment to revocation", .inTurn, .endsInTime)
struct HardwareEvidenceTests {
    private struct Stage {
        let here: Installation
        let list: String

        /// Enrols a new phone with a mock chain below an authority of the installation.
        func enrol(_ evidence: [String], authority: String = "simulator-ca") async throws -> (Phone, ProgramResult) {
            let phone = try here.newPhone()
            let arguments = [
                "enrol", try await here.ticket(), "--pin-file", phone.pinFile, "--simulator-key",
                "\(here.certificates)/\(authority)-key.pem", "--simulator-certificate",
                "\(here.certificates)/\(authority).pem", "--json", "--evidence",
            ]
            return (phone, try await phone.run(arguments + evidence))
        }

        /// Replaces the list and waits until the provider has read it.
        func publish(_ text: String) async throws {
            let before = try Program.text(of: here.providerLog).split(separator: "revocation list read").count
            try text.write(toFile: list, atomically: true, encoding: .utf8)
            let deadline = ContinuousClock.now + .seconds(30)
            while try Program.text(of: here.providerLog).split(separator: "revocation list read").count == before {
                try #require(ContinuousClock.now < deadline, "the list is read again when it changes")
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private static let android = [
        "android-key", "--app", "example.citizen", "--app-signature", Installation.appSignature,
    ]
    private static let apple = ["apple-appattest", "--app", "A1B2C3D4E5.example.citizen"]

    @Test func `mock chains reach simulated levels alone, and fall when a certificate is revoked`() async throws {
        let list = FileManager.default.temporaryDirectory.path + "/revoked-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: list) }
        let here = try await Installation.start(
            withPortal: false, environment: ["CITIZEN_ID_ATTESTATION_REVOCATION_LIST": list])
        let stage = Stage(here: here, list: list)
        // Without a list nobody can say that a certificate is good.
        let early = try await stage.enrol(Self.android).1
        #expect(early.status != 0 && early.output.contains("evidence_refused"), "\(early)")
        try await stage.publish(#"{"entries": {}}"#)

        var phones: [Phone] = []
        for evidence in [Self.android, Self.android + ["--simulated-hardware", "tee"], Self.apple, ["tpm"]] {
            let (phone, result) = try await stage.enrol(evidence)
            phones.append(phone)
            try #require(result.status == 0, "\(result)")
            let ceiling = try result.json()["record"]?.object?["ceiling"]?.string
            #expect(ceiling == "sim:http://bsi.bund.de/eID/LoA/substantiell", "\(evidence)")
            let verdicts = try result.json()["verdicts"]?.array ?? []
            #expect(verdicts.count >= 7 && verdicts.allSatisfy { $0.object?["passed"] == true })
        }
        // The development authority for TLS is no root of evidence.
        for evidence in [Self.android, Self.apple, ["tpm"]] {
            let result = try await stage.enrol(evidence, authority: "ca").1
            #expect(result.status != 0 && result.output.contains("evidence_refused"), "\(result)")
        }
        try await revoke(stage)
        for phone in phones { try await goesOn(phone) }
    }

    @Test func `the shipped scenario of a lowered device is met, and an attacker's device can have evidence`()
        async throws
    {
        let list = FileManager.default.temporaryDirectory.path + "/revoked-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: list) }
        try #"{"entries": {}}"#.write(toFile: list, atomically: true, encoding: .utf8)
        let here = try await Installation.start(
            withPortal: false, environment: ["CITIZEN_ID_ATTESTATION_REVOCATION_LIST": list])
        let stage = Stage(here: here, list: list)
        let (phone, enrolled) = try await stage.enrol(Self.android)
        try #require(enrolled.status == 0, "\(enrolled)")
        try await here.startPortal(level: .substantiell)

        let attack = ["attack", "foreign-browser", "--portal", here.loginURL, "--pin-file", phone.pinFile, "--json"]
        let bare = try await phone.run(attack + ["--attacker-ticket", try await here.ticket(family: "Angreifer")])
        #expect(bare.status == 37 && bare.output.contains("wants a higher level"), "\(bare)")
        let simulator = [
            "--simulator-key", here.certificates + "/simulator-attester-key.pem", "--simulator-certificate",
            here.certificates + "/simulator-attester.pem",
        ]
        let equipped = try await phone.run(
            attack + ["--attacker-ticket", try await here.ticket(family: "Gerüstet")] + simulator)
        #expect(equipped.status == 0 && equipped.output.contains("resisted"), "\(equipped)")

        let run = [
            "run", Place.source("Scenarios/device-lowered.yaml"), "--portal", here.loginURL, "--pin-file",
            phone.pinFile, "--output", "json", "--disposable",
        ]
        let skipped = try await phone.run(run)
        #expect(skipped.status == 37 && skipped.output.contains("needs --revocation-list"), "\(skipped)")
        let wrong = try await phone.run(run + ["--revocation-list", phone.pinFile])
        try expectFailure(wrong, 19, "file")
        let met = try await phone.run(run + ["--revocation-list", list])
        #expect(met.status == 0, "\(met)")
        #expect(try met.json()["scenarios"]?.array?.first?.object?["result"] == "met", "\(met)")
        let listed = try RevocationList(parsing: Array(Data(contentsOf: URL(fileURLWithPath: list))))
        #expect(listed.serials.count == 1, "the device's own certificate, and nobody else's")
    }

    /// What a phone can do whose evidence was taken back: its person hears of it, and acts as before.
    private func goesOn(_ phone: Phone) async throws {
        let notices = try await phone.run(["account", "notices", "--json"])
        #expect(notices.status == 0 && notices.output.contains("device_lowered"), "\(notices)")
        let act = try await phone.run([
            "account", "contact", "--phone-number", "+49 209 1234567", "--yes", "--pin-file", phone.pinFile, "--json",
        ])
        #expect(act.status == 0, "\(act)")
    }

    private func revoke(_ stage: Stage) async throws {
        let serial = try await Program.run(
            "/usr/bin/openssl",
            ["x509", "-in", stage.here.certificates + "/simulator-ca.pem", "-noout", "-serial"], atOnce: true)
        let digits = try #require(serial.output.split(separator: "=").last).lowercased()
            .trimmingCharacters(in: .whitespacesAndNewlines).drop { $0 == "0" }
        let entry = #""\#(digits)": {"status": "REVOKED", "reason": "KEY_COMPROMISE"}"#
        let text = #"{"entries": {\#(entry)}}"#
        // More than what is asked for at once; all others come before the authority's.
        let others = (0..<100_000).map { "\"\(String(0x1000_0000 + $0, radix: 16))\": {\"status\": \"REVOKED\"}" }
        let longer = #"{"entries": {\#((others + [entry]).joined(separator: ", "))}}"#
        let proposed = try stage.here.folder.write("proposed.json", longer)
        let asked = { () async throws -> [JSONObject] in
            let result = try await stage.here.administer(
                "device", "affected", "--revocation-list", proposed, "--json")
            try #require(result.status == 0, "\(result)")
            return (try result.json()["devices"]?.array ?? []).compactMap(\.object)
        }
        #expect(try await asked().map { $0["ceiling"]?.string } == Array(repeating: "substantiell", count: 4))
        try await stage.publish(text)
        #expect(try await asked().map { $0["ceiling"]?.string } == Array(repeating: "normal", count: 4))
        #expect(try await asked().allSatisfy { $0["state"] == "active" && $0["simulated"] == true })
        let late = try await stage.enrol(Self.android).1
        #expect(late.status != 0 && late.output.contains("evidence_refused"))
        // The server takes no serial number that no list could have.
        for serial in ["0a", "A1", "", "g"] {
            let answer = try await Program.run(
                "/usr/bin/curl",
                [
                    "--silent", "--unix-socket", stage.here.data + "/admin.sock", "--json",
                    "{\"serials\": [\"1\", \"\(serial)\"]}", "http://localhost/devices/affected",
                ])
            #expect(answer.output.contains("Serial numbers are hexadecimal"), "\(answer)")
        }
        let broken = try stage.here.folder.write("broken.json", "{}")
        #expect(try await stage.here.administer("device", "affected", "--revocation-list", broken).status == 2)
    }
}
