import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import QRCode
import Testing

@testable import ProviderHTTP

/// docs/protocol.md §4.1: the QR code goes on with the frames, told by Server-Sent Events.
@Suite("Events of the login page")
struct LoginEventsTests {
    @Test("the state first, then a drawn code for each frame, a change at once, and the end of the login ends them")
    func frames() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        try await Site.serve(provider) { site in
            let browser = Browser(site)
            let page = try await browser.begin()
            async let answer = browser.get(page + "/events")
            // The clock that makes the links is the test's; a frame is told after as many seconds as it lives. Beside other
            // tests an event comes late: what is told then is what the page shows by that time.
            var links: [String] = []
            for _ in 0..<4 {
                let html = try await browser.get(page)
                links.append(try html.attribute("data-qr-link"))
                #expect(html.text.contains(try drawn(links[links.count - 1])))
                try await Task.sleep(for: .milliseconds(LinkAuthentication.frameSeconds * 1000 + 200))
                provider.clock.advance(LinkAuthentication.frameSeconds)
            }
            #expect(Set(links).count == 4)
            let last = try await browser.get(page).attribute("data-qr-link")
            let claim = try await site.call(phone, .post, "/device/v1/claims", json: ["link": .string(last)])
            #expect(claim.status == .accepted)
            // Time for the change to be told before the login ends.
            try await Task.sleep(for: .milliseconds(500))
            _ = try await browser.post(page + "/cancel", ["csrf": try await browser.get(page).formToken])

            let response = try await answer
            #expect(response.headers[.contentType] == "text/event-stream")
            let events = try Self.events(response.text)
            let states = events.compactMap { $0.data["state"]?.string }
            #expect(states.first == "created" && states.last == "cancelled")
            #expect(states.dropFirst().dropLast().allSatisfy { $0 == "awaiting_code" })
            let told = events.filter { $0.name == "qr" }.map(\.data)
            let places = told.compactMap { (links + [last]).firstIndex(of: $0["link"]?.string ?? "") }
            #expect(places.count == told.count && Set(places).count >= 2 && places == places.sorted(), "\(places)")
            for code in told { #expect(code["svg"]?.string == (try drawn(try #require(code["link"]?.string)))) }
        }
    }

    /// What a scanner must find.
    private func drawn(_ link: String) throws -> String {
        try #require(QRCode(link)).svg(label: LoginPageWords.words(in: .german).qrLabel)
    }

    private static func events(_ text: String) throws -> [(name: String, data: JSONObject)] {
        try text.split(separator: "\n\n").filter { !$0.hasPrefix(":") }.map { event in
            let lines = event.split(separator: "\n")
            try #require(lines.count == 2 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: "))
            return (String(lines[0].dropFirst(7)), try StrictJSON.parseObject(Array(lines[1].dropFirst(6).utf8)))
        }
    }
}
