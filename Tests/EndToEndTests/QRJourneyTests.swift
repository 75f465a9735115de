import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("A login on another screen, step by step", .inTurn, .endsInTime)
struct QRJourneyTests {
    static let installation = Task { try await Installation.start() }
    static let drawer = "/usr/bin/rsvg-convert"

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: drawer), "librsvg2-bin draws the picture"))
    func `a picture of the page's code is scanned, the digits typed and the login approved`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Bildermann")
        let browser = try Browser(here)
        let address = try await browser.load(here.loginURL).address
        #expect(address.hasPrefix(here.issuer + "/login/"))

        let code = try await scanPicture(at: address, browser, phone)
        // Before the digits are typed there is nothing that could be answered.
        try expectFailure(try await phone.run("deny", "--json"), 21, "nothing_waits")

        let form = try #require(try await browser.open(address).codeForm)
        let action = form.action.hasPrefix("/") ? here.issuer + form.action : form.action
        let wrong = try await browser.load(action, fields: form.hidden + [("code", Self.other(code))])
        #expect(wrong.status < 500)
        _ = try await browser.load(action, fields: form.hidden + [("code", code)])

        let request = try await phone.run("show", "--wait", "--json")
        #expect(request.status == 0, "\(request)")
        let statement = try request.json()["request"]?.object
        #expect(statement?["portal"]?.object?["name"] == "Serviceportal Herten (Demo)")
        let approved = try await phone.run("approve", "--pin-file", phone.pinFile, "--json")
        #expect(approved.status == 0, "\(approved)")
        #expect(try approved.json()["state"] == "complete")

        let account = try await browser.load(address + "/finish", accept: "application/json")
        #expect(account.address == here.portalURL + "/account", "\(account)")
        #expect(account.text.contains("Bildermann"))
        // The code went to the browser once.
        let again = try await browser.load(address + "/finish", accept: "application/json")
        #expect(!again.address.hasPrefix(here.portalURL), "\(again)")
    }

    @Test func `a stranger's browser gets nothing of a login`() async throws {
        let here = try await Self.installation.value
        let address = try await Browser(here).load(here.loginURL).address
        let stranger = try Browser(here)
        for path in ["", "/finish"] {
            let page = try await stranger.load(address + path)
            #expect(page.status >= 400, "\(page.address)")
            #expect(!page.text.contains("/app/q/") && !page.text.contains("code="))
        }
    }

    @Test func `a picture without a code is refused`() async throws {
        let here = try await Self.installation.value
        let phone = try await Self.waiting.value
        let file = try here.folder.write("empty.png", "no picture")
        try expectFailure(try await phone.run("scan", file, "--json"), 19, "file")
        try expectFailure(try await phone.run("scan", "/nowhere/code.png", "--json"), 19, "file")
    }

    /// Draws what the page shows, as large as a screen would, and scans it; a code lives for a few seconds only.
    private func scanPicture(at address: String, _ browser: Browser, _ phone: Phone) async throws -> String {
        for attempt in 1...8 {
            let page = try await browser.load(address).text
            let drawing = try #require(page.firstMatch(of: /id="qr"[^>]*>(<svg.*?<\/svg>)/.dotMatchesNewlines()))
            let svg = try phone.here.folder.write("code-\(attempt).svg", String(drawing.output.1))
            let picture = phone.here.folder.path + "/code-\(attempt).png"
            let drawn = try await Program.run(Self.drawer, ["--width", "480", svg, "--output", picture])
            try #require(drawn.status == 0, "\(drawn)")
            let scanned = try await phone.run("scan", picture, "--json")
            if scanned.status == 0 {
                #expect(try scanned.json()["state"] == "awaiting_code")
                return try #require(try scanned.json()["code"]?.string)
            }
            #expect(try scanned.json()["error"]?.object?["code"] == "scan_again", "\(scanned)")
        }
        throw CocoaError(.fileReadUnknown)
    }

    private static func other(_ code: String) -> String { String(code.dropLast()) + (code.hasSuffix("1") ? "2" : "1") }

    private static let waiting = Task { try await installation.value.enrolledPhone() }
}
