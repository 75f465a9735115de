internal import ArgumentParser
internal import Foundation
internal import NIOHTTP1
internal import OpenIDMessages
internal import ProviderCore

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read and verify the audit chains: who did what, and that nobody changed it.",
        discussion: """
            Every tenant has a chain, and the region has one for what belongs to no tenant. Persons appear under a \
            pseudonym. docs/domain.md says what the events mean and how an outsider verifies an export.
            """,
        subcommands: [Show.self, Export.self, Head.self, AuditVerifyCommand.self, AuditExplainLoginCommand.self])

    struct Head: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print where a town's chain ends now, signed by the provider.",
            discussion: """
                Keep it where the provider's operator cannot change it: citizen-id audit verify --at TENANT --against FILE sees \
                then whether the chain still has that event.
                """)

        @Option(help: "The tenant, as whose administrator one has logged in.")
        var at: String

        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, "/tenants/\(at.part)/audit/head").object
            } text: { answer in
                answer["head"]?.string ?? ""
            }
        }
    }

    /// The name of the region's own chain.
    static let region = "(region)"

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the latest events of a chain.")

        @Option(help: "The tenant whose events they are, e.g. marl; without it those of the region.")
        var tenant: String?

        @Option(help: "Only this kind, e.g. auth.failed, or this family, e.g. auth.")
        var kind: String?

        @Option(help: "Only from then on: 2026-03-02 or 2026-03-02T09:14:00Z (UTC).", transform: TimeArgument.parse)
        var since: Int64?

        @Option(help: "How many, 1 to 1000.")
        var limit = 50

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws {
            try network.validate(against: tenant)
            guard (1...1000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000.") }
            if let kind { try Self.check(kind) }
        }

        /// What no event can have would look as if nothing had happened.
        private static func check(_ kind: String) throws {
            let kinds = SecurityEvent.Kind.allCases.map(\.rawValue)
            let families = Set(kinds.map { String($0.prefix { $0 != "." }) }).sorted()
            guard !families.contains(kind) else { return }
            let family = String(kind.prefix { $0 != "." })
            guard families.contains(family) else {
                throw ValidationError("--kind: there is no family \(family), but \(families.joined(separator: ", ")).")
            }
            guard kinds.contains(kind) else {
                let others = kinds.filter { $0.hasPrefix(family + ".") }.sorted()
                throw ValidationError("--kind: there is no \(kind), but \(others.joined(separator: ", ")).")
            }
        }

        func run() async throws {
            try await network.run(options) { server in
                let events = try await latest { before, limit in
                    let query = query(["chain": tenant ?? region, "limit": String(limit)], "before", before)
                    return try await server.get("/audit/events?" + query)
                }
                return ["events": .array(events)]
            } network: { session, path in
                let events = try await latest { after, limit in
                    let query = query(["limit": String(min(limit, PageRequest.longest))], "after", after)
                    return try await session.call(.GET, path + "/audit?" + query).object
                }
                return ["events": .array(events)]
            } text: { answer in
                Output.table(
                    ["TIME", "KIND", "OUTCOME", "ACTOR", "PERSON", "OBJECT"],
                    (answer["events"]?.array ?? []).compactMap(\.object).map { event in
                        [Output.time(event["time"]?.integer)]
                            + ["kind", "outcome", "actor", "person", "object"].map { event[$0]?.string ?? "-" }
                    })
            }
        }

        private func query(
            _ first: KeyValuePairs<String, String>, _ cursorName: String, _ cursor: String?
        ) -> String {
            var query = FormParameters(first)
            if let kind { query.append("kind", kind) }
            if let since { query.append("since", String(since)) }
            if let cursor { query.append(cursorName, cursor) }
            return query.encoded
        }

        /// The server looks at a bounded number of events for each question.
        private func latest(
            _ page: (_ cursor: String?, _ limit: Int) async throws -> JSONObject
        ) async throws -> [JSONValue] {
            var events: [JSONValue] = []
            var cursor: String?
            repeat {
                let page = try await page(cursor, limit - events.count)
                events += page["events"]?.array ?? []
                cursor = page["next"]?.string ?? page["next"]?.integer.map { String($0) }
            } while cursor != nil && events.count < limit
            return events
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print chains as JSON lines, with the hashes that let anybody verify them.")

        @Option(help: "Only this tenant's chain; without it all chains.")
        var tenant: String?

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.failing { server in
                for chain in try await chains(server) {
                    var last: Int64 = 0
                    while true {
                        let events = try await server.chain(chain, after: last)
                        guard let end = events.last?["seq"]?.integer else { break }
                        for event in events { print(event.text) }
                        last = end
                    }
                }
            }
        }

        private func chains(_ server: AdministrationClient) async throws -> [String] {
            if let tenant { return [tenant] }
            return (try await server.get("/audit/chains")["chains"]?.array ?? []).compactMap {
                $0.object?["chain"]?.string
            }
        }
    }
}

extension AdministrationClient {
    /// Some events of a chain, in their order.
    func chain(_ name: String, after number: Int64, limit: Int = 1000) async throws -> [JSONObject] {
        let query = FormParameters(["chain": name, "after": String(number), "limit": String(limit)])
        return (try await get("/audit/export?" + query.encoded)["events"]?.array ?? []).compactMap(\.object)
    }
}

/// Times on the command line.
enum TimeArgument {
    static func parse(_ text: String) throws -> Int64 {
        let date =
            (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: .iso8601.year().month().day()))
        guard let date else { throw ValidationError("A time is written 2026-03-02 or 2026-03-02T09:14:00Z.") }
        return Int64(date.timeIntervalSince1970)
    }
}
