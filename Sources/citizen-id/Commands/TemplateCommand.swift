internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

/// Services that one town develops and others adopt.
struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Services that one town develops and others adopt.",
        subcommands: [
            List.self, Show.self, TemplateSignCommand.self, Publish.self, TemplateAdoptCommand.self, Approve.self,
            Refuse.self, TemplateUpgradeCommand.self, Decline.self, Withdraw.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all templates.")
        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            try await network.run(options) { server in
                try await server.get("/templates")
            } network: { session, _ in
                try await session.call(.GET, "/templates").object
            } text: { answer in
                guard network.at == nil else {
                    return Listing.table(
                        answer, "templates",
                        [
                            ("TEMPLATE", "template"), ("LATEST", "latest"), ("PUBLISHER", "publisher"),
                            ("TITLE", "title"),
                        ])
                }
                return Output.table(
                    ["TEMPLATE", "LATEST", "PUBLISHER", "ADOPTIONS", "TITLE"],
                    (answer["templates"]?.array ?? []).compactMap(\.object).map { template in
                        ["key", "latest", "publisher"].map { template[$0]?.string ?? "" }
                            + ["\(template["adoptions"]?.integer ?? 0)", template["title"]?.string ?? ""]
                    })
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a template, who adopted it, and where its service can be used.",
            discussion: """
                With --at what the tenant has of it: what is in force, what waits for approval, and what would be another \
                thing than now. The proposal's name is what approve and refuse want.
                """)

        @Argument(help: "The template's key.")
        var template: String

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            try await network.run(options) { server in
                try await server.get(TemplateCommand.path(template))
            } network: { session, path in
                try await session.call(.GET, path + "/adoptions/\(template.part)").object
            } text: { answer in
                network.at == nil ? Self.text(answer) : Self.review(answer)
            }
        }

        private static func review(_ answer: JSONObject) -> String {
            func lines(_ title: String, _ name: String) -> [String] {
                (answer[name]?.strings ?? []).map { "\(title): \($0)" }
            }
            let differences = (answer["differences"]?.array ?? []).compactMap(\.object).map { entry in
                ["member", "before", "after"].map { entry[$0]?.string ?? "-" }
            }
            let head = [
                ("template", "template"), ("state", "state"), ("in force", "version"), ("waits", "proposed_version"),
                ("proposal", "proposal"), ("publisher", "publisher"), ("new", "changelog"),
                ("not possible", "objection"),
            ].compactMap { title, name in answer[name]?.string.map { "\(title): \($0)" } }
            return
                (head + lines("agreed", "approved_as") + lines("wider", "widenings") + lines("passes", "passed")
                + lines("tightened", "tightened")
                + (differences.isEmpty ? [] : ["", Output.table(["MEMBER", "NOW", "THEN"], differences)]))
                .joined(separator: "\n")
        }

        private static func text(_ answer: JSONObject) -> String {
            let template = answer["template"]?.object ?? [:]
            let service = template["service"]?.object ?? [:]
            let adoptions = (answer["adoptions"]?.array ?? []).compactMap(\.object).map { adoption in
                [
                    adoption["tenant"]?.string ?? "", adoption["state"]?.string ?? "",
                    adoption["terms"]?.object?["version"]?.string ?? "-",
                    adoption["proposal"]?.object?["terms"]?.object?["version"]?.string ?? "-",
                ]
            }
            let offers = (answer["availability"]?.array ?? []).compactMap(\.object).map { offer in
                [
                    offer["tenant"]?.string ?? "",
                    offer["offered"] == true
                        ? "offered"
                        : "not offered here; by " + (offer["offered_by"]?.strings ?? []).joined(separator: " "),
                    offer["initiate_login_uri"]?.string ?? "-",
                ]
            }
            return [
                "\(template["key"]?.string ?? "") \(template["version"]?.string ?? "")"
                    + ": \(service["title"]?.object?["de"]?.string ?? "")",
                "publisher: \(template["publisher"]?.string ?? "")",
                "versions: \((answer["versions"]?.strings ?? []).joined(separator: " "))",
                "level: \(service["required_level"]?.string ?? "no login needed")",
                "claims: \((service["claims"]?.strings ?? []).joined(separator: " "))",
                "policy: \(template["policy"]?.object?.text ?? "{}")", "",
                Output.table(["ADOPTED BY", "STATE", "VERSION", "PROPOSED"], adoptions), "",
                Output.table(["TENANT", "SERVICE", "LOGIN BEGINS AT"], offers),
            ].joined(separator: "\n")
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish a version that its publisher has signed.",
            discussion: """
                The file holds the compact JWS that citizen-id template sign --whole printed. With --at the tenant is its \
                publisher.
                """)

        @Argument(help: "The file with the signed template.")
        var file: String

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func run() async throws {
            let body: JSONObject = ["document": .string(try TemplateFile.text(file))]
            try await network.run(options) { server in
                try await server.post("/templates", body)
            } network: { session, path in
                let answer = try await session.call(.POST, path + "/templates", body).object
                return [
                    "published": .string("\(answer["template"]?.string ?? "") \(answer["version"]?.string ?? "")")
                ]
            } text: { answer in
                "Published \(answer["published"]?.string ?? "")."
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agree to what a tenant proposes. Two different people must, in two roles.",
            discussion: """
                With --at the person who has logged in to administration agrees, in the role that they hold, to the proposal \
                that `template show --at` has shown: to nothing that took its place meanwhile. Through the \
                local socket --role and --by say who has agreed, on the word of the machine's operator.
                """)

        @OptionGroup var adoption: AdoptionOptions

        @Option(help: "Through the local socket: service_owner or dpo.")
        var role: String?

        @Option(help: "Through the local socket: who agrees, in lower-case letters, digits and . _ @ -")
        var by: String?

        @Option(help: "With --at: the proposal that was read, as template show names it.")
        var proposal: String?

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws {
            try adoption.validate(network)
            if network.at == nil {
                guard role != nil, by != nil, proposal == nil else {
                    throw ValidationError("--role and --by are needed without --at, and --proposal is not.")
                }
            } else {
                guard role == nil, by == nil, proposal != nil else {
                    throw ValidationError("--role and --by go without --at; with it --proposal is needed.")
                }
            }
        }

        func run() async throws {
            let body: JSONObject = ["role": .string(role ?? ""), "by": .string(by ?? "")]
            try await network.run(options) { server in
                try await server.post(adoption.path("approve"), body)
            } network: { session, path in
                try await session.call(
                    .POST, path + "/adoptions/\(adoption.template.part)/approve", ["proposal": .string(proposal ?? "")]
                ).object
            } text: { answer in
                adoption.text(answer, at: network.at)
            }
        }
    }

    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say no to what waits; what is in force stays. Either of the two who must agree can.")

        @Argument(help: "The template's key.")
        var template: String

        @Option(help: "The tenant, as whose administrator one has logged in.")
        var at: String

        @Option(help: "The proposal that was read, as template show names it.")
        var proposal: String

        @OptionGroup var options: AdministratorOptions

        func run() async throws {
            try await options.run { session in
                try await session.call(
                    .POST, "/tenants/\(at.part)/adoptions/\(template.part)/refuse", ["proposal": .string(proposal)]
                ).object
            } text: { answer in
                "\(template) at \(at): \(answer["state"]?.string ?? "?")"
            }
        }
    }

    struct Decline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stay with the version that is in force.")
        @OptionGroup var adoption: AdoptionOptions
        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws { try adoption.validate(network) }

        func run() async throws { try await adoption.step("decline", [:], options, network) }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Offer the service no more, at once.")
        @OptionGroup var adoption: AdoptionOptions
        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws { try adoption.validate(network) }

        func run() async throws { try await adoption.step("withdraw", [:], options, network) }
    }

    static func path(_ template: String) -> String { "/templates/" + FormParameters.percentEncode(template) }
}

/// Which adoption a command is about.
struct AdoptionOptions: ParsableArguments {
    @Argument(help: "The template's key.")
    var template: String

    @Option(help: "The tenant that adopts it. Not needed with --at.")
    var tenant: String?

    /// One of both says at which tenant.
    func validate(_ network: NetworkOptions) throws {
        try network.validate(against: tenant)
        guard tenant != nil || network.at != nil else { throw ValidationError("--tenant says which tenant adopts it.") }
    }

    /// Does one step and prints where the adoption stands after it.
    func step(
        _ name: String, _ body: JSONObject, _ options: AdministrationOptions, _ network: NetworkOptions
    ) async throws {
        try await network.run(options) { server in
            try await server.post(path(name), body)
        } network: { session, path in
            try await session.call(
                .POST, path + "/adoptions/\(template.part)/\(name)", body.members.isEmpty ? nil : body
            ).object
        } text: { answer in
            text(answer, at: network.at)
        }
    }

    /// The call of the local socket for a step.
    func path(_ step: String) -> String {
        TemplateCommand.path(template) + "/adoptions/\((tenant ?? "").part)/" + step
    }

    /// Where the adoption stands, in the words of the local socket or of `/admin/v1`.
    func text(_ answer: JSONObject, at network: String?) -> String {
        let version = answer["terms"]?.object?["version"]?.string ?? answer["version"]?.string
        let proposed =
            answer["proposal"]?.object?["terms"]?.object?["version"]?.string ?? answer["proposed_version"]?.string
        return "\(template) at \(network ?? tenant ?? ""): \(answer["state"]?.string ?? "?")"
            + (version.map { ", version \($0) in force" } ?? "")
            + (proposed.map { ", version \($0) waits for approval" } ?? "")
    }
}
