import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// Everything that counts once, but for the refresh token, whose holders get the same successor (`RefreshTests`).
enum OneTimeObject: CaseIterable, Sendable {
    case code, deviceCode, authenticationRequest, initialAccessToken, pushedRequest, clientAssertion, requestObject
    case proof, userCode, approvedLogin, ticket

    /// Presents one to a provider, and says whether it was taken.
    typealias Presentation = @Sendable (Site) async throws -> Bool

    /// The call of the store in which it is decided that it is spent; nil for what memory decides.
    var decision: String? {
        switch self {
        case .code, .deviceCode, .authenticationRequest: "redeem"
        case .initialAccessToken: "register"
        case .clientAssertion, .requestObject: "use"
        case .ticket: "enrol"
        case .pushedRequest, .proof, .userCode, .approvedLogin: nil
        }
    }

    func make(_ site: Site) async throws -> Presentation {
        let portal = EveryGrant.herten
        switch self {
        case .code:
            let phone = try await site.provider.enrolledPhone()
            return redemption(portal.tokenRequest(code: try await site.provider.code(at: portal, phone: phone)))
        case .deviceCode:
            let (phone, browser) = (try await site.provider.enrolledPhone(), Browser(site))
            let begun = try await site.post("/device_authorization", form: ["scope": "openid"], as: portal).json
            let entered = try await browser.post("/device", ["user_code": try begun.text("user_code")])
            let page = try #require(entered.headers[.location])
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
            return redemption(
                ["grant_type": TokenRequest.deviceCodeGrant, "device_code": try begun.text("device_code")])
        case .authenticationRequest:
            let phone = try await site.provider.enrolledPhone()
            let subject = try await site.signIn(Browser(site), at: portal, phone: phone).idToken.text("sub")
            return redemption(try await site.approvedBackChannel(for: subject, phone: phone))
        case .initialAccessToken:
            let token = try await site.provider.initialAccessToken(uses: 1)
            return { site in
                let headers: HTTPFields = [.authorization: "Bearer " + token]
                return try await site.post("/register", json: TestRegistrant.metadata(), headers: headers).status
                    == .created
            }
        case .pushedRequest:
            return begins(["client_id": "pushing", "request_uri": try await site.pushed()])
        case .clientAssertion:
            let assertion = try TestRegion.pushing.assertion(now: site.now)
            return { site in
                var form = TestRegion.pushing.request()
                form["client_assertion"] = assertion
                form["client_assertion_type"] = ClientCredentials.assertionType
                return try await site.post("/par", form: form).status == .created
            }
        case .requestObject:
            let object = try TestProfiles.baseline.requestObject(
                now: site.now, ["jti": .string(RandomBytes.text(16))])
            return begins(["client_id": "baseline", "request": object])
        case .proof:
            let form = ["grant_type": "client_credentials", "resource": EveryGrant.resource.rawValue]
            return redemption(form, proof: try site.provider.proof(.makeES256(), "POST", "/token").text)
        case .userCode:
            let begun = try await site.post("/device_authorization", form: ["scope": "openid"], as: portal).json
            let code = try begun.text("user_code")
            return { site in
                try await Browser(site).post("/device", ["user_code": code]).headers[.location]?.hasPrefix("/login/")
                    == true
            }
        case .approvedLogin:
            let (phone, browser) = (try await site.provider.enrolledPhone(), Browser(site))
            let page = try await browser.begin(portal)
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
            let cookie = browser.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
            return { site in
                try await site.get(page + "/finish", headers: [.cookie: cookie]).target?["code"] != nil
            }
        case .ticket:
            // A ticket may be shown often; the device that comes of it is one.
            let ticket = try await site.provider.ticket()
            return { site in
                do {
                    let offer = try await site.provider.offer(ticket: ticket)
                    let made = try TestPhone().registration(for: offer, now: site.now)
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

    private func redemption(_ form: [String: String], proof: String? = nil) -> Presentation {
        { site in
            var (complete, headers) = try site.credentials(of: EveryGrant.herten, added: form)
            complete["client_id"] = EveryGrant.herten.identifier
            headers[.proof] = proof
            return try await site.post("/token", form: complete, headers: headers).status == .ok
        }
    }

    private func begins(_ request: [String: String]) -> Presentation {
        { site in try await site.get("/authorize", request).headers[.location]?.hasPrefix("/login/") == true }
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
            #expect(try await Self.taken(present, site) == 1)
            // What lost the race leaves nothing behind.
            if object == .userCode { #expect(provider.provider.loginsInFlight == 1) }
            let isTaken = try await present(site)
            #expect(!isTaken)
        }
    }

    /// What a kill between redemption and answer leaves behind.
    enum Aftermath: CaseIterable, Sendable {
        /// The program runs on, and the portal never heard: its connection broke.
        case lostAnswer
        /// The program runs again.
        case restart
    }

    @Test(
        "redeemed, and the answer lost or the provider killed before it: of 64 who present it then none succeeds",
        arguments: OneTimeObject.allCases, Aftermath.allCases)
    func afterwards(object: OneTimeObject, aftermath: Aftermath) async throws {
        let scene = try await ReopenedScene()
        try await scene.serve { site in
            let present = try await object.make(site)
            if let decision = object.decision { scene.store.fail(decision, .after) }
            let isTaken = try await present(site)
            // Either the fault fell behind the decision, or memory decided and nobody listens to the answer.
            #expect(scene.store.heal() == (object.decision != nil) && isTaken == (object.decision == nil))
            @Sendable func noneIsTaken(_ site: Site) async throws {
                let taken = try await Self.taken(present, site)
                #expect(taken == 0)
            }
            switch aftermath {
            case .lostAnswer: try await noneIsTaken(site)
            case .restart: try await scene.reopened { try await noneIsTaken($0) }
            }
        }
    }

    @Test(
        "a refresh token that rotated, and the answer lost or the provider killed before it: 64 get one successor",
        arguments: Aftermath.allCases)
    func refreshToken(aftermath: Aftermath) async throws {
        let scene = try await ReopenedScene()
        try await scene.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let token = try await site.provider.granted(at: EveryGrant.herten, phone: phone).text("refresh_token")
            scene.store.fail("refresh", .after)
            #expect(try await Self.refreshed(token, site) == nil)
            #expect(scene.store.heal())
            @Sendable func oneSuccessor(_ site: Site) async throws {
                let successors = try await withThrowingTaskGroup(of: String?.self) { group in
                    for _ in 0..<64 { group.addTask { try await Self.refreshed(token, site) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(Set(successors).count == 1)
                let successor = try #require(successors[0])
                #expect(successor != token)
                #expect(try await Self.refreshed(successor, site) != nil)
            }
            switch aftermath {
            case .lostAnswer: try await oneSuccessor(site)
            case .restart: try await scene.reopened { try await oneSuccessor($0) }
            }
        }
    }

    /// How many of 64 at once succeed.
    private static func taken(_ present: @escaping OneTimeObject.Presentation, _ site: Site) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 { group.addTask { try await present(site) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
    }

    /// The refresh token that comes with the answer; nil when there is none.
    private static func refreshed(_ token: String, _ site: Site) async throws -> String? {
        let form = ["grant_type": "refresh_token", "refresh_token": token]
        return try await site.post("/token", form: form, as: EveryGrant.herten).json["refresh_token"]?.string
    }
}

/// A provider over a file and a store that may fail, and what opens the same file after it.
private struct ReopenedScene: Sendable {
    let store: FaultyStore
    private let database: TemporaryDatabase
    private let provider: TestProvider

    init() async throws {
        database = try TemporaryDatabase()
        (provider, store) = try await Self.open(database)
    }

    private static func open(_ database: TemporaryDatabase) async throws -> (TestProvider, FaultyStore) {
        let store = try SQLiteStore(path: database.path)
        let faulty = FaultyStore(store)
        let provider = try await TestProvider.withEveryGrant(store: store) { _ in faulty }
        try provider.add([TestProfiles.baseline])
        return (provider, faulty)
    }

    func serve(_ body: @Sendable (Site) async throws -> Void) async throws {
        try await Site.serve(provider) { try await body($0) }
    }

    /// Gives the file up, as a process does that ends, and opens it again.
    func reopened(_ body: @Sendable (Site) async throws -> Void) async throws {
        try await provider.store.close()
        let next = try await Self.open(database).0
        try await Site.serve(next) { try await body($0) }
        try await next.store.close()
    }
}
