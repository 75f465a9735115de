import ChildProcesses
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("citizen-phone replace", .inTurn, .endsInTime)
struct PhoneReplaceTests {
    static let installation = Task { try await Installation.start() }

    private func arguments(_ phone: Phone, by new: Phone, _ more: [String]) -> [String] {
        [
            "replace", "--into", new.profile, "--pin-file", phone.pinFile, "--yes", "--json", "--simulator-key",
            phone.here.certificates + "/simulator-attester-key.pem", "--simulator-certificate",
            phone.here.certificates + "/simulator-attester.pem",
        ] + more
    }

    private func replace(_ phone: Phone, by new: Phone, _ more: String...) async throws -> ProgramResult {
        try await phone.run(arguments(phone, by: new, more))
    }

    private func device(_ phone: Phone) async throws -> String {
        let devices = try await phone.run("devices", "--json").json()["devices"]?.array?.compactMap(\.object) ?? []
        return try #require(devices.first { $0["current"] == true }?["device"]?.string)
    }

    /// A link for a further device of this phone's account.
    private func link(_ phone: Phone) async throws -> String {
        let added = try await phone.run(
            "devices", "add", "--tenant", "marl", "--yes", "--pin-file", phone.pinFile, "--json")
        return try #require(try added.json()["link"]?.string, "\(added)")
    }

    @Test func `a new profile takes the place of the old one, and saying it again changes nothing`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Umzug")
        let old = try await device(phone)
        let new = try phone.here.newPhone(pin: "246802")
        let replaced = try await replace(
            phone, by: new, "--tenant", "marl", "--new-pin-file", new.pinFile, "--name", "Neu")
        try #require(replaced.status == 0, "\(replaced)")
        let json = try replaced.json()
        let device = try await device(new)
        #expect(json["state"] == "replaced" && json["replaced"]?.string == old && json["device"]?.string == device)
        let code = try #require(json["block_code"]?.string)
        #expect(code.count == 18 && replaced.errors.contains(code), "it is told before anything else can fail")
        #expect(try await new.login().status == 0)
        try expectFailure(try await phone.login(), 17, "device_blocked", code: "device_suspended")

        let again = try await replace(phone, by: new, "--new-pin-file", new.pinFile)
        #expect(again.status == 0, "\(again)")
        #expect(try again.json()["state"] == "replaced" && again.json()["block_code"] == nil)
        let devices = try await new.run("devices", "--json").json()["devices"]?.array?.compactMap(\.object) ?? []
        #expect(devices.count == 2, "no third device was made")
    }

    @Test func `interrupted after the enrolment, and with a wrong PIN, the old device stays in use`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Abbruch")
        let new = try phone.here.newPhone(pin: "246802")
        #expect(try await new.enrol(try await link(phone)).status == 0)
        #expect(try await phone.login().status == 0, "the new one waits")

        let wrong = try phone.here.folder.write("wrong-new.pin", "999999")
        try expectFailure(
            try await replace(phone, by: new, "--new-pin-file", wrong), 16, "wrong_pin", code: "not_accepted")
        #expect(try await phone.login().status == 0, "the new one was let in, and has shown nothing yet")
        let replaced = try await replace(phone, by: new, "--new-pin-file", new.pinFile)
        #expect(replaced.status == 0, "\(replaced)")
        #expect(try await new.login().status == 0)
        try expectFailure(try await phone.login(), 17, "device_blocked", code: "device_suspended")
    }

    @Test func `D-6.7 a block code that nobody could read is told the next time, also by a command that fails`()
        async throws
    {
        let phone = try await Self.installation.value.enrolledPhone(family: "Sperrcode")
        let new = try phone.here.newPhone(pin: "246802")
        let replacing = try Program.start(
            Place.program("citizen-phone"),
            arguments(phone, by: new, ["--tenant", "marl", "--new-pin-file", new.pinFile]) + phone.options,
            output: "/dev/full", errors: "/dev/full")
        for _ in 0..<1800 where replacing.isRunning { try await Task.sleep(for: .milliseconds(100)) }
        let again = try await replace(phone, by: new, "--new-pin-file", new.pinFile)
        #expect(again.status == 0, "\(again)")
        #expect(try again.json()["block_code"]?.string?.count == 18, "\(again)")
        let third = try await replace(phone, by: new, "--new-pin-file", new.pinFile)
        #expect(try third.status == 0 && third.json()["block_code"] == nil, "\(third)")

        let another = try phone.here.newPhone(pin: "135791")
        let enrolling = try Program.start(
            Place.program("citizen-phone"),
            ["enrol", try await link(new), "--pin-file", another.pinFile, "--json"] + another.options,
            output: "/dev/full", errors: "/dev/full")
        for _ in 0..<1800 where enrolling.isRunning { try await Task.sleep(for: .milliseconds(100)) }
        let wrong = try phone.here.folder.write("wrong-another.pin", "999999")
        let failed = try await replace(new, by: another, "--new-pin-file", wrong)
        try expectFailure(failed, 16, "wrong_pin", code: "not_accepted")
        #expect(try failed.json()["block_code"]?.string?.count == 18, "\(failed)")
        let replaced = try await replace(new, by: another, "--new-pin-file", another.pinFile)
        #expect(try replaced.status == 0 && replaced.json()["block_code"] == nil, "\(replaced)")
    }

    @Test func `a profile of somebody else, a missing town and a missing PIN do nothing`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Fremdling")
        let stranger = try await Self.installation.value.enrolledPhone(family: "Nachbarin")
        try expectFailure(
            try await replace(phone, by: stranger, "--new-pin-file", stranger.pinFile), 64, "usage")
        let new = try phone.here.newPhone()
        try expectFailure(try await replace(phone, by: new, "--new-pin-file", new.pinFile), 64, "usage")
        try expectFailure(try await replace(phone, by: phone, "--tenant", "marl"), 64, "usage")
        try expectFailure(try await replace(phone, by: new, "--tenant", "marl"), 20, "no_terminal")
        try expectFailure(
            try await phone.run(
                "replace", "--tenant", "marl", "--successor", "device-0123456789", "--pin-file", phone.pinFile, "--yes",
                "--json"), 64, "usage")
        let own = try await device(phone)
        try expectFailure(
            try await phone.run("replace", "--successor", own, "--pin-file", phone.pinFile, "--yes", "--json"), 64,
            "usage")
        #expect(try await phone.login().status == 0)
        #expect(try await stranger.login().status == 0)
    }

    @Test func `a device elsewhere: the old one goes when the new one has logged in, and not before`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Anderswo")
        let log = phone.here.folder.path + "/replace.log"
        let arguments = [
            "replace", "--tenant", "marl", "--pin-file", phone.pinFile, "--yes", "--json", "--wait", "300",
        ]
        let running = try Program.start(
            Place.program("citizen-phone"), arguments + phone.options, output: "/dev/null", errors: log)
        defer { running.send(15) }
        var link: String?
        for _ in 0..<1800 where link == nil {
            try await Task.sleep(for: .milliseconds(100))
            link = try? Program.text(of: log).firstMatch(of: /enrol '(https:[^']+)'/).map { String($0.output.1) }
        }
        let new = try phone.here.newPhone(pin: "246802")
        #expect(try await new.enrol(try #require(link)).status == 0)
        for _ in 0..<1800 where try !Program.text(of: log).contains("darf sich jetzt anmelden") {
            try await Task.sleep(for: .milliseconds(100))
        }
        try await Task.sleep(for: .seconds(3))
        #expect(running.isRunning, "a device that has only enrolled has shown nothing")
        #expect(try await new.login().status == 0)
        for _ in 0..<1800 where running.isRunning { try await Task.sleep(for: .milliseconds(100)) }
        #expect(!running.isRunning)
        try expectFailure(try await phone.login(), 17, "device_blocked", code: "device_suspended")
        #expect(try await new.login().status == 0)
    }

    @Test func `a device elsewhere that does not come, or does not log in, changes nothing`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Warten")
        let command = ["replace", "--pin-file", phone.pinFile, "--yes", "--json", "--wait", "0"]
        try expectFailure(try await phone.run(command + ["--tenant", "marl"]), 21, "nothing_waits")
        let new = try phone.here.newPhone(pin: "246802")
        let enrolled = try await new.enrol(try await link(phone))
        let device = try #require(try enrolled.json()["record"]?.object?["sub"]?.string, "\(enrolled)")
        let wrong = try phone.here.folder.write("wrong-elsewhere.pin", "999999")
        try expectFailure(try await phone.run(command + ["--successor", device]), 21, "nothing_waits")
        let portal = phone.here.loginURL
        #expect(try await new.run("login", portal, "--flow", "link", "--pin-file", wrong, "--json").status == 16)
        try expectFailure(
            try await phone.run(command + ["--successor", device]), 21, "nothing_waits")
        #expect(try await phone.login().status == 0, "a wrong PIN is no answer that counts")
        #expect(try await new.login().status == 0)
        let replaced = try await phone.run(command + ["--successor", device])
        #expect(replaced.status == 0, "\(replaced)")
        #expect(try replaced.json()["device"]?.string == device)
    }

    @Test func `only a login or confirmation that succeeded, on that very device, shows that it works`() throws {
        let device = try #require(DeviceIdentifier(rawValue: "device-0123456789"))
        let good: JSONObject = ["kind": "auth.approved", "outcome": "success", "object": .string(device.rawValue)]
        #expect(Replacement.isAnswer(good, of: device))
        let changes: [(String, JSONValue)] = [
            ("kind", "auth.denied"), ("kind", "device.added"), ("outcome", "failure"), ("object", "device-9876543210"),
        ]
        for (member, value) in changes {
            var event = good
            event[member] = value
            #expect(!Replacement.isAnswer(event, of: device), "\(member)")
        }
    }
}
