import DeviceAuthenticator
import Foundation
import OpenIDMessages
import Testing

/// What a person does with the account from the phone, at a running provider.
@Suite("citizen-phone and the account", .inTurn, .endsInTime)
struct PhoneAccountTests {
    static let installation = Task { try await Installation.start() }

    @Test func `devices are renamed without the PIN and suspended with it`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Sperrmann")
        let listed = try await phone.run("devices", "--json")
        #expect(listed.status == 0, "\(listed)")
        let device = try #require(try listed.json()["devices"]?.array?.first?.object?["device"]?.string)
        let renamed = try await phone.run("devices", "rename", device, "Küchentelefon", "--json")
        #expect(try renamed.json()["name"]?.string == "Küchentelefon", "\(renamed)")

        let refused = try await phone.run("devices", "suspend", device, "--pin-file", phone.pinFile, "--json")
        try expectFailure(refused, 20, "no_terminal")
        #expect(refused.errors.contains("Gerät „Küchentelefon ("), "the text is shown before anybody is asked")
        #expect(try await phone.run("devices").output.contains("aktiv"))

        let suspended = try await phone.run(
            "devices", "suspend", device, "--yes", "--pin-file", phone.pinFile, "--language", "en", "--json")
        #expect(suspended.status == 0, "\(suspended)")
        #expect(suspended.errors.contains("Suspend the device “Küchentelefon ("))
        #expect(try suspended.json()["state"]?.string == "suspended")
        try expectFailure(try await phone.run("devices", "--json"), 17, "device_blocked", code: "device_suspended")
    }

    @Test func `a wrong PIN does nothing and costs a try`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Tippfehler")
        let device = try #require(
            try await phone.run("devices", "--json").json()["devices"]?.array?.first?.object?["device"]?.string)
        let wrong = try phone.here.folder.write("wrong-account.pin", "999999")
        let refused = try await phone.run("devices", "suspend", device, "--yes", "--pin-file", wrong, "--json")
        try expectFailure(refused, 16, "wrong_pin", code: "not_accepted")
        #expect(try refused.json()["error"]?.object?["tries_left"]?.integer == 2)
        #expect(try await phone.run("devices").output.contains("aktiv"))
    }

    @Test func `what is not there is the same as what is another's`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Neugierig")
        let stranger = try await Self.installation.value.enrolledPhone(family: "Fremd")
        let theirs = try #require(
            try await stranger.run("devices", "--json").json()["devices"]?.array?.first?.object?["device"]?.string)
        for device in [theirs, "device-0123456789"] {
            let refused = try await phone.run("devices", "rename", device, "Meins", "--json")
            try expectFailure(refused, 15, "provider_refused", code: "not_found")
        }
        try expectFailure(try await phone.run("devices", "rename", "../sessions", "x", "--json"), 64, "usage")
    }

    @Test func `a request about data is filed, seen at the desk, decided, and another one taken back`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Anfrage")
        let here = phone.here
        let filed = try await phone.run(
            "account", "request", "rectify", "--tenant", "herten", "--claim", "family_name", "--json")
        #expect(filed.status == 0, "\(filed)")
        let request = try #require(try filed.json()["request"]?.string)
        let listed = try await here.administer("request", "list")
        #expect(listed.output.contains(request) && listed.output.contains("family_name"), "\(listed)")
        let shown = try await here.administer("request", "show", request, "--json").json()
        #expect(shown["account"]?.string != nil && shown["state"] == "running" && shown["overdue"] == false)
        let unsaid = try await here.administer("request", "decide", request, "--refuse", "withdrawn", "--json")
        #expect(unsaid.status == 1, "\(unsaid)")
        #expect(try unsaid.json()["error"] == "invalid_request")
        let decided = try await here.administer("request", "decide", request, "--done", "--json")
        #expect(try decided.json()["state"] == "done", "\(decided)")
        #expect(
            try await here.administer("request", "decide", request, "--done", "--json").json()["error"]
                == "not_possible")
        #expect(try await here.administer("request", "show", "none", "--json").json()["error"] == "unknown_request")
        #expect(try await here.administer("request", "decide", request).status == 64)

        let restricted = try await phone.run("account", "request", "restrict", "--json").json()
        let second = try #require(restricted["request"]?.string)
        #expect(try await phone.run("account", "requests", "--withdraw", second).status == 0)
        let own = try await phone.run("account", "requests", "--json").json()["requests"]?.array?.compactMap(\.object)
        #expect(own?.map { $0["state"] } == ["refused", "done"])
        let unknown = try await phone.run("account", "request", "frob")
        #expect(
            unknown.status == 64 && unknown.errors.contains("access, rectify, restrict, object, erase"), "\(unknown)")
        let wrong = try await phone.run("account", "request", "erase", "--json")
        try expectFailure(wrong, 15, "provider_refused", code: "invalid_request")
    }

    @Test func `sessions are listed with their portals and ended`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Sitzung")
        #expect(try await phone.login().status == 0)
        let listed = try await phone.run("sessions", "--json")
        let session = try #require(try listed.json()["sessions"]?.array?.first?.object, "\(listed)")
        #expect(session["portals"]?.array?.first?.object?["name"]?.string == "Serviceportal Herten (Demo)")
        let identifier = try #require(session["session"]?.string)
        #expect(try await phone.run("sessions").output.contains("Serviceportal Herten (Demo)"))
        #expect(try await phone.run("sessions", "end", identifier).status == 0)
        #expect(try await phone.run("sessions", "--json").json()["sessions"]?.array?.isEmpty == true)
        let again = try await phone.run("sessions", "end", identifier, "--json")
        try expectFailure(again, 15, "provider_refused", code: "not_found")
    }

    @Test func `a release is listed, taken back with the PIN, and the next login asks again`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Freigabe")
        #expect(try await phone.run("releases").output == "Sie haben keinem Portal etwas freigegeben.\n")
        let browser = phone.here.folder.path + "/release-browser.json"
        func login() async throws -> JSONObject { try await phone.login(at: nil, "--browser", browser).json() }
        #expect(try await login()["decision"] == "approve")
        #expect(try await login()["single_sign_on"] == true, "what was released goes out again in silence")

        let listed = try await phone.run("releases", "list", "--json")
        let release = try #require(try listed.json()["releases"]?.array?.first?.object, "\(listed)")
        #expect(release["portal"] == "Serviceportal Herten (Demo)" && release["tenant_name"] == "Stadt Herten")
        #expect(release["state"] == "granted" && release["granted_at"]?.integer != nil)
        #expect(release["released"]?.strings?.contains("family_name") == true && !listed.output.contains("Freigabe"))
        let shown = try await phone.run("releases").output
        #expect(
            shown.contains("Serviceportal Herten (Demo)") && shown.contains("freigegeben: Vorname, Familienname"),
            "\(shown)")

        let identifier = try #require(release["release"]?.string)
        let act = ["releases", "withdraw", identifier, "--pin-file", phone.pinFile, "--json"]
        let unanswered = try await phone.run(act)
        try expectFailure(unanswered, 20, "no_terminal")
        #expect(unanswered.errors.contains("Ihre Freigabe für „Serviceportal Herten (Demo)“ (Stadt Herten)"))
        #expect(try await login()["single_sign_on"] == true, "asking changes nothing")
        let withdrawn = try await phone.run(act + ["--yes", "--language", "en"])
        #expect(withdrawn.status == 0 && withdrawn.errors.contains("Take back your release"), "\(withdrawn)")
        #expect(try withdrawn.json()["state"] == "withdrawn")

        let next = try await login()
        #expect(next["decision"] == "approve" && next["single_sign_on"] == nil, "\(next.text)")
        try expectFailure(try await phone.run(act + ["--yes"]), 15, "provider_refused", code: "not_possible")
        let stranger = try await Self.installation.value.enrolledPhone(family: "Freigabefremd")
        try expectFailure(try await stranger.run(act), 15, "provider_refused", code: "not_found")
        try expectFailure(
            try await phone.run("releases", "withdraw", "../lock", "--yes", "--json"), 64, "usage")
    }

    @Test func `the level is explained in both languages and as what the provider signed`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Niveau")
        let answer = try await phone.run("explain-level", "--json")
        #expect(answer.status == 0, "\(answer)")
        let explanation = try #require(try answer.json()["explanation"]?.object)
        let level = try #require(explanation["level"]?.string)
        #expect(explanation["iss"]?.string == phone.here.issuer && explanation["simulated"] == true)
        #expect(try answer.json()["statement"]?.string?.split(separator: ".").count == 3)
        let german = try await phone.run("explain-level")
        #expect(german.output.contains("Das Niveau ist \(level)") && german.output.contains("Das Gerät ist simuliert"))
        #expect(german.output.contains("* ") && german.output.contains("am Schalter mit Ausweis, Stadt Marl"))
        let english = try await phone.run("explain-level", "--language", "en")
        let title = try #require(AssuranceLevel(name: level)).title.english
        #expect(english.output.contains("The level is \(title)") && english.output.contains("a simulated device"))
        let nobody = try await Self.installation.value.newPhone()
        try expectFailure(try await nobody.run("explain-level", "--json"), 10, "not_enrolled")
    }

    @Test func `the audit trail is read page by page, each event once`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Blaettern")
        let device = try #require(
            try await phone.run("devices", "--json").json()["devices"]?.array?.first?.object?["device"]?.string)
        // More events than a page has, made by the same library without a process for each.
        let transport = try TLSTransport(additionalCA: phone.here.ca, maximumLength: 1_048_576)
        let authenticator = DeviceAuthenticator(folder: SealedFolder(path: phone.files), transport: transport)
        for number in 1...120 {
            _ = try await authenticator.accountChange(
                "POST", "/devices/\(device)/name", body: ["name": .string("Name \(number)")])
        }
        await transport.close()

        func page(_ more: String...) async throws -> (events: [JSONObject], next: Int64?) {
            let result = try await phone.run(["audit", "--json"] + more)
            try #require(result.status == 0, "\(result)")
            let json = try result.json()
            return (json["events"]?.array?.compactMap(\.object) ?? [], json["next"]?.integer)
        }
        let first = try await page()
        #expect(first.events.count == 100)
        let next = try #require(first.next)
        #expect(try await phone.run("audit").lines.last == "Weiter: --before \(next)")
        let second = try await page("--before", String(next))
        #expect(second.next == nil)
        let all = (first.events + second.events).map { $0.text }
        #expect(Set(all).count == all.count)
        let renamed = (first.events + second.events).filter { $0["kind"] == "device.renamed" }
        #expect(renamed.count == 120)
    }
}
