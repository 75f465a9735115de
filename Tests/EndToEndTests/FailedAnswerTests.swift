import OpenIDMessages
import Testing

@testable import citizen_phone

/// Checklist J2 and I5 on the phone's side: whatever call on the profile's files fails or is the last one, the login is answered
/// once, and the device is never taken for a copy.
@Suite(
    "citizen-phone, when a call on its files fails",
    .enabled(if: Strace.isInstalled, "strace is needed"), .inTurn, .endsInTime)
struct FailedAnswerTests {
    private static let calls = ["openat", "write", "fsync", "renameat", "unlinkat"]

    /// strace for the calls that concern the profile, by the names that have a fixed place.
    private func traced(_ phone: Phone, _ calls: [String], _ more: [String]) async throws -> ProgramResult {
        let names = [
            "", "/.lock", "/seal.key", "/keys.sealed", "/enrolment.sealed", "/state.sealed", "/.state.sealed.new",
            "/receipts",
        ]
        return try await phone.run(
            ["approve", "--pin-file", phone.pinFile, "--json"],
            under: Strace.command(calls, on: names.map { phone.files + $0 }, more))
    }

    @Test func `the failure is told, and the same command ends the login once`() async throws {
        let here = try await Installation.start()
        let phone = try await here.enrolledPhone(family: "Gestoert")
        _ = try await phone.waitingLogin()
        let counts = try await Strace.count(in: here.folder.path) { try await traced(phone, Self.calls, $0) }
        #expect(counts.values.reduce(0, +) >= 10, "\(counts)")
        var (answered, told, round) = (1, 0, 0)
        for call in Self.calls {
            for occurrence in 1...max(1, counts[call, default: 0]) {
                let faults = Strace.faults(of: call)
                let fault = faults[round % faults.count]
                round += 1
                let what = "\(call) \(occurrence), \(fault)"
                let (browser, givesUp) = try await phone.waitingLogin()
                let failed = try await traced(phone, [call], Strace.injecting(fault, at: call, occurrence))
                // Killed, or 19 to 36 for a file, a folder or a disk; done where the call was not needed for more.
                told += failed.status == 0 ? 0 : 1
                #expect([0, 19, 34, 35].contains(failed.status) || fault.hasPrefix("signal"), "\(what): \(failed)")
                let again = try await phone.run("approve", "--pin-file", phone.pinFile, "--json")
                #expect([0, 21].contains(again.status), "\(what): \(failed)\n\(again)")
                answered += 1
                _ = try await browser.load(here.issuer + givesUp.action, fields: givesUp.hidden)
            }
        }
        #expect(told >= 5, "calls fail at many moments")
        let receipts = try await phone.run("receipts", "list", "--json")
        #expect(try receipts.json()["receipts"]?.array?.count == answered, "\(receipts)")
        #expect(try await phone.run("receipts", "verify").status == 0)
        let devices = try await phone.run("devices", "--json")
        #expect(try devices.json()["devices"]?.array?.first?.object?["state"] == "active", "\(devices)")
    }
}
