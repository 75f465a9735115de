import OpenIDMessages
import RelyingParty
import Testing

@Suite("citizen-id keys", .inTurn, .endsInTime)
struct KeysCommandTests {
    private func stages(_ result: ProgramResult) throws -> [String: String] {
        let keys = (try result.json()["keys"]?.array ?? []).compactMap(\.object).filter { $0["alg"] == "ES256" }
        return Dictionary(uniqueKeysWithValues: keys.map { ($0["stage"]?.string ?? "", $0["kid"]?.string ?? "") })
    }

    @Test func `the next key becomes the current one; old tokens and phones stay good`() async throws {
        let here = try await Installation.start(withPortal: false)
        let phone = try await here.enrolledPhone()
        try await here.withTestPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL)
            let before = try await portal.finishLogin(callbackQuery: query, pending: pending)
            let old = try stages(try await here.administer("keys", "list", "--json"))

            let early = try await here.administer("keys", "rotate", "--json")
            #expect(early.status == 1)
            #expect(try early.json()["error"]?.string == "next_key_too_new")
            #expect(try stages(try await here.administer("keys", "list", "--json")) == old)
            let rotated = try await here.administer("keys", "rotate", "--now", "--json")
            #expect(rotated.status == 0, "\(rotated)")
            let new = try stages(rotated)
            #expect(new["current"] == old["next"])
            #expect(new["retiring"] == old["current"])
            #expect(new["next"] != nil && !old.values.contains(new["next"] ?? ""))

            _ = try await portal.userinfo(of: before)
            for flow in ["qr", "link"] {
                let pending = try await portal.beginLogin()
                let query = try await phone.callbackQuery(at: pending.authorizationURL, "--flow", flow)
                let after = try await portal.finishLogin(callbackQuery: query, pending: pending)
                #expect(after.subject == before.subject)
            }

            try await here.killProvider()
            try await here.startProvider()
            #expect(try stages(try await here.administer("keys", "list", "--json")) == new)
            let table = try await here.administer("keys", "list")
            #expect(table.lines.first?.hasPrefix("KEY") == true)
            let unknown = try await here.administer("keys", "rotate", "--alg", "HS256", "--json")
            #expect(unknown.status == 1)
            #expect(try unknown.json()["error"]?.string == "unknown_algorithm")
        }
    }
}
