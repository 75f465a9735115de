internal import ArgumentParser
internal import Foundation
internal import NIOHTTP1
internal import OpenIDMessages

/// Which person at which tenant: by the `sub` that the tenant's portals know.
struct SubjectOptions: ParsableArguments {
    @Option(help: "The tenant.")
    var tenant: String

    @Option(help: "The `sub` under which the tenant's portals know the person.")
    var subject: String

    var path: String { "/tenants/\(tenant.part)/subjects/\(subject.part)" }
}

/// `citizen-id person …`
struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person", abstract: "People, as a tenant knows them: by number and by `sub`, never by name.",
        subcommands: [Count.self, Show.self, ExplainLevel.self, Enrol.self])

    struct Count: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How many people have to do with a tenant.")
        @Option(help: "The tenant.")
        var tenant: String
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, "/tenants/\(tenant.part)/counters").object
            } text: {
                Listing.lines($0)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Whether a tenant knows a `sub`.")
        @OptionGroup var person: SubjectOptions
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, person.path).object
            } text: { _ in
                "The tenant knows this person."
            }
        }
    }

    struct Enrol: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record a person whose identity was proved at the desk; prints the link for their phone.",
            discussion: """
                When somebody with these names and this birth date has an account, nothing is done and they are shown: \
                compare, then say who it is.
                """)

        @Option(help: "The tenant whose desk it is.")
        var tenant: String

        @Option(help: "The person's file (JSON); - reads standard input.")
        var person: String

        @Option(help: "The level to which the identity was proved: normal or substantiell.")
        var level = "substantiell"

        @OptionGroup var evidence: DeskEvidenceOptions

        @Option(help: "The person is this candidate: the link enrols a further phone of theirs.")
        var samePerson: String?

        @Flag(help: "The person at the desk is none of the candidates.")
        var new = false

        @OptionGroup var options: AdministratorOptions

        func validate() throws {
            if new, samePerson != nil { throw ValidationError("--same-person and --new contradict each other.") }
        }

        func run() async throws {
            let data =
                person == "-"
                ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: person)
            guard let data, let object = try? StrictJSON.parseObject(Array(data)) else {
                throw Output.fail(
                    "The person's file cannot be read as a JSON object.", code: "file", exit: 2, json: options.json)
            }
            var request: JSONObject = ["level": .string(level), "person": .object(object)]
            request["evidence"] = evidence.object
            request["same_person"] = samePerson.map { .string($0) }
            if new { request["new"] = true }
            try await options.run { [request] session in
                try await session.call(.POST, "/tenants/\(tenant.part)/tickets", request).object
            } text: { answer in
                "\(answer["link"]?.string ?? "")\n\nFor \(answer["name"]?.string ?? "?"), "
                    + "good once, until \(Output.time(answer["expires_at"]?.integer))."
                    + (answer["block_code"]?.string.map { "\n\n" + Desk.blockCode($0) } ?? "")
            }
        }
    }
}

/// `citizen-id session …`
struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Sessions in which a person is signed in at a tenant.",
        subcommands: [List.self, End.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "A person's sessions at a tenant.")
        @OptionGroup var person: SubjectOptions
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, person.path + "/sessions").object
            } text: {
                Listing.table(
                    $0, "sessions",
                    [
                        ("SESSION", "session"), ("SINCE", "started_at"), ("UNTIL", "expires_at"), ("LEVEL", "acr"),
                        ("CLIENTS", "clients"),
                    ])
            }
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End such a session, everywhere.")
        @Argument(help: "The session.")
        var session: String
        @OptionGroup var person: SubjectOptions
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { server in
                _ = try await server.call(.DELETE, person.path + "/sessions/\(session.part)")
                return ["ended": .string(session)]
            } text: { _ in
                "Ended."
            }
        }
    }
}

/// `citizen-id device …`
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "The devices of a person whom a tenant knows, and those that a list of revoked certificates affects.",
        subcommands: [List.self, Suspend.self, Affected.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A person's devices, under names that only this tenant has for them.")
        @OptionGroup var person: SubjectOptions
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(.GET, person.path + "/devices").object
            } text: {
                Listing.table(
                    $0, "devices",
                    [
                        ("DEVICE", "device"), ("STATE", "state"), ("CEILING", "ceiling"), ("SIMULATED", "simulated"),
                        ("SINCE", "created_at"),
                    ])
            }
        }
    }

    struct Suspend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Suspend a device and end its sessions.")
        @Argument(help: "The device.")
        var device: String
        @OptionGroup var person: SubjectOptions
        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                _ = try await session.call(.POST, person.path + "/devices/\(device.part)/suspend")
                return ["suspended": .string(device)]
            } text: { _ in
                "Suspended."
            }
        }
    }
}
