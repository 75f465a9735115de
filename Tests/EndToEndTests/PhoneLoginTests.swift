import ChildProcesses
import Foundation
import Glibc
import OpenIDMessages
import RelyingParty
import Testing

@testable import citizen_phone

/// One after another: a phone answers one login at a time, and most tests share a phone.
@Suite("citizen-phone answers logins", .serialized, .inTurn, .endsInTime)
struct PhoneLoginTests {
    static let installation = Task { try await Installation.start() }

    @Test(arguments: ["qr", "link"])
    func `an approved login ends at the portal's account`(flow: String) async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Schmidt")
        let result = try await phone.login(
            at: nil, "--flow", flow, "--accept", "application/json", "--show-page", "--timings")
        #expect(result.status == 0, "\(result)")
        let json = try result.json()
        #expect(json["decision"] == "approve")
        #expect(json["status"]?.integer == 200)
        #expect(json["final_url"]?.string == phone.here.portalURL + "/account")
        #expect(json["page"]?.object?["userinfo"]?.object?["family_name"] == "Schmidt")
        let token = json["page"]?.object?["id_token"]?.object
        #expect(token?["idm"] == (flow == "qr" ? "qr" : "link"), "\(result)")
        #expect(json["timings_ms"]?.object?["total"]?.integer != nil)
    }

    @Test(arguments: ["deny", "report"], ["qr", "link"])
    func `a refused login ends at the portal without a session`(decision: String, flow: String) async throws {
        let phone = try await Self.refusing.value
        let result = try await phone.run(
            "login", phone.here.loginURL, "--decision", decision, "--flow", flow, "--json", "--show-page")
        #expect(result.status == 0, "the phone did what it was asked: \(result)")
        let json = try result.json()
        #expect(json["decision"]?.string == decision)
        #expect(json["state"]?.string == (decision == "deny" ? "denied" : "reported"))
        let callback = try #require(json["callback"]?.string)
        #expect(callback.hasPrefix(phone.here.portalURL + "/oidc/callback?"))
        #expect(callback.contains("error=access_denied"))
        #expect(!callback.contains("code="))
        #expect(json["final_url"]?.string?.hasPrefix(phone.here.portalURL) == true)
        #expect(json["final_url"]?.string?.hasSuffix("/account") == false)
        #expect(!result.output.contains("Mustermann"), "nothing was released")
    }

    // fapi2-security-profile-final-user-rejects-authentication
    @Test func `the relying party hears access_denied and nothing else`() async throws {
        let phone = try await Self.refusing.value
        try await phone.here.withTestPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL, "--decision", "deny")
            await #expect {
                try await portal.finishLogin(callbackQuery: query, pending: pending)
            } throws: { error in
                guard case .loginRefused(let refusal)? = error as? RelyingPartyError else { return false }
                return refusal.code == "access_denied"
            }
        }
    }

    @Test func `only the chosen claims are released`() async throws {
        let phone = try await Self.refusing.value
        let some = try await phone.login(at: nil, "--accept", "application/json", "--show-page")
        #expect(some.output.contains("erika@example.org"), "\(some)")
        let none = try await phone.login(at: nil, "--accept", "application/json", "--show-page", "--release", "")
        if none.status == 0 {
            #expect(!none.output.contains("erika@example.org"), "\(none)")
        } else {
            try expectFailure(none, 64, "usage")
        }
        try expectFailure(try await phone.login(at: nil, "--release", "shoe_size"), 64, "usage")
    }

    @Test func `logins that fail leave nothing open: the next one is a good one`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Fehlversuch")
        for flow in ["qr", "link", "qr", "link"] {
            let failed = try await phone.login(at: nil, "--flow", flow, "--release", "shoe_size")
            try expectFailure(failed, 64, "usage")
            try expectFailure(try await phone.run("show", "--json"), 21, "nothing_waits")
        }
        let login = try await phone.login()
        #expect(login.status == 0, "\(login)")
    }

    @Test func `logins that are left with Ctrl-C leave nothing open either`() async throws {
        let phone = try await Self.installation.value.enrolledPhone(family: "Abbruch")
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        for number in 1...4 {
            let (output, errors) = (folder.path + "/output-\(number)", folder.path + "/errors-\(number)")
            let login = [
                "login", phone.here.loginURL, "--flow", "link", "--pin-file", phone.pinFile, "--json", "--fault",
                "latency=5s",
            ]
            let process = try Program.start(
                Place.program("citizen-phone"), login + phone.options, output: output, errors: errors)
            // The request is there, and the answer on its way.
            while process.isRunning, (try? Program.text(of: errors))?.contains("Möchten Sie") != true {
                try await Task.sleep(for: .milliseconds(5))
            }
            process.send(SIGINT)
            while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
            let left = ProgramResult(
                status: try #require(process.status), output: try Program.text(of: output),
                errors: try Program.text(of: errors))
            try expectFailure(left, 24, "declined")
            try expectFailure(try await phone.run("show", "--json"), 21, "nothing_waits")
        }
        let login = try await phone.login()
        #expect(login.status == 0, "\(login)")
    }

    @Test func `three wrong PINs lock the device, and each says how many tries are left`() async throws {
        let phone = try await Self.installation.value.enrolledPhone()
        let wrong = Phone(
            here: phone.here, profile: phone.profile, pinFile: try phone.here.folder.write("wrong.pin", "999999"))
        for left in [2, 1] {
            let result = try await wrong.login()
            try expectFailure(result, 16, "wrong_pin", code: "not_accepted")
            #expect(try result.json()["error"]?.object?["tries_left"]?.integer == Int64(left))
        }
        try expectFailure(try await wrong.login(), 17, "device_blocked", code: "device_locked")
        let result = try await phone.login()
        #expect(result.status == 17, "the right PIN comes too late: \(result)")
    }

    @Test func `the right PIN gives back the tries`() async throws {
        let phone = try await Self.installation.value.enrolledPhone()
        let wrong = Phone(
            here: phone.here, profile: phone.profile, pinFile: try phone.here.folder.write("wrong2.pin", "999999"))
        #expect(try await wrong.login().status == 16)
        #expect(try await phone.login().status == 0)
        #expect(try await wrong.login().json()["error"]?.object?["tries_left"]?.integer == 2)
    }

    @Test func `the block code suspends a lost phone at once`() async throws {
        let here = try await Self.installation.value
        let lost = try here.newPhone()
        let enrolled = try await lost.enrol(try await here.ticket())
        let code = try #require(try enrolled.json()["block_code"]?.string)
        // At any other phone, or none: the code alone is enough.
        let anywhere = try here.newPhone()
        try expectFailure(
            try await anywhere.run("block", "000000000000000000", "--issuer", here.issuer, "--json"), 15,
            "provider_refused", code: "unknown_block_code")
        let blocked = try await anywhere.run("block", code, "--issuer", here.issuer, "--json")
        #expect(blocked.status == 0, "\(blocked)")
        try expectFailure(try await lost.login(), 17, "device_blocked", code: "device_suspended")
    }

    @Test func `a login that one phone has taken is not given to another`() async throws {
        let (first, second) = (try await Self.refusing.value, try await Self.second.value)
        let browser = try Browser(first.here)
        // The link of the same device does not grow old in two seconds as a QR code does.
        let link = try #require(try await browser.open(first.here.loginURL).sameDeviceLink)
        let claimed = try await first.run("scan", link, "--json")
        #expect(claimed.status == 0, "\(claimed)")
        try expectFailure(try await second.run("scan", link, "--json"), 15, "provider_refused", code: "already_claimed")
        // The first may ask again and gets the same request.
        #expect(try await first.run("scan", link, "--json").json() == claimed.json())
        #expect(try await first.run("deny", "--json").status == 0)
        try expectFailure(try await first.run("deny", "--json"), 21, "nothing_waits")
    }

    @Test func `two commands at once on one profile do not look like a copied device`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone()
        async let first = phone.login()
        async let second = phone.login()
        for result in [try await first, try await second] { #expect(result.status == 0, "\(result)") }
    }

    @Test func `nothing waits on a phone that has scanned nothing`() async throws {
        let phone = try await Self.second.value
        for command in ["show", "deny", "report"] {
            try expectFailure(try await phone.run(command, "--json"), 21, "nothing_waits")
        }
    }

    @Test func `cookies are not written to a file that others can read`() async throws {
        let phone = try await Self.second.value
        let jar = try phone.here.folder.write("open-jar", "kept", mode: 0o644)
        try expectFailure(try await phone.login(at: nil, "--cookie-jar", jar), 19, "file")
        #expect(try Program.text(of: jar) == "kept")
    }

    @Test func `the same browser is let in by its session, another one asks the phone again`() async throws {
        let phone = try await Self.second.value
        let browser = phone.here.folder.path + "/browser.json"
        let other = phone.here.folder.path + "/other-browser.json"
        #expect(try await phone.login(at: nil, "--browser", browser).json()["decision"]?.string == "approve")
        let again = try await phone.login(at: nil, "--browser", browser)
        #expect(again.status == 0, "\(again)")
        #expect(try again.json()["single_sign_on"]?.bool == true)
        #expect(try again.json()["decision"] == nil)
        #expect(try await phone.login(at: nil, "--browser", other).json()["decision"]?.string == "approve")
    }

    @Test func `what is no memory of a browser is neither read nor changed`() async throws {
        let phone = try await Self.second.value
        let file = try phone.here.folder.write("no-browser", "{\"cookies\": 1}", mode: 0o600)
        try expectFailure(try await phone.login(at: nil, "--browser", file), 64, "usage")
        #expect(try Program.text(of: file) == "{\"cookies\": 1}")
    }

    @Test func `a link of another provider is not followed`() async throws {
        let phone = try await Self.second.value
        let other = try await Installation.start()
        let browser = try Browser(other)
        let link = try #require(try await browser.open(other.loginURL).sameDeviceLink)
        try expectFailure(try await phone.run("scan", link, "--json"), 30, "other_provider")
        let result = try await phone.login(at: other.loginURL)
        #expect(result.status != 0, "\(result)")
    }

    /// Phones whose logins leave nothing behind.
    private static let refusing = Task { try await installation.value.enrolledPhone() }
    private static let second = Task { try await installation.value.enrolledPhone(family: "Zweite") }
}
