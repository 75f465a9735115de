import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("citizen-phone shows a login in the person's language", .inTurn, .endsInTime)
struct PhoneLanguageTests {
    @Test func `a login is shown, refused and answered in German and in English, by the person's own clock`()
        async throws
    {
        let here = try await Installation.start()
        let phone = try await here.enrolledPhone(family: "Sprache")
        func run(_ language: String, _ arguments: [String]) async throws -> ProgramResult {
            try await Program.run(
                Place.program("citizen-phone"), arguments + phone.options,
                environment: ["LANG": language, "TZ": "HST10"])
        }
        let link = try #require(try await Browser(here).open(here.loginURL).sameDeviceLink)
        let german = try await run("de_DE.UTF-8", ["scan", link])
        let english = try await run("en_GB.UTF-8", ["show"])
        #expect(german.status == 0 && english.status == 0, "\(german) \(english)")
        #expect(
            german.lines.first == "Stadt:         Stadt Herten" && english.lines.first == "Town:        Stadt Herten")
        #expect(german.lines.count == english.lines.count)
        for (name, same) in [("Braucht", "Vorname, Familienname"), ("Niveau", ", simuliert [sim:")] {
            #expect(german.lines.contains { $0.hasPrefix(name + ":") && $0.contains(same) }, "\(german)")
        }
        #expect(english.lines.contains("Needs:       Given name, Family name"), "\(english)")
        #expect(
            german.lines.contains {
                $0.wholeMatch(of: /Begonnen:      \d\d\.\d\d\.\d{4}, \d\d:\d\d Uhr \(HST\)/) != nil
            })
        #expect(
            english.lines.contains { $0.wholeMatch(of: /Begun:       \d{1,2} \w+ \d{4}, \d\d:\d\d \(HST\)/) != nil })
        let json = try await [run("de", ["show", "--json"]), run("en", ["show", "--json"])].map { try $0.json() }
        #expect(json[0] == json[1] && json[0]["request"]?.object?["claims_essential"] == ["given_name", "family_name"])

        let wrong = try here.folder.write("wrong-language.pin", "246810")
        let refused = try await run("de", ["approve", "--pin-file", wrong])
        #expect(refused.status == 16, "\(refused)")
        #expect(
            refused.errors.contains("Die Antwort wurde nicht angenommen. ")
                && refused.errors.contains(" Sie haben noch 2 Versuche."), "\(refused)")
        let again = try await run("en", ["approve", "--pin-file", wrong])
        #expect(
            again.errors.contains(
                "The answer was not accepted. As a rule the PIN is wrong: type it again. Tries left: 1."),
            "\(again)")
        let approved = try await run("de", ["approve", "--pin-file", phone.pinFile])
        #expect(approved.status == 0 && approved.lines.first?.hasPrefix("Zugestimmt. Sie haben bestätigt.") == true)
        #expect(approved.lines.contains { $0.hasPrefix("Freigegeben:   Vorname, Familienname") }, "\(approved)")
        #expect(approved.lines.last?.hasPrefix("Öffnen Sie im Browser dieses Geräts: https://") == true)

        let receipts = try await run("de", ["receipts"])
        #expect(
            receipts.output.contains("  in Ordnung  zugestimmt  Serviceportal Herten (Demo), Stadt Herten"),
            "\(receipts)")
        #expect(try await run("en", ["receipts"]).output.contains("  sound  approve  Serviceportal Herten (Demo)"))
        let devices = try await (run("de", ["devices"]), run("en", ["devices"]))
        #expect(devices.0.output.contains("  aktiv  ") && devices.0.output.contains("  <- dieses hier"))
        #expect(devices.1.output.contains("  active  ") && devices.1.output.contains("  <- this one"))
        let nothing = try await run("de", ["show"])
        #expect(
            nothing.status == 21 && nothing.errors.contains("Auf diesem Gerät wartet keine Anmeldung."), "\(nothing)")
    }
}
