import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@Suite("The account API: the account's own life")
struct AccountLifeEndpointTests {
    @Test("I5: contact data change with the PIN; verified attributes do not change at all")
    func contact() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let changed = try await site.act(phone, "/contact", ["email": "neu@example.org"])
            #expect(changed.status == .ok, "\(changed.text)")
            let profile = try await site.call(phone, .get, "/account/v1/profile")
            #expect(profile.json["person"]?.object?["email"]?.string == "neu@example.org")
            for name in ["given_name", "birthdate", "level", "state"] {
                let refused = try await site.call(
                    phone, .post, "/account/v1/contact", json: ["email": "a@example.org", name: "x"])
                #expect(refused.status == .badRequest, "\(name)")
            }
        }
    }

    @Test("I12: a further device asks, waits, and counts when the old one let it in with the PIN")
    func furtherDevice() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let added = try await site.act(phone, "/devices", ["tenant": "herten"])
            #expect(added.status == .ok, "\(added.text)")
            let link = try #require(DeviceLink(parsing: added.json["link"]?.string ?? ""))
            guard case .enrolment(let ticket, _) = link.target else {
                Issue.record("no enrolment link")
                return
            }
            let offer = try await site.provider.offer(ticket: ticket)
            let second = TestPhone()
            try await site.provider.register(second, second.registration(for: offer, now: site.now), offer: offer)
            #expect(try await site.call(second, .get, "/account/v1/devices").status == .forbidden)
            // It cannot let itself in, and a stranger cannot either.
            let stranger = try await site.provider.enrolledPhone()
            let path = "/devices/\(second.device)/approval"
            let foreign = try await site.call(stranger, .post, "/account/v1" + path, json: [:])
            #expect(foreign.status == .notFound && foreign.error == "not_found")
            // Each language has its own quotation marks around the name.
            let (devices, own) = (site.provider.provider.selfService.devices, try await site.provider.verified(phone))
            for (language, quoted) in [(Language.german, "„Telefon ("), (Language.english, "“Telefon (")] {
                let asked = try await devices.approving(second.device, by: own, language: language)
                #expect(asked.text.contains(quoted), "\(asked.text)")
            }
            #expect(try await site.act(phone, path).status == .ok)
            #expect(try await site.call(second, .get, "/account/v1/devices").status == .ok)
            let unknownTown = try await site.call(phone, .post, "/account/v1/devices", json: ["tenant": "atlantis"])
            #expect(unknownTown.status == .notFound)
            let notices = try await site.call(phone, .get, "/account/v1/notices")
            #expect(notices.json["notices"]?.array?.isEmpty == false)
        }
    }

    @Test("I39: the export has everything about the person and nothing of another, signed and as a page")
    func export() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            _ = try await site.provider.enrolledPhone(
                person: ["given_name": "Fritz", "family_name": "Fremdling", "birthdate": "1970-01-01"])
            let export = try await site.act(phone, "/export")
            #expect(export.status == .ok, "\(export.text)")
            #expect(export.text.contains("Mustermann") && !export.text.contains("Fremdling"))
            let signed = try CompactJWS(parsing: export.json["signed"]?.string ?? "")
            #expect(signed.unverifiedPayload == export.json["document"]?.object)
            #expect(export.json["html"]?.string?.contains("<html lang=\"de\">") == true)
            #expect(export.json["html"]?.string?.contains("<script") == false)
        }
    }

    @Test("a locked account, and one that is closing, has no device that is heard")
    func ends() async throws {
        try await Site.serve { site in
            for (path, member) in [("/lock", "locked"), ("/closing", "closing")] {
                let phone = try await site.provider.enrolledPhone(
                    person: ["given_name": "Erika", "family_name": .string("Ende" + member)])
                let ended = try await site.act(phone, path)
                #expect(ended.status == .ok && ended.json["state"]?.string == member, "\(ended.text)")
                let refused = try await site.call(phone, .get, "/account/v1/profile")
                #expect(refused.status == .forbidden || refused.status == .unauthorized)
            }
        }
    }
}
