internal import ArgumentParser
internal import Foundation
internal import NIOHTTP1
internal import OpenIDMessages

/// What a tenant says of its own when it adopts a template.
struct TemplateTermsOptions: ParsableArguments {
    @Option(help: "How people reach the office.")
    var contact: String?

    @Option(help: "The privacy notice for this service, on one of the tenant's hosts.")
    var privacyURI: String?

    @Option(help: "Where a login for this service begins, on one of the tenant's hosts.")
    var initiateLoginURI: String?

    @Option(help: "The local law.")
    var legalBasis: String?

    @Option(help: "What the service costs here, like 305.00.")
    var amount: String?

    @Option(
        help:
            "A file with all that the tenant tightens, as JSON: {\"required_level\": {\"at_least\": \"substantiell\"}}."
    )
    var overrides: String?

    /// The members of the call; those that were not given are left out.
    func members(version: String) throws -> JSONObject {
        var fields = JSONObject()
        let given = [
            ("contact", contact), ("privacy_uri", privacyURI), ("initiate_login_uri", initiateLoginURI),
            ("legal_basis", legalBasis), ("amount", amount),
        ]
        for (name, value) in given { fields[name] = value.map { $0.isEmpty ? .null : .string($0) } }
        var object: JSONObject = ["version": .string(version)]
        if !fields.isEmpty { object["fields"] = .object(fields) }
        object["overrides"] = try overrides.map { .object(try TemplateFile.json($0)) }
        return object
    }
}

struct TemplateAdoptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt", abstract: "Propose that a tenant adopts a template; two people must agree then.",
        discussion: "With --dry-run nothing is written: the template's own cases are tried with the tenant's terms.")

    @OptionGroup var adoption: AdoptionOptions

    @Option(help: "The version.")
    var version: String

    @Flag(help: "Try the template's cases and write nothing.")
    var dryRun = false

    @OptionGroup var terms: TemplateTermsOptions
    @OptionGroup var options: AdministrationOptions
    @OptionGroup var network: NetworkOptions

    func validate() throws { try adoption.validate(network) }

    func run() async throws {
        var body = try terms.members(version: version)
        body["dry_run"] = .bool(dryRun)
        let path = TemplateCommand.path(adoption.template) + "/adoptions"
        try await network.run(options) { [body] server in
            var body = body
            body["tenant"] = adoption.tenant.map { .string($0) }
            return try await server.post(path, body)
        } network: { [body] session, path in
            var body = body
            body["template"] = .string(adoption.template)
            return try await session.call(.POST, path + "/adoptions", body).object
        } text: { answer in
            // Over the network the members of the service stand beside the rest.
            let service =
                answer["service"]?.object ?? [
                    "required_level": answer["level"] ?? .null, "claims": answer["claims"] ?? .null,
                ]
            let lists = ["passed", "tightened"].map { "\($0): \((answer[$0]?.strings ?? []).joined(separator: "; "))" }
            return
                ([
                    "level: \(service["required_level"]?.string ?? "")",
                    "claims: \((service["claims"]?.strings ?? []).joined(separator: " "))",
                ] + lists + [
                    answer["proposed"] == true ? "Proposed; two people must approve it." : "Nothing was written."
                ])
                .joined(separator: "\n")
        }
    }
}

struct TemplateUpgradeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade", abstract: "Go over to another version or to other terms.",
        discussion: """
            At once when it is a patch or minor version and nothing is wider than before; otherwise two people must agree. \
            What is not given stays as it is, each term by itself; an empty text ('') takes one away.
            """)

    @OptionGroup var adoption: AdoptionOptions

    @Option(help: "The version.")
    var version: String

    @OptionGroup var terms: TemplateTermsOptions
    @OptionGroup var options: AdministrationOptions
    @OptionGroup var network: NetworkOptions

    func validate() throws { try adoption.validate(network) }

    func run() async throws {
        try await adoption.step("upgrade", try terms.members(version: version), options, network)
    }
}

/// Files that the commands read.
enum TemplateFile {
    static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
        else { throw ValidationError("\(path) cannot be read as UTF-8 text.") }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func json(_ path: String) throws -> JSONObject {
        guard let object = try? StrictJSON.parseObject(Array(text(path).utf8)) else {
            throw ValidationError("\(path) is not a JSON object.")
        }
        return object
    }
}
