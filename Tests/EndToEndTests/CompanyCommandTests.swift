import AccountDirectory
import Foundation
import OpenIDMessages
import Testing

/// What a clerk of a trade office does on the machine of the provider.
@Suite("citizen-id company", .inTurn, .endsInTime)
struct CompanyCommandTests {
    static let installation = Task { try await Installation.start(withPortal: false) }

    @Test func `a clerk verifies a company by the register's extract, freezes it and ends the freeze`() async throws {
        let here = try await Self.installation.value
        let director = try await here.enrolledPhone(family: "Direktorin")
        let company = try await director.foundCompany(number: "4711")
        let extract = try here.folder.write(
            "extract.json", CompanyCommandTests.extract(number: "4711", family: "Direktorin"))
        let recorded = try await here.administer(
            "company", "verify", company, "--tenant", "herten", "--register-extract", extract)
        #expect(recorded.status == 0, "\(recorded)")
        #expect(recorded.output.hasPrefix("Recorded. The register names 1, of whom 0 signed."), "\(recorded)")
        let signed = try await director.run("companies", "sign", company, "--yes", "--pin-file", director.pinFile)
        #expect(signed.status == 0, "\(signed)")
        let found = try await here.administer("company", "show", "--euid", "DER2402.HRB4711", "--json")
        #expect(try found.json()["state"] == "active" && found.json()["company"]?.string == company, "\(found)")
        #expect(try await here.administer("company", "list").output.contains("Muster Elektrotechnik GmbH"))

        let level = try await director.run("explain-level")
        #expect(level.output.contains("Für Muster Elektrotechnik GmbH:"), "\(level)")
        #expect(level.output.contains("durch einen Registerauszug, Stadt Herten"), "\(level)")

        let frozen = try await here.administer(
            "company", "freeze", company, "--tenant", "herten", "--reason", "dispute", "--json")
        #expect(try frozen.json()["freeze_reason"] == "dispute", "\(frozen)")
        let cured = try await here.administer(
            "company", "unfreeze", company, "--tenant", "herten", "--method", "register_extract", "--json")
        #expect(try cured.json()["state"] == "active", "\(cured)")

        let close = ["company", "close", company, "--tenant", "herten", "--method", "register_extract", "--json"]
        #expect(try await here.administer(close).errors.contains("Freeze it first"))
        for reason in ["dispute", "dissolved"] {
            let refrozen = try await here.administer(
                "company", "freeze", company, "--tenant", "herten", "--reason", reason, "--method",
                "register_extract", "--json")
            #expect(try refrozen.json()["freeze_reason"]?.string == reason, "\(refrozen)")
            let closed = try await here.administer(close)
            let isClosing = reason == "dissolved"
            #expect((closed.status == 0) == isClosing, "\(closed)")
            #expect(
                isClosing ? try closed.json()["state"] == "closing" : closed.errors.contains("no office closes it"),
                "\(closed)")
        }
        #expect(try await director.run("account", "notices").output.contains(company), "its members are told")

        let events = try await here.administer("audit", "show", "--tenant", "herten", "--kind", "company", "--json")
        // Other tests of this installation have companies of their own.
        let all = try events.json()["events"]?.array?.compactMap(\.object) ?? []
        let shown = all.filter { $0["company"]?.string == company }
        #expect(
            Set(shown.compactMap { $0["kind"]?.string }) == [
                "company.evidence_recorded", "company.powers_recorded", "company.frozen", "company.rated",
                "company.cured", "company.closing",
            ], "\(events)")
        #expect(shown.allSatisfy { $0["actor"] == "clerk" })
    }

    @Test func `a founder corrects a draft; another account for companies is not connected here`() async throws {
        let here = try await Self.installation.value
        let founder = try await here.enrolledPhone(family: "Gründerin")
        func details(_ name: String) throws -> String {
            try here.folder.write(
                "draft-\(name).json",
                """
                {"name": "\(name) GbR", "kind": "NNatPers", "legal_form": {"code": "220", "text": "GbR"},
                 "trade": {"tenant": "herten", "number": "HE-4781"},
                 "address": {"street": "Musterweg", "postal_code": "45699", "locality": "Herten"}}
                """)
        }
        let confirmed = ["--yes", "--pin-file", founder.pinFile]
        let created = try await founder.run(["companies", "create", try details("Muter"), "--json"] + confirmed)
        let company = try #require(try created.json()["company"]?.string, "\(created)")
        let changed = try await founder.run(["companies", "change", company, try details("Mutter")] + confirmed)
        #expect(changed.status == 0, "\(changed)")
        #expect(try await founder.run("companies", "show", company).output.contains("Mutter GbR"))
        let assertion = try here.folder.write("assertion.txt", "as the other account gave it\n")
        let refused = try await founder.run(["companies", "assert", company, assertion, "--json"] + confirmed)
        #expect(try refused.json()["error"]?.object?["code"] == "company_upstream_unavailable", "\(refused)")
        let unread = try await founder.run(["companies", "assert", company, "/no/such/file"] + confirmed)
        #expect(unread.status != 0, "\(unread)")
    }

    @Test func `the desk verifies a sole trader only for the person whom the trade register names`() async throws {
        let here = try await Self.installation.value
        let trader = try await here.enrolledPhone(family: "Händlerin")
        let company = try await trader.foundCompany(
            """
            {"name": "Erika Händlerin Elektro", "kind": "NatPers",
             "legal_form": {"code": "110", "text": "Einzelunternehmen"},
             "trade": {"tenant": "herten", "number": "HE-4715"},
             "address": {"street": "Musterweg", "postal_code": "45699", "locality": "Herten"}}
            """)
        let other = try here.folder.write("proof-other.json", Self.proof(family: "Nachbarin"))
        let refused = try await here.administer(
            "company", "verify", company, "--tenant", "herten", "--desk", other, "--json")
        #expect(refused.status == 1 && refused.errors.contains("names somebody else"), "\(refused)")
        let proof = try here.folder.write("proof.json", Self.proof(family: "Händlerin"))
        let verified = try await here.administer("company", "verify", company, "--tenant", "herten", "--desk", proof)
        #expect(verified.status == 0 && verified.output.hasPrefix("The company is active."), "\(verified)")
    }

    @Test func `what cannot be done is refused with a code and with what to do`() async throws {
        let here = try await Self.installation.value
        let director = try await here.enrolledPhone(family: "Abgelehnt")
        let company = try await director.foundCompany(number: "4712")
        let proof = try here.folder.write("proof-refused.json", Self.proof(family: "Abgelehnt"))
        let noDay = try here.folder.write("proof-day.json", Self.proof(family: "Abgelehnt", day: "2026-02-30"))
        let refusals: [(arguments: [String], status: Int32, code: String, remedy: String)] = [
            (["show", "no-such-company"], 1, "unknown_company", "Compare the identifier"),
            (["show", "--euid", "DEX.HRB1"], 1, "invalid_request", "DEX1517R.HRB395KI"),
            (["show", "--w-idnr", "DE123456789"], 1, "invalid_request", "check digit"),
            (["show", "--euid", "DER2402.HRB999999"], 1, "unknown_company", "Compare"),
            (["freeze", company, "--reason", "dispute"], 1, "wrong_company_state", "verified first"),
            (["freeze", company, "--reason", "mood"], 1, "invalid_request", "insolvency"),
            (["freeze", company, "--reason", "no_administrator"], 1, "invalid_request", "dissolved"),
            (["unfreeze", company, "--method", "desk"], 1, "wrong_company_state", "company verify"),
            (["close", company, "--method", "desk"], 1, "wrong_company_state", "given up by itself"),
            (["close", company, "--method", "hearsay"], 1, "invalid_request", "register_extract or desk"),
            (["verify", company, "--desk", proof], 1, "company_evidence_refused", "register_extract"),
            (["verify", company, "--desk", noDay], 1, "invalid_request", "YYYY-MM-DD"),
            (
                ["verify", company, "--desk", proof, "--tenant", "atlantis"], 1, "unknown_tenant",
                "The region file says"
            ),
            (["verify", company, "--register-extract", "/no/such/file"], 2, "file", "cannot be read"),
        ]
        for refusal in refusals {
            let result = try await here.administer(["company"] + refusal.arguments + ["--json"])
            #expect(result.status == refusal.status, "\(result)")
            #expect(try result.json()["error"]?.string == refusal.code, "\(result)")
            #expect(result.errors.contains(refusal.remedy), "\(result)")
        }
        for wrong in [
            ["verify", company], ["verify", company, "--desk", "file", "--register-extract", "file"], ["show"],
            ["freeze", company], ["freeze", company, "--reason", "dispute", "--at", "marl", "--tenant", "herten"],
        ] {
            #expect(try await here.administer(["company"] + wrong).status == 64, "\(wrong)")
        }
    }

    @Test func `an extract that proves nothing of the company is refused, and says where`() async throws {
        let here = try await Self.installation.value
        let director = try await here.enrolledPhone(family: "Ohnebeweis")
        let company = try await director.foundCompany(number: "4713")
        let euid = "DER2402.HRB4713"
        let refused: [(euid: String, number: String, level: String, day: String?, remedy: String)] = [
            (euid, "4713", "substantiell", "2999-01-01", "lies in the future"),
            (euid, "4713", "normal", nil, "below what the company needs"),
            (euid, "04713", "substantiell", nil, "company.register.number is malformed"),
            (euid, "4714", "substantiell", nil, "company.register differs"),
            ("DER2402.HRB4714", "4713", "substantiell", nil, "company.euid differs"),
            ("DER2402.4713", "4713", "substantiell", nil, "company.euid is malformed"),
        ]
        for (euid, number, level, day, remedy) in refused {
            let extract = try here.folder.write(
                "extract-\(UInt32.random(in: 0 ... .max)).json",
                Self.extract(euid: euid, number: number, family: "Ohnebeweis", level: level, day: day))
            let result = try await here.administer(
                "company", "verify", company, "--register-extract", extract, "--json")
            #expect(result.status == 1, "\(result)")
            #expect(result.errors.contains(remedy), "\(result)")
        }
    }

    /// A trade office's word of today that the owner is Erika.
    static func proof(family: String, day: String? = nil) -> String {
        """
        {"as_of": "\(day ?? CalendarDate.todayInGermany.rawValue)", "level": "substantiell",
         "powers": [{"given_name": "Erika", "family_name": "\(family)", "birthdate": "1964-08-12",
                     "kind": "inhaber", "representation": "sole"}]}
        """
    }

    /// An extract of today that names one managing director, called Erika.
    static func extract(
        euid: String? = nil, number: String, family: String, level: String = "substantiell", day: String? = nil
    ) -> String {
        """
        {"as_of": "\(day ?? CalendarDate.todayInGermany.rawValue)", "level": "\(level)",
         "company": {"register": {"type": "HRB", "number": "\(number)", "court": "Amtsgericht Gelsenkirchen"},
                     "euid": "\(euid ?? "DER2402.HRB" + number)"},
         "powers": [{"given_name": "Erika", "family_name": "\(family)", "birthdate": "1964-08-12",
                     "kind": "geschaeftsfuehrer", "representation": "sole"}]}
        """
    }
}

extension CalendarDate {
    /// Mandates and extracts count in days of Germany.
    static var todayInGermany: CalendarDate {
        CalendarDate(inGermanyAt: Timestamp(seconds: Int64(Date().timeIntervalSince1970)))
    }
}

extension Phone {
    /// Founds a GmbH with this number in the register and submits it.
    func foundCompany(number: String) async throws -> String {
        try await foundCompany(
            """
            {"name": "Muster Elektrotechnik GmbH", "kind": "NNatPers", "legal_form": {"code": "350", "text": "GmbH"},
             "register": {"type": "HRB", "number": "\(number)", "court": "Amtsgericht Gelsenkirchen"},
             "euid": "DER2402.HRB\(number)",
             "address": {"street": "Musterweg", "postal_code": "45699", "locality": "Herten"}}
            """)
    }

    /// Founds the company that the JSON describes and submits it.
    func foundCompany(_ details: String) async throws -> String {
        let file = try here.folder.write("company-\(UInt32.random(in: 0 ... .max)).json", details)
        let created = try await run(["companies", "create", file, "--yes", "--pin-file", pinFile, "--json"])
        let company = try #require(try created.json()["company"]?.string, "\(created)")
        let submitted = try await run(["companies", "submit", company, "--yes", "--pin-file", pinFile, "--json"])
        try #require(submitted.status == 0, "\(submitted)")
        return company
    }
}
