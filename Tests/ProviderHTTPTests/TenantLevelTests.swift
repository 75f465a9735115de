import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// A town's administrator asks why a person of the town's portals does not reach a level (invariants I4, I24).
@Suite("/admin/v1: why logins of a subject have their level")
struct TenantLevelTests {
    @Test("I24: each device that can log in, under the town's own name for it, signed, without model or claim")
    func levels() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let phone = try await provider.enrolledPhone(simulating: .strongbox)
            let signedIn = try await provider.signIn(at: TestRegion.basic, phone: phone)
            let subject = try #require(signedIn.idToken["sub"]?.string)
            let administrator = try await provider.administrator()
            try await provider.appoint(administrator, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/subjects/\(subject)"
            let answer = try await site.call(administrator, .get, path + "/level")
            #expect(answer.status == .ok, "\(answer.text)")
            let levels = answer.json["levels"]?.array?.compactMap(\.object) ?? []
            let devices = try await site.call(administrator, .get, path + "/devices")
            let named = devices.json["devices"]?.array?.compactMap(\.object).map { $0["device"] } ?? []
            #expect(levels.map { $0["device"] } == named && levels.count == 1)
            let level = try #require(levels.first)
            let explanation = try #require(level["explanation"]?.object)
            #expect(explanation["level"] == "substantiell" && explanation["simulated"] == true)
            let reasons = explanation["reasons"]?.array?.compactMap(\.object) ?? []
            #expect(reasons.last?["facts"]?.object?.names == ["keys_in_hardware"], "a model could tell who it is")
            let payload = try provider.provider.keys.ring.verificationKeys.verify(
                CompactJWS(parsing: try #require(level["statement"]?.string)), type: AssuranceLevel.explanationType
            ).payload
            #expect(payload["sub"]?.string == subject && payload["device"] == level["device"])
            #expect(payload["reasons"] == explanation["reasons"] && payload["aud"] == nil)
            for secret in [phone.device.rawValue, "Mustermann"] { #expect(!payload.text.contains(secret)) }
        }
    }

    @Test("a device that cannot log in is not explained")
    func suspended() async throws {
        try await AdministrationSite.serve { site in
            let provider = site.provider
            let phone = try await provider.enrolledPhone()
            let signedIn = try await provider.signIn(at: TestRegion.basic, phone: phone)
            let subject = try #require(signedIn.idToken["sub"]?.string)
            let administrator = try await provider.administrator()
            try await provider.appoint(administrator, .tenantAdministrator, at: .tenant(TestRegion.herten))
            try await provider.suspend(phone.device, by: provider.verified(phone))
            let answer = try await site.call(administrator, .get, "/tenants/herten/subjects/\(subject)/level")
            #expect(answer.status == .ok && answer.json["levels"]?.array?.isEmpty == true, "\(answer.text)")
        }
    }
}
