import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderHTTP

/// The table of acts, walked: who finds an unlocked phone can ask for everything and gets nothing.
@Suite("The account API: no act without its confirmation")
struct UnconfirmedActTests {
    /// People and things for every route, and a good body for each action.
    private struct World {
        let owner: TestPerson
        let bodies: [ConfirmedAction: JSONObject]
        let parameters: [String: String]
        /// Acts that somebody else than the owner asks for.
        let others: [ConfirmedAction: TestPerson]

        init(_ site: Site) async throws {
            let provider = site.provider
            let story = try await MandateStory(provider: provider)
            let guest = try await provider.person("Gerd", "Gast")
            let company = story.company
            owner = story.ada
            let membership = story.member
            let mandate = try await story.propose(by: owner)
            let device = try await provider.verified(owner)
            let invitation = try await provider.companies.invite(
                ["roles": ["member"], "identity": .object(guest.identity)], into: company, by: device)
            let establishment: JSONObject = [
                "activity": "00002", "name": "Lager", "address": .object(TestCompany.address),
            ]
            let added = try await provider.companies.addEstablishment(establishment, to: company, by: device)
            var second = establishment
            second["activity"] = "00003"
            _ = try await site.signIn(Browser(site), phone: owner.phone)
            let release = try await provider.store.releases(of: device.account.identifier)[0]
            parameters = [
                "device": owner.phone.device.rawValue, "company": company.rawValue,
                "membership": membership.rawValue, "invitation": invitation.invitation.rawValue,
                "establishment": added.rawValue, "mandate": mandate.mandate.identifier.rawValue,
                "release": release.identifier.rawValue,
            ]
            bodies = [
                .addDevice: ["tenant": .string(TestRegion.herten.rawValue)],
                .changeCompany: TestCompany.registered("Dritte GmbH", number: "778"),
                .verifyCompany: ["assertion": "a"],
                .createCompany: TestCompany.registered("Zweite GmbH", number: "777"), .addEstablishment: second,
                .inviteMember: ["roles": ["member"], "identity": .object(guest.identity)],
                .approveInvitation: ["identity": .object(guest.identity)],
                .acceptInvitation: ["code": .string(invitation.code)], .changeConsent: ["given": false],
                .changeRoles: ["roles": ["user_admin"]],
                .proposeMandate: story.proposal { $0.powers.scopes = [MandateScope(rawValue: "building.application")!] }
                    .json,
            ]
            others = [.acceptInvitation: guest]
        }
    }

    @Test("mass assignment: a member that an act does not have is refused, and nothing is asked or done")
    func massAssignment() async throws {
        let provider = try await TestProvider(companyUpstream: TestUpstream())
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        try await Site.serve(provider) { site in
            let world = try await World(site)
            let code = world.bodies[.acceptInvitation] ?? [:]
            let changes: [String: JSONObject] = [
                "/devices/{device}/name": ["name": "Telefon"], "/invitations/opening": code,
                "/invitations/refusal": code, "/requests": ["kind": "access", "tenant": "herten"],
            ]
            var tried = 0
            for route in AccountRoutes.all where route.method == .post {
                let parameters = route.parameters
                guard parameters.allSatisfy({ world.parameters[$0] != nil }) else { continue }
                let body = route.action.map { world.bodies[$0] ?? [:] } ?? changes[route.path]
                guard let body else { continue }
                let path = parameters.reduce("/account/v1" + route.path) { path, name in
                    path.replacing("{\(name)}", with: world.parameters[name] ?? "")
                }
                let phone = (route.action.flatMap { world.others[$0] } ?? world.owner).phone
                for name in ["state", "level", "account", "tenant", "subject"] where body[name] == nil {
                    var more = body
                    more[name] = "herten"
                    let refused = try await site.call(phone, .post, path, json: more)
                    #expect(
                        refused.status == .badRequest && refused.error == "invalid_request",
                        "\(route.path) \(name): \(refused.text)")
                    tried += 1
                }
            }
            #expect(tried > 150)
        }
    }

    @Test("asking changes nothing; neither does confirming with a wrong PIN or by another device")
    func nothingHappens() async throws {
        let database = try TemporaryDatabase()
        let provider = try await TestProvider(
            store: try SQLiteStore(path: database.path), companyUpstream: TestUpstream())
        try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
        try await Site.serve(provider) { site in
            let world = try await World(site)
            let stranger = try await site.provider.enrolledPhone()
            for route in AccountRoutes.all {
                guard let action = route.action else { continue }
                let path = route.parameters.reduce(route.path) { path, name in
                    path.replacing("{\(name)}", with: world.parameters[name] ?? "unknown-0123456789")
                }
                let phone = (world.others[action] ?? world.owner).phone
                // Reading an invitation notes that it was read; then it stays so.
                _ = try await site.call(
                    phone, .post, "/account/v1" + path, json: world.bodies[action] ?? [:])
                let before = try database.tables(except: ["used_once"])
                let asked = try await site.call(phone, .post, "/account/v1" + path, json: world.bodies[action] ?? [:])
                #expect(asked.status == .accepted, "\(action): \(asked.text)")
                #expect(asked.json.names == ["confirmation"])
                #expect(try database.tables(except: ["used_once"]) == before, "\(action)")
                let request = try SignedStatement<ConfirmationRequestStatement>.verify(
                    #require(asked.json["confirmation"]?.string),
                    keys: provider.provider.keys.ring.verificationKeys)
                #expect(request.statement.action == action)
                let foreign = try await site.confirm(request, by: stranger)
                #expect(foreign.error == "unknown_confirmation", "\(action)")
                #expect(try database.tables(except: ["used_once"]) == before, "\(action)")
            }
            // One wrong PIN, for there are only three tries: it counts a try and does nothing else.
            let path = "/companies/\(world.parameters["company"] ?? "")/closing"
            let request = try await site.proposed(world.owner.phone, path)
            let before = try database.tables(except: ["used_once", "device", "audit_event", "audit_chain"])
            let wrong = try await site.confirm(
                request, by: world.owner.phone,
                world.owner.phone.confirmation(of: request, now: site.now, pin: .makeES256()))
            #expect(wrong.error == "not_accepted")
            #expect(try database.tables(except: ["used_once", "device", "audit_event", "audit_chain"]) == before)
        }
    }
}
