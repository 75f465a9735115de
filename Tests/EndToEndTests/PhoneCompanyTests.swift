import AccountDirectory
import Foundation
import OpenIDMessages
import Testing

/// Companies and mandates from the command line, at a running provider.
@Suite("citizen-phone, companies and mandates", .inTurn, .endsInTime)
struct PhoneCompanyTests {
    static let installation = Task { try await Installation.start(withPortal: false) }

    private func act(_ phone: Phone, _ arguments: String...) async throws -> JSONObject {
        let result = try await phone.run(arguments + ["--yes", "--pin-file", phone.pinFile, "--json"])
        try #require(result.status == 0, "\(result)")
        return try result.json()
    }

    @Test func `a managing director invites, gives a mandate limited in amount, and cannot leave as the last`()
        async throws
    {
        let here = try await Self.installation.value
        let director = try await here.enrolledPhone(family: "Direktorin")
        let employee = try await here.enrolledPhone(family: "Angestellt")
        #expect(try await employee.run("companies").output == "Sie gehören zu keinem Unternehmen.\n")
        #expect(try await employee.run("mandates").output == "Es gibt keine Vollmacht.\n")
        let company = try await director.foundCompany(number: "12345")
        let extract = try here.folder.write(
            "register-extract.json", CompanyCommandTests.extract(number: "12345", family: "Direktorin"))
        let recorded = try await here.administer(
            "company", "verify", company, "--tenant", "herten", "--register-extract", extract)
        #expect(recorded.status == 0, "\(recorded)")
        #expect(try await director.run("companies").output.contains("in Prüfung  Muster Elektrotechnik GmbH"))
        _ = try await act(director, "companies", "sign", company)
        #expect(try await director.run("companies").output.contains("aktiv  Muster Elektrotechnik GmbH"))

        let code = try #require(
            try await act(
                director, "companies", "invite", company, "--given-name", "Erika", "--family-name", "Angestellt",
                "--birthdate", "1964-08-12")["code"]?.string)
        let offer = try await employee.run("companies", "open", code)
        #expect(offer.status == 0 && offer.output.contains("Muster Elektrotechnik GmbH"), "\(offer)")
        _ = try await act(employee, "companies", "join", code)
        let shown = try await director.run("companies", "show", company, "--json").json()
        let member = try #require(
            shown["people"]?.array?.compactMap(\.object).first { $0["family_name"] == "Angestellt" }?["membership"]?
                .string)

        let today = CalendarDate.todayInGermany.rawValue
        let given = try await act(
            director, "mandates", "propose", company, "--to", member, "--scope", "parking.permit", "--amount", "500.00",
            "--from", today, "--until", today, "--reason", "Montagefahrzeuge")
        #expect(given["state"] == "active")
        let held = try await employee.run("mandates")
        #expect(
            held.output.contains("  Muster Elektrotechnik GmbH  parking.permit  überall  bis zu 500,00 EUR  "),
            "\(held)")

        let trail = try await director.run("companies", "audit", company)
        #expect(trail.output.contains("mandate.activated  Erika Direktorin"), "\(trail)")
        #expect(trail.output.contains("membership.created  Erika Angestellt"), "\(trail)")
        try expectFailure(
            try await employee.run("companies", "audit", company, "--json"), 15, "provider_refused",
            code: "unknown_company")
        try await officeEnds(try #require(given["mandate"]?.string), of: company, heldBy: employee, here)

        let leaving = try await director.run(
            "companies", "leave", company, "--yes", "--pin-file", director.pinFile, "--json")
        try expectFailure(leaving, 15, "provider_refused", code: "last_administrator")
        #expect(
            leaving.errors.contains("Lassen Sie eine Nachfolge annehmen, schließen Sie das Unternehmen"),
            "the ways out are named")
        _ = try await act(employee, "companies", "leave", company)
        #expect(try await employee.run("companies", "--json").json()["companies"]?.array?.isEmpty == true)
    }

    /// An office sees the mandate without its people, ends it, and its holder reads so.
    private func officeEnds(
        _ mandate: String, of company: String, heldBy holder: Phone, _ here: Installation
    ) async throws {
        let listed = try await here.administer("mandate", "list", company)
        #expect(listed.output.contains(mandate) && listed.output.contains("parking.permit"), "\(listed)")
        let shown = try await here.administer("mandate", "show", mandate)
        #expect(shown.output.contains("holder: member") && shown.output.contains("500.00"), "\(shown)")
        for output in [listed.output, shown.output] {
            #expect(!output.contains("Angestellt") && !output.contains("Montagefahrzeuge"), "\(output)")
        }
        let revoked = try await here.administer("mandate", "revoke", mandate, "--tenant", "herten", "--json")
        #expect(try revoked.json()["state"] == "revoked", "\(revoked)")
        let told = try await holder.run("account", "notices")
        #expect(told.output.contains(mandate), "\(told)")
        for (arguments, code) in [
            (["revoke", mandate], "not_possible_now"), (["show", "no-such-mandate"], "unknown_mandate"),
            (["revoke", mandate, "--tenant", "atlantis"], "unknown_tenant"),
            (["list", "no-such-company"], "unknown_company"),
        ] {
            let result = try await here.administer(["mandate"] + arguments + ["--json"])
            #expect(result.status == 1, "\(result)")
            #expect(try result.json()["error"]?.string == code, "\(result)")
        }
    }

    @Test func `nothing is done without a yes`() async throws {
        let here = try await Self.installation.value
        let director = try await here.enrolledPhone(family: "Zaudernd")
        let file = try here.folder.write("none.json", "{}")
        try expectFailure(
            try await director.run("companies", "create", file, "--yes", "--pin-file", director.pinFile, "--json"), 15,
            "provider_refused", code: "invalid_request")
        let company = try await director.foundCompany(number: "12346")
        let refused = try await director.run("companies", "close", company, "--pin-file", director.pinFile, "--json")
        try expectFailure(refused, 20, "no_terminal")
        #expect(refused.errors.contains("Das Konto des Unternehmens „Muster Elektrotechnik GmbH“ schließen?"))
        #expect(try await director.run("companies").output.contains("in Prüfung"))
    }
}
