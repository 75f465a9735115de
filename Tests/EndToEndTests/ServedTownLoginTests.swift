import OpenIDMessages
import RelyingParty
import Testing

/// One after another: they share a phone.
@Suite("I28: the library of portals names the town at the real provider", .serialized, .inTurn, .endsInTime)
struct ServedTownLoginTests {
    static let installation = Task { try await Installation.start(withPortal: false) }
    private static let resident = Task { try await installation.value.enrolledPhone() }

    static let herten = TenantIdentifier(rawValue: "herten")!
    static let dorsten = TenantIdentifier(rawValue: "dorsten")!
    /// Is not served.
    static let marl = TenantIdentifier(rawValue: "marl")!

    @Test func `I28: one deployment logs in for two towns, and the person has another name in each`() async throws {
        let phone = try await Self.resident.value
        try await phone.here.withTestPortal(ofSeveralTowns: true) { portal in
            var subjects: Set<SubjectIdentifier> = []
            for town in [Self.herten, Self.dorsten] {
                let pending = try await portal.beginLogin(servedTenant: town)
                let query = try await phone.callbackQuery(at: pending.authorizationURL)
                let login = try await portal.finishLogin(callbackQuery: query, pending: pending)
                #expect(login.servedTenant == town)
                let userinfo = try await portal.userinfo(of: login)
                #expect(userinfo["family_name"] == "Mustermann")
                subjects.insert(login.subject)
            }
            #expect(subjects.count == 2)
        }
    }

    @Test func `I28: a login that was begun for Dorsten does not end as one for Herten`() async throws {
        let phone = try await Self.resident.value
        try await phone.here.withTestPortal(ofSeveralTowns: true) { portal in
            let begun = try await portal.beginLogin(servedTenant: Self.dorsten)
            let query = try await phone.callbackQuery(at: begun.authorizationURL)
            let mixedUp = PendingLogin(
                state: begun.state, nonce: begun.nonce, verifier: begun.verifier, servedTenant: Self.herten,
                authorizationURL: begun.authorizationURL, startedAt: begun.startedAt)
            await #expect(throws: RelyingPartyError.unacceptableIDToken(.tenantMismatch)) {
                try await portal.finishLogin(callbackQuery: query, pending: mixedUp)
            }
        }
    }

    @Test func `I28: a town that is not served, and none, are refused before the browser goes anywhere`() async throws {
        try await Self.installation.value.withTestPortal(ofSeveralTowns: true) { portal in
            for town in [Self.marl, nil] { try await Self.expectRefusal(of: town, at: portal) }
        }
    }

    @Test func `I28: a portal of one tenant may name none, not even its own`() async throws {
        try await Self.installation.value.withTestPortal { portal in
            try await Self.expectRefusal(of: Self.marl, at: portal)
        }
    }

    private static func expectRefusal(of town: TenantIdentifier?, at portal: RelyingParty) async throws {
        await #expect {
            try await portal.beginLogin(servedTenant: town)
        } throws: { error in
            guard case .requestRefused(.pushedAuthorizationRequest, let refusal)? = error as? RelyingPartyError else {
                return false
            }
            return refusal.code == "invalid_request"
        }
    }
}
