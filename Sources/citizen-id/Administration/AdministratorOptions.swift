internal import ArgumentParser
internal import OpenIDMessages

/// For commands that call `/admin/v1` as the administrator who is logged in.
struct AdministratorOptions: ParsableArguments {
    @Option(
        help: """
            The folder of the login. Default: CITIZEN_ID_ADMINISTRATOR, then citizen-id/administrator in \
            XDG_CONFIG_HOME or ~/.config.
            """)
    var folder: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    var desk: AdministratorDesk { AdministratorDesk(folder: folder, json: json) }

    func run(
        _ body: (AdministratorSession) async throws -> JSONObject, text: (JSONObject) -> String
    ) async throws {
        try await desk.run(body, text: text)
    }
}

/// For commands that speak to the local socket, unless somebody says at which tenant they administer.
struct NetworkOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Through /admin/v1, as the administrator of this tenant who is logged in, instead of the local socket.",
            valueName: "tenant"))
    var at: String?

    @Option(help: "The folder of that login; as in `citizen-id admin login`.")
    var folder: String?

    /// Refuses `--at` with another tenant than the command's own.
    func validate(against tenant: String?) throws {
        guard let at, let tenant, at != tenant else { return }
        throw ValidationError("--at and --tenant name the same tenant.")
    }

    /// Runs the command one way or the other; `path` is that of the tenant.
    func run(
        _ options: AdministrationOptions, socket: (AdministrationClient) async throws -> JSONObject,
        network: (AdministratorSession, _ path: String) async throws -> JSONObject, text: (JSONObject) -> String
    ) async throws {
        guard let at else { return try await options.run(socket, text: text) }
        try await AdministratorDesk(folder: folder, json: options.json).run(
            { session in try await network(session, "/tenants/\(at.part)") }, text: text)
    }
}

/// Where an administrator's commands run.
struct AdministratorDesk {
    let folder: String?
    let json: Bool

    var administratorFolder: AdministratorFolder { AdministratorFolder(path: folder ?? AdministratorFolder.standard) }

    /// Runs a command: prints its result, or what went wrong with the right exit code.
    func run(
        _ body: (AdministratorSession) async throws -> JSONObject, text: (JSONObject) -> String
    ) async throws {
        do {
            guard let session = try AdministratorSession(folder: administratorFolder) else {
                throw AdministratorSession.Failure.notLoggedIn
            }
            let object: JSONObject
            do { object = try await body(session) } catch {
                await session.shutdown()
                throw error
            }
            await session.shutdown()
            print(json ? object.text : text(object))
        } catch { throw failure(error) }
    }

    /// What went wrong, printed, as the exit code that says so.
    func failure(_ error: any Error) -> any Error {
        switch error {
        case let failure as AdministratorSession.Failure:
            switch failure {
            case .notLoggedIn: Output.fail(failure.description, code: "not_logged_in", exit: 4, json: json)
            case .notReached: Output.fail(failure.description, code: "not_reached", exit: 3, json: json)
            case .noAnswer: Output.fail(failure.description, code: "no_answer", exit: 3, json: json)
            case .refused(let code, _, let status, let candidates):
                Output.fail(
                    failure.description, code: code, exit: status == 401 ? 4 : 1, json: json, candidates: candidates)
            case .unreadable: Output.fail(failure.description, code: "unreadable", exit: 1, json: json)
            }
        case let fault as AdministratorFolder.Fault:
            Output.fail(fault.description, code: "folder", exit: 1, json: json)
        case HTTPSCaller.Fault.noCertificates(let path):
            Output.fail("There are no certificates in \(path).", code: "certificates", exit: 1, json: json)
        case let failure as AdministratorLogin.Failure:
            switch failure {
            case .notReached: Output.fail(failure.description, code: "not_reached", exit: 3, json: json)
            case .noAnswer: Output.fail(failure.description, code: "no_answer", exit: 3, json: json)
            case .refused, .foreignCallback, .tooLate:
                Output.fail(failure.description, code: "login", exit: 1, json: json)
            }
        default: error
        }
    }
}

/// What lists of things look like to people.
enum Listing {
    /// All elements of a list that comes in pages; each page says in `next` where the one behind it begins.
    static func everyPage(
        of path: String, _ name: String, _ query: String, get: (String) async throws -> JSONObject
    ) async throws -> JSONObject {
        var elements: [JSONValue] = []
        var after: String?
        while true {
            let parts = [query, after.map { "after=" + $0.part } ?? ""].filter { !$0.isEmpty }
            let page = try await get(parts.isEmpty ? path : path + "?" + parts.joined(separator: "&"))
            elements += page[name]?.array ?? []
            after = page["next"]?.string
            if after == nil { return [name: .array(elements)] }
        }
    }

    /// A table of the elements of `name`: a column's heading and the member that it shows.
    static func table(_ answer: JSONObject, _ name: String, _ columns: [(heading: String, member: String)]) -> String {
        let rows = (answer[name]?.array ?? []).compactMap(\.object)
        guard !rows.isEmpty else { return "None." }
        return Output.table(columns.map(\.heading), rows.map { row in columns.map { cell(row[$0.member], $0.member) } })
    }

    /// One thing, a member a line.
    static func lines(_ object: JSONObject) -> String {
        object.members.map { "\($0.name): \(cell($0.value, $0.name))" }.joined(separator: "\n")
    }

    private static func cell(_ value: JSONValue?, _ member: String) -> String {
        switch value {
        case nil, .null?: "-"
        case .string(let text)?: text
        case .bool(let flag)?: flag ? "yes" : "no"
        case .integer(let number)?:
            ["_at", "_from", "_until", "at", "since"].contains { member.hasSuffix($0) } && number > 1_000_000_000
                ? Output.time(number) : String(number)
        case .array(let elements)? where !elements.isEmpty && elements.allSatisfy { $0.object != nil }:
            elements.compactMap(\.object).map { object in
                object.members.map { "\($0.name) \(cell($0.value, $0.name))" }.joined(separator: ", ")
            }.joined(separator: "; ")
        case let value?:
            value.strings?.joined(separator: " ") ?? String(decoding: value.serialized, as: UTF8.self)
        }
    }
}

extension String {
    /// As one part of a path.
    var part: String { FormParameters.percentEncode(self) }
}
