import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// Everything that counts once, but for the refresh token, whose holders get the same successor (`RefreshTests`).
enum OneTimeObject: CaseIterable, Sendable {
    case code, deviceCode, authenticationRequest, initialAccessToken, pushedRequest, clientAssertion, requestObject
    case proof, userCode, approvedLogin, ticket

    /// Makes one; what comes back presents it, and says whether it was taken.
    func make(_ site: Site) async throws -> @Sendable () async throws -> Bool {
        let portal = EveryGrant.herten
        switch self {
        case .code:
            let phone = try await site.provider.enrolledPhone()
            return redemption(site, portal.tokenRequest(code: try await site.provider.code(at: portal, phone: phone)))
        case .deviceCode:
            let (phone, browser) = (try await site.provider.enrolledPhone(), Browser(site))
            let begun = try await site.post("/device_authorization", form: ["scope": "openid"], as: portal).json
            let entered = try await browser.post("/device", ["user_code": try begun.text("user_code")])
            let page = try #require(entered.headers[.location])
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
            return redemption(
                site,
                ["grant_type": TokenRequest.deviceCodeGrant, "device_code": try begun.text("device_code")])
        case .authenticationRequest:
            let phone = try await site.provider.enrolledPhone()
            let subject = try await site.signIn(Browser(site), at: portal, phone: phone).idToken.text("sub")
            return redemption(site, try await site.approvedBackChannel(for: subject, phone: phone))
        case .initialAccessToken:
            let token = try await site.provider.initialAccessToken(uses: 1)
            return {
                let headers: HTTPFields = [.authorization: "Bearer " + token]
                return try await site.post("/register", json: TestRegistrant.metadata(), headers: headers).status
                    == .created
            }
        case .pushedRequest:
            return begins(site, ["client_id": "pushing", "request_uri": try await site.pushed()])
        case .clientAssertion:
            let assertion = try TestRegion.pushing.assertion(now: site.now)
            return {
                var form = TestRegion.pushing.request()
                form["client_assertion"] = assertion
                form["client_assertion_type"] = ClientCredentials.assertionType
                return try await site.post("/par", form: form).status == .created
            }
        case .requestObject:
            let object = try TestProfiles.baseline.requestObject(
                now: site.now, ["jti": .string(RandomBytes.text(16))])
            return begins(site, ["client_id": "baseline", "request": object])
        case .proof:
            let form = ["grant_type": "client_credentials", "resource": EveryGrant.resource.rawValue]
            return redemption(site, form, proof: try site.provider.proof(.makeES256(), "POST", "/token").text)
        case .userCode:
            let begun = try await site.post("/device_authorization", form: ["scope": "openid"], as: portal).json
            let code = try begun.text("user_code")
            return {
                try await Browser(site).post("/device", ["user_code": code]).headers[.location]?.hasPrefix("/login/")
                    == true
            }
        case .approvedLogin:
            let (phone, browser) = (try await site.provider.enrolledPhone(), Browser(site))
            let page = try await browser.begin(portal)
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
            let cookie = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            return {
                try await site.get(page + "/finish", headers: [.cookie: cookie]).target?["code"] != nil
            }
        case .ticket:
            // A ticket may be shown often; the device that comes of it is one.
            let provider = site.provider
            let ticket = try await provider.ticket()
            return {
                do {
                    let offer = try await provider.offer(ticket: ticket)
                    let made = try TestPhone().registration(for: offer, now: provider.now)
                    return try await site.post(
                        "/device/v1/enrolments/\(offer.statement.identifier)",
                        json: [
                            "registration": .string(made.registration),
                            "inst_proof": .string(made.installationProof), "pin_proof": .string(made.pinProof),
                        ]
                    ).status == .created
                } catch is DeviceRefusal { return false }
            }
        }
    }

    private func redemption(
        _ site: Site, _ form: [String: String], proof: String? = nil
    ) -> @Sendable () async throws -> Bool {
        {
            var (complete, headers) = try site.credentials(of: EveryGrant.herten, added: form)
            complete["client_id"] = EveryGrant.herten.identifier
            headers[.proof] = proof
            return try await site.post("/token", form: complete, headers: headers).status == .ok
        }
    }

    private func begins(_ site: Site, _ request: [String: String]) -> @Sendable () async throws -> Bool {
        { try await site.get("/authorize", request).headers[.location]?.hasPrefix("/login/") == true }
    }
}

/// Checklist C5, D1: what counts once counts once however many present it at the same moment.
@Suite("Of 64 who present a one-time object at once one succeeds (D1, C5)")
struct OneTimeObjectTests {
    @Test("and afterwards it is spent", arguments: OneTimeObject.allCases)
    func parallel(object: OneTimeObject) async throws {
        let provider = try await TestProvider.withEveryGrant()
        try provider.add([TestProfiles.baseline])
        try await Site.serve(provider) { site in
            let present = try await object.make(site)
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<64 { group.addTask { try await present() } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(taken == 1)
            // What lost the race leaves nothing behind.
            if object == .userCode { #expect(provider.provider.loginsInFlight == 1) }
            let isTaken = try await present()
            #expect(!isTaken)
        }
    }
}
