import Foundation
import OpenIDMessages
import Testing

@Suite("citizen-phone attack against real programs", .inTurn, .endsInTime)
struct InstallationAttackTests {
    static let installation = Task { try await Installation.start() }

    @Test func `every attack is played, and every one is resisted`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Ueberfallen")
        let centre = try await here.callCentre(asking: phone)
        let result = try await phone.run(
            [
                "attack", "all", "--portal", here.loginURL, "--ticket",
                try await here.ticket(family: "Abfotografiert"), "--attacker-ticket",
                try await here.ticket(family: "Angreifer"), "--disposable", "--pin-file", phone.pinFile, "--json",
            ] + centre, atOnce: true)
        #expect(result.status == 0, "\(result)")
        let attacks = try (result.json()["attacks"]?.array ?? []).compactMap(\.object)
        #expect(attacks.count == 15 && attacks.allSatisfy { $0["result"] == "resisted" }, "\(attacks)")
        #expect(attacks.allSatisfy { !($0["evidence"]?.array ?? []).isEmpty })
        // The clone was noticed: the device is suspended.
        try expectFailure(try await phone.login(), 17, "device_blocked", code: "device_suspended")
    }

    @Test func `a clone of a profile that a passphrase seals answers too, and is noticed by its counter`() async throws
    {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let sealed = ["--passphrase-file", try here.folder.write(phone.profile + ".passphrase", "a passphrase\n")]
        let link = try await here.ticket(family: "Versiegelt")
        let enrolled = try await phone.run(["enrol", link, "--pin-file", phone.pinFile] + sealed)
        try #require(enrolled.status == 0, "\(enrolled)")
        let result = try await phone.run(
            ["attack", "clone", "--portal", here.loginURL, "--disposable", "--pin-file", phone.pinFile, "--json"]
                + sealed, atOnce: true)
        #expect(result.status == 0, "\(result)")
        let attack = try result.json()["attacks"]?.array?.first?.object
        #expect(attack?["result"] == "resisted")
        let evidence = (attack?["evidence"]?.array ?? []).compactMap(\.string)
        #expect(evidence.contains("the copy answers, with the victim's PIN: refused, device_cloned"), "\(evidence)")
    }

    @Test func `what would end the device is not played unasked, and nonsense is said so`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Verschont")
        let arguments = ["--portal", here.loginURL, "--pin-file", phone.pinFile, "--json"]
        let spared = try await phone.run(
            ["attack", "clone", "enrol-hijack", "foreign-browser", "back-channel"] + arguments)
        #expect(spared.status == 37, "nobody may take it for resistance: \(spared)")
        let attacks = try (spared.json()["attacks"]?.array ?? []).compactMap(\.object)
        #expect(attacks.count == 4 && attacks.allSatisfy { $0["result"] == "not_tested" }, "\(attacks)")
        #expect(try await phone.login().status == 0)
        #expect(try await phone.run(["attack", "reley"] + arguments).status == 64)
        let left = try phone.leaveCopy()
        let silent = try await phone.run(
            "attack", "relay", "--portal", "https://localhost:1/login", "--pin-file", phone.pinFile, "--json")
        try expectFailure(silent, 14, "network")
        #expect(!FileManager.default.fileExists(atPath: left), "what an interrupted command left is removed first")
    }
}
