import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

/// A transition and its audit event are one transaction: where the trail takes no event, nothing happens.
@Suite("No act without its event: what the trail cannot take is not done")
struct EventTransactionTests {
    /// People, a company, a mandate and a release, in a database whose trail can be closed.
    struct World: Sendable {
        let database: TemporaryDatabase
        let provider: TestProvider
        let story: MandateStory
        let mandate: MandateRecord
        let invitation: InvitationIdentifier
        let establishment: EstablishmentIdentifier
        let erika: RegisteredPerson
        let release: ReleaseIdentifier
        let request: DataSubjectRequestIdentifier
        /// One that came without a phone.
        let letter: DataSubjectRequest
        /// To register clients.
        let right: RegistrationTokenIdentifier
        /// Proofs of the two people's devices, from before the trail was closed.
        let ada, max, citizen: VerifiedDevice

        var core: Provider { provider.provider }

        static let names: JSONObject = ["given_name": "Erika", "family_name": "Einmalig", "birthdate": "1964-08-12"]

        init() async throws {
            let database = try TemporaryDatabase()
            let provider = try await TestProvider(store: SQLiteStore(path: database.path))
            try provider.changeRegion { $0.services = [MandateStory.parking, MandateStory.building] }
            let story = try await MandateStory(provider: provider)
            let ada = try await provider.verified(story.ada)
            let eva = try await provider.person("Eva", "Geladene")
            let erika = try await provider.registered(person: Self.names)
            _ = try await provider.signIn(at: TestRegion.basic, phone: erika.phone)
            let releases = try await provider.store.releases(of: erika.account)
            let citizen = try await provider.verified(erika.phone)
            mandate = try await story.propose(by: story.ada)
            max = try await provider.verified(story.max)
            invitation = try await provider.companies.invite(
                ["roles": ["member"], "identity": .object(eva.identity)], into: story.company, by: ada
            ).invitation
            establishment = try await provider.companies.addEstablishment(
                Self.establishment("00002"), to: story.company, by: ada)
            release = releases[0].identifier
            request = try await provider.provider.dataRequests.file(
                DataRequestFlow.Wish(json: ["kind": "access", "tenant": "herten"]), by: citizen
            ).identifier
            letter = try await provider.provider.dataRequests.receive(
                DataRequestFlow.Wish(json: ["kind": "rectify", "tenant": "herten"]),
                on: CalendarDate(inGermanyAt: provider.now), of: erika.account, by: Author(.clerk))
            right = try #require(
                try await provider.provider.registrations.issueToken(
                    in: provider.scope(TestRegion.herten), by: nil, uses: 1, lifetime: 600)
            ).name
            (self.database, self.provider, self.story) = (database, provider, story)
            (self.ada, self.erika, self.citizen) = (ada, erika, citizen)
        }

        static func establishment(_ activity: String) -> JSONObject {
            ["activity": .string(activity), "name": "Lager", "address": .object(TestCompany.address)]
        }

        func visit(_ person: JSONObject = names, evidence: JSONObject? = nil) throws -> DeskVisit {
            try provider.visit(person, evidence: evidence)
        }
    }

    struct Act: Sendable {
        let name: String
        let perform: @Sendable (World) async throws -> Void

        init(_ name: String, _ perform: @escaping @Sendable (World) async throws -> Void) {
            self.name = name
            self.perform = perform
        }
    }

    static let married: JSONObject = {
        var names = World.names
        names["family_name"] = "Verheiratet"
        return names
    }()

    static let stranger: JSONObject = ["given_name": "Nora", "family_name": "Neu", "birthdate": "1990-01-01"]

    /// Of the desk.
    static let desk: [Act] = [
        Act("register") { _ = try await $0.core.desk.ticket(for: $0.visit(stranger)) },
        Act("ask about a duplicate") { _ = try await $0.core.desk.ticket(for: $0.visit()) },
        Act("further device") {
            _ = try await $0.core.desk.ticket(for: $0.visit(), decision: .samePerson($0.erika.account))
        },
        Act("further device with evidence") {
            _ = try await $0.core.desk.ticket(
                for: $0.visit(evidence: ["method": "eid"]), decision: .samePerson($0.erika.account))
        },
        Act("rename") { _ = try await $0.core.desk.rename($0.erika.account, visit: $0.visit(married)) },
        Act("renew") {
            _ = try await $0.core.desk.renew($0.erika.account, visit: $0.visit(evidence: ["method": "eid"]))
        },
        Act("lock") {
            try await $0.core.desk.lock($0.erika.account, for: .fraud, in: $0.provider.scope(TestRegion.herten))
        },
        Act("block a device") {
            try await $0.core.desk.block(
                $0.erika.phone.device, of: $0.erika.account, forGood: true, in: $0.provider.scope(TestRegion.herten))
        },
        Act("block code") { _ = try await $0.core.desk.freshBlockCode(of: $0.erika.account, visit: $0.visit()) },
        Act("close") { _ = try await $0.core.erasures.close($0.erika.account, visit: $0.visit()) },
        Act("receive a request") {
            _ = try await $0.core.dataRequests.receive(
                DataRequestFlow.Wish(json: ["kind": "access", "tenant": "herten"]),
                on: CalendarDate(inGermanyAt: $0.provider.now), of: $0.erika.account, by: Author(.clerk))
        },
        Act("identify a request's person") {
            _ = try await $0.core.dataRequests.identify($0.letter, in: $0.visit())
        },
        Act("export") { _ = try await $0.core.exports.export(of: $0.erika.account, visit: $0.visit()) },
    ]

    /// Of the person.
    static let own: [Act] = [
        Act("lock oneself") { try await $0.core.accounts.lock(by: $0.citizen) },
        Act("ticket for a further device") {
            _ = try await $0.core.accounts.ticketForFurtherDevice(by: $0.citizen, tenant: TestRegion.herten)
        },
        Act("suspend a device") { try await $0.provider.suspend($0.citizen.device.identifier, by: $0.citizen) },
        Act("change contact data") {
            try await $0.core.accounts.changeContact(ContactData(json: ["email": "neu@example.org"]), by: $0.citizen)
        },
        Act("close oneself") { _ = try await $0.core.erasures.close(by: $0.citizen) },
        Act("export oneself") { _ = try await $0.core.exports.export(by: $0.citizen) },
        Act("file a request") {
            _ = try await $0.core.dataRequests.file(
                DataRequestFlow.Wish(json: ["kind": "restrict", "tenant": "herten"]), by: $0.citizen)
        },
        Act("withdraw a request") {
            _ = try await $0.core.dataRequests.withdraw($0.request, by: $0.citizen)
        },
        Act("withdraw a release") {
            _ = try await $0.core.selfService.releases.flow.withdraw(
                $0.release, of: $0.erika.account, transaction: .random(bytes: 16))
        },
    ]

    /// Of companies and mandates.
    static let companies: [Act] = [
        Act("found a company") {
            _ = try await $0.provider.companies.create(TestCompany.registered("Zweite GmbH", number: "8"), by: $0.max)
        },
        Act("add an establishment") {
            _ = try await $0.provider.companies.addEstablishment(
                World.establishment("00003"), to: $0.story.company, by: $0.ada)
        },
        Act("close an establishment") {
            try await $0.provider.companies.closeEstablishment(
                $0.establishment, of: $0.story.company, by: $0.ada)
        },
        Act("invite") {
            _ = try await $0.provider.companies.invite(
                ["roles": ["member"], "identity": .object(stranger)], into: $0.story.company, by: $0.ada)
        },
        Act("withdraw an invitation") {
            try await $0.provider.companies.withdraw($0.invitation, of: $0.story.company, by: $0.ada)
        },
        Act("leave") { try await $0.provider.companies.leave($0.story.company, by: $0.max) },
        Act("remove a member") {
            _ = try await $0.provider.companies.remove($0.story.member, from: $0.story.company, by: $0.ada)
        },
        Act("suspend a member") {
            try await $0.provider.companies.suspend($0.story.member, in: $0.story.company, by: $0.ada)
        },
        Act("withdraw the consent") {
            try await $0.provider.companies.setConsent(false, in: $0.story.company, by: $0.max)
        },
        Act("close a company") { _ = try await $0.provider.companies.close($0.story.company, by: $0.ada) },
        Act("freeze a company") {
            try await $0.provider.companies.freeze($0.story.company, for: .dispute, by: TestCompany.clerk)
        },
        Act("propose a mandate") {
            _ = try await $0.core.mandates.propose(
                $0.story.proposal { $0.powers.scopes = [MandateScope(rawValue: "building.application")!] }, by: $0.ada)
        },
        Act("revoke a mandate") { _ = try await $0.core.mandates.revoke($0.mandate.mandate.identifier, by: $0.ada) },
        Act("suspend a mandate") { _ = try await $0.core.mandates.suspend($0.mandate.mandate.identifier, by: $0.ada) },
    ]

    /// Of the operator.
    static let operators: [Act] = [
        Act("rotate a key") { try await $0.core.keys.rotate(.es256, evenIfUnpublished: true) },
        Act("let somebody register clients") {
            _ = try await $0.core.registrations.issueToken(
                in: $0.provider.scope(TestRegion.herten), by: nil, uses: 1, lifetime: 600)
        },
        Act("end a right to register clients") {
            _ = try await $0.core.registrations.revokeToken(
                $0.right, in: $0.provider.scope(TestRegion.herten), by: nil)
        },
        Act("propose a template") { _ = try await $0.provider.proposeTemplate() },
    ]

    @Test("nothing of an act stays whose event cannot be written", arguments: [desk, own, companies, operators])
    func together(acts: [Act]) async throws {
        let world = try await World()
        try world.database.execute(
            """
            CREATE TRIGGER closed_trail BEFORE INSERT ON audit_event
            BEGIN SELECT RAISE(ABORT, 'the trail is closed'); END
            """)
        let before = try world.database.tables(except: ["used_once"])
        for act in acts {
            // Not for a reason of its own: it came to the event.
            await #expect("\(act.name)") {
                try await act.perform(world)
            } throws: {
                "\($0)".contains("the trail is closed")
            }
            let after = try world.database.tables(except: ["used_once"])
            let changed = after.keys.filter { after[$0] != before[$0] }.sorted()
            #expect(changed.isEmpty, "\(act.name): \(changed)")
        }
    }
}
