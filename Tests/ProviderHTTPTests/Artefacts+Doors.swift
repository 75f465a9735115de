import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// A place where a secret or a signed text is taken.
struct Door: Sendable {
    let name: String
    /// The classes that are taken here.
    let own: Set<String>
    /// Whether a text was taken.
    let takes: @Sendable (String) async throws -> Bool
}

extension Artefacts {
    /// Every place, in the order in which each can be tried with its own: some end what others need.
    var doors: [Door] { clientDoors + browserDoors + administrationDoors + deviceDoors }

    private static func isTaken(_ response: TestResponse) -> Bool { (200...399).contains(response.status.code) }

    private func token(_ form: [String: String], _ portal: TestPortal = TestGrants.everything) async throws -> Bool {
        Self.isTaken(try await site.post("/token", form: form, as: portal))
    }

    /// Whether a code is known for which nobody has decided yet.
    private func isPending(_ form: [String: String]) async throws -> Bool {
        let answer = try await site.post("/token", form: form, as: TestGrants.everything)
        return ["authorization_pending", "slow_down"].contains(answer.error)
    }

    private func bearer(_ path: String, _ text: String, _ body: JSONObject? = nil) async throws -> Bool {
        let headers: HTTPFields = [.authorization: "Bearer " + text]
        guard let body else { return Self.isTaken(try await site.get(path, headers: headers)) }
        return Self.isTaken(try await site.post(path, json: body, headers: headers))
    }

    /// - Parameter portal: only so many requests of one are answered at once.
    private func asksBackChannel(_ form: [String: String], by portal: TestPortal) async throws -> Bool {
        Self.isTaken(try await site.post("/bc-authorize", form: form, as: portal))
    }

    private var clientDoors: [Door] {
        let all = TestGrants.everything
        return [
            // The first: the places after it use up what it finds.
            Door(name: "introspection", own: ["refresh token", "access token", "access token for a resource"]) {
                try await site.post("/introspect", form: ["token": $0], as: all).json["active"] == true
            },
            Door(name: "code", own: ["code"]) { try await token(all.tokenRequest(code: $0)) },
            Door(name: "refresh_token", own: ["refresh token"]) {
                try await token(["grant_type": "refresh_token", "refresh_token": $0])
            },
            Door(name: "device_code", own: ["device code"]) {
                try await isPending(["grant_type": TokenRequest.deviceCodeGrant, "device_code": $0])
            },
            Door(name: "auth_req_id", own: ["auth_req_id"]) {
                try await isPending(["grant_type": TokenRequest.backChannelGrant, "auth_req_id": $0])
            },
            Door(name: "subject_token", own: ["access token for a resource"]) {
                try await token(
                    [
                        "grant_type": TokenRequest.tokenExchangeGrant, "subject_token": $0,
                        "subject_token_type": TokenExchangeRequest.accessTokenType,
                        "resource": TestGrants.archive.rawValue,
                    ], TestGrants.filesService)
            },
            Door(name: "back channel's id_token_hint", own: ["ID token"]) {
                try await asksBackChannel(["scope": "openid", "id_token_hint": $0], by: all)
            },
            Door(name: "login_hint_token", own: []) {
                try await asksBackChannel(["scope": "openid", "login_hint_token": $0], by: Self.caller)
            },
            Door(name: "back channel's request", own: []) {
                try await asksBackChannel(["request": $0], by: Self.otherCaller)
            },
            Door(name: "userinfo", own: ["access token", "access token for a company"]) {
                try await bearer("/userinfo", $0)
            },
            Door(name: "access_token of an authority", own: ["access token for a company"]) { text in
                let form = [
                    "access_token": text, "company": self["company"], "scope": "parking.permit", "amount": "100.00",
                    "currency": "EUR",
                ]
                return try await site.post("/authority/check", form: form, as: TestServices.garage)
                    .json["decision"] == "ALLOWED"
            },
            Door(name: "/register", own: ["initial access token"]) {
                try await bearer("/register", $0, TestRegistrant.metadata())
            },
            Door(name: "/register/{client}", own: ["registration access token"]) {
                try await bearer("/register/" + self["registered"], $0)
            },
            Door(name: "client_assertion", own: ["client assertion"]) { text in
                var form = TestRegion.pushing.request()
                form["client_assertion"] = text
                form["client_assertion_type"] = ClientCredentials.assertionType
                return Self.isTaken(try await site.post("/par", form: form))
            },
            Door(name: "client_secret", own: ["client secret"]) { text in
                let headers: HTTPFields = [.authorization: Site.basic(self["registered"], text)]
                return try await site.post("/introspect", form: ["token": "x"], headers: headers).status == .ok
            },
            Door(name: "portal's proof", own: ["DPoP proof"]) { text in
                let (form, headers) = try site.credentials(
                    of: TestGrants.filesService,
                    added: ["grant_type": "client_credentials", "resource": TestGrants.archive.rawValue])
                var withProof = headers
                withProof[.proof] = text
                return Self.isTaken(try await site.post("/token", form: form, headers: withProof))
            },
        ]
    }

    // MARK: Browsers

    /// A call of the script on a login's page.
    private func scripted(_ call: String, _ login: TestLogin, _ name: String, _ text: String) async throws -> JSONObject
    {
        let headers: HTTPFields = [
            .cookie: "__Host-login-\(login.page)=\(login.cookie)", .origin: TestRegion.issuer.rawValue,
        ]
        let body: JSONObject = ["csrf": .string(login.view?.formToken ?? ""), name: .string(text)]
        let answer = try await site.post("/login/\(login.page)/\(call)", json: body, headers: headers)
        return Self.isTaken(answer) ? answer.json : [:]
    }

    private var browserDoors: [Door] {
        let all = TestGrants.everything
        @Sendable func beginsLogin(_ parameters: [String: String]) async throws -> Bool {
            try await site.get("/authorize", parameters).headers[.location]?.hasPrefix("/login/") == true
        }
        return [
            Door(name: "request_uri", own: ["request_uri"]) {
                try await beginsLogin(["client_id": "pushing", "request_uri": $0])
            },
            Door(name: "request", own: ["request object"]) {
                try await beginsLogin(["client_id": "baseline", "request": $0])
            },
            Door(name: "id_token_hint", own: ["ID token"]) {
                try await beginsLogin(all.request(["id_token_hint": $0]))
            },
            Door(name: "id_token_hint of a logout", own: ["ID token"]) { text in
                Self.isTaken(try await site.get("/logout", ["id_token_hint": text]))
            },
            Door(name: "session", own: ["session"]) { text in
                try await site.get("/sessions", headers: [.cookie: "__Host-session=" + text]).text
                    .contains("class=\"end-form\"")
            },
            Door(name: "user_code", own: ["user code"]) {
                Self.isTaken(try await Browser(site).post("/device", ["user_code": $0]))
            },
            Door(name: "login cookie", own: ["login cookie"]) { text in
                let page = self["login page"]
                let cookie = "__Host-login-\(page)=\(text)"
                return Self.isTaken(try await site.get("/login/" + page, headers: [.cookie: cookie]))
            },
            // A login takes proofs of its browser once: every other text has a login of its own.
            Door(name: "known browsers' proofs", own: ["browser's proof"]) { text in
                let login = text == self["browser's proof"] ? knowing : try await site.provider.login()
                return try await scripted("browser", login, "proofs", text)["known"]?.array?.isEmpty == false
            },
            Door(name: "proof of a browser to be known", own: ["browser's registration"]) { text in
                let login =
                    text == self["browser's registration"]
                    ? remembering : try await site.provider.rememberingLogin(of: otherPhone).login
                return try await scripted("remember", login, "proof", text)["browser"] != nil
            },
        ]
    }

    // MARK: Administration

    /// A call of the administrator, with this token and the proof for it or with another one.
    private func me(token: String, proof: String? = nil) async throws -> Bool {
        let path = AdministrationAPI.path + "/me"
        let shown = TestAdministrator(
            phone: administrator.phone, key: administrator.key, accessToken: token, refreshToken: "",
            subject: administrator.subject)
        let proof = try proof ?? site.provider.administrationProof(shown, "GET", path).text
        return Self.isTaken(
            try await administration.send(
                .get, path, headers: [.authorization: "DPoP " + token, .proof: proof]))
    }

    private var administrationDoors: [Door] {
        [
            Door(name: "administration", own: ["access token for administration"]) { try await me(token: $0) },
            Door(name: "administration's proof", own: ["DPoP proof for administration"]) {
                try await me(token: administrator.accessToken, proof: $0)
            },
            // What is there to be named is served: AdministrationMatrixTests.
            Door(name: "names in administration", own: []) { text in
                let name = FormParameters.percentEncode(text)
                for route in AdministrationAPI.routes where route.method == .get && route.parameters.count > 1 {
                    var names = Dictionary(uniqueKeysWithValues: route.parameters.map { ($0, name) })
                    names["tenant"] = "herten"
                    let answer = try await administration.call(clerk, .get, route.filled(names))
                    if Self.isTaken(answer) { return true }
                }
                return false
            },
            Door(name: "bootstrap ticket", own: ["bootstrap ticket"]) {
                Self.isTaken(try await administration.call(administrator, .post, "/bootstrap", ["ticket": .string($0)]))
            },
        ]
    }

    // MARK: Devices

    private func device(_ path: String, _ members: JSONObject) async throws -> Bool {
        Self.isTaken(try await site.call(phone, .post, path, json: members))
    }

    private var deviceDoors: [Door] {
        [
            Door(name: "ticket", own: ["ticket"]) {
                Self.isTaken(try await site.post("/device/v1/enrolments", json: ["ticket": .string($0)]))
            },
            Door(name: "an offer's name", own: ["offer's name"]) { text in
                let body: JSONObject = [
                    "registration": .string(self["registration"]), "inst_proof": .string(self["installation proof"]),
                    "pin_proof": .string(self["registration's PIN proof"]),
                ]
                let path = "/device/v1/enrolments/" + FormParameters.percentEncode(text)
                return Self.isTaken(try await site.post(path, json: body))
            },
            Door(name: "attestation", own: ["client attestation"]) {
                Self.isTaken(try await site.call(phone, .get, "/device/v1/devices", attestation: $0))
            },
            Door(name: "device's proof", own: ["device's proof"]) {
                Self.isTaken(try await site.call(phone, .get, "/device/v1/devices", proof: $0))
            },
            Door(name: "claim", own: ["link in a QR code", "link on the same device"]) {
                try await device("/device/v1/claims", ["link": .string($0)])
            },
            Door(name: "invitation", own: ["invitation"]) {
                try await device("/account/v1/invitations/opening", ["code": .string($0)])
            },
            Door(name: "a login's name", own: ["transaction"]) { text in
                let name = FormParameters.percentEncode(text)
                return Self.isTaken(try await site.call(phone, .get, "/device/v1/logins/" + name))
            },
            Door(name: "answer to a login", own: ["login response"]) {
                try await device(
                    "/device/v1/logins/\(self["transaction"])/response",
                    ["response": .string($0), "pin_proof": .string(self["PIN proof"])])
            },
            // It suspends the phone.
            Door(name: "confirmation of an act", own: ["confirmation"]) {
                try await device(
                    "/account/v1/confirmations/\(self["act"])",
                    ["response": .string($0), "pin_proof": .string(self["confirmation's PIN proof"])])
            },
            Door(name: "block code", own: ["block code"]) {
                Self.isTaken(try await site.post("/device/v1/blocks", json: ["code": .string($0)]))
            },
        ]
    }
}
