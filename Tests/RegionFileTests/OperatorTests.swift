import AccountDirectory
import OpenIDMessages
import RegionFile
import Testing

@Suite("Operators and their assignments in a region file (I26)")
struct OperatorTests {
    /// The sample whose first tenant's operator has more members.
    static func assigned(_ members: String) -> String {
        sample(line: 12, "    operator: {id: gkd\(members)}")
    }

    @Test func `the short form is an assignment without end`() throws {
        let tenant = try #require(try load(sample).tenants.first)
        #expect(tenant.operatorAssignment == OperatorAssignment(OperatorIdentifier(rawValue: "gkd")!))
        #expect(try load(sample) == load(Self.assigned("")), "a mapping with the name alone says the same")
    }

    @Test func `an assignment has purpose, contract and days`() throws {
        let text = Self.assigned(", purpose: Betrieb, contract: AV-1, from: 2026-01-01, until: '2026-12-31'")
        let assignment = try #require(try load(text).tenants.first?.operatorAssignment)
        #expect(assignment.operatorIdentifier.rawValue == "gkd")
        #expect(assignment.purpose == "Betrieb" && assignment.contract == "AV-1")
        #expect(assignment.from?.rawValue == "2026-01-01" && assignment.until?.rawValue == "2026-12-31")
        let day = Self.assigned(", from: 2026-01-01, until: 2026-01-01")
        #expect(try load(day).tenants.first?.operatorAssignment.until?.rawValue == "2026-01-01", "one day is enough")
    }

    @Test func `an operator has a contact and a contract`() throws {
        let text = sample(
            "short_name: GKD}",
            "short_name: GKD, contract: Rahmen-1, email: it@gkd.example, phone: 0209 1690, dpo_email: dsb@gkd.example}")
        let worker = try #require(try load(text).operators.first)
        #expect(worker.contract == "Rahmen-1")
        #expect(
            worker.contact
                == Contact(email: "it@gkd.example", phone: "0209 1690", dataProtectionEmail: "dsb@gkd.example"))
        #expect(try load(sample).operators.first?.contact == Contact())
    }

    @Test(arguments: [
        Mistaken(assigned(", form: 2026-01-01"), 12, "unknown key `form`"),
        Mistaken(assigned(", from: 2026-02-29"), 12, "a day is YYYY-MM-DD"),
        Mistaken(assigned(", until: 31.12.2026"), 12, "a day is YYYY-MM-DD"),
        Mistaken(assigned(", until: [2026-12-31]"), 12, "must be text"),
        Mistaken(
            assigned(", from: 2026-01-02, until: 2026-01-01"), 12,
            "an assignment that begins on 2026-01-02 cannot end before that day"),
        Mistaken(assigned(", contract: true"), 12, "in quotes"),
        Mistaken(assigned(", purpose: [Betrieb]"), 12, "must be text"),
        Mistaken(line: 12, "    operator: {contract: AV-1}", "missing key `id`"),
        Mistaken(line: 12, "    operator: {id: gkt}", "unknown operator `gkt`; did you mean `gkd`?"),
        Mistaken(line: 12, "    operator: [gkd]", "must be text"),
        Mistaken(
            sample(
                "    operator: gkd\n    sector: urn:test:marl",
                """
                    operator:
                      id: gkd
                      from: 2026-01-02
                      until: 2026-01-01
                    sector: urn:test:marl
                """), 15, "cannot end before that day"),
        Mistaken(line: 6, "  - {id: gkd, name: D, short_name: G, email: it}", "an address like"),
        Mistaken(line: 6, "  - {id: gkd, name: D, short_name: G, phone: abc}", "digits, blanks"),
        Mistaken(line: 6, "  - {id: gkd, name: D, short_name: G, contract: [a]}", "must be text"),
        Mistaken(line: 6, "  - {id: gkd, name: D, short_name: G, avv: a}", "unknown key `avv`"),
    ]) func `one mistake is found where it stands`(mistaken: Mistaken) { MistakeTests.check(mistaken) }

    @Test func `a plan shows what changes in both`() throws {
        let old = Self.assigned(", contract: AV-1, from: 2026-01-01")
        let new = Self.assigned(", contract: AV-2, from: 2026-01-01, until: 2026-12-31")
            .replacing("short_name: GKD}", with: "short_name: GKD, email: it@gkd.example}")
        #expect(
            RegionPlan(from: try load(old), to: try load(new)).lines == [
                "~ operator gkd: email none → it@gkd.example",
                "~ tenant marl: operator contract AV-1 → AV-2; operator until none → 2026-12-31",
            ])
    }
}
