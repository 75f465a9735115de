import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// What the company clerk of a town sees of mandates at `/admin/v1`, and what a revocation there does.
@Suite("Offices of towns end mandates (invariants I18, I23, I24, I25)")
struct MandateOfficeTests {
    private static func serve(
        _ body: @Sendable (AdministrationSite, MandateStory) async throws -> Void
    ) async throws {
        try await AdministrationSite.serve { site in
            try site.provider.changeRegion { $0.services.append(MandateStory.parking) }
            try await body(site, try await MandateStory(provider: site.provider))
        }
    }

    private static func clerk(
        _ site: AdministrationSite, at tenant: TenantIdentifier = TestRegion.herten
    ) async throws -> TestAdministrator {
        let clerk = try await site.provider.administrator()
        try await site.provider.appoint(clerk, .companyClerk, at: .tenant(tenant))
        return clerk
    }

    /// Whether the employee may act for the company now.
    private static func acts(_ story: MandateStory) async throws -> Bool {
        if case .allowed = try await story.authorizes(story.member) { true } else { false }
    }

    @Test("I33: the office of a town that is not live shows and ends no mandate")
    func notLive() async throws {
        try await Self.serve { site, story in
            let clerk = try await Self.clerk(site)
            let record = try await story.propose(by: story.ada)
            try site.provider.changeRegion { region in
                for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.herten {
                    region.tenants[index].state = .suspended
                }
            }
            let path = "/tenants/herten/mandates/\(record.mandate.identifier)"
            #expect(try await site.call(clerk, .get, path).code == "tenant_not_active")
            #expect(try await site.call(clerk, .post, path + "/revocation", [:]).code == "tenant_not_active")
        }
    }

    @Test("I15: a clerk ends no mandate of a company that they belong to")
    func ownCompany() async throws {
        try await Self.serve { site, story in
            let clerk = try await site.provider.administrator(phone: story.max.phone)
            try await site.provider.appoint(clerk, .companyClerk, at: .tenant(TestRegion.herten))
            let record = try await story.propose(by: story.ada)
            let path = "/tenants/herten/mandates/\(record.mandate.identifier)/revocation"
            let refused = try await site.call(clerk, .post, path, [:])
            #expect(refused.code == "own_company" && refused.status == .forbidden, "\(refused.text)")
            #expect(try await Self.acts(story))
            #expect(try await site.call(try await Self.clerk(site), .post, path, [:]).status == .ok)
        }
    }

    @Test(
        "I18: a clerk ends a mandate: nobody acts by it any more, those whom it concerns hear of it, the trail names who"
    )
    func story() async throws {
        try await Self.serve { site, story in
            let provider = site.provider
            let clerk = try await Self.clerk(site)
            let record = try await story.propose(by: story.ada)
            let mandate = record.mandate.identifier.rawValue
            let list = "/tenants/herten/companies/\(story.company)/mandates"
            let listed = try await site.call(clerk, .get, list)
            let first = try #require(listed.json["mandates"]?.array?.first?.object, "\(listed.text)")
            #expect(first["mandate"]?.string == mandate && first["holder"] == "member" && first["state"] == "active")
            #expect(first["limits"]?.object?["amount"] == "500.00" && first["scopes"]?.strings == ["parking.permit"])
            #expect(try await Self.acts(story))

            let path = "/tenants/herten/mandates/\(mandate)"
            #expect(try await site.call(clerk, .get, path).json["state"] == "active")
            let revoked = try await site.call(clerk, .post, path + "/revocation", [:])
            #expect(revoked.status == .ok && revoked.json["state"] == "revoked", "\(revoked.text)")
            #expect(!(try await Self.acts(story)), "the next question")
            for person in [story.ada, story.max] {
                let told = try await provider.provider.accounts.notices(of: try await provider.verified(person))
                    .filter { $0.kind == .mandateEndedByOffice }
                #expect(told.map(\.detail) == [mandate])
            }
            let trail = try await provider.auditTrail().filter { $0.tenant == "herten" && $0.object == mandate }
            #expect(trail.map(\.kind) == ["mandate.seen", "mandate.revoked"])
            #expect(trail.allSatisfy { $0.actor == "administrator" }, "\(trail)")

            let again = try await site.call(clerk, .post, path + "/revocation", [:])
            #expect(again.status == .conflict && again.code == "not_possible_now", "\(again.text)")
            #expect(try await provider.auditTrail().count { $0.kind == "mandate.revoked" } == 1)
        }
    }

    @Test("I24: a clerk sees neither who holds, gave or approved a mandate, nor why")
    func noPeople() async throws {
        try await Self.serve { site, story in
            let clerk = try await Self.clerk(site)
            let record = try await story.propose(by: story.ada)
            for path in ["companies/\(story.company)/mandates", "mandates/\(record.mandate.identifier)"] {
                let answer = try await site.call(clerk, .get, "/tenants/herten/\(path)")
                #expect(answer.status == .ok, "\(answer.text)")
                for secret in [
                    "Beispiel", "Direktorin", "Montagefahrzeuge", story.member.rawValue,
                    record.mandate.proposedBy.rawValue,
                ] + record.approvals.flatMap({ [$0.account.rawValue, $0.device.rawValue] }) {
                    #expect(!answer.text.contains(secret), "\(path): \(secret)")
                }
            }
        }
    }

    @Test("I23: a mandate of one town's company is unknown to the clerk of another, and the attempt is written down")
    func otherTown() async throws {
        try await Self.serve { site, story in
            let foreign = try await Self.clerk(site, at: TestRegion.marl)
            let record = try await story.propose(by: story.ada)
            let path = "/tenants/marl/mandates/\(record.mandate.identifier)"
            for (method, path, body) in [
                (.get, path, nil), (.post, path + "/revocation", [:]),
                (.get, "/tenants/marl/companies/\(story.company)/mandates", nil),
            ] as [(HTTPRequest.Method, String, JSONObject?)] {
                let before = try await site.events(.crossTenantProbe)
                let answer = try await site.call(foreign, method, path, body)
                #expect(answer.status == .notFound && answer.code == "not_found", "\(path): \(answer.text)")
                #expect(try await site.events(.crossTenantProbe) == before + 1, "\(path)")
            }
            #expect(try await Self.acts(story), "nothing happened")
            // A name that nobody has is no probe, and looks the same.
            let before = try await site.events(.crossTenantProbe)
            let missing = try await site.call(foreign, .get, "/tenants/marl/mandates/\(MandateIdentifier.random())")
            #expect(missing.status == .notFound)
            #expect(try await site.events(.crossTenantProbe) == before)
        }
    }

    @Test("I25: nobody but the town's company clerk sees or ends a mandate")
    func roles() async throws {
        try await Self.serve { site, story in
            let record = try await story.propose(by: story.ada)
            let path = "/tenants/herten/mandates/\(record.mandate.identifier)"
            for role in AdministrationRole.allCases where role != .companyClerk {
                let other = try await site.provider.administrator()
                try await site.provider.appoint(other, role, at: role.testScope)
                #expect(try await site.call(other, .get, path).code == "not_allowed", "\(role)")
                #expect(
                    try await site.call(other, .post, path + "/revocation", [:]).code == "not_allowed", "\(role)")
            }
            #expect(try await Self.acts(story))
        }
    }
}
