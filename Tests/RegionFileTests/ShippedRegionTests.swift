import AccountDirectory
import Foundation
import OpenIDMessages
import RegionFile
import Testing

@Suite("Config/emscher-lippe.yaml")
struct ShippedRegionTests {
    static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Config/emscher-lippe.yaml").path

    @Test func `loads without mistakes and has every town`() throws {
        let region = try RegionFile.load(paths: [Self.path])
        #expect(region.tenants.count == 14)
        #expect(region.operators.count == 3)
        #expect(region.services.count == 7)
        #expect(region.services.allSatisfy { $0.claims.isEmpty || $0.purpose?.english != nil })
        #expect(region.clients.filter { !$0.isOneForAll }.count == 14)
        #expect(Set(region.clients.map(\.tenant)) == Set(region.tenants.map(\.identifier)))
        #expect(region.services.allSatisfy { $0.title.english != nil })
        #expect(region.clients.allSatisfy { $0.requiresPushedAuthorizationRequests })
        #expect(region.clients.first { $0.tenant.rawValue == "dachportal" }?.scopes == ["openid"])
    }

    @Test func `names every scope that a client may have`() throws {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        let found = text.firstMatch(of: /# Scopes that the client may ask for, with `openid`: ([a-z_,#\s]+)\./)
        let comment = try #require(found)
        let named = comment.output.1.split { !$0.isLetter && $0 != "_" }.map(String.init)
        #expect(named == ClaimCatalogue.scopes.map(\.scope))
    }

    @Test func `adopts three templates, and says who offers what a town does not`() throws {
        let region = try RegionFile.load(paths: [Self.path])
        let registry = Registry(region: region)
        func service(_ name: String, _ tenant: String) -> Service? {
            registry.service(ServiceIdentifier(rawValue: name)!, at: TenantIdentifier(rawValue: tenant)!)
        }
        #expect(Set(region.library.adoptions.map(\.template.rawValue)).count == 3)
        #expect(region.library.adoptions.allSatisfy { $0.state == .adopted })
        #expect(service("bewohnerparken", "gelsenkirchen")?.requiredLevel == .normal)
        #expect(service("bewohnerparken", "bottrop")?.requiredLevel == .substantiell, "Bottrop has raised it")
        #expect(service("bewohnerparken", "herten")?.claims == ["given_name", "family_name", "address"])
        #expect(service("bewohnerparken", "marl") == nil)
        for tenant in ["bottrop", "herten"] {
            #expect(service("handwerkerparkausweis", tenant)?.contexts == [.company])
            #expect(service("handwerkerparkausweis", tenant)?.mandateScope == "parking.permit")
        }
        #expect(service("handwerkerparkausweis", "bottrop")?.amount == 30_500)
        #expect(service("handwerkerparkausweis", "herten")?.amount == 25_000)
        let answer = EffectiveServices.availability(
            of: ServiceIdentifier(rawValue: "bauantrag")!, at: TenantIdentifier(rawValue: "kreis-recklinghausen")!,
            in: region, region.library)
        guard case .elsewhere(let places) = answer else {
            Issue.record("the Kreis is no building authority")
            return
        }
        #expect(places.count == 12)
        #expect(places.allSatisfy { $0.initiateLoginURI != nil })
    }

    @Test func `I28: one deployment of Bottrop's serves two towns that adopted its template, and no other`() throws {
        let region = try RegionFile.load(paths: [Self.path])
        let registry = Registry(region: region)
        let found = region.clients.first { $0.isOneForAll }
        let client = try #require(found)
        #expect(client.tenant.rawValue == "bottrop" && client.profile == .fapi2)
        let served = region.tenants.map(\.identifier).filter { registry.resolve(client, for: $0) != nil }
        #expect(served.map(\.rawValue) == ["dorsten", "gladbeck"])
        let dorsten = try #require(registry.resolve(client, for: served[0])?.services.first)
        let gladbeck = try #require(registry.resolve(client, for: served[1])?.services.first)
        #expect(dorsten.amount == 30_500 && gladbeck.amount == 25_000, "each on its own terms")
    }

    @Test(arguments: 0..<8) func `broken at random never ends the program`(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let original = Array(try String(contentsOfFile: Self.path, encoding: .utf8).utf8)
        for _ in 0..<40 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...127, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(Array("[]{}:-\"'#&*!|>%@`,? \n\t".utf8).randomElement(using: &random)!, at: index)
                }
            }
            let found = mistakes(String(decoding: bytes, as: UTF8.self))
            #expect(found.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.message.isEmpty })
        }
    }
}

/// SplitMix64: the same numbers for the same seed on every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
