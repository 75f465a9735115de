import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// Invariant I37: claims leave only after release by the person, who can take it back.
@Suite("The account API: releases")
struct ReleaseAccountTests {
    private static let dog = ["scope": "openid person email service:hundesteuer"]
    private static let portal = TestServices.townHall

    /// The releases of the phone's account, as the person reads them.
    private func releases(_ site: Site, _ phone: TestPhone) async throws -> [JSONObject] {
        let answer = try await site.call(phone, .get, "/account/v1/releases")
        #expect(answer.status == .ok && !answer.text.contains("Mustermann"), "names of claims, never values")
        return answer.json["releases"]?.array?.compactMap(\.object) ?? []
    }

    @Test("I37: the person sees what was released to which portal, service and purpose, and no stranger does")
    func list() async throws {
        let provider = try await TestProvider.withServices()
        try await Site.serve(provider) { site in
            let phone = try await provider.enrolledPhone(person: TestServices.erika)
            #expect(try await releases(site, phone).isEmpty)
            _ = try await site.signIn(Browser(site), at: Self.portal, phone: phone, Self.dog)
            let release = try #require(try await releases(site, phone).first)
            #expect(release["portal"] == "Portal rathaus" && release["client_id"] == "rathaus")
            #expect(release["tenant_name"] == "Stadt Herten" && release["context"] == "citizen")
            #expect(release["service"] == "hundesteuer" && release["service_title"] == "Hund anmelden")
            #expect(release["purpose_version"] == "1" && release["granted_at"]?.integer == provider.now.seconds)
            #expect(release["released"]?.strings == ["given_name", "family_name", "email"])
            #expect(release["kept_back"]?.strings == [] && release["state"] == "granted")
            #expect(release["privacy_uri"] == nil && release["legal_basis"] == nil && release["contact"] == nil)
            // What the town says of the service stands beside it, as it is now.
            try provider.changeRegion { region in
                for index in region.services.indices where region.services[index].identifier.rawValue == "hundesteuer" {
                    region.services[index].legalBasis = "Hundesteuersatzung"
                    region.services[index].privacyURI = RedirectURI(rawValue: "https://herten.example/datenschutz/hund")
                    region.services[index].contact = "Steueramt"
                }
                for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.herten {
                    region.tenants[index].branding.contact = Contact(email: "rathaus@herten.example", phone: "115")
                }
            }
            let told = try #require(try await releases(site, phone).first)
            #expect(told["legal_basis"] == "Hundesteuersatzung")
            #expect(told["privacy_uri"] == "https://herten.example/datenschutz/hund")
            #expect(told["contact"] == "Steueramt, rathaus@herten.example, 115")
            let stranger = try await provider.enrolledPhone()
            #expect(try await releases(site, stranger).isEmpty)
        }
    }

    @Test("I37: withdrawn with a confirmation: tokens give nothing more, silence is refused, the next login asks")
    func withdrawal() async throws {
        let provider = try await TestProvider.withServices()
        try await Site.serve(provider) { site in
            let phone = try await provider.enrolledPhone(person: TestServices.erika)
            let browser = Browser(site)
            let tokens = try await site.signIn(browser, at: Self.portal, phone: phone, Self.dog)
            let silent = Self.dog.merging(["prompt": "none"]) { $1 }
            #expect(try await site.ask(browser, at: Self.portal, silent)["code"] != nil, "released before")
            let path = "/releases/\(try await releases(site, phone)[0].word("release"))/withdrawal"

            let request = try await site.proposed(phone, path)
            let text = request.statement.text
            for part in ["„Portal rathaus“ (Stadt Herten)", "„Hund anmelden“", "Vorname, Familienname, E-Mail"] {
                #expect(text.contains(part), "\(text)")
            }
            #expect(try await releases(site, phone)[0]["state"] == "granted", "asking changes nothing")
            let answer = try await site.confirm(request, by: phone)
            #expect(answer.status == .ok && answer.json["state"] == "withdrawn", "\(answer.text)")
            let release = try await releases(site, phone)[0]
            #expect(release["state"] == "withdrawn" && release["ended_at"]?.integer == provider.now.seconds)

            let bearer: HTTPFields = [.authorization: "Bearer " + (tokens["access_token"]?.string ?? "")]
            #expect(try await site.get("/userinfo", headers: bearer).json.names == ["sub"])
            #expect(try await site.ask(browser, at: Self.portal, silent)["error"] == "consent_required")
            #expect(try await site.ask(browser, at: Self.portal, Self.dog).isLoginPage)
            _ = try await site.signIn(browser, at: Self.portal, phone: phone, Self.dog)
            #expect(try await releases(site, phone).map { $0["state"] } == ["granted", "withdrawn"])
            let account = try await provider.verified(phone).account.identifier
            let events = try await provider.provider.audit.page(of: account).entries
            let withdrawn = try #require(events.first { $0.kind == "release.withdrawn" })
            #expect(withdrawn.transaction == request.statement.transaction.rawValue, "the event names its confirmation")
        }
    }

    @Test("a stranger's release looks like one that does not exist; what is over cannot be taken back again")
    func refusals() async throws {
        let provider = try await TestProvider.withServices()
        try await Site.serve(provider) { site in
            let phone = try await provider.enrolledPhone()
            let stranger = try await provider.enrolledPhone()
            _ = try await site.signIn(Browser(site), at: Self.portal, phone: phone, Self.dog)
            let release = try await releases(site, phone)[0].word("release")
            for (caller, name) in [(stranger, release), (phone, "unknown-0123456789"), (phone, "x")] {
                let refused = try await site.call(
                    caller, .post, "/account/v1/releases/\(name)/withdrawal", json: [:])
                #expect(refused.status == .notFound && refused.error == "not_found", "\(refused.text)")
            }
            let path = "/releases/\(release)/withdrawal"
            // Two devices ask while it is in force; the slower one hears that it is over.
            let other = try await site.secondPhone(of: phone)
            let slow = try await site.proposed(other, path)
            #expect(try await site.act(phone, path).status == .ok)
            #expect(try await site.confirm(slow, by: other).error == "not_possible")
            let again = try await site.call(phone, .post, "/account/v1" + path, json: [:])
            #expect(again.status == .conflict && again.error == "not_possible")
        }
    }

    @Test("the text says in the person's language what is taken back, and that a login without claims is one too")
    func words() async throws {
        let provider = try await TestProvider.withServices()
        try await Site.serve(provider) { site in
            let phone = try await provider.enrolledPhone()
            let device = try await provider.verified(phone)
            _ = try await site.signIn(Browser(site), at: Self.portal, phone: phone, ["scope": "openid"])
            let release = try #require(await provider.store.releases(of: device.account.identifier).first)
            for (language, words) in [(Language.german, "nur die Anmeldung selbst"), (.english, "the login alone")] {
                let act = try await provider.provider.selfService.releases.withdrawing(
                    release.identifier, by: device, language: language)
                #expect(act.text.contains(words) && act.text.contains("Portal rathaus"), "\(act.text)")
            }
        }
    }
}

extension JSONObject {
    fileprivate func word(_ name: String) -> String { self[name]?.string ?? "" }
}
