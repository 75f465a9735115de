internal import ArgumentParser
internal import Foundation
internal import OpenIDMessages

/// `citizen-id desk tickets`
struct DeskTicketsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tickets", abstract: "Record many people whose identity was proved, and print a link for each.",
        discussion: """
            The file has a JSON object a line, each as `desk ticket` takes it. The links come in the same order, a link a \
            line, each good once, for ten minutes; with --json an object a line. At the first person who cannot be recorded \
            it stops and says at which line; what was printed before is good.
            """)

    @Option(help: "The town whose desk it is, e.g. marl.")
    var tenant: String

    @Option(help: "The file of the people (JSON objects, one a line); - reads standard input.")
    var people: String

    @Option(help: "The level to which the identities were proved: normal or substantiell.")
    var level = "substantiell"

    @Flag(help: "None of the people has an account, also where a name and a birth date are alike.")
    var new = false

    @OptionGroup var options: AdministrationOptions

    func run() async throws {
        let people = try readPeople()
        try await options.failing { client in
            for (index, person) in people.enumerated() {
                do {
                    let answer = try await record(person, by: client)
                    // At once: a link that was made and not printed is lost.
                    print(options.json ? answer.text : answer["link"]?.string ?? "")
                } catch {
                    Output.say(
                        "Line \(index + 1): this person was not recorded. One who may have an account: citizen-id desk ticket."
                    )
                    throw error
                }
                if (index + 1).isMultiple(of: 500) { Output.say("\(index + 1) of \(people.count) people recorded") }
            }
        }
    }

    /// That it is somebody new is said where it is asked: of a person like whom nobody is there is nothing to decide.
    private func record(_ person: JSONObject, by client: AdministrationClient) async throws -> JSONObject {
        var request: JSONObject = [
            "tenant": .string(tenant), "level": .string(level), "person": .object(person),
        ]
        do { return try await client.post("/desk/tickets", request) } catch AdministrationClient.Failure.refused(
            code: "possible_duplicate", _, _) where new
        {
            request["new"] = true
            return try await client.post("/desk/tickets", request)
        }
    }

    /// Every line is read before the first person is recorded.
    private func readPeople() throws -> [JSONObject] {
        let data =
            people == "-"
            ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: people)
        guard let data else {
            throw Output.fail("The file \(people) cannot be read.", code: "file", exit: 1, json: options.json)
        }
        return try data.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            do { return try StrictJSON.parseObject(Array(line)) } catch {
                throw Output.fail(
                    "Line \(index + 1) of the people's file is not a JSON object.", code: "file", exit: 2,
                    json: options.json)
            }
        }
    }
}
