import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("citizen-phone enrol --evidence simulator:…", .inTurn, .endsInTime)
struct SimulatorWordTests {
    @Test func `a word is a format, and after simulator: what is played`() {
        #expect(EvidenceWord(argument: "tpm")?.format == .tpm)
        #expect(EvidenceWord(argument: "simulator")?.keyStore == nil)
        #expect(EvidenceWord(argument: "simulator:tee")?.keyStore == .tee)
        #expect(EvidenceWord(argument: "simulator:unlocked")?.defects == [.unlocked])
        #expect(EvidenceWord.allValueStrings.allSatisfy { EvidenceWord(argument: $0) != nil })
    }

    @Test(arguments: [
        "", "hardware", "simulator:", "simulator:rooted", "tpm:tee", "none:none", "simulator:tee:tee", ":tee",
    ])
    func `other words are none`(word: String) { #expect(EvidenceWord(argument: word) == nil) }

    @Test func `a check is told in the person's language, and of what failed what the provider says`() {
        let good = EvidenceVerdict(check: "boot", passed: true, detail: "the boot loader is locked")
        #expect(EnrolCommand.line(good, .german) == "Nachweis:      in Ordnung: geschützter Start des Geräts (boot)")
        #expect(EnrolCommand.line(good, .english) == "Evidence:    ok boot: the boot loader is locked")
        let bad = EvidenceVerdict(check: "boot", passed: false, detail: "unlocked\u{1b}")
        #expect(
            EnrolCommand.line(bad, .german)
                == "Nachweis:      NEIN: geschützter Start des Geräts (boot). Technische Angabe: unlocked‹U+001B›")
        #expect(EnrolCommand.line(bad, .english) == "Evidence:    NO boot: unlocked‹U+001B›")
    }

    @Test func `good hardware enrols to its level; bad hardware is refused by the check that found it`() async throws {
        let here = try await Installation.start(withPortal: false)
        func enrol(_ word: String) async throws -> ProgramResult {
            try await here.newPhone().run([
                "enrol", try await here.ticket(family: "Simulant"), "--evidence", word, "--json", "--pin-file",
                try here.folder.write("simulated.pin", "135790\n"), "--simulator-key",
                here.certificates + "/simulator-attester-key.pem", "--simulator-certificate",
                here.certificates + "/simulator-attester.pem",
            ])
        }
        for (word, level) in [
            ("simulator:strongbox", "substantiell"), ("simulator:tee", "substantiell"),
            ("simulator:software", "normal"),
        ] {
            let enrolled = try await enrol(word)
            let ceiling = try enrolled.json()["record"]?.object?["ceiling"]?.string
            #expect(ceiling == "sim:http://bsi.bund.de/eID/LoA/\(level)", "\(word): \(enrolled)")
        }
        for (word, check) in [("unlocked", "boot"), ("revoked", "revocation"), ("outdated", "patch_level")] {
            let refused = try await enrol("simulator:" + word)
            try expectFailure(refused, 15, "provider_refused", code: "evidence_refused")
            #expect(try refused.json()["error"]?.object?["failed_checks"]?.strings == [check])
            #expect(
                refused.errors.contains("Nicht bestanden: \(EvidenceVerdict.words(for: check).german)."), "\(refused)")
        }
        #expect(try await enrol("simulator:rooted").status == 64)
    }
}
