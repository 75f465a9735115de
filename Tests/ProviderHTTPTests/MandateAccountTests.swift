import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@Suite("The account API: mandates")
struct MandateAccountTests {
    @Test("a managing director gives a mandate limited in amount; the signed text says so; the holder sees and ends it")
    func story() async throws {
        let provider = try await TestProvider()
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        try await Site.serve(provider) { site in
            let story = try await MandateStory(provider: provider)
            let request = try await site.proposed(story.ada.phone, "/mandates", story.proposal().json)
            for part in ["Max Beispiel", "parking.permit", "500,00 EUR", "überall", "Muster Elektrotechnik GmbH"] {
                #expect(request.statement.text.contains(part), "\(request.statement.text)")
            }
            let given = try await site.confirm(request, by: story.ada.phone)
            #expect(given.status == .ok && given.json["state"]?.string == "active", "\(given.text)")
            let mandate = try #require(given.json["mandate"]?.string)
            let held = try await site.call(story.max.phone, .get, "/account/v1/mandates")
            let first = try #require(held.json["mandates"]?.array?.first?.object)
            #expect(first["mandate"]?.string == mandate)
            #expect(first["limits"]?.object?["amount"]?.string == "500.00")
            let revoked = try await site.act(story.max.phone, "/mandates/\(mandate)/revocation")
            #expect(revoked.json["state"]?.string == "revoked", "\(revoked.text)")
        }
    }

    @Test("whoever approves, suspends, resumes or ends a mandate reads and signs all that it says")
    func whatIsSigned() async throws {
        let provider = try await TestProvider()
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        try await Site.serve(provider) { site in
            let story = try await MandateStory(directors: 2, provider: provider)
            let branch = try await provider.companies.addEstablishment(
                ["activity": "00002", "name": "Lager Marl", "address": .object(TestCompany.address)],
                to: story.company, by: try await provider.verified(story.ada))
            let record = try await story.propose(by: story.ada) {
                $0.powers.establishments = .only([branch])
                $0.powers.tenants = .only([TestRegion.herten])
            }
            let mandate = record.mandate.identifier.rawValue
            for step in ["approval", "suspension", "resumption", "revocation"] {
                let request = try await site.proposed(story.directors[1].phone, "/mandates/\(mandate)/\(step)")
                for part in [
                    "Unternehmen: „Muster Elektrotechnik GmbH“", "Wer: Max Beispiel", "(parking.permit)", "Für: „",
                    "Wo: Stadt Herten", "Betriebsstätten: 00002 „Lager Marl“", "Bis zu: 500,00 EUR",
                    "Zweck: „Handwerkerparkausweise für Montagefahrzeuge“",
                ] {
                    #expect(request.statement.text.contains(part), "\(step): \(request.statement.text)")
                }
                #expect(try await site.confirm(request, by: story.directors[1].phone).status == .ok, "\(step)")
            }
        }
    }

    @Test("the text of a chain names each company, and no person of another company")
    func whatIsSignedInAChain() async throws {
        let provider = try await TestProvider()
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        try await Site.serve(provider) { site in
            let story = try await MandateStory(provider: provider)
            let service = try await story.serviceCompany()
            let parent = story.proposal {
                $0.grantee = .company(service.company)
                $0.mayDelegate = true
            }
            let given = try await site.proposed(story.ada.phone, "/mandates", parent.json)
            let serviceName = try await provider.file(of: service.company).company
                .details.name.text
            #expect(given.statement.text.contains("Wer: das Unternehmen „\(serviceName)“"), "\(given.statement.text)")
            #expect(given.statement.text.contains("Sie darf weitergegeben werden."))
            let confirmed = try await site.confirm(given, by: story.ada.phone)
            let identifier = try #require(confirmed.json["mandate"]?.string.flatMap(MandateIdentifier.init(rawValue:)))
            let child = try await story.propose(by: service.director) {
                $0.grantor = service.company
                $0.grantee = .membership(service.member)
                $0.parent = identifier
            }
            let path = "/mandates/\(child.mandate.identifier)/revocation"
            let employee = try #require(service.employee.record["family_name"]?.string)
            for (reader, isNamed) in [(service.director, true), (service.employee, true), (story.ada, false)] {
                let text = try await site.proposed(reader.phone, path).statement.text
                #expect(
                    text.contains("Unternehmen: „Muster Elektrotechnik GmbH“. Gegeben von: „\(serviceName)“."),
                    "\(text)")
                #expect(text.contains(employee) == isNamed, "\(text)")
            }
        }
    }

    @Test("I15: nobody gives the own mandate: a member's wish waits for somebody who may grant it")
    func ownWish() async throws {
        let provider = try await TestProvider()
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        try await Site.serve(provider) { site in
            let story = try await MandateStory(provider: provider)
            let asked = try await site.act(story.max.phone, "/mandates", story.proposal().json)
            #expect(asked.json["state"]?.string == "draft", "\(asked.text)")
            let mandate = try #require(asked.json["mandate"]?.string)
            let own = try await site.act(story.max.phone, "/mandates/\(mandate)/approval")
            #expect(own.status == .forbidden, "\(own.text)")
            let cosigned = try await site.act(story.ada.phone, "/mandates/\(mandate)/approval")
            #expect(cosigned.json["state"]?.string == "active", "\(cosigned.text)")
        }
    }

    @Test("a stranger's mandate looks like one that does not exist; amounts with commas are no amounts")
    func refusals() async throws {
        let provider = try await TestProvider()
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        try await Site.serve(provider) { site in
            let story = try await MandateStory(provider: provider)
            let record = try await story.propose(by: story.ada)
            let stranger = try await provider.person("Fritz", "Fremd")
            for name in [record.mandate.identifier.rawValue, "unknown-0123456789"] {
                for step in ["approval", "revocation", "suspension", "resumption"] {
                    let refused = try await site.call(
                        stranger.phone, .post, "/account/v1/mandates/\(name)/\(step)", json: [:])
                    #expect(refused.status == .notFound && refused.error == "unknown_mandate", "\(step)")
                }
            }
            for amount in ["500,00", "5e2", "-1", "0500", "1000000000000.00"] {
                var proposal = story.proposal().json
                proposal["limits"] = .object(["amount": .string(amount), "currency": "EUR"])
                let refused = try await site.call(story.ada.phone, .post, "/account/v1/mandates", json: proposal)
                #expect(refused.status == .badRequest, "\(amount)")
            }
        }
    }
}
