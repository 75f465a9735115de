internal import ArgumentParser
internal import Foundation
internal import OpenIDMessages

/// Who stands at the desk, and how it was checked.
struct VisitOptions: ParsableArguments {
    @Option(help: "The town whose desk it is, e.g. marl. A command that has --at does without it there.")
    var tenant: String?

    @Option(help: "The person's file (JSON); - reads standard input.")
    var person: String

    @Option(help: "The level to which the identity was proved: normal or substantiell.")
    var level = "substantiell"

    @Option(help: "An identity elsewhere that was shown, UPSTREAM:PSEUDONYM, e.g. eid:…; only a keyed hash is kept.")
    var link: String?

    /// What every call of the desk has.
    func request(json: Bool) throws -> JSONObject {
        guard let tenant else { throw ValidationError("--tenant says whose desk it is.") }
        var request = try members(json: json)
        request["tenant"] = .string(tenant)
        if let link {
            let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--link is UPSTREAM:PSEUDONYM.") }
            request["link"] = .object(["upstream": .string(parts[0]), "pseudonym": .string(parts[1])])
        }
        return request
    }

    /// What a call of a town's desk over the network has.
    func networkRequest(json: Bool) throws -> JSONObject {
        guard link == nil else { throw ValidationError("--link is for the local socket.") }
        return try members(json: json)
    }

    private func members(json: Bool) throws -> JSONObject {
        ["level": .string(level), "person": .object(try Self.person(person, json: json))]
    }

    /// A person's file.
    static func person(_ person: String, json: Bool) throws -> JSONObject {
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
