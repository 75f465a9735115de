import ArgumentParser
import DeviceAuthenticator
import Foundation
import HTTPTypes
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Synchronization
import Testing

@testable import ProviderHTTP
@testable import citizen_phone

/// The commands of the phone and the routes of the account API are one list: each command is run against the real router, which
/// nothing leaves, and what it calls is looked up in the table.
@Suite("Each route of the account API has a command, and each command a route", .timeLimit(.minutes(5)))
struct AccountCommandTests {
    /// The commands that are about the account.
    private static let families: Set<String> = [
        "account", "devices", "sessions", "browsers", "stops", "releases", "explain-level", "companies", "mandates",
        "audit",
    ]

    /// The arguments with which each command is run. `COMPANY` is one that the person has founded, `FACTS` and `PLACE` are
    /// files; other names are of things that are not there.
    private static let samples: [String: [[String]]] = {
        let (thing, code) = ("abcdefghijklmnop0123", "ABCD-EFGH-JKLM")
        return [
            "account show": [[]],
            "account contact": [["--email", "neu@example.org", "--phone-number", "+49 2366 1"]],
            "account notices": [[], ["--read", thing]],
            "account request": [["rectify", "--tenant", "herten", "--claim", "family_name"]],
            "account requests": [[], ["--withdraw", thing]],
            "account export": [["--output", "/nowhere/report"]], "account lock": [[]], "account close": [[]],
            "account cancel": [[]], "devices list": [[]], "devices add": [["--tenant", "herten"]],
            "devices approve": [[thing]], "devices suspend": [[thing]], "devices found": [[thing]],
            "devices revoke": [[thing]], "devices rename": [[thing, "Mein Telefon"]], "sessions list": [[]],
            "sessions end": [[thing]], "browsers list": [[]], "browsers forget": [[thing]], "stops list": [[]],
            "stops lift": [["basic"]], "releases list": [[]], "releases withdraw": [[thing]], "explain-level": [[]],
            "audit": [[], ["--looks"], ["--before", "7"]], "companies list": [[]], "companies show": [["COMPANY"]],
            "companies create": [["FACTS"]], "companies change": [["COMPANY", "FACTS"]],
            "companies submit": [["COMPANY"]], "companies assert": [["COMPANY", "ASSERTION"]],
            "companies sign": [["COMPANY"]], "companies close": [["COMPANY"]],
            "companies add-establishment": [["COMPANY", "PLACE"]],
            "companies close-establishment": [["COMPANY", thing]],
            "companies invite": [
                [
                    "COMPANY", "--given-name", "Eva", "--family-name", "Anders", "--birthdate", "1970-01-01", "--role",
                    "member",
                ]
            ], "companies approve": [["COMPANY", thing]], "companies withdraw": [["COMPANY", thing]],
            "companies open": [[code]], "companies join": [[code]], "companies decline": [[code]],
            "companies leave": [["COMPANY"]], "companies remove": [["COMPANY", thing]],
            "companies suspend": [["COMPANY", thing]], "companies resume": [["COMPANY", thing]],
            "companies roles": [["COMPANY", thing, "--role", "member"]],
            "companies consent": [["COMPANY", "give"], ["COMPANY", "withdraw"]],
            "companies audit": [["COMPANY"], ["COMPANY", "--before", "7"]],
            "mandates list": [[], ["--company", "COMPANY"]],
            "mandates propose": [
                [
                    "COMPANY", "--to", thing, "--scope", "parking.permit", "--tenant", "herten", "--amount", "500.00",
                    "--from", "2027-02-01", "--until", "2027-12-31", "--reason", "Montage", "--may-delegate",
                ]
            ], "mandates cosign": [[thing]], "mandates revoke": [[thing]], "mandates suspend": [[thing]],
            "mandates resume": [[thing]],
        ]
    }()

    /// Commands that make no call, and why.
    private static let silent: [String: String] = [
        "account cancel": "a closing account has no device: it says where to go"
    ]

    /// The commands without subcommands below one, by the words that run them.
    private static func leaves(
        of command: any ParsableCommand.Type, _ words: [String] = []
    ) -> [(words: [String], type: any ParsableCommand.Type)] {
        let below = command.configuration.subcommands
        guard !below.isEmpty else { return [(words, command)] }
        return below.flatMap { leaves(of: $0, words + [$0.configuration.commandName ?? ""]) }
    }

    @Test("each command's method, path, act and members are those of a route; no route is without a command")
    func all() async throws {
        let names = Self.leaves(of: CitizenPhone.self).map(\.words).filter { Self.families.contains($0[0]) }
            .map { $0.joined(separator: " ") }
        #expect(Set(names) == Set(Self.samples.keys), "each command has arguments here")
        try await AttackStage.set { stage in
            let scene = try Scene(stage)
            defer { scene.remove() }
            let company = try await scene.found()
            var called: Set<String> = []
            for name in names.sorted() {
                for arguments in Self.samples[name] ?? [] {
                    let filled = arguments.map { $0 == "COMPANY" ? company : scene.files[$0] ?? $0 }
                    let heard = try await scene.run(name.split(separator: " ").map(String.init) + filled)
                    #expect(heard.calls.isEmpty == (Self.silent[name] != nil), "\(name) \(arguments)")
                    for call in heard.calls { called.formUnion(Self.judge(call, heard.act, name)) }
                }
            }
            #expect(Set(AccountRoutes.all.map(\.name)).subtracting(called) == [], "routes without a command")
        }
    }

    /// The route of a call, which must be there, want what the command confirms, and understand what was sent.
    private static func judge(_ call: Call, _ act: AccountAct?, _ command: String) -> [String] {
        let parts = call.path.split(separator: "/")
        let routes = AccountRoutes.all.filter { route in
            let pattern = route.path.split(separator: "/")
            return route.method.rawValue == call.method && pattern.count == parts.count
                && zip(pattern, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        guard let route = routes.first, routes.count == 1 else {
            Issue.record("\(command): no route for \(call.method) \(call.path)")
            return []
        }
        // What is not understood is 400; what is not there, or not possible now, was understood.
        #expect(![400, 405, 413, 415, 422].contains(call.status), "\(command): \(call.status) \(call.answer)")
        if let act, act.path == call.path {
            #expect(route.action == act.action, "\(command)")
            #expect(act.pathParameters.members.map(\.name) == route.parameters, "\(command)")
        } else {
            #expect(route.action == nil, "\(command) wants no confirmation for \(route.name)")
        }
        return [route.name]
    }

    /// A call below `/account/v1`, and what came of it.
    struct Call: Sendable {
        let method: String
        let path: String
        let status: Int
        let answer: String
    }

    /// Takes calls to the router and keeps what they were. Nothing is confirmed unless that is wanted.
    private final class Recorder: HTTPTransport {
        private struct State {
            var calls: [Call] = []
            var act: AccountAct?
            var confirms = false
        }

        private let router: any HTTPTransport
        private let state = Mutex(State())

        init(_ router: any HTTPTransport) { self.router = router }

        func begin(confirming: Bool) { state.withLock { $0 = State(confirms: confirming) } }
        func hear(_ act: AccountAct) { state.withLock { $0.act = act } }
        var heard: (calls: [Call], act: AccountAct?) { state.withLock { ($0.calls, $0.act) } }

        func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
            guard let prefix = call.url.firstRange(of: AccountRoute.prefix) else { return try await router.send(call) }
            let path = String(call.url[prefix.upperBound...].prefix { $0 != "?" })
            let isConfirmation = path.hasPrefix("/confirmations/")
            guard !isConfirmation || state.withLock({ $0.confirms }) else {
                throw NetworkFailure(.unreachable, authority: "nobody confirms")
            }
            let answer = try await router.send(call)
            let text = String(decoding: answer.body, as: UTF8.self)
            // The proof wants a nonce first: the same call comes again.
            guard !isConfirmation, !text.contains("use_dpop_nonce") else { return answer }
            state.withLock {
                $0.calls.append(Call(method: call.method, path: path, status: answer.status, answer: text))
            }
            return answer
        }
    }

    /// The victim of the stage, who runs commands, with the files that these need.
    private struct Scene {
        let recorder: Recorder
        let files: [String: String]
        private let folder: String
        private let shared: [String]
        private let pin: String

        init(_ stage: AttackStage) throws {
            recorder = Recorder(stage.scene.transport)
            let profile = URL(fileURLWithPath: stage.scene.folderPath)
            folder = NSTemporaryDirectory() + "account-commands-" + RandomBytes.text(9)
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let place: JSONObject = [
                "activity": "00002", "name": "Werkstatt", "address": .object(TestCompany.address),
            ]
            let texts = [
                "FACTS": JSONValue.object(TestCompany.registered()).prettyText, "ASSERTION": "an assertion",
                "PLACE": JSONValue.object(place).prettyText, "PIN": "135790",
            ]
            for (name, text) in texts {
                _ = FileManager.default.createFile(
                    atPath: folder + "/" + name, contents: Data((text + "\n").utf8),
                    attributes: [.posixPermissions: 0o600])
            }
            files = texts.reduce(into: [:]) { [folder] files, text in files[text.key] = folder + "/" + text.key }
            pin = folder + "/PIN"
            let time = Date(timeIntervalSince1970: TimeInterval(stage.provider.now.seconds))
            shared = [
                "--home", profile.deletingLastPathComponent().path, "--profile", profile.lastPathComponent, "--now",
                time.formatted(.iso8601), "--json",
            ]
        }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }

        /// Runs a command and says what it called. How it ended is not asked: most of what it is about is not there.
        func run(_ words: [String], confirming: Bool = false) async throws -> (calls: [Call], act: AccountAct?) {
            recorder.begin(confirming: confirming)
            let parsed =
                try (try? CitizenPhone.parseAsRoot(words + shared + ["--yes", "--pin-file", pin]))
                ?? CitizenPhone.parseAsRoot(words + shared)
            guard var command = parsed as? any AsyncParsableCommand else { return ([], nil) }
            try await Rehearsal.$current.withValue(Rehearsal(transport: recorder, hears: recorder.hear)) {
                do { try await command.run() } catch is ExitCode {}
            }
            return recorder.heard
        }

        /// Founds a company; its identifier.
        func found() async throws -> String {
            _ = try await run(["companies", "create", files["FACTS"] ?? ""], confirming: true)
            let listed = try await run(["companies", "list"]).calls.last?.answer ?? ""
            let companies = try StrictJSON.parseObject(Array(listed.utf8))["companies"]?.array
            return try #require(companies?.first?.object?["company"]?.string)
        }
    }
}
