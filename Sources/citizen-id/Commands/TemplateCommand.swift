internal import ArgumentParser
internal import NIOHTTP1
internal import OpenIDMessages

/// Services that one town develops and others adopt.
struct TemplateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "template", abstract: "Services that one town develops and others adopt.",
        subcommands: [
            List.self, Show.self, TemplateSignCommand.self, Publish.self, TemplateAdoptCommand.self, Approve.self,
            TemplateUpgradeCommand.self, Decline.self, Withdraw.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all templates.")
        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.run { server in
                try await server.get("/templates")
            } text: { answer in
                Output.table(
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
            abstract: "Show a template, who adopted it, and where its service can be used.")

        @Argument(help: "The template's key.")
        var template: String

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            try await options.run { server in
                try await server.get(TemplateCommand.path(template))
            } text: { answer in
                Self.text(answer)
            }
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
            discussion: "The file holds the compact JWS that citizen-id template sign --whole printed.")

        @Argument(help: "The file with the signed template.")
        var file: String

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            let document = try TemplateFile.text(file)
            try await options.run { server in
                try await server.post("/templates", ["document": .string(document)])
            } text: { answer in
                "Published \(answer["published"]?.string ?? "")."
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Agree to what a tenant proposes. Two different people must, in two roles.",
            discussion: """
                With --at the person who has logged in to administration agrees, in the role that they hold. Through the \
                local socket --role and --by say who has agreed, on the word of the machine's operator.
                """)

        @OptionGroup var adoption: AdoptionOptions

        @Option(help: "Through the local socket: service_owner or dpo.")
        var role: String?

        @Option(help: "Through the local socket: who agrees, in lower-case letters, digits and . _ @ -")
        var by: String?

        @OptionGroup var options: AdministrationOptions
        @OptionGroup var network: NetworkOptions

        func validate() throws {
            try network.validate(against: adoption.tenant)
            if network.at == nil {
                guard role != nil, by != nil else { throw ValidationError("--role and --by are needed without --at.") }
            } else {
                guard role == nil, by == nil else { throw ValidationError("--role and --by go without --at.") }
            }
        }

        func run() async throws {
            let body: JSONObject = ["role": .string(role ?? ""), "by": .string(by ?? "")]
            try await network.run(options) { server in
                try await server.post(adoption.path("approve"), body)
            } network: { session, path in
                try await session.call(.POST, path + "/adoptions/\(adoption.template.part)/approve").object
            } text: {
                adoption.text($0)
            }
        }
    }

    struct Decline: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stay with the version that is in force.")
        @OptionGroup var adoption: AdoptionOptions
        @OptionGroup var options: AdministrationOptions

        func run() async throws { try await adoption.step("decline", [:], options) }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Offer the service no more, at once.")
        @OptionGroup var adoption: AdoptionOptions
        @OptionGroup var options: AdministrationOptions

        func run() async throws { try await adoption.step("withdraw", [:], options) }
    }

    static func path(_ template: String) -> String { "/templates/" + FormParameters.percentEncode(template) }
}

/// Which adoption a command is about.
struct AdoptionOptions: ParsableArguments {
    @Argument(help: "The template's key.")
    var template: String

    @Option(help: "The tenant that adopts it.")
    var tenant: String

    /// Does one step and prints where the adoption stands after it.
    func step(_ name: String, _ body: JSONObject, _ options: AdministrationOptions) async throws {
        try await options.run { server in
            try await server.post(path(name), body)
        } text: {
            text($0)
        }
    }

    /// The call of the local socket for a step.
    func path(_ step: String) -> String { TemplateCommand.path(template) + "/adoptions/\(tenant.part)/" + step }

    /// Where the adoption stands, in the words of the local socket or of `/admin/v1`.
    func text(_ answer: JSONObject) -> String {
        let version = answer["terms"]?.object?["version"]?.string ?? answer["version"]?.string
        let proposed =
            answer["proposal"]?.object?["terms"]?.object?["version"]?.string ?? answer["proposed_version"]?.string
        return "\(template) at \(tenant): \(answer["state"]?.string ?? "?")"
            + (version.map { ", version \($0) in force" } ?? "")
            + (proposed.map { ", version \($0) waits for approval" } ?? "")
    }
}
