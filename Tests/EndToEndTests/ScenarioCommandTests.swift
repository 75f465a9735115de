import Foundation
import OpenIDMessages
import Testing

@Suite("citizen-phone run against real programs", .inTurn, .endsInTime)
struct ScenarioCommandTests {
    static let installation = Task { try await Installation.start() }

    private static let shipped: [String] = {
        let folder = Place.source("Scenarios")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        // What waits for the provider's clock is played in AttackTests, where the clock can be moved; what is about hardware
        // in HardwareEvidenceTests.
        let elsewhere: Set = ["expired.yaml", "back-channel-silence.yaml", "device-lowered.yaml"]
        return names.filter { $0.hasSuffix(".yaml") && !elsewhere.contains($0) }.sorted().map { folder + "/" + $0 }
    }()

    private func run(_ phone: Phone, _ files: [String], _ more: String...) async throws -> ProgramResult {
        try await phone.run(
            ["run"] + files + ["--portal", phone.here.loginURL, "--pin-file", phone.pinFile] + more, atOnce: true)
    }

    @Test func `all shipped scenarios are met in one command, and none leaves a login open`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone()
        let centre = try await here.callCentre(asking: phone)
        let result = try await phone.run(
            ["run"] + Self.shipped + ["--portal", here.loginURL, "--pin-file", phone.pinFile] + centre
                + ["--disposable", "--output", "json"], atOnce: true)
        #expect(result.status == 0, "\(result)")
        let scenarios = try (result.json()["scenarios"]?.array ?? []).compactMap(\.object)
        #expect(scenarios.count == Self.shipped.count && scenarios.count >= 12)
        #expect(scenarios.dropLast(2).allSatisfy { $0["result"] == "met" && $0["left_open"] == 0 }, "\(scenarios)")
        // What ends the device comes last, and a device ends once.
        #expect(
            scenarios.suffix(3).map { $0["name"]?.string } == ["device-cloned", "device-locked", "device-suspended"])
        #expect(scenarios.last?["result"]?.string == "skipped")
        try expectFailure(try await phone.login(), 17, "device_blocked", code: "device_suspended")
        let files = try FileManager.default.contentsOfDirectory(atPath: phone.home)
        #expect(!files.contains { $0.hasPrefix(phone.profile + ".copy") }, "the copy is gone")

        let other = try await Self.installation.value.enrolledPhone()
        let locked = try await run(other, [Place.source("Scenarios/device-locked.yaml")], "--disposable")
        #expect(locked.status == 0, "\(locked)")
        try expectFailure(try await other.login(), 17, "device_blocked", code: "device_locked")
    }

    @Test func `a device that its person suspends is played, and a portal that nobody named is not`() async throws {
        let phone = try await Self.installation.value.enrolledPhone()
        let files = ["device-suspended", "back-channel"].map { Place.source("Scenarios/\($0).yaml") }
        let result = try await run(phone, files, "--disposable", "--output", "json")
        #expect(result.status == 0, "\(result)")
        let scenarios = try (result.json()["scenarios"]?.array ?? []).compactMap(\.object)
        #expect(scenarios.map { $0["result"]?.string } == ["skipped", "met"], "\(scenarios)")
        #expect(scenarios.first?["reason"]?.string?.contains("--backchannel-client") == true)
    }

    @Test func `a wrong expectation gives 23 and names step and line, and the others are played`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone()
        let wrong = try here.folder.write(
            "wrong.yaml",
            """
            name: wrong
            description: Denied, and a code is expected
            steps:
              - open: portal
              - claim: link
              - deny
              - finish
              - expect: {callback: code}

            """)
        let files = [wrong, Place.source("Scenarios/deny.yaml"), Place.source("Scenarios/device-locked.yaml")]
        let result = try await run(phone, files)
        #expect(result.status == 23, "\(result)")
        #expect(
            result.output.contains(
                "wrong.yaml:8: step 5, `expect: {callback: code}`: callback is access_denied, not code"), "\(result)")
        #expect(result.lines.last == "met 1, not met 1, skipped 1")
        let tap = try await run(phone, [wrong], "--output", "tap")
        #expect(tap.status == 23 && tap.lines.prefix(3) == ["TAP version 14", "1..1", "not ok 1 - wrong"], "\(tap)")
        // The device was not ended unasked.
        #expect(try await phone.login().status == 0)
    }

    @Test func `the portal's own answer can be expected`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone()
        let file = try here.folder.write(
            "portal.yaml",
            """
            name: portal
            description: The portal signs in
            steps:
              - open: portal
              - claim: link
              - approve
              - return: right
              - finish
              - expect: {callback: code, status: 200}

            """)
        let result = try await run(phone, [file])
        #expect(result.status == 0, "\(result)")
    }

    @Test func `every mistake of every file is told with its line, and nothing is played`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone()
        let first = try here.folder.write("first.yaml", "name: a\nsteps:\n  - claim: nfc\n")
        let second = try here.folder.write("second.yaml", "name: b\ndescription: c\nsteps: [opne]\n")
        let missing = here.folder.path + "/missing.yaml"
        let result = try await run(
            phone, [first, Place.source("Scenarios/deny.yaml"), second, missing], "--json")
        try expectFailure(result, 64, "usage")
        for place in ["first.yaml:1: ", "first.yaml:3: ", "second.yaml:3: ", "missing.yaml:1: "] {
            #expect(result.errors.contains(place), "\(result)")
        }
        #expect(!result.errors.contains("Scenario deny"))
        #expect(try await run(phone, [first], "--json", "--output", "tap").status == 64)
    }

    @Test func `where nobody answers nothing is known`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone()
        let left = try phone.leaveCopy()
        let result = try await phone.run(
            "run", Place.source("Scenarios/deny.yaml"), "--portal", "https://localhost:1/login", "--pin-file",
            phone.pinFile, "--json")
        try expectFailure(result, 14, "network")
        #expect(!FileManager.default.fileExists(atPath: left), "what an interrupted command left is removed first")
    }
}
