import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderHarness
import Testing

@testable import ProviderCore

/// What a town's adoptions give a portal that serves several towns, and what ends with each.
@Suite("I28: adoptions and the portal that they let in")
struct OneForAllAdoptionTests {
    private let portal = TestOneForAll.portal
    private let datteln = TestOneForAll.datteln

    private func accepts(_ town: TenantIdentifier, _ provider: TestProvider) async throws -> Bool {
        do {
            _ = try await provider.login(at: portal, ["served_tenant": town.rawValue])
            return true
        } catch AuthorizationRefusal.redirect(_, _, let reason) {
            #expect(reason == .tenantNotServed)
            return false
        }
    }

    private func terms(_ overrides: JSONObject = [:]) throws -> AdoptionTerms {
        AdoptionTerms(version: SemanticVersion(rawValue: "1.0.0")!, overrides: try MetadataPolicy(json: overrides))
    }

    /// Datteln adopts by way of the interface, so that the region file knows nothing of it.
    private func adopt(_ terms: AdoptionTerms, _ provider: TestProvider) async throws {
        let flow = provider.provider.templates
        _ = try await flow.propose(TestOneForAll.resident, terms, in: provider.scope(datteln))
        _ = try await flow.approve(TestOneForAll.resident, in: provider.scope(datteln), as: .serviceOwner, by: "anna")
        _ = try await flow.approve(
            TestOneForAll.resident, in: provider.scope(datteln), as: .dataProtectionOfficer, by: "berta")
    }

    private var strict: JSONObject { ["required_level": .object(["at_least": "substantiell"])] }

    @Test("I34, I35: what a town adopts by way of the interface lets in no client that is too weak for it")
    func tooWeak() async throws {
        let provider = try await TestProvider.withOneForAll()
        #expect(try await !accepts(datteln, provider))
        try await adopt(try terms(), provider)
        #expect(try await accepts(datteln, provider), "at normal a secret is enough")
        let raised = try await provider.provider.templates.upgrade(
            TestOneForAll.resident, in: provider.scope(datteln), to: try terms(strict))
        #expect(raised.state == .adopted)
        #expect(try await !accepts(datteln, provider), "it has a secret and pushes nothing")
        #expect(try await accepts(TestRegion.herten, provider), "the other town has its own terms")
        try provider.change(portal) {
            $0.authenticationMethod = .privateKeyJWT
            $0.secretDigest = nil
            $0.keys = [SigningKey.makeES256().publicKey.listedJWK(identifier: "key-1")]
            $0.requiresPushedAuthorizationRequests = true
            $0.grantTypes = [.authorizationCode, .refreshToken]
            $0.backChannel = nil
            $0.cryptography.idTokenEncryption = .ecdhESA256KW
        }
        let client = try #require(provider.provider.registry.resolve(portal.client.identifier))
        #expect(client.acting(for: datteln)?.service(TestOneForAll.resident)?.requiredLevel == .substantiell)
    }

    @Test("I28: one of a town's adoptions ends, and with it what came of it; the town's others go on")
    func oneEnds() async throws {
        let provider = try await TestProvider.withOneForAll()
        let phone = try await provider.enrolledPhone()
        let workshop = TestOneForAll.workshop
        func asking(_ town: TenantIdentifier) -> [String: String?] {
            ["served_tenant": town.rawValue, "scope": "openid person service:anwohnerausweis"]
        }
        let herten = try await provider.signIn(at: workshop, phone: phone, asking(TestRegion.herten))
        let marl = try await provider.signIn(at: workshop, phone: phone, asking(TestRegion.marl))
        let code = try await provider.code(at: workshop, phone: phone, asking(TestRegion.herten))
        let refresh = try herten.tokens.text("refresh_token")
        func introspected(_ token: String) async throws -> JSONObject {
            try await provider.provider.introspection.inquire(
                TokenInquiry(parameters: FormParameters(["token": token])),
                by: try await provider.authenticated(workshop))
        }

        try provider.endAdoption(of: TestOneForAll.resident, by: TestRegion.herten)
        let calls: [(String, OAuthError.Code, () async throws -> Void)] = [
            ("the code", .invalidGrant, { _ = try await provider.redeem(code, at: workshop) }),
            ("the refresh token", .invalidGrant, { _ = try await provider.refreshed(refresh, at: workshop) }),
            ("userinfo", .invalidToken, { _ = try await provider.userinfo(herten.accessToken) }),
        ]
        for (name, code, call) in calls {
            let refusal = try await provider.refusal(call)
            #expect(refusal?.error.code == code && refusal?.reason == .tenantNotServed, "\(name)")
        }
        for token in [herten.accessToken, refresh] {
            #expect(try await introspected(token) == ["active": false])
        }
        // The client still acts for Herten with its other service, and for Marl with this one.
        _ = try await provider.login(
            at: workshop, ["served_tenant": "herten", "scope": "openid service:handwerkerausweis"])
        for token in [marl.accessToken, try marl.tokens.text("refresh_token")] {
            #expect(try await introspected(token)["active"] == true)
        }
        try provider.adopt(TestOneForAll.resident, by: TestRegion.herten)
        #expect(try await introspected(herten.accessToken)["active"] == true)
        _ = try await provider.refreshed(refresh, at: workshop)
    }

    @Test("The doctor says for which declared towns the client acts, and what the others lack")
    func doctor() async throws {
        let provider = try await TestProvider.withOneForAll()
        func found(_ client: TestPortal = TestOneForAll.portal) async throws -> [IntegrationFinding] {
            try #require(try await provider.provider.clientDoctor.examine(client.client.identifier))
        }
        /// What is said of Datteln; the others are well.
        func datteln() async throws -> String? {
            let towns = try await found().filter { $0.check == "served_tenants" }
            #expect(towns.first?.result == .ok && towns.first?.cause.contains("herten, marl") == true)
            #expect(towns.dropFirst().allSatisfy { $0.result == .failure && $0.remedy?.isEmpty == false })
            #expect(towns.count <= 2)
            return towns.dropFirst().first?.cause
        }
        func set(_ state: TenantState) throws {
            try provider.changeRegion { region in
                for index in region.tenants.indices where region.tenants[index].identifier == self.datteln {
                    region.tenants[index].state = state
                }
            }
        }
        #expect(try await datteln()?.contains("datteln: it has adopted none") == true)
        let flow = provider.provider.templates
        let resident = TestOneForAll.resident
        _ = try await flow.propose(resident, try terms(), in: provider.scope(self.datteln))
        #expect(try await datteln()?.contains("datteln: its adoption waits") == true)
        _ = try await flow.approve(resident, in: provider.scope(self.datteln), as: .serviceOwner, by: "anna")
        #expect(try await datteln()?.contains("datteln: its adoption waits") == true, "one has approved")
        _ = try await flow.approve(resident, in: provider.scope(self.datteln), as: .dataProtectionOfficer, by: "berta")
        let well = try await found().filter { $0.check == "served_tenants" }
        #expect(well.map(\.result) == [.ok] && well[0].cause.contains("herten, marl, datteln"))
        try set(.suspended)
        #expect(try await datteln()?.contains("datteln: the town is not live") == true)
        try set(.live)
        func objections() async throws -> [String] {
            try await found().filter { $0.check == "registration" && $0.cause.contains("wants private_key_jwt") }
                .map(\.cause)
        }
        #expect(try await objections().isEmpty)
        _ = try await flow.upgrade(resident, in: provider.scope(self.datteln), to: try terms(strict))
        #expect(try await datteln()?.contains("datteln: the client may not ask") == true)
        #expect(try await objections().count == 1, "and why")
        #expect(try await found(TestRegion.basic).allSatisfy { $0.check != "served_tenants" })
    }
}
