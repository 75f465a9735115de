import AccountDirectory
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderHTTP

/// Everything is generated from the route table: a route that is added is tested, and a parameter without an object fails.
///
/// Keycloak CVE-2026-18201, CVE-2026-37978, CVE-2026-4630: administrators of one realm reached another's things.
@Suite("Every administration route, role and tenant (checklist K1, K3, R2)")
struct AdministrationMatrixTests {
    @Test("every role gets exactly the routes that its actions name", arguments: AdministrationRole.allCases)
    func roles(_ role: AdministrationRole) async throws {
        try await AdministrationSite.serve { site in
            let administrator = try await site.provider.administrator()
            try await site.provider.appoint(administrator, role, at: role.testScope)
            var refused: [String] = []
            for route in AdministrationAPI.routes {
                let path = route.filled(["tenant": "herten"])
                let answer = try await site.call(
                    administrator, route.method, path, route.sampleBody(now: site.provider.now),
                    headers: route.current == nil ? [:] : [.ifMatch: "*"])
                let isRefused = answer.status == .forbidden && answer.code == "not_allowed"
                if answer.status == .forbidden { refused.append(route.name) }
                switch route.right {
                case .nobodysBusiness, .loggedIn: #expect(!isRefused, "\(route.method) \(path)")
                case .region(let action):
                    let may = role.reach == .region && role.actions.contains(action)
                    #expect(isRefused == !may, "\(role) \(route.method) \(path): \(answer.text)")
                case .tenant(let action):
                    #expect(isRefused == !role.actions.contains(action), "\(role) \(route.method) \(path)")
                }
                #expect(answer.status.code < 500, "\(route.method) \(path): \(answer.text)")
            }
            // O2: each refusal is written down, with its author and where it was.
            let name = try await site.provider.account(of: administrator)
            for entry in try await site.provider.auditEntries(.administrationRefused) {
                #expect(entry.actor == "administrator" && entry.outcome == "refusal")
                #expect(try await entry.administrator == site.provider.pseudonym(of: name, in: entry.chain))
                #expect((entry.chain == .region) == (entry.object?.contains("{tenant}") == false))
            }
            let written = try await site.provider.auditEntries(.administrationRefused).compactMap(\.object)
            #expect(written.sorted() == refused.sorted())
        }
    }

    @Test("I23: an administrator of another town gets 404 at every tenant route, never 403, and it is written down")
    func strangers() async throws {
        try await AdministrationSite.serve { site in
            let town = try await Town.herten(site)
            for role in AdministrationRole.allCases where role.reach != .region {
                let stranger = try await site.provider.administrator()
                let scope: AdministrationScope =
                    role.reach == .tenant
                    ? .tenant(TestRegion.marl)
                    : .operated(by: OperatorIdentifier(rawValue: "it")!, for: TestRegion.marl)
                try await site.provider.appoint(stranger, role, at: scope)
                for route in AdministrationAPI.routes where route.parameters.contains("tenant") {
                    let before = try await site.events(.crossTenantProbe)
                    let body = route.sampleBody(now: site.provider.now)
                    let headers: HTTPFields = [.ifMatch: "*"]
                    let foreign = try await site.call(
                        stranger, route.method, route.filled(town.names), body, headers: headers)
                    #expect(foreign.status == .notFound && foreign.code == "not_found", "\(route.path)")
                    #expect(try await site.events(.crossTenantProbe) == before + 1, "\(role) \(route.path)")
                    // A tenant that does not exist looks the same.
                    let missing = try await site.call(
                        stranger, route.method, route.filled(["tenant": "no-such-town"]), body, headers: headers)
                    #expect(missing.comparable(without: "?") == foreign.comparable(without: "?"))
                }
            }
            let probes = try await site.provider.auditTrail().filter { $0.kind == "admin.cross_tenant_probe" }
            #expect(Set(probes.map(\.tenant)) == ["herten"], "the tenant that was probed reads it")
        }
    }

    @Test("I23: one town's things are unknown at another's address, whoever asks, and the attempt is written down")
    func foreignThings() async throws {
        try await AdministrationSite.serve { site in
            let town = try await Town.herten(site)
            var tried: Set<String> = []
            for route in AdministrationAPI.routes where route.parameters.contains("tenant") {
                guard let action = route.right.action,
                    let role = AdministrationRole.allCases.first(where: {
                        $0.reach == .tenant && $0.actions.contains(action)
                    }) ?? AdministrationRole.allCases.first(where: { $0.actions.contains(action) })
                else { continue }
                // The parameters that name things of a tenant; each must have a thing in `Town`.
                let things = route.parameters.filter { $0 != "tenant" }
                guard let first = things.first else { continue }
                for thing in things { #expect(town.names[thing] != nil, "no thing for {\(thing)}") }
                let neighbour = try await site.provider.administrator()
                try await site.provider.appoint(
                    neighbour, role, at: role.reach == .region ? .region : .tenant(TestRegion.marl))
                let body = route.sampleBody(now: site.provider.now)
                let headers: HTTPFields = [.ifMatch: "*"]
                var names = town.names
                names["tenant"] = "marl"
                let before = try await site.events(.crossTenantProbe)
                let foreign = try await site.call(
                    neighbour, route.method, route.filled(names), body, headers: headers)
                let missing = try await site.call(
                    neighbour, route.method, route.filled(["tenant": "marl"]), body, headers: headers)
                #expect(foreign.status == .notFound, "\(route.method) \(route.path): \(foreign.text)")
                #expect(
                    foreign.comparable(without: "?") == missing.comparable(without: "?"),
                    "\(route.path)")
                // Services and templates are public knowledge: naming one at another tenant's address is no probe.
                if !["service", "template"].contains(first) {
                    #expect(try await site.events(.crossTenantProbe) == before + 1, "\(route.path)")
                }
                tried.insert(first)
            }
            #expect(
                tried == [
                    "client", "service", "template", "subject", "assignment", "emergency", "company", "mandate",
                    "request", "login", "token",
                ])
            let probes = try await site.provider.auditTrail().filter { $0.kind == "admin.cross_tenant_probe" }
            #expect(Set(probes.map(\.tenant)) == ["herten"], "the town that was probed reads it, not the prober's")
        }
    }

    @Test(
        "I23: a name alone that is another town's, in the address or in the body, is unknown, and the attempt is written down"
    )
    func eachName() async throws {
        try await AdministrationSite.serve { site in
            let own = try await Town.herten(site)
            let other = try await own.neighbour(site)
            let clerk = try await site.provider.administrator()
            for role in AdministrationRole.allCases where role.reach == .tenant {
                try await site.provider.appoint(clerk, role, at: .tenant(TestRegion.herten))
            }
            var tried: Set<String> = []
            for route in AdministrationAPI.routes where route.parameters.contains("tenant") {
                for member in route.textMembers {
                    #expect(
                        Town.plainMembers.contains(member) != (own.members[member] != nil),
                        "\(route.name): does `\(member)` name something?")
                }
                for parameter in route.parameters where other.names[parameter] != nil {
                    func call(_ name: String?) async throws -> TestResponse {
                        var names = own.names
                        names[parameter] = name
                        return try await site.call(
                            clerk, route.method, route.filled(names), route.sampleBody(now: site.provider.now),
                            headers: [.ifMatch: "*"])
                    }
                    try await Self.expectProbe(at: site, route, call, other.names[parameter], isAddress: true)
                    tried.insert(parameter)
                }
                for member in route.textMembers where other.members[member] != nil {
                    func call(_ name: String?) async throws -> TestResponse {
                        var body = route.sampleBody(now: site.provider.now, isWhole: false) ?? [:]
                        for named in body.members.map(\.name) {
                            body[named] = own.members[named].map { .string($0) } ?? body[named]
                        }
                        body[member] = .string(name ?? Town.unknown(member))
                        return try await site.call(clerk, route.method, route.filled(own.names), body)
                    }
                    try await Self.expectProbe(at: site, route, call, other.members[member], isAddress: false)
                    tried.insert("in the body: " + member)
                }
            }
            #expect(
                tried == [
                    "subject", "session", "device", "in the body: candidate", "in the body: same_person",
                    "in the body: found_device", "in the body: device", "in the body: administrator",
                    "in the body: subject",
                ])
        }
    }

    /// The foreign name and one that nobody has get one answer; the town whose it is reads of the first.
    private static func expectProbe(
        at site: AdministrationSite, _ route: AdministrationRoute,
        _ call: (String?) async throws -> TestResponse, _ name: String?, isAddress: Bool
    ) async throws {
        func probes() async throws -> [AuditChain] {
            try await site.provider.auditEntries(.crossTenantProbe).map(\.chain)
        }
        let before = try await probes()
        let foreign = try await call(name)
        #expect(
            (foreign.status == .notFound) == isAddress && foreign.status.code >= 400, "\(route.name): \(foreign.text)")
        #expect(try await probes().count { $0 == .tenant(TestRegion.marl) } == before.count + 1, "\(route.name)")
        let missing = try await call(nil)
        #expect(missing.comparable(without: "?") == foreign.comparable(without: "?"), "\(route.name)")
        #expect(try await probes().count == before.count + 1, "\(route.name)")
    }

    @Test("the things of the town are served to who may see them")
    func ownThings() async throws {
        try await AdministrationSite.serve { site in
            let town = try await Town.herten(site)
            for route in AdministrationAPI.routes where route.method == .get {
                guard case .tenant(let action) = route.right,
                    let role = AdministrationRole.allCases.first(where: { $0.actions.contains(action) })
                else { continue }
                let administrator = try await site.provider.administrator()
                try await site.provider.appoint(administrator, role, at: role.testScope)
                let answer = try await site.call(administrator, .get, route.filled(town.names))
                #expect(answer.status == .ok, "\(route.path): \(answer.text)")
                let schema = try #require(route.answer)
                #expect(schema.mistake(in: .object(answer.json)) == nil, "\(route.path): \(answer.text)")
            }
        }
    }

    @Test("I24: nothing that a town's administrator can read holds a name, a birth date or the region's identifiers")
    func noPeople() async throws {
        try await AdministrationSite.serve { site in
            let town = try await Town.herten(site)
            let administrator = try await site.provider.administrator()
            for role in AdministrationRole.allCases where role.reach == .tenant {
                try await site.provider.appoint(administrator, role, at: role.testScope)
            }
            let subject = try #require(town.names["subject"].flatMap(SubjectIdentifier.init(rawValue:)))
            let account = try #require(
                try await site.provider.store.administrator(
                    named: subject, in: .pairwise(SectorIdentifier(rawValue: "sector:herten")!)))
            let device = try #require(try await site.provider.store.devices(of: account).first)
            for route in AdministrationAPI.routes where route.method == .get {
                let answer = try await site.call(administrator, .get, route.filled(town.names))
                for secret in [
                    "Mustermann", "Erika", "1964-08-12", "erika@example.org", "Direktorin", "Beispiel",
                    "Montagefahrzeuge", account.rawValue,
                    device.identifier.rawValue,
                ] { #expect(!answer.text.contains(secret), "\(route.path)") }
            }
        }
    }

    @Test("R1: no administration route is on the public listener, and none of the public ones is here")
    func listeners() async throws {
        let provider = try await TestProvider.withAdministration()
        let own = Set(AdministrationAPI.router(provider: provider.provider).routes.map(\.path.description))
        let open = Set(ProviderApplication.router(provider: provider.provider).routes.map(\.path.description))
        #expect(own.intersection(open) == ["/health"])
        #expect(own.subtracting(["/health"]).allSatisfy { $0.hasPrefix("/admin/v1/") })
    }
}
