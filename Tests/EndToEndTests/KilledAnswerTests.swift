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

    /// Before a file takes its name, while it is written, and while the folder's entry is.
    private static let calls = ["renameat", "fsync"]

    private func traced(_ phone: Phone, _ arguments: [String], _ more: [String]) async throws -> ProgramResult {
        try await phone.run(
            arguments + ["--pin-file", phone.pinFile, "--json"], under: Strace.command(Self.calls, more))
    }

    /// How often each call happens when nobody kills.
    private func count(_ phone: Phone, _ arguments: [String]) async throws -> [String: Int] {
        try await Strace.count(in: phone.here.folder.path) { try await traced(phone, arguments, $0) }
    }

    private func kill(
        _ phone: Phone, _ arguments: [String], at call: String, _ occurrence: Int
    ) async throws -> ProgramResult {
        try await traced(phone, arguments, Strace.injecting("signal=KILL", at: call, occurrence))
    }

    @Test func `the same command ends the login, and the device is never taken for a copy`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Unterbrochen")
        _ = try await phone.waitingLogin()
        let counts = try await count(phone, ["approve"])
        #expect(counts["renameat", default: 0] >= 3, "\(counts)")
        #expect(counts["fsync"] == 4, "the answer with its counter, and the receipt, each with its folder")
        var (answered, kills) = (1, 0)
        for call in Self.calls {
            for occurrence in 1...counts[call, default: 1] {
                let what = "\(call) \(occurrence)"
                let (browser, givesUp) = try await phone.waitingLogin()
                let killed = try await kill(phone, ["approve"], at: call, occurrence)
                kills += killed.status == 0 ? 0 : 1
                let again = try await phone.run("approve", "--pin-file", phone.pinFile, "--json")
                answered += 1
                if again.status == 21 {
                    // It was over already: what was left to be done was to say so.
                    let receipts = try await phone.run("receipts", "verify", "--json")
                    #expect(receipts.status == 0, "\(what): \(receipts)")
                    // Nobody knows the way back any more, and only so many logins may be open.
                    _ = try await browser.load(here.issuer + givesUp.action, fields: givesUp.hidden)
                    continue
                }
                #expect(again.status == 0, "\(what): \(killed)\n\(again)")
                let back = try #require(try again.json()["return"]?.string, "\(what): \(again)")
                let account = try await browser.load(back)
                #expect(account.address == here.portalURL + "/account", "\(what): \(account)")
            }
        }
        #expect(kills >= 5, "each kill is at another moment")
        let receipts = try await phone.run("receipts", "list", "--json")
        #expect(try receipts.json()["receipts"]?.array?.count == answered, "\(receipts)")
        #expect(try await phone.run("receipts", "verify").status == 0)
        let devices = try await phone.run("devices", "--json")
        #expect(try devices.json()["devices"]?.array?.first?.object?["state"] == "active", "\(devices)")
    }

    @Test func `the same command ends the enrolment, comes to one device, and shows its block code`() async throws {
        let here = try await Self.installation.value
        // The first phone makes the folder of all.
        _ = try await here.enrolledPhone()
        let counts = try await count(try here.newPhone(), ["enrol", try await here.ticket(family: "Gezaehlt")])
        #expect(counts["renameat", default: 0] >= 3 && counts["fsync", default: 0] >= 6, "\(counts)")
        var kills = 0
        for call in Self.calls {
            for occurrence in 1...counts[call, default: 1] {
                let what = "\(call) \(occurrence)"
                let phone = try here.newPhone()
                let enrolment = ["enrol", try await here.ticket(family: "Halbfertig")]
                let killed = try await kill(phone, enrolment, at: call, occurrence)
                kills += killed.status == 0 ? 0 : 1
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
        #expect(kills >= 5, "each kill is at another moment")
    }
}
