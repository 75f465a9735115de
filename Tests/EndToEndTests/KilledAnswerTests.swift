import OpenIDMessages
import Testing

@testable import citizen_phone

/// Checklist J2 and I5 on the phone's side: an answer or an enrolment that is killed at any change of its files is done with the
/// same command, once. A counter that went back would suspend the device as a copy.
@Suite(
    "citizen-phone, killed at any change of its files",
    .enabled(if: Strace.isInstalled, "strace is needed"), .inTurn, .endsInTime)
struct KilledAnswerTests {
    /// One address may not enrol so much, elsewhere.
    private static let installation = Task {
        try await Installation.start(environment: [
            "CITIZEN_ID_LIMITS_CODES_PER_MINUTE": "6000", "CITIZEN_ID_LIMITS_LOGINS_PER_MINUTE": "60000",
        ])
    }

    /// A moment at which the phone is killed: its first call of this kind on one file or in one folder, whichever thread makes
    /// it, and those after it as far as one thread makes them.
    private struct Moment {
        let call: String
        /// Below the profile.
        let file: String
    }

    private func traced(
        _ phone: Phone, _ arguments: [String], _ moment: Moment, _ more: [String]
    ) async throws -> ProgramResult {
        try await phone.run(
            arguments + ["--pin-file", phone.pinFile, "--json"],
            under: Strace.command([moment.call], on: [phone.files + moment.file], more))
    }

    /// How often the call happens when nobody kills.
    private func count(_ phone: Phone, _ arguments: [String], _ moment: Moment) async throws -> Int {
        let counts = try await Strace.count(in: phone.here.folder.path) {
            try await traced(phone, arguments, moment, $0)
        }
        return try #require(counts[moment.call], "\(moment) does not happen")
    }

    private func kill(
        _ phone: Phone, _ arguments: [String], at moment: Moment, _ occurrence: Int
    ) async throws -> ProgramResult {
        let killed = try await traced(
            phone, arguments, moment, Strace.injecting("signal=KILL", at: moment.call, occurrence))
        if occurrence == 1 { #expect(killed.status != 0, "\(moment): not killed") }
        return killed
    }

    /// Before the answer with its counter takes its name, while it is written, and while its folder's entry is; then those of
    /// the receipt with its notes.
    private static let answering = [
        Moment(call: "fsync", file: "/.state.sealed.new"), Moment(call: "renameat", file: ""),
        Moment(call: "fsync", file: ""), Moment(call: "renameat", file: "/receipts"),
        Moment(call: "fsync", file: "/receipts"),
    ]

    @Test func `the same command ends the login, and the device is never taken for a copy`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Unterbrochen")
        var answered = 0
        for moment in Self.answering {
            let (idle, idleGivesUp) = try await phone.waitingLogin()
            let times = try await count(phone, ["approve"], moment)
            answered += 1
            // Only so many logins may be open.
            _ = try await idle.load(here.issuer + idleGivesUp.action, fields: idleGivesUp.hidden)
            for occurrence in 1...times {
                let what = "\(moment) \(occurrence)"
                let (browser, givesUp) = try await phone.waitingLogin()
                let killed = try await kill(phone, ["approve"], at: moment, occurrence)
                let again = try await phone.run("approve", "--pin-file", phone.pinFile, "--json")
                answered += 1
                if again.status == 21 {
                    // It was over already: what was left to be done was to say so.
                    let receipts = try await phone.run("receipts", "verify", "--json")
                    #expect(receipts.status == 0, "\(what): \(receipts)")
                    // Nobody knows the way back any more.
                    _ = try await browser.load(here.issuer + givesUp.action, fields: givesUp.hidden)
                    continue
                }
                #expect(again.status == 0, "\(what): \(killed)\n\(again)")
                let back = try #require(try again.json()["return"]?.string, "\(what): \(again)")
                let account = try await browser.load(back)
                #expect(account.address == here.portalURL + "/account", "\(what): \(account)")
            }
        }
        let receipts = try await phone.run("receipts", "list", "--json")
        #expect(try receipts.json()["receipts"]?.array?.count == answered, "\(receipts)")
        #expect(try await phone.run("receipts", "verify").status == 0)
        let devices = try await phone.run("devices", "--json")
        #expect(try devices.json()["devices"]?.array?.first?.object?["state"] == "active", "\(devices)")
    }

    @Test func `a login of one command is ended once it was signed, and else another one is begun`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Abgebrochen")
        func receipts() async throws -> Int? {
            try await phone.run("receipts", "list", "--json").json()["receipts"]?.array?.count
        }
        let login = ["login", here.loginURL]
        var (answered, ended) = (0, 0)
        for moment in Self.answering {
            #expect(try await count(phone, login, moment) >= 1)
            answered += 1
            let killed = try await kill(phone, login, at: moment, 1)
            // What was signed is sent again; without an answer, or with its receipt, nothing waits.
            let again = try await phone.run("approve", "--pin-file", phone.pinFile, "--json")
            #expect([0, 21].contains(again.status), "\(moment): \(again)")
            ended += again.status == 0 ? 1 : 0
            let kept = try #require(try await receipts(), "\(moment)")
            #expect((answered...answered + 1).contains(kept), "\(moment): \(killed)\n\(again)")
            #expect(kept == answered + 1 || again.status != 0, "\(moment)")
            #expect(try await phone.login().status == 0, "\(moment)")
            answered = kept + 1
        }
        #expect(ended >= 1, "one is killed between its signature and its receipt")
        #expect(try await receipts() == answered)
        #expect(try await phone.run("receipts", "verify").status == 0)
        let devices = try await phone.run("devices", "--json")
        #expect(try devices.json()["devices"]?.array?.first?.object?["state"] == "active", "\(devices)")
    }

    @Test func `the same command ends the enrolment, comes to one device, and shows its block code`() async throws {
        let here = try await Self.installation.value
        // The first phone makes the folder of all.
        _ = try await here.enrolledPhone()
        let moments = [
            Moment(call: "fsync", file: "/.keys.sealed.new"), Moment(call: "fsync", file: "/.enrolment.sealed.new"),
            Moment(call: "fsync", file: "/.state.sealed.new"), Moment(call: "renameat", file: ""),
            Moment(call: "fsync", file: ""),
        ]
        for moment in moments {
            let times = try await count(
                try here.newPhone(), ["enrol", try await here.ticket(family: "Gezaehlt")], moment)
            for occurrence in 1...times {
                let what = "\(moment) \(occurrence)"
                let phone = try here.newPhone()
                let enrolment = ["enrol", try await here.ticket(family: "Halbfertig")]
                let killed = try await kill(phone, enrolment, at: moment, occurrence)
                let again = try await phone.run(enrolment + ["--pin-file", phone.pinFile, "--json"])
                #expect([0, 11].contains(again.status), "\(what): \(killed)\n\(again)")
                // Once it was printed nobody has it any more.
                let codes = [killed, again].compactMap { try? $0.json()["block_code"]?.string }
                #expect(codes.count >= 1 && Set(codes).count == 1, "\(what): \(killed)\n\(again)")
                let third = try await phone.run(enrolment + ["--pin-file", phone.pinFile, "--json"])
                try expectFailure(third, 11, "already_enrolled")
                let devices = try await phone.run("devices", "--json")
                #expect(try devices.json()["devices"]?.array?.count == 1, "\(what): \(devices)")
            }
        }
    }
}
