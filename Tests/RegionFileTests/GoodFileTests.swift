import AccountDirectory
import Foundation
import OpenIDMessages
import RegionFile
import Testing

@Suite("A region file without mistakes")
struct GoodFileTests {
    @Test func `becomes a region, with defaults for what it leaves out`() throws {
        let region = try load(sample)
        #expect(region.identifier.rawValue == "test")
        #expect(!region.isDevelopment)
        #expect(region.evidence == EvidencePolicy(formats: ["none"], simulatorRoots: []))
        #expect(region.tenants.map(\.municipalityKey) == ["05562024", nil])
        #expect(region.tenants.map(\.allowedScopes) == [nil, ["openid", "email"]])
        #expect(region.tenants.map(\.state) == [.live, .live])
        #expect(region.services.map(\.requiredLevel) == [nil])
        let client = try #require(region.clients.first)
        #expect(client.authenticationMethod == .privateKeyJWT)
        #expect(client.keys.isEmpty)
        #expect(client.requiresPushedAuthorizationRequests)
        #expect(client.cryptography == ClientCryptography())
        #expect(client.requiredLevel == .normal)
        #expect(client.initiateLoginURI == nil)
        #expect(client.profile == .fapi2)
        #expect(client.requiresDPoP)
        #expect(client.grantTypes == [.authorizationCode])
        #expect(client.responseModes == [.query])
        #expect(client.subjectType == .pairwise)
        #expect(client.logout == ClientLogout())
        #expect(client.services.isEmpty)
        #expect(client.state == .live)
        #expect(region.clients.last?.requiredLevel == .substantiell, "the floor of its tenant")
        #expect(region.clients.last?.secretDigest != nil)
    }

    @Test func `can be several files: lists are joined, members of region are replaced`() throws {
        let more = """
            region: {name: Renamed, development: true}
            clients:
              - id: demo
                tenant: marl
                name: Demo
                redirect_uris: [http://127.0.0.1:8443/callback, http://localhost/callback]
                scopes: [openid]
            """
        let region = try RegionFile.load([
            RegionFile.Source(name: "region.yaml", text: sample, directory: "."),
            RegionFile.Source(name: "development.yaml", text: more, directory: "."),
        ])
        #expect(region.identifier.rawValue == "test")
        #expect(region.name == "Renamed")
        #expect(region.isDevelopment)
        #expect(region.clients.map(\.identifier.rawValue) == ["marl-portal", "dachportal", "demo"])
    }

    @Test func `has keys and roots in other files, relative to its own`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            component: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let pem = "-----BEGIN CERTIFICATE-----\n\(KeySamples.certificate)\n-----END CERTIFICATE-----\n"
        try Data(pem.utf8).write(to: directory.appending(component: "root.pem"))
        let keys =
            #"{"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":"\#(KeySamples.x)","y":"\#(KeySamples.y)"}]}"#
        try Data(keys.utf8).write(to: directory.appending(component: "keys.json"))
        let text = sample(
            "name: Test",
            "name: Test\n  development: true\n  evidence: {formats: [simulator, none], "
                + "simulator_roots: [root.pem]}"
        )
        .replacing("scopes: [openid, person]", with: "scopes: [openid, person]\n    jwks_file: keys.json")
        let file = directory.appending(component: "region.yaml")
        try Data(text.utf8).write(to: file)
        let region = try RegionFile.load(paths: [file.path])
        let root = try #require(Data(base64Encoded: KeySamples.certificate))
        #expect(region.evidence == EvidencePolicy(formats: ["simulator", "none"], simulatorRoots: [[UInt8](root)]))
        #expect(region.clients.first?.keys.map { $0["kid"] } == ["k1"])
    }

    @Test func `has services with their claims and why, and portals that ask for them`() throws {
        let region = try load(
            sample(
                "served_tenants: [marl]",
                "served_tenants: [marl]\n    claims: [given_name, address]\n    purpose: {de: Wozu, en: Why}\n"
                    + "    purpose_version: 3\n    amount: '305.00'\n    legal_basis: § 1 StVO\n"
                    + "    leika_key: '99108003001000'\n    contact: 02365 99-0\n    state: in_review"
            )
            .replacing(
                "scopes: [openid, person]\n",
                with: "scopes: [openid, person]\n    services: [hund]\n    state: suspended\n"
            ))
        let service = try #require(region.services.first)
        #expect(service.claims == ["given_name", "address"])
        #expect(service.purpose == LocalizedText(german: "Wozu", english: "Why"))
        #expect(service.purposeVersion == 3)
        #expect(service.amount == 30_500)
        #expect(service.legalBasis == "§ 1 StVO")
        #expect(service.leikaKey == "99108003001000")
        #expect(service.contact == "02365 99-0")
        #expect(service.state == .inReview)
        #expect(region.clients.first?.services == [service.identifier])
        #expect(region.clients.first?.state == .suspended)
    }

    @Test func `of an earlier version says active for live`() throws {
        let region = try load(sample("name: Stadt Marl", "name: Stadt Marl\n    state: active"))
        #expect(region.tenants.first?.state == .live)
    }

    @Test func `may have an RSA key inline`() throws {
        let modulus = "g" + String(repeating: "A", count: 340) + "Q"
        let region = try load(
            sample(
                "scopes: [openid, person]",
                "scopes: [openid, person]\n    jwks: {keys: [{kty: RSA, kid: a, n: \(modulus), e: AQAB}]}"))
        #expect(region.clients.first?.keys.first?["e"] == "AQAB")
    }
}
