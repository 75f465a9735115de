import AccountDirectory
import OpenIDMessages
import RegionFile
import Testing

@Suite("A plan says what would change")
struct RegionPlanTests {
    @Test func `nothing for the same region`() throws {
        let region = try load(sample)
        let plan = RegionPlan(from: region, to: region)
        #expect(plan.isEmpty)
        #expect(plan.lines.isEmpty)
    }

    @Test func `everything is new without an old region`() throws {
        #expect(
            RegionPlan(from: nil, to: try load(sample)).lines == [
                "+ region test", "+ operator gkd", "+ tenant marl", "+ tenant portal", "+ service hund",
                "+ client marl-portal", "+ client dachportal",
            ])
    }

    @Test func `added, changed and removed entries in one line each`() throws {
        let new = sample("floor: normal", "floor: substantiell")
            .replacing("- id: hund", with: "- id: katze")
            .replacing("secret_sha256: 4", with: "secret_sha256: 5")
            .replacing("scopes: [openid, person]", with: "scopes: [openid]")
        let plan = RegionPlan(from: try load(sample), to: try load(new))
        #expect(
            plan.lines == [
                "~ tenant marl: floor normal → substantiell",
                "- service hund",
                "+ service katze",
                "~ client marl-portal: scopes openid, person → openid; required_level normal → substantiell",
                "~ client dachportal: secret_sha256 replaced",
            ])
        #expect(plan.changed.map(\.members) == [["floor"], ["scopes", "required_level"], ["secret_sha256"]])
        #expect(plan.added.map(\.identifier) == ["katze"])
        #expect(plan.removed.map(\.identifier) == ["hund"])
        #expect(plan.objections.isEmpty)
    }

    @Test func `each entry names the towns whose it is, before and after, and where it stands`() throws {
        let moved = sample("tenant: marl\n    name: Serviceportal", "tenant: portal\n    name: Serviceportal")
            .replacing("[https://portal.marl.example/callback]", with: "[https://portal.test.example/callback]")
            .replacing("scopes: [openid, person]", with: "scopes: [openid]\n    state: suspended")
            .replacing("short_name: GKD", with: "short_name: gkd")
            .replacing("served_tenants: [marl]", with: "served_tenants: [portal]")
        let plan = RegionPlan(from: try load(sample), to: try load(moved))
        func tenants(_ kind: RegionPlan.Kind) -> [[String]] {
            plan.changed.filter { $0.kind == kind }.map { $0.tenants.map(\.rawValue) }
        }
        #expect(tenants(.client) == [["marl", "portal"]], "\(plan.lines)")
        #expect(tenants(.service) == [["marl", "portal"]], "\(plan.lines)")
        #expect(tenants(.operator) == [["marl", "portal"]], "\(plan.lines)")
        let client = plan.changed.first { $0.kind == .client }
        #expect(client?.members.contains("state") == true)
        #expect(client?.earlierState == "live")
        #expect(client?.state == "suspended")
    }

    @Test func `verified claims are switched on for a client, and the plan says so`() throws {
        let new = try load(sample("scopes: [openid, person]", "scopes: [openid, person]\n    verified_claims: true"))
        #expect(new.clients.map(\.receivesVerifiedClaims) == [true, false])
        #expect(
            RegionPlan(from: try load(sample), to: new).lines == [
                "~ client marl-portal: verified_claims false → true"
            ])
    }

    @Test func `a key with the same kid but other bytes is a change`() throws {
        func region(_ y: String) throws -> Region {
            let key = "{kty: EC, crv: P-256, kid: a, x: \(KeySamples.x), y: \(y)}"
            return try load(sample("scopes: [openid, person]", "scopes: [openid, person]\n    jwks: {keys: [\(key)]}"))
        }
        #expect(
            RegionPlan(from: try region(KeySamples.y), to: try region(KeySamples.negativeY)).lines == [
                "~ client marl-portal: jwks replaced"
            ])
        #expect(
            RegionPlan(from: try load(sample), to: try region(KeySamples.y)).lines == [
                "~ client marl-portal: jwks none → a"
            ])
    }

    @Test func `a day on which a host was looked at is a change, and none of the hosts`() throws {
        let new = try load(
            sample("hosts: [portal.marl.example]", "hosts: [{host: portal.marl.example, verified_on: 2026-01-15}]"))
        #expect(new.tenants.first?.hosts.first?.verifiedOn?.rawValue == "2026-01-15")
        #expect(
            RegionPlan(from: try load(sample), to: new).lines == [
                "~ tenant marl: hosts verified_on none → portal.marl.example 2026-01-15"
            ])
    }

    @Test func `and objects to a sector that would change hands`() throws {
        let swapped = sample("urn:test:marl", "urn:test:new").replacing("urn:test:portal", with: "urn:test:marl")
        #expect(
            RegionPlan(from: try load(sample), to: try load(swapped)).objections == [
                "tenant marl keeps its sector urn:test:marl",
                "sector urn:test:marl belongs to tenant marl and cannot go to portal",
            ])
    }
}
