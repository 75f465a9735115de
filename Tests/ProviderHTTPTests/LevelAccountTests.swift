import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Invariant I4: a level is the lowest of its reasons, and the person can read them.
@Suite("The account API: why a login has its level")
struct LevelAccountTests {
    private func explained(
        _ site: Site, _ phone: TestPhone
    ) async throws -> (explanation: JSONObject, payload: JSONObject) {
        let answer = try await site.call(phone, .get, "/account/v1/level")
        #expect(answer.status == .ok, "\(answer.text)")
        let verified = try site.provider.provider.keys.ring.verificationKeys.verify(
            CompactJWS(parsing: try #require(answer.json["statement"]?.string)),
            type: AssuranceLevel.explanationType)
        return (try #require(answer.json["explanation"]?.object), verified.payload)
    }

    @Test("I4: the explanation of this device, signed for it, in German and English, without a value of a claim")
    func device() async throws {
        let provider = try await TestProvider.withServices()
        try await Site.serve(provider) { site in
            let phone = try await provider.enrolledPhone(person: TestServices.erika, level: .substantiell)
            let (explanation, payload) = try await explained(site, phone)
            #expect(payload["iss"] == "https://id.region.example" && payload["aud"]?.string == phone.device.rawValue)
            for member in explanation.members { #expect(payload[member.name] == member.value, "\(member.name)") }
            #expect(explanation["level"] == "normal" && explanation["simulated"] == false)
            let reasons = explanation["reasons"]?.array?.compactMap(\.object) ?? []
            #expect(reasons.filter { $0["limits"] == true }.map { $0["kind"] } == ["device"])
            for words in [explanation["summary"], explanation["advice"]] + reasons.map({ $0["name"] }) {
                #expect(words?.object?.names == ["de", "en"])
            }
            for value in ["Mustermann", "Erika", "1964", "Musterweg"] { #expect(!payload.text.contains(value)) }
        }
    }

    @Test("I4: another device of the same person has another explanation; each reads its own")
    func otherDevice() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone(level: .substantiell, simulating: .strongbox)
            let other = try await site.secondPhone(of: phone)
            let (strong, weak) = (try await explained(site, phone), try await explained(site, other))
            #expect(strong.explanation["level"] == "substantiell" && strong.explanation["simulated"] == true)
            #expect(weak.explanation["level"] == "normal" && weak.explanation["simulated"] == false)
            #expect(weak.payload["aud"]?.string == other.device.rawValue)
        }
    }
    @Test("I4: the person reads the level of logins for each company as well, signed for the device, and why")
    func companies() async throws {
        try await Site.serve { site in
            let provider = site.provider
            let ada = try await provider.person("Ada", "Erste")
            let company = try await provider.registeredCompany([ada])
            let frozen = try await provider.registeredCompany(
                [ada], details: TestCompany.registered("Frost GmbH", number: "99"))
            try await provider.companies.freeze(frozen, for: .dispute, by: TestCompany.clerk)
            let answer = try await site.call(ada.phone, .get, "/account/v1/level")
            let listed = answer.json["companies"]?.array?.compactMap(\.object) ?? []
            #expect(listed.map { $0["company"]?.string } == [company.rawValue], "nobody acts for a frozen one")
            let one = try #require(listed.first)
            #expect(one["name"] == "Muster Elektrotechnik GmbH")
            let payload = try provider.provider.keys.ring.verificationKeys.verify(
                CompactJWS(parsing: try #require(one["statement"]?.string)), type: AssuranceLevel.explanationType
            ).payload
            #expect(payload["aud"]?.string == ada.phone.device.rawValue && payload["company"] == one["company"])
            #expect(payload["company_name"] == one["name"])
            let reasons = payload["reasons"]?.array?.compactMap(\.object) ?? []
            #expect(
                reasons.map { $0["kind"]?.string } == ["proofing", "authenticator", "device", "binding", "company"])
            let basis = reasons.last?["basis"]?.object
            let day = try #require(CalendarDate(rawValue: provider.today))
            #expect(basis?["de"]?.string == "durch einen Registerauszug, Stadt Herten, \(day.text(.german))")
            #expect(basis?["en"]?.string == "by an extract of the register, Stadt Herten, \(day.text(.english))")
        }
    }
}
