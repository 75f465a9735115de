import AccountDirectory
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderHTTP

/// Bodies that are right, and every mistake in each: at the local socket and in a town's desk over the network.
@Suite("A desk refuses each mistake in a body, and writes nothing (checklist N2, R3)")
struct DeskBodyTests {
    /// Somebody who is alone with name and birth date.
    private static let person: JSONObject = {
        var person = TestRegion.person
        person["family_name"] = "Amselweg"
        person["birthdate"] = "1964-08-12"
        person["nationalities"] = ["DE"]
        person["address"] = .object([
            "street": "Musterweg", "house_number": "1", "postal_code": "45699", "locality": "Herten",
        ])
        return person
    }()

    private static let evidence: JSONValue = .object([
        "method": "eid",
        "document": .object(["type": "passport", "country": "DE", "expires_on": "2030-06-30"]),
    ])

    /// What may be left out. Of a person only the names may not, of an address street, postal code and locality.
    private static let optional: Set<String> = [
        "title", "birth_family_name", "birthdate", "place_of_birth", "nationalities", "address", "house_number",
        "addition", "ags", "email", "phone_number", "mailbox", "method", "document", "expires_on", "same_person", "new",
        "reason", "found_device", "order_lifted", "alive", "died", "device", "revoke", "link", "evidence",
    ]

    /// A provider with the person, its database, and tables that no refused call may change.
    private struct Stage {
        let database: TemporaryDatabase
        let provider: TestProvider
        let person: RegisteredPerson

        init() async throws {
            database = try TemporaryDatabase()
            provider = try await TestProvider.withAdministration(store: SQLiteStore(path: database.path))
            person = try await provider.registered(person: DeskBodyTests.person)
        }

        var tables: [String: [String]] { get throws { try database.tables(except: ["used_once"]) } }
    }

    /// Sends the body, which is right, and then every mistake in it.
    private func expectRefusals(
        of body: JSONObject, required: Set<String> = [], on stage: Stage, _ name: String,
        codes: Set<String>, send: (String) async throws -> (TestResponse, code: String?)
    ) async throws {
        let before = try stage.tables
        for mistake in BodyMistake.all(in: body, optional: Self.optional.subtracting(required)) {
            let (answer, code) = try await send(mistake.text)
            #expect(answer.status == .badRequest, "\(name): \(mistake.name): \(answer.status) \(answer.text)")
            #expect(code.map(codes.contains) == true, "\(name): \(mistake.name): \(answer.text)")
        }
        #expect(try stage.tables == before, "\(name) has written")
        // Last, for it may be done: nothing but the mistakes was wrong.
        let (right, _) = try await send(body.text)
        #expect(right.status != .badRequest, "\(name): \(right.text)")
    }

    // MARK: Over the network

    private static let townSteps: [String] =
        AdministrationAPI.deskRoutes.filter { $0.method == .post }.map {
            String($0.path.split(separator: "/").last ?? "")
        }

    /// A right body for a route of the desk; `candidate` and `device` are the town's names.
    private static func townBody(_ step: String, candidate: JSONValue, device: JSONValue) -> JSONObject? {
        var body: JSONObject = ["level": "substantiell", "person": .object(person)]
        if step != "find" { body["candidate"] = candidate }
        switch step {
        case "find", "block-code": break
        case "lock": body["reason"] = "self"
        case "reactivate":
            body["found_device"] = device
            body["order_lifted"] = true
            body["alive"] = true
        case "rename":
            body["former"] = .object(person)
            body["evidence"] = evidence
        case "renew": body["evidence"] = evidence
        case "close": body["died"] = false
        case "export": body["language"] = "de"
        default: return nil
        }
        return body
    }

    @Test("over the network every call of a desk, by the route table", arguments: townSteps + ["same", "new"])
    func network(step: String) async throws {
        let stage = try await Stage()
        let clerk = try await stage.provider.administrator()
        try await stage.provider.appoint(clerk, .clerk, at: .tenant(TestRegion.herten))
        try await AdministrationSite.serve(stage.provider) { site in
            let visit: JSONObject = ["level": "substantiell", "person": .object(Self.person)]
            let found = try await site.call(clerk, .post, "/tenants/herten/people/find", visit)
            let candidate = try #require(found.json["people"]?.array?.first?.object?["candidate"])
            let device = try #require(found.json["devices"]?.array?.first?.object?["device"])
            var body: JSONObject
            let path: String
            if step == "same" || step == "new" {
                (body, path) = (visit, "/tenants/herten/tickets")
                body["evidence"] = Self.evidence
                if step == "same" { body["same_person"] = candidate } else { body["new"] = true }
            } else {
                body = try #require(Self.townBody(step, candidate: candidate, device: device), "no body for \(step)")
                path = "/tenants/herten/people/\(step)"
            }
            let codes: Set<String> = ["invalid_request", "unknown_level"]
            try await expectRefusals(
                of: body, required: step == "renew" ? ["evidence"] : [], on: stage, step, codes: codes
            ) { text in
                let answer = try await site.call(clerk, .post, path, text: text)
                #expect(answer.status.code < 400 || answer.headers[.contentType] == ProblemDocument.mediaType)
                return (answer, answer.code)
            }
        }
    }

    // MARK: At the local socket

    /// Right bodies, by the path behind `/desk/`; a call that takes either of two things has two.
    private static func localBodies(_ person: RegisteredPerson) -> [(path: String, body: JSONObject)] {
        let account = JSONValue.string(person.account.rawValue)
        let device = JSONValue.string(person.phone.device.rawValue)
        let visit: JSONObject = ["tenant": "herten", "level": "substantiell", "person": .object(Self.person)]
        func with(_ members: JSONObject, _ object: JSONObject = visit) -> JSONObject {
            members.members.reduce(into: object) { $0[$1.name] = $1.value }
        }
        let link: JSONValue = .object(["upstream": "eid", "pseudonym": "card-and-service-7"])
        return [
            ("find", with(["link": link])), ("cases", ["tenant": "herten"]),
            ("tickets", with(["evidence": evidence, "link": link, "new": true])),
            ("tickets", with(["evidence": evidence, "link": link, "same_person": account])),
            ("reactivate", with(["account": account, "found_device": device, "order_lifted": false, "alive": false])),
            ("rename", with(["account": account, "evidence": evidence, "link": link])),
            ("renew", with(["account": account, "evidence": evidence, "link": link])),
            ("block-code", with(["account": account])), ("export", with(["account": account, "language": "en"])),
            ("close", with(["account": account, "died": false])),
            ("block", ["tenant": "herten", "account": account, "device": device, "revoke": false]),
            ("block", ["tenant": "herten", "account": account, "reason": "self"]),
        ]
    }

    @Test("at the local socket every call of the desk, by the router")
    func socket() async throws {
        let stage = try await Stage()
        let router = AdministrationApplication.router(provider: stage.provider.provider, region: NoRegionFiles())
        let paths = Set(router.routes.map(\.path.description).filter { $0.hasPrefix("/desk/") })
        let bodies = Self.localBodies(stage.person)
        #expect(paths == Set(bodies.map { "/desk/" + $0.path }), "a call without a body here")
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        try await Application(router: router, logger: logger).test(.router) { client in
            for (path, body) in bodies {
                try await expectRefusals(
                    of: body, required: path == "renew" ? ["evidence"] : [], on: stage, path,
                    codes: ["invalid_request", "unknown_level", "unknown_reason"]
                ) { text in
                    let answer = try await client.execute(
                        uri: "/desk/" + path, method: .post, headers: [.contentType: "application/json"],
                        body: ByteBuffer(string: text))
                    return (answer, answer.json["error"]?.string)
                }
            }
        }
    }
}

/// For a desk nobody needs region files.
private struct NoRegionFiles: RegionAdministration {
    func plan(_ sources: JSONObject) async throws -> JSONObject { [:] }
    func apply(_ sources: JSONObject) async throws -> JSONObject { [:] }
}
