import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages
import RelyingParty
import Testing

@testable import citizen_phone

/// RFC 8628, CIBA Core: who asks for tokens waits for a person, and the provider keeps in memory who waits.
@Suite("Device codes and auth_req_id of a provider that is killed (SIGKILL)", .serialized, .inTurn, .endsInTime)
struct KilledPollingTests {
    enum Grant: CaseIterable, Sendable {
        case deviceCode, authenticationRequest
    }

    private static let secret = "a secret of the portal that polls, long enough"

    /// A provider with a portal of both grants, a phone, and its person's `sub` there.
    private struct Scene {
        let here: Installation
        let phone: Phone
        let subject: String
        let transport: TLSTransport

        init() async throws {
            let here = try await Installation.prepared()
            let client = """
                clients:
                  - id: polling-portal
                    tenant: marl
                    name: Rathaus Marl
                    profile: baseline
                    authentication: client_secret_post
                    secret_sha256: \(Base64URL.encode(SecretDigest(of: secret).bytes))
                    grant_types: ["urn:ietf:params:oauth:grant-type:device_code", "urn:openid:params:grant-type:ciba"]
                    backchannel_token_delivery_mode: poll
                    scopes: [openid, person]

                """
            let overlay = try String(contentsOfFile: here.overlay, encoding: .utf8)
            try here.folder.write("overlay.yaml", overlay.replacing("clients:\n", with: client))
            try await here.startProvider()
            let phone = try await here.enrolledPhone()
            var subject = ""
            try await here.withTestPortal { portal in
                let pending = try await portal.beginLogin()
                let query = try await phone.callbackQuery(at: pending.authorizationURL)
                subject = try await portal.finishLogin(callbackQuery: query, pending: pending).subject.rawValue
            }
            (self.here, self.phone, self.subject) = (here, phone, subject)
            transport = try TLSTransport(additionalCA: here.ca)
        }

        func post(_ path: String, _ form: [String: String]) async throws -> (status: Int, json: JSONObject) {
            var body = FormParameters()
            for (name, value) in form { body.append(name, value) }
            body.append("client_id", "polling-portal")
            body.append("client_secret", secret)
            let answer = try await transport.send(
                HTTPCall(
                    method: "POST", url: here.issuer + path,
                    headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(body.encoded.utf8)))
            return (answer.status, try StrictJSON.parseObject(answer.body))
        }

        /// What redeems a request that its person has approved just now.
        func approved(_ grant: Grant) async throws -> [String: String] {
            switch grant {
            case .deviceCode: try await approvedDevice()
            case .authenticationRequest: try await approvedRequest()
            }
        }

        private func approvedDevice() async throws -> [String: String] {
            let begun = try await post("/device_authorization", ["scope": "openid"]).json
            let user = try #require(begun["user_code"]?.string, "\(begun.text)")
            let browser = try Browser(here)
            let page = try await browser.load(here.issuer + "/device", fields: [("user_code", user)])
            let link = try #require(LoginPage(html: page.text)?.qrLink, "\(page)")
            let code = try #require(try await run("scan", link)["code"]?.string)
            let form = try #require(try await browser.open(page.address).codeForm)
            let action = form.action.hasPrefix("/") ? here.issuer + form.action : form.action
            _ = try await browser.load(action, fields: form.hidden + [("code", code)])
            _ = try await run("approve", "--pin-file", phone.pinFile)
            return [
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
                "device_code": try #require(begun["device_code"]?.string),
            ]
        }

        private func approvedRequest() async throws -> [String: String] {
            async let waiting = phone.run(["wait", "--timeout", "60", "--json"], atOnce: true)
            let begun = try await post("/bc-authorize", ["scope": "openid", "login_hint": subject]).json
            let digits = try #require(begun["call_code"]?.string, "\(begun.text)")
            let shown = try await waiting
            try #require(shown.status == 0, "\(shown)")
            _ = try await run("approve", "--call-code", digits, "--pin-file", phone.pinFile)
            return [
                "grant_type": "urn:openid:params:grant-type:ciba",
                "auth_req_id": try #require(begun["auth_req_id"]?.string),
            ]
        }

        private func run(_ arguments: String...) async throws -> JSONObject {
            let result = try await phone.run(arguments + ["--json"], atOnce: true)
            try #require(result.status == 0, "\(result)")
            return try result.json()
        }
    }

    @Test(
        "killed while an approved one is redeemed, it gave tokens once at most, and afterwards nobody knows it",
        arguments: Grant.allCases)
    func killed(grant: Grant) async throws {
        let scene = try await Scene()
        var redeemed: [String: String] = [:]
        try await KilledAtRedemption(here: scene.here, use: .grant, rounds: 3...40).run {
            let redemption = try await scene.approved(grant)
            redeemed = redemption
            return { (try? await scene.post("/token", redemption))?.status == 200 }
        } check: { round in
            // Redeemed or not: who waited was in memory alone. The portal hears what RFC 6749 §5.2 has for that.
            for _ in 0..<2 {
                let again = try await scene.post("/token", redeemed)
                #expect(again.status == 400 && again.json["error"] == "invalid_grant", "round \(round): \(again)")
            }
        }
        await scene.transport.close()
    }
}
