import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("Links in which one character differs", .inTurn, .endsInTime)
struct AlteredLinkTests {
    static let installation = Task {
        // Each altered ticket is asked for, from one address.
        try await Installation.start(
            environment: [
                "CITIZEN_ID_LIMITS_CODES_PER_MINUTE": "60000", "CITIZEN_ID_LIMITS_LOGINS_PER_MINUTE": "60000",
            ])
    }

    /// The link with each of its characters changed once into another of its kind.
    private static func altered(_ link: String) -> [(position: Int, link: String)] {
        link.indices.enumerated().map { position, index in
            let character = link[index]
            let other: Character =
                switch character {
                case "a"..."z": character == "z" ? "a" : Character(UnicodeScalar(character.asciiValue! + 1))
                case "A"..."Z": character == "Z" ? "A" : Character(UnicodeScalar(character.asciiValue! + 1))
                case "0"..."8": Character(UnicodeScalar(character.asciiValue! + 1))
                case "9": "1"
                default: "a"
                }
            return (position, String(link[..<index]) + String(other) + String(link[link.index(after: index)...]))
        }
    }

    /// The exit status of each.
    private func statuses(
        _ links: [(position: Int, link: String)], _ run: @escaping @Sendable (String) async throws -> ProgramResult
    ) async throws -> [Int: ProgramResult] {
        try await withThrowingTaskGroup(of: (Int, ProgramResult).self) { group in
            for (position, link) in links { group.addTask { (position, try await run(link)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    @Test(arguments: ["s", "q"])
    func `a login link is refused wherever it differs, and the true one is good afterwards`(flow: String) async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Tippfehler")
        let browser = try Browser(here)
        let page = try await browser.open(here.loginURL)
        let link = try #require(flow == "s" ? page.sameDeviceLink : page.qrLink)
        let results = try await statuses(Self.altered(link)) { try await phone.run("scan", $0, "--json") }
        #expect(results.count == link.count)
        for (position, result) in results {
            let isIssuer = position < here.issuer.count
            // 12: no link, or one that the provider did not make; 30: another provider, to which nothing is sent.
            #expect((isIssuer ? [12, 30] : [12]).contains(result.status), "\(position): \(result)")
            #expect(try result.json()["error"]?.object?["code"]?.string ?? "unknown_login" == "unknown_login")
        }
        #expect(
            results.values.contains { $0.status == 30 }
                && results.values.contains { $0.output.contains("unknown_login") })
        guard flow == "s" else { return }
        let claimed = try await phone.run("scan", link, "--json")
        #expect(claimed.status == 0, "\(claimed)")
    }

    @Test func `an enrolment link is refused wherever it differs, and the true one is good afterwards`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket(family: "Abschrift")
        let results = try await statuses(Self.altered(link)) { try await phone.enrol($0) }
        #expect(results.count == link.count)
        let ticket = here.issuer.count + "/app/e/".count
        let key = link.count - 43
        for (position, result) in results {
            let allowed: Set<Int32> =
                switch position {
                // No link, or another server: nobody there, or somebody with another certificate or another ticket.
                case ..<here.issuer.count: [12, 13, 14, 31, 33]
                case ticket..<(key - 3): [12, 31]
                case key...: [12, 13]
                default: [12]
                }
            #expect(allowed.contains(result.status), "\(position): \(result)")
        }
        #expect(Set(results.values.map(\.status)).isSuperset(of: [12, 13, 31]))
        let enrolled = try await phone.enrol(link)
        #expect(enrolled.status == 0, "\(enrolled)")
    }
}
