import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

/// OpenID Connect CIBA Core 1.0 with the real programs: provider, phone, and a portal that the test plays.
@Suite("citizen-phone wait: a portal asks by itself", .serialized, .inTurn, .endsInTime)
struct BackChannelCommandTests {
    private static let secret = "a secret of the call centre, long enough"
    private static let notificationToken = "8d67dc78-7faa-4d41-aabd-67707b374255"

    /// A provider at which the office's portals are registered, a phone, and its person's `sub` there.
    private struct Office {
        let here: Installation
        let phone: Phone
        let subject: String
        let transport: TLSTransport

        func post(_ path: String, _ client: String, _ form: KeyValuePairs<String, String>) async throws -> HTTPAnswer {
            var body = FormParameters(form)
            body.append("client_id", client)
            body.append("client_secret", BackChannelCommandTests.secret)
            return try await transport.send(
                HTTPCall(
                    method: "POST", url: here.issuer + path,
                    headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(body.encoded.utf8)))
        }

        func ask(_ client: String, message: String = "Vorgang 4711") async throws -> JSONObject {
            let answer = try await post(
                "/bc-authorize", client,
                [
                    "scope": "openid person", "login_hint": subject, "binding_message": message,
                    "client_notification_token": BackChannelCommandTests.notificationToken,
                ])
            #expect(answer.status == 200)
            return try StrictJSON.parseObject(answer.body)
        }

        func tokens(_ client: String, _ begun: JSONObject) async throws -> JSONObject {
            let request = try #require(begun["auth_req_id"]?.string)
            let answer = try await post(
                "/token", client, ["grant_type": "urn:openid:params:grant-type:ciba", "auth_req_id": request])
            return try StrictJSON.parseObject(answer.body)
        }
    }

    private static let office = Task {
        let here = try await Installation.start(withPortal: false)
        let digest = Base64URL.encode(SecretDigest(of: secret).bytes)
        func client(_ identifier: String, _ more: String) -> String {
            """
              - id: \(identifier)
                tenant: marl
                name: Buergertelefon Marl
                profile: baseline
                authentication: client_secret_post
                secret_sha256: \(digest)
                grant_types: ["urn:openid:params:grant-type:ciba"]
                scopes: [openid, person]
                \(more)

            """
        }
        let file = try here.folder.write(
            "office.yaml",
            "clients:\n" + client("office-poll", "backchannel_token_delivery_mode: poll")
                + client(
                    "office-ping",
                    "backchannel_token_delivery_mode: ping\n    backchannel_client_notification_endpoint: "
                        + "\"\(here.portalURL)/ciba\""))
        let applied = try await Program.run(
            Place.program("citizen-id"), ["region", "apply", "--yes", "--data", here.data] + here.regionFiles + [file])
        try #require(applied.status == 0, "\(applied)")
        let phone = try await here.enrolledPhone()
        let subject = try await here.subject(of: phone)
        return Office(here: here, phone: phone, subject: subject, transport: try TLSTransport(additionalCA: here.ca))
    }

    @Test("poll: a clerk reads the digits out, the phone approves, the portal gets tokens")
    func poll() async throws {
        let office = try await Self.office.value
        let phone = office.phone
        async let waiting = phone.run("wait", "--timeout", "60", "--json")
        // Once it waits, other commands of this profile go on.
        try await Task.sleep(for: .seconds(1))
        let devices = try await phone.run("devices", "--json")
        #expect(devices.status == 0, "\(devices)")
        let begun = try await office.ask("office-poll")
        let shown = try await waiting
        #expect(shown.status == 0, "\(shown)")
        let json = try shown.json()
        #expect(json["state"] == "awaiting_code")
        let request = try #require(json["request"]?.object)
        #expect(request["flow"] == "backchannel" && request["binding"] == "call_code")
        #expect(request["text"]?.string?.contains("Vorgang 4711") == true)
        #expect(try await office.tokens("office-poll", begun)["error"] == "authorization_pending")

        let digits = try #require(begun["call_code"]?.string)
        let early = try await phone.run("approve", "--pin-file", phone.pinFile, "--json")
        try expectFailure(early, 20, "no_terminal")
        let wrong = digits == "0000" ? "1111" : "0000"
        let refused = try await phone.run(
            "approve", "--call-code", wrong, "--pin-file", phone.pinFile, "--json")
        try expectFailure(refused, 25, "wrong_call_code", code: "wrong_call_code")
        #expect(try refused.json()["error"]?.object?["tries_left"] == 2)
        let approved = try await phone.run(
            "approve", "--call-code", digits, "--pin-file", phone.pinFile, "--json")
        #expect(approved.status == 0, "\(approved)")
        #expect(try approved.json()["state"] == "complete")

        try await Task.sleep(for: .seconds(6))
        let tokens = try await office.tokens("office-poll", begun)
        let token = try #require(tokens["id_token"]?.string)
        let payload = try CompactJWS(parsing: token).unverifiedPayload
        let claims = try #require(payload)
        #expect(claims["sub"]?.string == office.subject)
        #expect(claims["idm"] == "backchannel" && claims["rr"] == "code")
        #expect(try await office.tokens("office-poll", begun)["error"] == "invalid_grant")
    }

    @Test("ping: the portal is told, and then gets its tokens")
    func ping() async throws {
        let office = try await Self.office.value
        let phone = office.phone
        let receiver = try await NotificationReceiver(here: office.here)
        let begun = try await office.ask("office-ping")
        let digits = try #require(begun["call_code"]?.string)
        let shown = try await phone.run("wait", "--timeout", "30", "--call-code", digits, "--json")
        #expect(try shown.json()["state"] == "awaiting_user", "\(shown)")
        #expect(receiver.requests == [])
        let approved = try await phone.run("approve", "--pin-file", phone.pinFile)
        #expect(approved.status == 0, "\(approved)")
        #expect(
            approved.lines.first
                == "Zugestimmt. Wer gefragt hat, bekommt jetzt Ihre Antwort. Sie müssen nichts weiter tun.")
        let deadline = ContinuousClock.now + .seconds(20)
        while receiver.requests.isEmpty, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
        let notification = try #require(receiver.requests.first)
        #expect(notification.hasPrefix("POST /ciba HTTP/1.1\r\n"))
        #expect(notification.contains("Bearer " + Self.notificationToken))
        let body = try #require(notification.range(of: "\r\n\r\n").map { String(notification[$0.upperBound...]) })
        let told = try StrictJSON.parseObject(Array(body.utf8))
        #expect(told["auth_req_id"] == begun["auth_req_id"] && told.members.count == 1)
        #expect(try await office.tokens("office-ping", begun)["access_token"] != nil)
        #expect(receiver.requests.count == 1)
        try await receiver.stop()
    }

    @Test(
        "a person whom nobody called reports, without digits; the portal hears access_denied and asks in vain from then on"
    )
    func report() async throws {
        let office = try await Self.office.value
        let stranger = try await office.here.enrolledPhone()
        let subject = try await office.here.subject(of: stranger)
        let other = Office(here: office.here, phone: stranger, subject: subject, transport: office.transport)
        let begun = try await other.ask("office-poll")
        #expect(try await stranger.run("wait", "--json").json()["state"] == "awaiting_code")
        let reported = try await stranger.run("report", "--json")
        #expect(try reported.json()["state"] == "reported", "\(reported)")
        #expect(try await other.tokens("office-poll", begun)["error"] == "access_denied")
        _ = try await other.ask("office-poll")
        try expectFailure(try await stranger.run("wait", "--timeout", "2", "--json"), 21, "nothing_waits")
        // Another portal of the town may ask.
        _ = try await other.ask("office-ping")
        #expect(try await stranger.run("wait", "--timeout", "10", "--json").status == 0)
        #expect(try await stranger.run("deny", "--json").status == 0)

        let stops = try await stranger.run("stops")
        #expect(stops.output.contains("office-poll  Buergertelefon Marl"), "\(stops)")
        #expect(try await stranger.run("stops", "lift", "office-poll").status == 0)
        #expect(try await stranger.run("stops").output.contains("Sie haben kein Portal gestoppt."))
        let again = try await stranger.run("stops", "lift", "office-poll", "--json")
        try expectFailure(again, 15, "provider_refused", code: "not_found")
        try expectFailure(try await stranger.run("stops", "lift", "../account", "--json"), 64, "usage")
    }
}
