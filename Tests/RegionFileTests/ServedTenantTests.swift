import AccountDirectory
import OpenIDMessages
import RegionFile
import Testing

/// Clients of one-for-all services ("Einer für alle") in a region file.
@Suite("I28: served_tenants of a client")
struct ServedTenantTests {
    /// Marl, which publishes `parking`, serves Herten, which has adopted it; `change` is what differs.
    private static func text(_ changes: [String: String?] = [:], behind base: String? = nil) throws -> String {
        var members: [String: String] = [
            "id": "parken-fuer-alle", "tenant": "marl", "name": "Parken", "scopes": "[openid, person]",
            "redirect_uris": "[https://portal.marl.example/callback]", "services": "[parking]",
            "served_tenants": "[herten]",
        ]
        for (name, value) in changes { members[name] = value }
        let lines = members.sorted { $0.key < $1.key }.map { "    \($0.key): \($0.value)\n" }.joined()
        return try (base ?? LibrarySample.text()) + "  -" + lines.dropFirst(3)
    }

    private static func line(of member: String, in text: String) -> Int? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.lastIndex { $0.contains(" \(member):") }.map { $0 + 1 }
    }

    @Test
    func `I28: the publisher's client serves a town that adopted its template, whether it offers it itself or not`()
        throws
    {
        let text = try Self.text()
        #expect(mistakes(text).isEmpty, "\(mistakes(text))")
        let region = try load(text)
        let client = try #require(region.clients.last)
        #expect(client.isOneForAll && client.servedTenants.map(\.rawValue) == ["herten"])
        let registry = Registry(region: region)
        let resolved = try #require(registry.resolve(client.identifier))
        #expect(resolved.scope.tenant.identifier.rawValue == "marl" && resolved.services.isEmpty)
        let served = try #require(registry.resolve(client, for: TenantIdentifier(rawValue: "herten")!))
        #expect(served.scope.tenant.identifier.rawValue == "herten")
        #expect(served.services.map(\.identifier.rawValue) == ["parking"])
        for town in ["marl", "kreis", "x"] {
            #expect(registry.resolve(client, for: TenantIdentifier(rawValue: town)!) == nil, "\(town)")
        }
    }

    @Test(arguments: [
        ("served_tenants", "[]", "names at least one"),
        ("served_tenants", "[hertn]", "unknown tenant `hertn`; did you mean `herten`?"),
        ("served_tenants", "[herten, herten]", "occurs twice"),
        ("served_tenants", "[kreis]", "tenant `kreis` has adopted none of the services of this client"),
        ("served_tenants", "[herten, marl]", "tenant `marl` has adopted none of the services of this client"),
        ("served_tenants", "herten", "must be a list"),
        ("services", "[hund]", "unknown template `hund`"),
        ("subject_type", "public", "has pairwise subjects"),
        ("sector_identifier_uri", "https://portal.marl.example/sector", "has the sector of each, and none of its own"),
        ("tenant", "herten", "template `parking` is published by tenant `marl`"),
    ]) func `I28: what is wrong is said where it stands`(member: String, value: String, message: String) throws {
        var changes: [String: String?] = [member: value]
        if member == "tenant" { changes["redirect_uris"] = "[https://portal.herten.example/callback]" }
        let text = try Self.text(changes)
        let found = mistakes(text)
        #expect(found.contains { $0.message.contains(message) }, "\(found)")
        let place = member == "tenant" ? "services" : member
        #expect(found.allSatisfy { $0.line == Self.line(of: place, in: text) }, "\(found)")
    }

    @Test func `I28: without services nothing was adopted`() throws {
        let found = mistakes(try Self.text(["services": nil]))
        #expect(
            found.map(\.message) == ["a client that serves several towns has `services`: templates of its own tenant"])
    }

    @Test func `I28: a served town allows the client's scopes, too`() throws {
        let text = try Self.text().replacing(
            "hosts: [portal.herten.example], floor: normal}",
            with: "hosts: [portal.herten.example], floor: normal, allowed_scopes: [openid]}")
        let found = mistakes(text)
        #expect(found.map(\.message) == ["tenant `herten` does not allow scope `person`"])
        #expect(found.first?.line == Self.line(of: "scopes", in: text))
    }

    @Test func `I34, I35: the level at the served town decides which keys the client has`() throws {
        let approvals = "    approvals: {service_owner: anna, dpo: berta, version: 1.0.0}\n"
        let secret = try Self.text([
            "authentication": "client_secret_basic", "profile": "baseline",
            "secret_sha256": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
        ])
        #expect(mistakes(secret).isEmpty, "at normal it may")
        let found = mistakes(
            secret.replacing(
                approvals, with: approvals + "    overrides: {required_level: {at_least: substantiell}}\n"))
        #expect(found.contains { $0.message.contains("wants private_key_jwt") }, "\(found)")
    }

    @Test func `I28: a plan shows which towns come and go`() throws {
        let adoption = """
              - {template: parking, version: 1.0.0, tenant: marl, contact: Amt 32,
                 approvals: {service_owner: anna, dpo: berta, version: 1.0.0}}
            clients:

            """
        let both = try LibrarySample.text().replacing("clients:\n", with: adoption)
        func region(_ towns: String) throws -> Region {
            try load(try Self.text(["served_tenants": towns], behind: both))
        }
        let plan = RegionPlan(from: try region("[herten]"), to: try region("[herten, marl]"))
        #expect(plan.lines == ["~ client parken-fuer-alle: served_tenants herten → herten, marl"])
    }

    @Test func `I28: nobody registers to serve towns`() {
        for member in ["served_tenants", "services"] {
            #expect(throws: ClientMetadataError.self) { try ClientMetadata([member: ["herten"]]) }
        }
    }
}
