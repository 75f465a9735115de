import AccountDirectory
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("The language, the words and the clock of a person", .inTurn, .endsInTime)
struct PersonLanguageTests {
    @Test(
        arguments: [
            ([:], .german), (["LANG": ""], .german), (["LANG": "de"], .german), (["LANG": "de_CH.UTF-8@euro"], .german),
            (["LANG": "fr_FR"], .german), (["LANG": "enm"], .german), (["LANG": "EN_us"], .english),
            (["LANG": "en-GB"], .english), (["LANG": "C.UTF-8"], .english), (["LANG": "POSIX"], .english),
            (["LC_MESSAGES": "en_US", "LANG": "de_DE"], .english), (["LC_ALL": "de_DE", "LC_MESSAGES": "en"], .german),
            (["LC_ALL": "", "LC_MESSAGES": "", "LANG": "en"], .english), (["LC_TIME": "en_US"], .german),
        ] as [([String: String], Language)])
    func `POSIX 8.2: the first of LC_ALL, LC_MESSAGES and LANG that says something decides`(
        environment: [String: String], language: Language
    ) {
        #expect(Language(environment: environment) == language)
    }

    @Test(
        arguments: [
            (1_772_442_912, 3600, "CET", "02.03.2026, 10:15 Uhr", "2 March 2026, 10:15"),
            (1_772_442_912, 0, "UTC", "02.03.2026, 09:15 Uhr (UTC)", "2 March 2026, 09:15 (UTC)"),
            (1_782_856_800, 7200, "CEST", "01.07.2026, 00:00 Uhr", "1 July 2026, 00:00"),
            (1_772_442_912, -36_000, "HST", "01.03.2026, 23:15 Uhr (HST)", "1 March 2026, 23:15 (HST)"),
            (0, 0, "X\u{1b}", "01.01.1970, 00:00 Uhr (X‹U+001B›)", "1 January 1970, 00:00 (X‹U+001B›)"),
            (-1, 0, "UTC", "-1 s", "-1 s"), (253_402_300_800, 0, "UTC", "253402300800 s", "253402300800 s"),
            (.max, 3600, "CET", "9223372036854775807 s", "9223372036854775807 s"),
            (.min, -3600, "CET", "-9223372036854775808 s", "-9223372036854775808 s"),
        ] as [(Int64, Int, String, String, String)])
    func `a time is told as the clock on the wall shows it`(
        seconds: Int64, offset: Int, zone: String, german: String, english: String
    ) {
        let zone = LocalTime.Zone(offset: offset, name: zone)
        #expect(LocalTime.text(Timestamp(seconds: seconds), .german, in: zone) == german)
        #expect(LocalTime.text(Timestamp(seconds: seconds), .english, in: zone) == english)
    }

    @Test func `the columns are those of the language, and a name that is longer cuts no value off`() {
        #expect(Language.german.row("Stadt", "Town", "Herten") == "Stadt:         Herten")
        #expect(Language.english.row("Stadt", "Town", "Herten") == "Town:        Herten")
        #expect(Language.german.row("Ein sehr langer Name", "x", "a\u{1b}") == "Ein sehr langer Name: a‹U+001B›")
    }

    @Test func `every state, role and kind that a list can name has a German word`() {
        let words: [(WireWord.Thing, [String])] = [
            (.device, DeviceState.allCases.map(\.rawValue)), (.mandate, MandateState.allCases.map(\.rawValue)),
            (.company, CompanyState.allCases.map(\.rawValue)), (.company, InvitationState.allCases.map(\.rawValue)),
            (.company, MembershipState.allCases.map(\.rawValue)),
            (.company, EstablishmentState.allCases.map(\.rawValue)), (.company, CompanyRole.allCases.map(\.rawValue)),
            (.request, DataSubjectRequestKind.allCases.map(\.rawValue)),
            (.request, DataSubjectRequestState.allCases.map(\.rawValue)),
            (.request, DataSubjectRefusal.allCases.map(\.rawValue)),
            (.release, ClaimRelease.State.allCases.filter { $0 != .asked }.map(\.rawValue)),
            (.answer, LoginDecision.allCases.map(\.rawValue) + ConfirmedAction.allCases.map(\.rawValue)),
        ]
        for (thing, names) in words {
            for name in names {
                #expect(WireWord.text(name, of: thing, .german) != name, "\(thing): \(name)")
                let isOtherwise = thing == .company && name.hasSuffix("_admin") || name == "awaiting_cosign"
                #expect((WireWord.text(name, of: thing, .english) != name) == isOtherwise, "\(thing): \(name)")
            }
        }
        #expect(
            WireWord.text("org_admin", of: .company, .german) == "Administration", "as in the texts that people sign")
        #expect(WireWord.text("rights_admin", of: .company, .english) == "manager of mandates")
        for thing in [WireWord.Thing.device, .mandate, .company, .request, .release, .answer] {
            #expect(WireWord.text("new_word", of: thing, .german) == "new_word", "shown, not left out")
        }
        let object: JSONObject = ["state": "act\u{202E}ive", "roles": ["member", "x\u{1b}"], "claims": ["email"]]
        #expect(object.shownWord("state", of: .device, .german) == "act‹U+202E›ive")
        #expect(object.shownWord("roles", of: .company, .german) == "Mitglied, x‹U+001B›")
        #expect(object.shownWord("nothing", of: .company, .german).isEmpty)
        #expect(object.shownClaims("claims", .german) == "E-Mail" && object.shownClaims("none", .german).isEmpty)
    }
}
