import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import SQLiteStore
import Testing

@testable import ProviderCore

private let unknown = DeviceRefusal(.unknownCompany, .companyUnknown)
private let unknownInvitation = DeviceRefusal(.unknownInvitation, .invitationUnknown)

@Suite("Members of companies: joining, seeing, leaving")
struct CompanyMemberTests {
    @Test("an employee joins by a code that is used once, with the consent")
    func joining() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let max = try await provider.person("Max Emil", "Beispiel")
        let company = try await provider.registeredCompany([ada])
        // The inviter knows the first given name only, and writes capitals as it comes.
        var identity = max.identity
        identity["given_name"] = "MAX"
        let issued = try await provider.companies.invite(
            ["roles": ["member"], "identity": .object(identity)], into: company, by: try await provider.verified(ada))
        #expect(issued.outcome == .done && issued.expiresAt == provider.now + InvitationRules.lifetime)
        let offer = try await provider.companies.open(code: issued.code, by: try await provider.verified(max))
        #expect(offer.companyName == "Muster Elektrotechnik GmbH" && offer.roles == .member)
        await #expect(throws: DeviceRefusal(.consentNeeded, .companyConsent)) {
            try await provider.companies.accept(
                code: issued.code, usesPrivateIdentity: false, by: try await provider.verified(max))
        }
        let joined = try await provider.companies.accept(
            code: issued.code, usesPrivateIdentity: true, by: try await provider.verified(max))
        #expect(joined == company)
        await #expect(throws: unknownInvitation, "a used code") {
            try await provider.companies.accept(
                code: issued.code, usesPrivateIdentity: true, by: try await provider.verified(max))
        }
    }

    @Test("a forwarded code dies at the identity match; forged codes are as unknown")
    func forwarded() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let max = try await provider.person("Max", "Beispiel")
        let twin = try await provider.person("Max", "Beispiel", born: "1980-03-01")
        let company = try await provider.registeredCompany([ada])
        let issued = try await provider.companies.invite(
            ["roles": ["member"], "identity": .object(max.identity)], into: company,
            by: try await provider.verified(ada))
        for code in [RandomBytes.text(16), "", issued.code + "A", String(issued.code.dropLast())] {
            await #expect(throws: unknownInvitation) {
                _ = try await provider.companies.open(code: code, by: try await provider.verified(max))
            }
        }
        await #expect(throws: unknownInvitation) {
            _ = try await provider.companies.open(code: issued.code, by: try await provider.verified(twin))
        }
        await #expect(throws: unknownInvitation, "also in the right hands now") {
            _ = try await provider.companies.open(code: issued.code, by: try await provider.verified(max))
        }
        let view = try await provider.companies.company(company, for: try await provider.verified(ada))
        #expect(view.invitations.map(\.state) == [.withdrawn])
    }

    @Test(
        "an e-mail address tells nobody from others: it invites nobody, and an invitation made by it opens for nobody")
    func email() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let max = try await provider.person("Max", "Beispiel", email: "max@firma.example")
        let eve = try await provider.person("Eve", "Fremd")
        let company = try await provider.registeredCompany([ada])
        await #expect(throws: MessageError.missing("identity")) {
            _ = try await provider.companies.invite(
                ["roles": ["member"], "email": "max@firma.example"], into: company, by: provider.verified(ada))
        }
        // Whoever was forwarded the code sets the address that it waits for; nobody verifies it.
        try await provider.provider.accounts.changeContact(
            ContactData(json: ["email": "max@firma.example"]), by: provider.verified(eve))
        for guest in [eve, max] {
            let code = try await invitationByEmail(provider, "max@firma.example", into: company, by: ada)
            await #expect(throws: unknownInvitation) {
                _ = try await provider.companies.open(code: code, by: provider.verified(guest))
            }
            await #expect(throws: unknownInvitation) {
                _ = try await provider.companies.accept(
                    code: code, usesPrivateIdentity: true, by: provider.verified(guest))
            }
            #expect(try await provider.companies.companies(of: provider.verified(guest)).isEmpty)
        }
        let view = try await provider.companies.company(company, for: provider.verified(ada))
        #expect(view.invitations.map(\.state) == [.withdrawn, .withdrawn])
    }

    /// The code of an invitation that waits for an address, as the store kept them once.
    private func invitationByEmail(
        _ provider: TestProvider, _ address: String, into company: CompanyIdentifier, by inviter: TestPerson
    ) async throws -> String {
        let device = try await provider.verified(inviter)
        let (identifier, code, now) = (InvitationIdentifier.random(), RandomBytes.text(16), provider.now)
        let hashing = CompanyIdentityHashing(key: try await provider.provider.keys.secret("company-identities"))
        let own = try await provider.companies.company(company, for: device).own.identifier
        let invitation = InvitationRecord(
            identifier: identifier, company: company, roles: .member,
            expectation: hashing.hash("email\n\(identifier)\n\(address)"), invitedBy: own, createdAt: now,
            expiresAt: now + InvitationRules.lifetime)
        let digest = ContentDigest(of: code)
        let account = device.account.identifier
        let concern = CompanyConcern(actor: account)
        let decision = try await provider.store.change(company, concerning: concern, by: .person(account), now: now) {
            InvitationRules.invite(
                invitation, codeDigest: digest, isForInviter: false, device: device.device.identifier, in: $0, now: now)
        }
        #expect(decision?.refusal == nil)
        return code
    }

    @Test("a code is over after seven days")
    func expiry() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let max = try await provider.person("Max", "Beispiel")
        let company = try await provider.registeredCompany([ada])
        let issued = try await provider.companies.invite(
            ["roles": ["member"], "identity": .object(max.identity)], into: company,
            by: try await provider.verified(ada))
        provider.clock.advance(6 * 86_400)
        let device = try await provider.renewed(max)
        _ = try await provider.companies.open(code: issued.code, by: device)
        provider.clock.advance(86_400)
        await #expect(throws: unknownInvitation) {
            _ = try await provider.companies.open(code: issued.code, by: device)
        }
    }

    @Test("I15: nobody invites or promotes themselves, and nobody gives more than they have")
    func elevation() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let uwe = try await provider.person("Uwe", "Verwalter")
        let company = try await provider.registeredCompany([ada])
        let membership = try await provider.join(uwe, ["user_admin"], in: company, by: ada)
        func invite(_ roles: JSONValue, _ person: TestPerson) async throws {
            _ = try await provider.companies.invite(
                ["roles": roles, "identity": .object(person.identity)], into: company,
                by: try await provider.verified(uwe))
        }
        await #expect(throws: DeviceRefusal(.selfApproval, .selfApproval)) { try await invite(["user_admin"], uwe) }
        await #expect(throws: DeviceRefusal(.roleNotEnough, .companyRole)) { try await invite(["org_admin"], ada) }
        await #expect(throws: DeviceRefusal(.roleNotEnough, .companyRole)) { try await invite(["rights_admin"], ada) }
        await #expect(throws: DeviceRefusal(.selfApproval, .selfApproval)) {
            try await provider.companies.change(
                membership, to: try #require(CompanyRoles([.userAdmin, .rightsAdmin])), in: company,
                by: try await provider.verified(uwe))
        }
        let own = try await provider.companies.company(company, for: try await provider.verified(uwe)).own
        #expect(own.roles.roles == [.userAdmin])
    }

    @Test("I21: colleagues see names and roles, plain members only whom to ask; strangers see no company")
    func views() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let max = try await provider.person("Max", "Beispiel", email: "max@privat.example")
        let eve = try await provider.person("Eve", "Kollegin")
        let stranger = try await provider.person("Ferdinand", "Fremd")
        let company = try await provider.registeredCompany([ada])
        try await provider.join(max, ["member"], in: company, by: ada)
        try await provider.join(eve, ["member"], in: company, by: ada)
        let admin = try await provider.companies.company(company, for: try await provider.verified(ada))
        #expect(admin.people.map(\.givenName) == ["Ada", "Max", "Eve"] && admin.invitations.count == 2)
        let seen = "\(admin)"
        for secret in ["max@privat.example", "1980-02-29", max.phone.device.rawValue, max.phone.blockCode] {
            #expect(!seen.contains(secret))
        }
        let member = try await provider.companies.company(company, for: try await provider.verified(max))
        #expect(member.people.map(\.givenName) == ["Ada", "Max"] && member.invitations.isEmpty)
        await #expect(throws: unknown) {
            _ = try await provider.companies.company(company, for: try await provider.verified(stranger))
        }
    }

    @Test(
        "I18: who leaves, is suspended or withdraws the consent has no seat from that moment, and a return is another")
    func seats() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let max = try await provider.person("Max", "Beispiel")
        let company = try await provider.registeredCompany([ada])
        let membership = try await provider.join(max, ["member"], in: company, by: ada)
        func hasSeat() async throws -> Bool { try await provider.hasSeat(membership, in: company) }
        #expect(try await hasSeat())
        try await provider.companies.suspend(membership, in: company, by: try await provider.verified(ada))
        #expect(try await !hasSeat())
        try await provider.companies.resume(membership, in: company, by: try await provider.verified(ada))
        #expect(try await hasSeat())
        try await provider.companies.setConsent(false, in: company, by: try await provider.verified(max))
        #expect(try await !hasSeat())
        // The consent is the person's: no administrator gives it back.
        await #expect(throws: DeviceRefusal(.notInThisState, .companyState)) {
            try await provider.companies.resume(membership, in: company, by: try await provider.verified(ada))
        }
        try await provider.companies.setConsent(true, in: company, by: try await provider.verified(max))
        #expect(try await hasSeat())
        let proof: JSONObject = ["as_of": .string(provider.today), "level": "hoch", "method": "register_extract"]
        try await provider.companies.freeze(company, for: .insolvency, proof: proof, by: TestCompany.clerk)
        #expect(try await !hasSeat())
        try await provider.companies.cure(company, proof: proof, appointing: nil, by: TestCompany.clerk)
        #expect(try await hasSeat())
        try await provider.companies.leave(company, by: try await provider.verified(max))
        #expect(try await !hasSeat())
        let again = try await provider.join(max, ["member"], in: company, by: ada)
        #expect(again != membership)
        #expect(try await !hasSeat())
    }

    @Test("establishments are an administrator's to open and close")
    func establishments() async throws {
        let provider = try await TestProvider()
        let ada = try await provider.person("Ada", "Erste")
        let max = try await provider.person("Max", "Beispiel")
        let company = try await provider.registeredCompany([ada])
        try await provider.join(max, ["member"], in: company, by: ada)
        let branch: JSONObject = [
            "activity": "00002", "name": "Lager Marl", "ags": "05562024", "address": .object(TestCompany.address),
        ]
        await #expect(throws: DeviceRefusal(.roleNotEnough, .companyRole)) {
            _ = try await provider.companies.addEstablishment(
                branch, to: company, by: try await provider.verified(max))
        }
        let added = try await provider.companies.addEstablishment(
            branch, to: company, by: try await provider.verified(ada))
        await #expect(throws: DeviceRefusal(.companyDataRefused, .companyRequest)) {
            _ = try await provider.companies.addEstablishment(
                branch, to: company, by: try await provider.verified(ada))
        }
        try await provider.companies.closeEstablishment(added, of: company, by: try await provider.verified(ada))
        await #expect(throws: unknown) {
            try await provider.companies.closeEstablishment(added, of: company, by: try await provider.verified(ada))
        }
    }
}

extension TestProvider {
    /// The phone after a while: its attestation is renewed first.
    fileprivate func renewed(_ person: TestPerson) async throws -> VerifiedDevice {
        let nonce = provider.deviceAuthentication.nonce()
        return try await provider.deviceAuthentication.verify(
            DeviceCredentials(
                attestation: person.phone.attestation,
                proof: person.phone.proof("POST", "/device/v1/attestation", nonce: nonce, now: now), method: "POST",
                path: "/device/v1/attestation"), acceptsExpired: true)
    }
}
