import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// A call that needs the store, ready to be made; each attempt has fresh credentials and names the same objects.
struct StoredCall: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let prepare: @Sendable (Site) async throws -> @Sendable () async throws -> TestResponse

    private static func token(
        _ name: String, _ make: @escaping @Sendable (Neighbours) async throws -> [String: String]
    ) -> StoredCall {
        StoredCall(testDescription: name) { site in
            let form = try await make(try await Neighbours(site))
            return { try await site.post("/token", form: form, as: EveryGrant.herten) }
        }
    }

    private static func inquiry(_ path: String, _ name: String) -> StoredCall {
        StoredCall(testDescription: "\(path) of \(name)") { site in
            let token = try await Neighbours(site).token(name)
            return { try await site.post(path, form: ["token": token], as: EveryGrant.herten) }
        }
    }

    private static func browser(
        _ name: String, _ call: @escaping @Sendable (Neighbours) async throws -> TestResponse
    ) -> StoredCall {
        StoredCall(testDescription: name) { site in
            let neighbours = try await Neighbours(site)
            return { try await call(neighbours) }
        }
    }

    private static func registration(_ method: HTTPRequest.Method) -> StoredCall {
        StoredCall(testDescription: "\(method) /register/{client}") { site in
            let neighbours = try await Neighbours(site)
            let client = try #require(neighbours.registered["client_id"]?.string)
            return { try await NamedObject.registration(method).call(neighbours, .owner, client) }
        }
    }

    private static let deviceCode = StoredCall(testDescription: "/token with a device code") { site in
        let neighbours = try await Neighbours(site)
        let begun = try await site.post(
            "/device_authorization", form: ["scope": "openid person"], as: EveryGrant.herten
        ).json
        let device = try #require(begun["device_code"]?.string)
        let entered = try await neighbours.owner.post(
            "/device", ["user_code": try #require(begun["user_code"]?.string)])
        let page = try #require(entered.headers[.location])
        let transaction = try await site.claimLogin(neighbours.owner, page: page, phone: neighbours.phone)
        let approved = try await site.approve(transaction, phone: neighbours.phone)
        #expect(approved.status == .ok)
        let form = ["grant_type": GrantType.deviceCode.rawValue, "device_code": device]
        return { try await site.post("/token", form: form, as: EveryGrant.herten) }
    }

    private static let backChannel = StoredCall(testDescription: "/token with an auth_req_id") { site in
        let neighbours = try await Neighbours(site)
        let form = try await site.approvedBackChannel(
            for: try neighbours.tokens.idToken["sub"]?.string ?? "", phone: neighbours.phone)
        return { try await site.post("/token", form: form, as: EveryGrant.herten) }
    }

    private static let response = StoredCall(testDescription: "the phone's answer") { site in
        let neighbours = try await Neighbours(site)
        let path = "/device/v1/logins/\(try await neighbours.transaction())"
        let request = try SignedStatement<LoginRequestStatement>.verify(
            #require(try await site.call(neighbours.phone, .get, path).json["request"]?.string),
            keys: site.provider.provider.keys.ring.verificationKeys)
        let answer = try neighbours.phone.response(to: request, now: site.now)
        let body: JSONObject = [
            "response": .string(answer.response), "pin_proof": .string(answer.pinProof ?? ""),
        ]
        return { try await site.call(neighbours.phone, .post, path + "/response", json: body) }
    }

    private static let enrolment = StoredCall(testDescription: "/device/v1/enrolments/{offer}") { site in
        let offer = try await site.provider.offer(ticket: try await site.provider.ticket())
        let message = try TestPhone().registration(for: offer, now: site.now)
        let body: JSONObject = [
            "registration": .string(message.registration), "inst_proof": .string(message.installationProof),
            "pin_proof": .string(message.pinProof),
        ]
        return { try await site.post("/device/v1/enrolments/\(offer.statement.identifier)", json: body) }
    }

    static let all: [StoredCall] = [
        token("/token with a code") { EveryGrant.herten.tokenRequest(code: try await $0.code()) },
        token("/token with a refresh token") {
            ["grant_type": "refresh_token", "refresh_token": try $0.token("refresh_token")]
        },
        token("/token with a subject token") {
            [
                "grant_type": GrantType.tokenExchange.rawValue, "resource": EveryGrant.resource.rawValue,
                "subject_token_type": TokenExchangeRequest.accessTokenType,
                "subject_token": try await $0.accessToken(for: EveryGrant.resource),
            ]
        },
        deviceCode, backChannel, inquiry("/introspect", "access_token"), inquiry("/introspect", "refresh_token"),
        inquiry("/revoke", "access_token"), inquiry("/revoke", "refresh_token"),
        browser("/userinfo") { neighbours in
            let token = try neighbours.token("access_token")
            return try await neighbours.site.get("/userinfo", headers: [.authorization: "Bearer " + token])
        },
        StoredCall(testDescription: "/par with an assertion") { site in
            { try await site.post("/par", form: TestRegion.pushing.request(), as: TestRegion.pushing) }
        },
        StoredCall(testDescription: "/authorize with a request object used once") { site in
            let identifier = RandomBytes.text(16)
            return {
                let object = try TestProfiles.baseline.requestObject(now: site.now, ["jti": .string(identifier)])
                return try await site.get(
                    "/authorize", ["client_id": TestProfiles.baseline.identifier, "request": object])
            }
        },
        browser("/authorize with a session") {
            try await $0.owner.get("/authorize", EveryGrant.herten.request(["prompt": "none"]))
        },
        browser("/authorize with a session and a hint") {
            let hint = try $0.tokens.idTokenText
            return try await $0.owner.get("/authorize", EveryGrant.herten.request(["id_token_hint": hint]))
        },
        browser("/sessions") { try await $0.owner.get("/sessions") },
        StoredCall(testDescription: "/sessions/end") { site in
            let neighbours = try await Neighbours(site)
            let form = [
                "csrf": try await neighbours.owner.get("/sessions").formToken, "session": neighbours.session,
            ]
            return { try await neighbours.owner.post("/sessions/end", form) }
        },
        StoredCall(testDescription: "/sessions/forget") { site in
            let neighbours = try await Neighbours(site)
            let browser = try await neighbours.rememberedBrowser()
            let form = ["csrf": try await neighbours.owner.get("/sessions").formToken, "browser": browser]
            return { try await neighbours.owner.post("/sessions/forget", form) }
        },
        browser("/logout with a hint") {
            let hint = try $0.tokens.idTokenText
            return try await $0.owner.get("/logout", ["id_token_hint": hint])
        },
        StoredCall(testDescription: "/logout/confirm") { site in
            let neighbours = try await Neighbours(site)
            let form = ["csrf": try await neighbours.owner.get("/logout").formToken]
            return { try await neighbours.owner.post("/logout/confirm", form) }
        },
        StoredCall(testDescription: "POST /register") { site in
            let token = try await site.provider.initialAccessToken()
            return {
                try await site.post(
                    "/register", json: TestRegistrant.metadata(), headers: [.authorization: "Bearer " + token])
            }
        },
        registration(.put), registration(.delete),
        StoredCall(testDescription: "/device/v1/enrolments") { site in
            let ticket = try await site.provider.ticket()
            return { try await site.post("/device/v1/enrolments", json: ["ticket": .string(ticket)]) }
        },
        enrolment, response,
        browser("/device/v1/devices") { try await $0.site.call($0.phone, .get, "/device/v1/devices") },
        browser("/device/v1/attestation") {
            try await $0.site.call($0.phone, .post, "/device/v1/attestation", json: [:])
        },
        browser("/device/v1/blocks") {
            try await $0.site.post("/device/v1/blocks", json: ["code": .string($0.phone.blockCode)])
        },
    ]
}

/// Checklist D7.
@Suite("A fault of the store is never a success (fosite CVE-2020-15223)")
struct StorageFaultTests {
    private static func serve(_ body: @Sendable (Site, FaultyStore) async throws -> Void) async throws {
        let stores = Stores()
        let provider = try await TestProvider.withEveryGrant { stores.wrap($0) }
        try provider.changeRegion { $0.clients += TestProfiles.portals.map(\.client) }
        let store = try #require(stores.made)
        try await Site.serve(provider) { site in try await body(site, store) }
    }

    /// Hands out what a closure made.
    private final class Stores {
        var made: FaultyStore?
        func wrap(_ store: any ProviderStore) -> FaultyStore {
            let faulty = FaultyStore(store)
            made = faulty
            return faulty
        }
    }

    @Test(
        "each call of the store fails once, before or after its work: 5xx, no code, no token, no session",
        arguments: StoredCall.all, FaultyStore.Moment.allCases)
    func faults(call: StoredCall, moment: FaultyStore.Moment) async throws {
        try await Self.serve { site, store in
            var number = 1
            while true {
                let attempt = try await call.prepare(site)
                store.fail(number, moment)
                let answer = try await attempt()
                guard store.heal() else {
                    #expect(answer.status.code < 400, "without a fault it must work")
                    break
                }
                #expect((500...599).contains(answer.status.code), "call \(number) of the store")
                #expect(answer.headers[.location] == nil && answer.headers[.setCookie] == nil)
                for name in ["access_token", "refresh_token", "id_token", "request_uri", "client_id", "record"] {
                    #expect(answer.json[name] == nil)
                }
                // Nothing is half done: what was not written can be tried again.
                let again = try await attempt()
                if moment == .before { #expect(again.status.code < 400, "again after call \(number)") }
                #expect(again.status.code < 500)
                number += 1
                try #require(number < 20)
            }
            #expect(number > 1, "the call needs the store")
        }
    }

    @Test("the outcome of a login stands although the browser's former session could not be looked up")
    func adoption() async throws {
        try await Self.serve { site, store in
            let neighbours = try await Neighbours(site)
            let page = try await neighbours.owner.begin(EveryGrant.herten, ["prompt": "login"])
            let transaction = try await site.claimLogin(neighbours.owner, page: page, phone: neighbours.phone)
            #expect(try await site.approve(transaction, phone: neighbours.phone).status == .ok)
            store.fail(1, .before)
            let outcome = try #require(try await neighbours.owner.get(page + "/finish").target)
            #expect(store.heal())
            #expect(try await site.tokens(outcome, at: EveryGrant.herten)["access_token"] != nil)
        }
    }
}
