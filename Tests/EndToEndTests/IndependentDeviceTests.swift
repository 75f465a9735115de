import Foundation
import OpenIDMessages
import Testing

/// A device client that shares no line with ours: Tests/Interop/device_client.py, written from docs/protocol.md.
@Suite(
    "An independent device client in Python enrols and logs in",
    .enabled(if: IndependentClient.isCryptographyInstalled, "python3-cryptography is needed"), .inTurn, .endsInTime
)
struct IndependentDeviceTests {
    private static let family = "Unabhaengig"

    /// With the library of PyPI, and with that of Debian where PyPI cannot be reached.
    private static let report = Task<[String: String], any Error> {
        let here = try await Installation.start()
        let folder = here.folder.path + "/venv"
        let made = try await Program.run(
            Place.source("Tests/Interop/make_venv.sh"), [folder, "device_requirements.txt"], atOnce: true)
        let python = made.status == 0 ? folder + "/bin/python3" : "/usr/bin/python3"
        let settings: JSONObject = [
            "ca": .string(here.ca), "login_url": .string(here.loginURL), "family_name": .string(family),
            "tickets": .strings([try await here.ticket(family: family), try await here.ticket(family: "Zweitgeraet")]),
            "simulator_key": .string(here.certificates + "/simulator-attester-key.pem"),
            "simulator_certificate": .string(here.certificates + "/simulator-attester.pem"),
            "folder": .string(here.folder.path),
        ]
        let file = try here.folder.write("device-settings.json", settings.text)
        let result = try await Program.run(python, [Place.source("Tests/Interop/device_checks.py"), file])
        try #require(result.status == 0, "\(result)")
        let checks = try #require(try result.json()["checks"]?.object)
        return Dictionary(uniqueKeysWithValues: checks.members.map { ($0.name, $0.value.string ?? "") })
    }

    @Test func `enrolment, both flows, denial, wrong PIN, lost answer, tampering, clone`() async throws {
        let report = try await Self.report.value
        for check in [
            "a link with another key", "enrolment", "a used ticket", "a login on another screen",
            "a login on this device",
            "a return in another browser", "a denial", "a wrong PIN", "a lost answer", "a changed text",
            "a foreign link", "a login of another device", "a clone",
        ] {
            #expect(report[check] == "passed", "\(check)")
        }
    }
}
