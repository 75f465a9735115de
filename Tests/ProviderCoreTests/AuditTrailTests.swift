import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

@Suite("Audit: what logins leave")
struct AuditTrailTests {
    /// Every event of every chain, as an export has them.
    private static func export(_ provider: TestProvider) async throws -> String {
        var lines: [String] = []
        for head in try await provider.provider.audit.heads() {
            lines += try await provider.provider.audit.export(head.chain, after: 0).map(\.json.text)
        }
        return lines.joined(separator: "\n")
    }

    /// All texts of the person, none of which may be found.
    private static func texts(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let object): object.members.flatMap { texts($0.value) }
        default: []
        }
    }

    @Test("O1, I38: whole logins leave no value of the person and no secret in the audit chains")
    func canaries() async throws {
        let provider = try await TestProvider()
        let person: JSONObject = [
            "given_name": "Kanaria", "family_name": "Geheimnisvogel", "birthdate": "1964-08-12",
            "address": .object([
                "street": "Kanarienweg", "house_number": "47-Kanari", "postal_code": "45701", "locality": "Vogelheim",
            ]), "email": "kanarie@vogel.example",
        ]
        let ticket = try await provider.ticket(person: person)
        let phone = TestPhone()
        let offer = try await provider.offer(ticket: ticket)
        try await provider.register(
            phone, phone.registration(for: offer, now: provider.now), offer: offer)
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        let wrong = try phone.response(to: request, now: provider.now, pin: .makeES256())
        await #expect(throws: DeviceRefusal.self) { try await provider.answer(request, wrong, by: device) }
        let code = try await provider.code(phone: phone)
        let tokens = try await provider.redeem(code)
        await #expect(throws: ClientRefusal.self) { try await provider.redeem(code) }
        try await provider.provider.block(code: phone.blockCode)

        let export = try await Self.export(provider)
        for kind in ["auth.failed", "auth.approved", "token.issued", "auth.replay_rejected", "device.suspended"] {
            #expect(export.contains(kind))
        }
        let secrets = ["access_token", "id_token", "refresh_token"].compactMap { tokens[$0]?.string }
        let canaries =
            Self.texts(.object(person)) + secrets + [
                code, ticket, phone.blockCode, phone.attestation, request.statement.nonce.rawValue,
            ]
        #expect(canaries.count >= 13)
        for canary in canaries { #expect(!export.contains(canary), "\(canary)") }
        #expect(!export.contains { $0 == "\r" || $0 == "\u{1B}" })
    }

    @Test("O2: every answer of a phone and every redemption is recorded, refused ones too, and only once")
    func complete() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        for _ in 0..<3 {
            let code = try await provider.code(phone: phone)
            _ = try await provider.redeem(code)
        }
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        try await provider.answer(request, phone.response(to: request, .deny, now: provider.now), by: device)
        let herten = try await provider.provider.audit.export(.tenant(TestRegion.herten), after: 0)
        let counts = Dictionary(grouping: herten, by: \.kind).mapValues(\.count)
        #expect(
            counts == [
                "account.registered": 1, "proofing.passed": 1, "key.created": 1, "device.activated": 1,
                "account.activated": 1,
                "session.created": 3, "release.granted": 1, "auth.approved": 3, "token.issued": 3, "auth.denied": 1,
            ])
        #expect(Set(herten.map(\.person)).count == 1, "all concern one person")
        #expect(herten.allSatisfy { $0.person != nil && $0.actor != nil })
        #expect(herten.filter { $0.outcome == "refusal" }.map(\.kind) == ["auth.denied"])
    }

    @Test("A person sees what concerns them in all towns, and a town only its own")
    func acrossTowns() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let stranger = try await provider.enrolledPhone()
        for portal in [TestRegion.basic, TestRegion.post] {
            for phone in [phone, stranger] { _ = try await provider.code(at: portal, phone: phone) }
        }
        let account = try await provider.verified(phone).account.identifier
        let seen = try await provider.provider.audit.page(of: account).entries.filter { $0.kind == "auth.approved" }
        #expect(seen.map(\.chain) == [.tenant(TestRegion.marl), .tenant(TestRegion.herten)])
        #expect(seen[0].person != seen[1].person, "each town knows the person under another name")
        let marl = try await provider.provider.audit.page(of: .tenant(TestRegion.marl))
        #expect(marl.entries.count == 6 && marl.entries.allSatisfy { $0.chain.tenant == TestRegion.marl })
    }

    @Test("Who has seen my data: the person reads in words what happened where, and which portal or office it was")
    func inWords() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        _ = try await provider.signIn(at: TestRegion.post, phone: person.phone)
        _ = try await provider.provider.desk.find(for: provider.visit())
        let audit = provider.provider.selfService.audit
        let looks = try await audit.page(of: person.account, onlyLooks: true).events
        #expect(looks.map(\.entry.kind) == ["admin.subject_seen", "token.issued", "token.issued"])
        #expect(looks.map(\.tenantName) == ["Stadt Herten", "Stadt Marl", "Stadt Herten"])
        #expect(looks.map(\.portal) == [nil, "Portal post", "Portal basic"])
        #expect(looks[0].what.german == "Jemand sah an, was hier über Sie bekannt ist.")
        #expect(looks[0].who?.german == "jemand am Schalter (Stadt Herten)")
        #expect(looks[1].what.english == "A portal got what you released.")
        #expect(looks[1].who?.english == "portal “Portal post”")
        // What the person asks for is nobody else's look; what a desk takes out for them is.
        _ = try await provider.provider.dataRequests.file(
            DataRequestFlow.Wish(json: ["kind": "rectify", "tenant": "herten", "claims": ["family_name"]]),
            by: provider.verified(person.phone))
        #expect(try await audit.page(of: person.account, onlyLooks: true).events.count == looks.count)
        _ = try await provider.provider.exports.export(of: person.account, visit: provider.visit())
        let taken = try await audit.page(of: person.account, onlyLooks: true).events.first
        #expect(taken?.entry.kind == "admin.subject_seen" && taken?.who?.german == "jemand am Schalter (Stadt Herten)")
        let all = try await audit.page(of: person.account).events
        #expect(all.count > looks.count && all.allSatisfy { $0.who != nil })
        #expect(all.last?.what.german == "Ihr Konto wurde angelegt.")
    }

    @Test("Each kind of event has words in both languages", arguments: SecurityEvent.Kind.allCases)
    func words(kind: SecurityEvent.Kind) {
        for text in [kind.words.german, kind.words.english] {
            #expect(text.hasSuffix(".") && text.contains(" "), "\(kind.rawValue): \(text)")
        }
        #expect(kind.words.german != kind.words.english)
    }

    @Test("To verify walks all chains and leaves an event of its own")
    func verify() async throws {
        let provider = try await TestProvider()
        _ = try await provider.enrolledPhone()
        let many = (0..<1100).map {
            SecurityEvent(.clientChanged, time: provider.now, tenant: TestRegion.marl, object: "client-\($0)")
        }
        try await provider.store.record(many)
        let audit = provider.provider.audit
        let report = try await audit.verify()
        #expect(report.isWhole)
        #expect(report.chains.first { $0.chain == .tenant(TestRegion.marl) }?.verified == 1100)
        #expect(try await audit.verify(.tenant(TestRegion.herten)).chains.map(\.chain) == [.tenant(TestRegion.herten)])
        let events = try await audit.page(of: .region, #require(AuditFilter(kind: "audit.verified"))).entries
        #expect(events.map(\.object) == ["herten", nil])
    }
}
