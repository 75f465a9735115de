internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

/// `citizen-id client doctor CLIENT`
struct ClientDoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Examine one client: registration, keys, hosts, logout, and what was seen of it since the start.",
        discussion: "Exit code 2: a check failed. citizen-phone doctor examines the portal itself, from outside.")

    @Argument(help: "The client_id.")
    var client: String

    @OptionGroup var options: AdministrationOptions
    @OptionGroup var network: NetworkOptions

    func run() async throws {
        var isHealthy = false
        try await network.run(options) { server in
            let answer = try await server.get("/clients/" + client.part + "/doctor")
            isHealthy = Self.findings(answer).allSatisfy { $0.result != .failure }
            return answer
        } network: { session, path in
            let answer = try await session.call(.GET, path + "/clients/" + client.part + "/doctor").object
            isHealthy = Self.findings(answer).allSatisfy { $0.result != .failure }
            return answer
        } text: { answer in
            let findings = Self.findings(answer)
            let counts = IntegrationFinding.Result.allCases.map { result in
                "\(result.words) \(findings.count { $0.result == result })"
            }
            let since = Output.time(answer["observed_since"]?.integer)
            return (findings.flatMap(\.lines) + ["", counts.joined(separator: ", ") + "; observed since \(since)"])
                .joined(separator: "\n")
        }
        guard isHealthy else { throw ExitCode(2) }
    }

    private static func findings(_ answer: JSONObject) -> [IntegrationFinding] {
        (answer["findings"]?.array ?? []).compactMap(\.object).compactMap(IntegrationFinding.init(json:))
    }
}
