internal import ArgumentParser
internal import Foundation
internal import OpenIDMessages

/// Who stands at the desk, and how it was checked.
struct VisitOptions: ParsableArguments {
    @Option(help: "The town whose desk it is, e.g. marl.")
    var tenant: String

    @Option(help: "The person's file (JSON); - reads standard input.")
    var person: String

    @Option(help: "The level to which the identity was proved: normal or substantiell.")
    var level = "substantiell"

    @Option(help: "An identity elsewhere that was shown, UPSTREAM:PSEUDONYM, e.g. eid:…; only a keyed hash is kept.")
    var link: String?

    /// What every call of the desk has.
    func request(json: Bool) throws -> JSONObject {
        var request: JSONObject = [
            "tenant": .string(tenant), "level": .string(level), "person": .object(try readPerson(json: json)),
        ]
        if let link {
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--link is UPSTREAM:PSEUDONYM.") }
            request["link"] = .object(["upstream": .string(parts[0]), "pseudonym": .string(parts[1])])
        }
        return request
    }

    private func readPerson(json: Bool) throws -> JSONObject {
        let data =
            person == "-"
            ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: person)
        guard let data else {
            throw Output.fail("The person's file \(person) cannot be read.", code: "file", exit: 1, json: json)
        }
        do { return try StrictJSON.parseObject(Array(data)) } catch {
            let place = if case .syntax(let offset) = error { "at byte \(offset)" } else { "\(error)" }
            throw Output.fail("The person's file is not a JSON object: \(place).", code: "file", exit: 2, json: json)
        }
    }
}
