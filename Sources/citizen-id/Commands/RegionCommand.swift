internal import AccountDirectory
internal import ArgumentParser
internal import Foundation
internal import NIOHTTP1
internal import OpenIDMessages
internal import RegionFile

struct RegionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "region", abstract: "Check region files, apply them to the running server, and see what is there.",
        subcommands: [Check.self, Plan.self, Diff.self, Apply.self, Show.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The region, as one of its administrators sees it over the network.")
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, "/region").object
            } text: {
                Listing.lines($0)
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say every mistake in region files, with its line.",
            discussion: "Several files are read as one region. Needs no server. Exit code 2 when there are mistakes.")

        @Argument(help: "The region files.")
        var files: [String]

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            do {
                let region = try RegionFile.load(paths: files)
                let summary: JSONObject = [
                    "valid": true, "region": .string(region.name),
                    "tenants": .integer(Int64(region.tenants.count)),
                    "services": .integer(Int64(region.services.count)),
                    "templates": .integer(Int64(region.library.templates.values.map(\.count).reduce(0, +))),
                    "adoptions": .integer(Int64(region.library.adoptions.count)),
                    "clients": .integer(Int64(region.clients.count)),
                ]
                print(
                    json
                        ? summary.text
                        : "\(region.name): \(region.tenants.count) tenants, \(region.services.count) services, "
                            + "\(region.clients.count) clients. No mistakes.")
            } catch {
                let lines = error.mistakes.map(\.description)
                print(
                    json
                        ? (["valid": false, "mistakes": .strings(lines)] as JSONObject).text
                        : lines.joined(separator: "\n"))
                throw ExitCode(2)
            }
        }
    }
}
