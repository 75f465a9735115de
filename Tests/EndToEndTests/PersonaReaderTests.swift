import DeviceAuthenticator
import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

/// The personas that the project ships.
enum ShippedPersonas {
    static let folder = Place.source("Personas")

    static let names: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

    static func file(_ name: String) -> String { folder + "/" + name + ".yaml" }
}

@Suite("Personas: reading their files", .inTurn, .endsInTime)
struct PersonaReaderTests {
    private static let whole = """
        name: erika
        description: A good phone
        person: {given_name: Erika, family_name: Muster, birthdate: "1964-08-12", nationalities: [DE, FR]}
        phone:
          name: Erikas Telefon
          evidence: simulator:tee
          key_store: file
          pin: "135790"
          language: en
          seed: 18446744073709551615
          faults: latency=200ms,seed=3

        """

    private func read(_ text: String) throws -> Persona {
        let folder = try TemporaryFolder()
        return try Persona.read(try folder.write("a.yaml", text))
    }

    private func mistakes(_ text: String) throws -> [String] {
        do { _ = try read(text) } catch let found as ScenarioMistakesFound {
            return found.mistakes.map { "\($0.line): \($0.message)" }
        }
        return []
    }

    @Test func `every member is read as it is written`() throws {
        let persona = try read(Self.whole)
        #expect(persona.name == "erika" && persona.description == "A good phone")
        #expect(persona.person["birthdate"] == "1964-08-12")
        #expect(persona.person["nationalities"]?.array == ["DE", "FR"])
        let phone = persona.phone
        #expect(phone.name == "Erikas Telefon" && phone.evidence == EvidenceWord(argument: "simulator:tee"))
        #expect(phone.keyStore == .file && phone.pin == Array("135790".utf8) && phone.language == .english)
        #expect(phone.seed == .max)
        #expect(phone.faults == (try Faults(parsing: "latency=200ms,seed=3")))
    }

    @Test(arguments: [
        ("name: erika", "name: erika/../x", 1), ("evidence: simulator:tee", "evidence: none", 6),
        ("evidence: simulator:tee", "evidence: android-key", 6), ("evidence: simulator:tee", "evidence: simulator", 6),
        ("key_store: file", "key_store: pkcs11", 7), ("pin: \"135790\"", "pin: 1357", 8),
        ("language: en", "language: fr", 9), ("seed: 18446744073709551615", "seed: -1", 10),
        ("faults: latency=200ms,seed=3", "faults: speed=3", 11), ("name: Erikas Telefon", "nickname: E", 5),
        ("description: A good phone", "describes: it", 2), ("key_store: file", "key_store: tpm", 10),
    ])
    func `a mistake is told with its line`(good: String, bad: String, line: Int) throws {
        let found = try mistakes(Self.whole.replacing(good, with: bad, maxReplacements: 1))
        #expect(found.contains { $0.hasPrefix("\(line): ") }, "\(found)")
    }

    @Test func `evidence and PIN must be there`() throws {
        let found = try mistakes("name: a\ndescription: b\nperson: {given_name: c}\nphone: {language: de}\n")
        #expect(found == ["4: missing key `evidence`", "4: missing key `pin`"])
    }

    @Test func `every shipped persona can be read and bears the name of its file`() throws {
        #expect(ShippedPersonas.names.count >= 8)
        for name in ShippedPersonas.names { #expect(try Persona.read(ShippedPersonas.file(name)).name == name) }
    }

    @Test func `a scenario names a persona by a path from its own folder, and mistakes there are told too`() throws {
        let folder = try TemporaryFolder()
        let steps = "steps:\n  - open: portal\n  - expect: {page: created}\n"
        _ = try folder.write("erika.yaml", Self.whole)
        let good = try folder.write("good.yaml", "name: a\ndescription: b\npersona: erika.yaml\n" + steps)
        #expect(try ScenarioFile.read(paths: [good]).first?.persona?.name == "erika")
        _ = try folder.write("broken.yaml", Self.whole.replacing("pin: \"135790\"", with: "pin: 1"))
        for (persona, mistake) in [("broken.yaml", "broken.yaml:8: "), ("missing.yaml", "missing.yaml:1: ")] {
            let bad = try folder.write("bad.yaml", "name: a\ndescription: b\npersona: \(persona)\n" + steps)
            let found = #expect(throws: ScenarioMistakesFound.self) { try ScenarioFile.read(paths: [bad]) }
            #expect(found?.mistakes.contains { $0.description.contains(mistake) } == true)
        }
    }
}
