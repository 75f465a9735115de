import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import Testing

@Suite("Not offered here, offered by: who offers a service is public")
struct ServiceEndpointTests {
    @Test("a portal learns who offers a service, where a login begins there, and whether a town does")
    func offers() async throws {
        let provider = try await TestProvider.withOneForAll()
        try await Site.serve(provider) { site in
            let path = "/services/\(TestOneForAll.craft)"
            let plain = try await site.get(path)
            #expect(plain.status == .ok && plain.headers[.cacheControl] == "public, max-age=300", "\(plain.text)")
            #expect(plain.json["title"]?.object?["de"] == "Handwerkerausweis" && plain.json["offered"] == nil)
            let place = (plain.json["offered_by"]?.array ?? []).compactMap(\.object)
            #expect(place.map { $0["tenant"] } == ["herten"] && place.first?["name"] == "Stadt Herten")
            #expect(
                place.first?["ags"]
                    == .string(try #require(provider.provider.registry.tenant(TestRegion.herten)?.municipalityKey)))
            for (tenant, offered) in [("herten", true), ("bottrop", false), ("05512000", false)] {
                let answer = try await site.get(path + "?tenant=\(tenant)")
                #expect(answer.json["offered"]?.bool == offered, "\(answer.text)")
                #expect(answer.json["tenant"]?.string == (offered ? "herten" : "bottrop"))
                #expect(answer.json["offered_by"] == plain.json["offered_by"])
            }
            try provider.endAdoption(of: TestOneForAll.craft, by: TestRegion.herten)
            #expect(try await site.get(path).json["offered_by"] == [], "what has ended is offered no more")
        }
    }

    @Test(
        "what nobody knows is not found, and nothing else is asked for",
        arguments: [
            ("/services/unknown", HTTPResponse.Status.notFound),
            ("/services/anwohnerausweis?tenant=atlantis", .notFound),
            ("/services/anwohnerausweis?sub=x", .badRequest), ("/services/anwohnerausweis?tenant=%zz", .badRequest),
        ])
    func refused(path: String, status: HTTPResponse.Status) async throws {
        try await Site.serve(try await TestProvider.withOneForAll()) { site in
            let answer = try await site.get(path)
            #expect(answer.status == status)
            #expect(answer.error == (status == .notFound ? "not_found" : "invalid_request"))
        }
    }

    @Test("questions are limited per address, and take nothing from the logins that begin there")
    func rateLimit() async throws {
        let limits = ProviderApplication.Limits(loginBurst: 2, loginsPerMinute: 0.001)
        try await Site.serve(try await TestProvider.withOneForAll(), limits: limits) { site in
            for _ in 0..<2 { #expect(try await site.get("/services/\(TestOneForAll.craft)").status == .ok) }
            let refused = try await site.get("/services/unknown")
            #expect(refused.status == .tooManyRequests && refused.error == "temporarily_unavailable")
            #expect(Int(refused.headers[.retryAfter] ?? "") ?? 0 > 0)
            #expect(try await site.get("/authorize", TestRegion.basic.request()).status == .seeOther)
        }
    }

    @Test("the metadata say where to ask")
    func metadata() async throws {
        let document = try await TestProvider().provider.metadata(isDevelopment: false)
        #expect(document["services_endpoint"] == .string(TestRegion.issuer.rawValue + "/services"))
    }
}
