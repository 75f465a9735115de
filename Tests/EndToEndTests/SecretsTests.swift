import Foundation
import OpenIDMessages
import RelyingParty
import Testing

@testable import citizen_phone

/// The canaries are the real secrets of real logins: whatever of them is found stood somewhere in the clear.
@Suite("Secrets and personal data stay where they belong", .inTurn, .endsInTime)
struct SecretsTests {
    @Test func `logs name nobody and hold no secret; the database holds no secret that could be used`() async throws {
        let here = try await Installation.start()
        let link = try await here.ticket(family: "Kanarienvogel")
        let ticket = String(try #require(link.split(separator: "/").last).prefix { $0 != "#" })
        let phone = try here.newPhone(pin: "80946173")
        let enrolled = try await phone.enrol(link)
        try #require(enrolled.status == 0, "\(enrolled)")
        let blockCode = try #require(try enrolled.json()["block_code"]?.string).filter(\.isNumber)
        for flow in ["qr", "link"] {
            let login = try await phone.login(at: nil, "--flow", flow, "--accept", "application/json", "--show-page")
            #expect(login.output.contains("Kanarienvogel"), "the person did log in: \(login)")
        }
        try await here.withTestPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL)
            let code = try #require(try FormParameters(parsing: query)["code"])
            let login = try await portal.finishLogin(callbackQuery: query, pending: pending)
            // A refusal is logged in more detail than a success: the replay, a wrong PIN, an unknown ticket.
            _ = try? await portal.finishLogin(callbackQuery: query, pending: pending)
            let wrong = Phone(
                here: here, profile: phone.profile, pinFile: try here.folder.write("wrong.pin", "80946174"))
            #expect(try await wrong.login().status == 16)
            #expect(try await here.newPhone().enrol(link).status == 31)

            let browser = try Browser(here)
            let page = try await browser.open(here.loginURL)
            let handle = try #require(page.sameDeviceLink?.split(separator: "/").last).prefix { $0 != "." }
            let cookies = try browser.cookies()
            #expect(cookies.count >= 2)

            let secrets =
                ["80946173", "80946174", ticket, blockCode, code, login.accessToken, String(handle)]
                + [pending.verifier.rawValue, pending.state.rawValue] + cookies
            let people = ["Kanarienvogel", "Erika", "Musterweg", "1964-08-12", "erika@example.org"]
            for log in [here.providerLog, here.folder.path + "/portal.log"] {
                let text = try Data(contentsOf: URL(fileURLWithPath: log))
                #expect(!text.isEmpty)
                for canary in secrets + people { #expect(!text.holds(canary), "\(log) shows \(canary)") }
            }
            for file in try FileManager.default.contentsOfDirectory(atPath: here.data) where file != "admin.sock" {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: here.data + "/" + file))
                for canary in secrets { #expect(!bytes.holds(canary), "\(file) holds \(canary)") }
            }
            // The search itself would find something.
            let database = ["", "-wal"].compactMap { FileManager.default.contents(atPath: here.database + $0) }
            #expect(database.contains { $0.holds("Kanarienvogel") })
        }
    }
}

extension Data {
    fileprivate func holds(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}

extension Browser {
    /// The values of all cookies: the last column of curl's file.
    fileprivate func cookies() throws -> [String] {
        try Program.text(of: jar).split(separator: "\n").compactMap { line in
            let columns = line.split(separator: "\t")
            return columns.count == 7 ? String(columns[6]) : nil
        }
    }
}
