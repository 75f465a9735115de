import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// What administrators see of a client that serves several towns.
@Suite("I28: a client of one-for-all services in administration and at the door")
struct ServedTownTests {
    @Test("I28, I23: a town sees who serves it; the client itself is its publisher's, and unknown elsewhere")
    func administration() async throws {
        let provider = try await TestProvider.withAdministration()
        try provider.addOneForAll()
        try await AdministrationSite.serve(provider) { site in
            let (herten, bottrop) = (try await provider.administrator(), try await provider.administrator())
            try await provider.appoint(herten, .tenantAdministrator, at: .tenant(TestRegion.herten))
            try await provider.appoint(bottrop, .tenantAdministrator, at: .tenant(TestOneForAll.bottrop))
            let listed = try await site.call(herten, .get, "/tenants/herten/services").json
            let services = (listed["services"]?.array ?? []).compactMap(\.object)
            let servedBy = Dictionary(
                services.map { ($0["service"]?.string ?? "", $0["served_by"]?.strings) }
            ) { first, _ in first }
            #expect(
                servedBy == [
                    "parking": nil, "anwohnerausweis": ["einer-fuer-alle", "handwerk"],
                    "handwerkerausweis": ["handwerk"],
                ])
            let one = try await site.call(herten, .get, "/tenants/herten/services/handwerkerausweis").json
            #expect(one["served_by"]?.strings == ["handwerk"])
            let client = "/clients/\(TestOneForAll.portal.identifier)"
            let own = try await site.call(bottrop, .get, "/tenants/bottrop" + client).json["client"]?.object
            #expect(own?["served_tenants"]?.strings == ["herten", "marl", "datteln"])
            #expect(own?["services"]?.strings == ["anwohnerausweis"])
            #expect(try await site.call(herten, .get, "/tenants/herten" + client).status == .notFound)
        }
    }

    @Test("I28: the town twice is refused at every door, also beside itself in the query")
    func twice() async throws {
        let provider = try await TestProvider.withOneForAll()
        let portal = TestOneForAll.portal
        let subject = try await provider.subject(of: try await provider.enrolledPhone())
        let doors: [(path: String, portal: TestPortal, form: [String: String], status: HTTPResponse.Status)] = [
            ("/par", portal, portal.request(), .created),
            ("/device_authorization", portal, ["scope": "openid person"], .ok),
            ("/bc-authorize", portal, ["scope": "openid person", "login_hint": subject], .ok),
            (
                "/authority/check", TestOneForAll.workshop,
                ["sub": subject, "company": "muster.sectorherten", "scope": "parking.permit"], .ok
            ),
        ]
        try await Site.serve(provider) { site in
            let good = FormParameters(portal.request(["served_tenant": "herten"])).encoded
            let once = try await site.get("/authorize?" + good)
            #expect(once.headers[.location]?.hasPrefix("/login/") == true)
            for second in ["herten", "marl", ""] {
                let answer = try await site.get("/authorize?" + good + "&served_tenant=" + second)
                #expect(answer.status == .badRequest && answer.headers[.location] == nil, "\(second)")
            }
            for (path, portal, form, status) in doors {
                let (form, headers) = try site.credentials(
                    of: portal, added: form.merging(["served_tenant": "herten"]) { $1 })
                let good = FormParameters(form).encoded
                #expect(try await site.post(path, text: good, headers: headers).status == status, "\(path)")
                for second in ["herten", "marl", ""] {
                    let answer = try await site.post(
                        path, text: good + "&served_tenant=" + second, headers: headers)
                    #expect(answer.status == .badRequest && answer.error == "invalid_request", "\(path) \(second)")
                }
            }
        }
    }
}
