internal import ArgumentParser
internal import Foundation
internal import OpenIDMessages

/// Where the running server's socket is, and how to print.
struct AdministrationOptions: ParsableArguments {
    @Option(help: "The data folder of the running server. Default: CITIZEN_ID_DATA, then ./data.")
    var data: String?

    @Option(help: "The server's administration socket. Default: CITIZEN_ID_SOCKET, then admin.sock in the data folder.")
    var socket: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    var client: AdministrationClient {
        let environment = ProcessInfo.processInfo.environment
        let folder = data ?? environment["CITIZEN_ID_DATA"] ?? "data"
        return AdministrationClient(socket: socket ?? environment["CITIZEN_ID_SOCKET"] ?? folder + "/admin.sock")
    }

    /// Runs a command against the server: prints its result, or what went wrong with the right exit code.
    func run(_ body: (AdministrationClient) async throws -> JSONObject, text: (JSONObject) -> String) async throws {
        try await failing { client in
            let object = try await body(client)
            print(json ? object.text : text(object))
        }
    }

    /// Runs a command that prints by itself; says what went wrong, with the right exit code.
    func failing(_ body: (AdministrationClient) async throws -> Void) async throws {
        do { try await body(client) } catch let failure as AdministrationClient.Failure {
            switch failure {
            case .notReached: throw Output.fail(failure.description, code: "not_reached", exit: 3, json: json)
            case .noAnswer: throw Output.fail(failure.description, code: "no_answer", exit: 3, json: json)
            case .refused(let code, _, let candidates):
                throw Output.fail(failure.description, code: code, exit: 1, json: json, candidates: candidates)
            }
        }
    }
}

/// Results to standard output, the rest to standard error.
enum Output {
    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Prints the failure, as JSON where JSON is expected, and gives the error that ends the program.
    ///
    /// - Parameter candidates: whom the person at the desk looks like, for the clerk to compare.
    static func fail(
        _ message: String, code: String, exit: Int32, json: Bool, candidates: [JSONValue] = []
    ) -> ExitCode {
        var object: JSONObject = ["error": .string(code), "message": .string(message)]
        if !candidates.isEmpty { object["candidates"] = .array(candidates) }
        if json { print(object.text) }
        say(message)
        if !candidates.isEmpty {
            // The socket names accounts, the network what a town calls them.
            let isOfSocket = candidates.first?.object?["account"] != nil
            say(
                Listing.table(
                    object, "candidates",
                    [
                        isOfSocket ? ("ACCOUNT", "account") : ("CANDIDATE", "candidate"), ("NAME", "name"),
                        ("STATE", "state"), ("TOWN", "locality"), ("SINCE", "created_at"),
                    ]))
        }
        return ExitCode(exit)
    }

    /// A table with aligned columns.
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        return ([header] + rows).map { row in
            zip(row.dropLast(), widths).map { $0 + String(repeating: " ", count: $1 - $0.count + 2) }.joined()
                + (row.last ?? "")
        }.joined(separator: "\n")
    }

    /// A time for people, in UTC.
    static func time(_ seconds: Int64?) -> String {
        guard let seconds else { return "-" }
        return Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}
