import AccountDirectory
import Foundation
import GRDB
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP
@testable import SQLiteStore

/// The export as people read it.
@Suite("The page of an export")
struct ExportPageTests {
    @Test("every section and every column of the export has words in both languages")
    func words() async throws {
        let store = try SQLiteStore.inMemory()
        let exported = try await store.pool.read { db in
            try PersonalTable.all.flatMap { [$0.export, $0.more].compactMap(\.self) }.flatMap { export -> [String] in
                guard case .section(let name, let sql) = export else { return [] }
                let columns = try db.makeStatement(sql: sql).columnNames.map {
                    $0.hasSuffix(":json") ? String($0.dropLast(5)) : $0
                }
                return [name] + columns
            }
        }
        #expect(exported.count > 150)
        let others = ["audit", "audit_names", "controllers", "portal", "controller", "chain", "name"]
        for name in Set(exported + others) {
            let words = ExportWords.name(of: name)
            #expect(words?.german.isEmpty == false && words?.english.isEmpty == false, "\(name)")
        }
    }

    @Test("every member of a person's record, an address, a company and a controller has words")
    func nestedWords() throws {
        let address: JSONObject = [
            "street": "Ring", "house_number": "1", "postal_code": "45699", "locality": "Herten", "addition": "Hof",
            "ags": "05562020", "country": "DE",
        ]
        let person = try PersonRecord(json: [
            "given_name": "Erika", "family_name": "Muster", "title": "Dr.", "birth_family_name": "Gabler",
            "birthdate": "1964-08-12", "place_of_birth": "Berlin", "nationalities": ["DE"],
            "address": .object(address), "email": "e@example.org", "phone_number": "1", "mailbox": "m",
        ])
        var company = TestCompany.soleTrader()
        for member in TestCompany.registered().members where company[member.name] == nil {
            company[member.name] = member.value
        }
        func names(_ object: JSONObject) -> [String] {
            object.members.flatMap { [$0.name] + ($0.value.object.map(names) ?? []) }
        }
        let all =
            names(person.json) + names(company) + [
                "occupation", "w_idnr", "ust_idnr", "lei", "hosts", "responsible_for", "email", "phone", "dpo_email",
                "processor",
            ]
        for name in all { #expect(ExportWords.name(of: name) != nil, "\(name)") }
    }

    @Test("the person comes first, what is empty is one line, times are times and the trail is told in sentences")
    func readable() async throws {
        let provider = try await TestProvider.withAdministration()
        let person = try await provider.registered(
            person: TestServices.erika,
            evidence: ["document": .object(["type": "passport", "country": "PL", "expires_on": "2030-01-31"])])
        _ = try await provider.signIn(at: TestRegion.basic, phone: person.phone)
        try await provider.provider.desk.lock(person.account, for: .own, in: provider.scope(TestRegion.herten))
        let export = try await provider.provider.exports.export(
            of: person.account, visit: provider.visit(TestServices.erika))
        for language in Language.allCases {
            let page = ExportPage.html(export.document, language: language)
            if let folder = ProcessInfo.processInfo.environment["CITIZENID_PAGE_SAMPLES"] {
                try page.write(toFile: "\(folder)/export-\(language.rawValue).html", atomically: true, encoding: .utf8)
            }
            let headings = page.matches(of: /<h2 id="([a-z_]+)">/).map { String($0.1) }
            #expect(headings.first == "person" && headings.last == "controllers")
            #expect(!headings.contains("mandates"), "nothing is there")
            let empty = page.matches(of: /<p id="empty" class="soft">([^<]*)/).map { String($0.1) }
            #expect(empty.first?.contains(language.say("Vollmachten", "Mandates")) == true)
            for word in [">txn<", ">acr<", ">is_simulated<", ">previous<", ">hash<", "token.issued", ">seq<"] {
                #expect(!page.contains(word), "\(word)")
            }
            for text in [
                language.say("Ein Portal bekam, was Sie freigegeben haben.", "A portal got what you released."),
                language.say("Reisepass", "passport"), language.say("Polen", "Poland"), "Stadt Herten", " UTC",
                NoticeKind.locked(for: .own).text(language),
            ] { #expect(page.contains(text), "\(text)") }
            #expect(!page.contains("<script") && page.contains("<html lang=\"\(language.rawValue)\">"))
        }
        let hashes = (export.document["audit"]?.array ?? []).compactMap { $0.object?["hash"]?.string }
        #expect(!hashes.isEmpty, "they are in the signed form")
        #expect(!hashes.contains { ExportPage.html(export.document, language: .german).contains($0) })
    }

    @Test("companies have their names, and what is known of them is in words")
    func companies() {
        let document: JSONObject = [
            "memberships": [
                .object([
                    "id": "m", "company": "kennung-eins", "company_name": "Muster GmbH", "roles": ["org_admin"],
                    "level": "substantiell",
                ])
            ],
            "mandates": [
                .object(["id": "md", "company": "kennung-eins"]), .object(["id": "md-2", "company": "kennung-zwei"]),
            ],
            "register_powers": [.object(["company": "kennung-eins", "kind": "geschaeftsfuehrer"])],
            "notices": [.object(["kind": "company_frozen", "detail": "kennung-eins"])],
        ]
        let page = ExportPage.html(document, language: .english)
        #expect(
            !page.contains("kennung-eins") && page.contains("kennung-zwei"), "of another company the person has no name"
        )
        for text in ["Muster GmbH", "administrator", "substantial (substantiell)", "managing director"] {
            #expect(page.contains(text), "\(text)")
        }
        for text in ["org_admin", "geschaeftsfuehrer", "Name of the company"] {
            #expect(!page.contains(text), "\(text)")
        }
    }

    @Test("a role in administration is told in words, with its town")
    func roles() {
        let notice = NoticeRecord(
            identifier: .random(), kind: .roleGiven, detail: "tenant_admin (herten)", companyName: nil,
            time: Timestamp(seconds: 1), readAt: nil)
        #expect(notice.json(.german)["detail"] == "Administration der Stadt (herten)")
        let device = NoticeRecord(
            identifier: .random(), kind: .deviceAdded, detail: "clerk", companyName: nil, time: Timestamp(seconds: 1),
            readAt: nil)
        #expect(device.json(.english)["detail"] == "clerk", "a device is called as its owner called it")
        for role in AdministrationRole.allCases {
            #expect(role.title.german != role.title.english && role.title.english != role.rawValue || role == .clerk)
        }
    }

    @Test("text of somebody else is text: nothing of it becomes part of the page")
    func escaped() {
        let document: JSONObject = [
            "person": [.object(["attributes": .object(["given_name": "<script>alert(1)</script>"])])],
            "devices": [.object(["id": "d", "name": "\"><img src=x>"])],
            "audit": [
                .object(["time": 1, "kind": "<b>", "text": .object(["de": "<i>", "en": "<i>"]), "tenant_name": "<u>"])
            ],
        ]
        let page = ExportPage.html(document, language: .german)
        for tag in ["<script>", "<img", "<b>", "<i>", "<u>"] { #expect(!page.contains(tag), "\(tag)") }
    }
}
