import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import RegionFile
import Testing

@Suite("Templates and adoptions in a region file")
struct TemplateSectionTests {
    private let parking = ServiceIdentifier(rawValue: "parking")!
    private let herten = TenantIdentifier(rawValue: "herten")!

    @Test func `give a town the service that another one developed`() throws {
        let region = try load(
            LibrarySample.text(adoption: "overrides: {claims: {subset_of: [given_name]}}\namount: '12.00'"))
        let registry = Registry(region: region)
        let service = try #require(registry.service(parking, at: herten))
        #expect(service.claims == ["given_name"])
        #expect(service.publisher.rawValue == "marl")
        #expect(service.amount == 1200)
        #expect(region.clients.first?.services == [parking])
        let adoption = try #require(region.library.adoption(of: parking, at: herten))
        #expect(adoption.state == .adopted)
        #expect(adoption.review?.approvals[.serviceOwner] == "anna")
    }

    @Test func `without both approvals it is only proposed`() throws {
        for approvals in ["{service_owner: anna, version: 1.0.0}", "{dpo: berta, version: 1.0.0}", "null"] {
            let text = try LibrarySample.text()
                .replacing("{service_owner: anna, dpo: berta, version: 1.0.0}", with: approvals)
            let region = try load(text)
            #expect(region.library.adoptions.map(\.state) == [.proposed])
            #expect(Registry(region: region).service(parking, at: herten) == nil)
        }
    }

    @Test(arguments: [
        ("template: parking", "template: parkin", "unknown template `parkin`; did you mean `parking`?"),
        ("tenant: herten\n    contact", "tenant: kreis\n    contact", "not in charge of this service"),
        ("contact: Amt 32", "legal_basis: Satzung", "`essential`"),
        ("dpo: berta", "dpo: anna", "the same person cannot approve twice"),
        ("dpo: berta, version: 1.0.0", "dpo: berta", "missing key `version`"),
        (
            "contact: Amt 32", "contact: Amt 32\n    privacy_uri: https://portal.marl.example/",
            "is not one of the tenant's"
        ),
        ("contact: Amt 32", "contact: Amt 32\n    overrides: {claims: {add: [email]}}", "contradict"),
        ("contact: Amt 32", "contact: Amt 32\n    overrides: {title: {essential: true}}", "cannot be overridden"),
        ("contact: Amt 32", "contact: Amt 32\n    overrides: {claims: {matches: a}}", "unknown key `matches`"),
        ("contact: Amt 32", "contact: Amt 32\n    colour: red", "unknown key `colour`"),
        ("services: [parking]", "services: [parkin]", "unknown service `parkin`"),
        (
            "tenant: herten\n    name", "tenant: marl\n    name",
            "does not offer service `parking`; if it may adopt the template later, write `template:parking`"
        ),
        ("services: [parking]", "services: ['template:']", "followed by the key of a template"),
        ("services: [parking]", "services: ['template:Parking']", "followed by the key of a template"),
        (
            "cases:\n      - {name: anybody, context: citizen", "cases:\n      - {name: anybody, context: company",
            "does not go as expected"
        ),
        (
            "policy: {contact: {essential: true}}", "policy: {contact: {value: [a], one_of: [b]}}",
            "contradict each other"
        ),
        ("policy: {contact: {essential: true}}", "policy: {colour: {essential: true}}", "`colour` is not known"),
        ("version: 1.0.0\n    publisher", "version: 1\n    publisher", "is no version"),
        (
            "services: []",
            "services:\n  - {id: parking, title: {de: A}, publisher: marl, version: 1.0.0, contexts: [citizen],\n     required_level: null, served_tenants: []}",
            "there is a service `parking` already"
        ),
        ("changelog: Neu.", "", "missing key `changelog`"),
        ("signature: SIGN-1.0.0", "", "missing key `signature`"),
    ])
    func `are refused where the mistake is`(original: String, replacement: String, message: String) throws {
        let unsigned = LibrarySample.raw()
        try #require(unsigned.contains(original))
        let text = unsigned.replacing(original, with: replacement, maxReplacements: 1)
        let found = mistakes(text)
        let expected = try #require(found.first { $0.message.contains(message) }, "\(found)")
        let line = text.split(separator: "\n", omittingEmptySubsequences: false)[expected.line - 1]
        #expect(!line.isEmpty, "the line holds something")
    }

    @Test func `a client may name a template that its town has not adopted yet, or nobody has published`() throws {
        let text = try LibrarySample.text()
            .replacing("services: [parking]", with: "services: ['template:parking', 'template:trees']")
            .replacing("tenant: herten\n    name", with: "tenant: marl\n    name")
            .replacing("portal.herten.example/callback", with: "portal.marl.example/callback")
        let region = try load(text)
        #expect(region.clients.first?.services.map(\.rawValue) == ["parking", "trees"])
        let client = try #require(region.clients.first?.identifier)
        #expect(Registry(region: region).resolve(client)?.services == [], "nothing is in force")
    }

    @Test func `a service of the region is no template that may be adopted`() throws {
        let text = sample("scopes: [openid, person]", "scopes: [openid, person]\n    services: ['template:hund']")
        #expect(mistakes(text).map(\.message).contains { $0.contains("`hund` is a service of the region") })
    }

    @Test("I37: of two versions with different purposes the later one has the higher purpose_version")
    func purposes() throws {
        let more = LibrarySample.version("1.1.0").replacing("{de: Wozu}", with: "{de: Wofuer}")
        #expect(
            mistakes(LibrarySample.raw(more: more)).contains {
                $0.message.contains("has another purpose: its purpose_version must be above 1")
            })
        let raised = more.replacing("{de: Wofuer}", with: "{de: Wofuer}, purpose_version: 2")
        #expect(mistakes(try LibrarySample.text(more: raised)).isEmpty)
    }

    // MARK: Signatures

    @Test func `a template is signed by its publisher`() throws {
        let text = try LibrarySample.text()
        #expect(mistakes(text).isEmpty)
        #expect(mistakes(LibrarySample.raw()).first?.message.contains("does not fit") == true)
        let changes = [
            ("claims: [given_name, address]", "claims: [given_name, address, email]"), ("{de: Wozu}", "{de: Wofuer}"),
            ("required_level: normal\n", "required_level: substantiell\n"), ("changelog: Neu.", "changelog: Alt."),
            ("offered_by: [kreisangehoerige_stadt]", "offered_by: [kreisangehoerige_stadt, kreis]"),
        ]
        for (original, replacement) in changes {
            try #require(text.contains(original))
            let found = mistakes(text.replacing(original, with: replacement))
            #expect(
                found.contains { $0.message.contains("does not fit this template") || $0.message.contains("case") },
                "\(original)")
        }
    }

    @Test func `a signature by another key, or under another name, is none`() throws {
        let templates = try RegionFile.templatesToSign([
            RegionFile.Source(name: "region.yaml", text: LibrarySample.raw(), directory: ".")
        ])
        let template = try #require(templates.first)
        func found(_ signature: String) -> String? {
            mistakes(LibrarySample.raw().replacing("SIGN-1.0.0", with: signature)).first?.message
        }
        let other = SigningKey.makeES256()
        let forged = try TemplateSignature.sign(template.json, with: other, keyIdentifier: "t1")
        #expect(found(TemplateSignature.detached(forged))?.contains("does not fit") == true)
        let unknown = try TemplateSignature.sign(template.json, with: LibrarySample.key, keyIdentifier: "t2")
        #expect(found(TemplateSignature.detached(unknown))?.contains("by none of the `template_keys`") == true)
        let whole = try TemplateSignature.sign(template.json, with: LibrarySample.key, keyIdentifier: "t1")
        #expect(found(whole)?.contains("does not fit") == true, "the payload stands in the file alone")
        let typed = try LibrarySample.key.sign(type: "JWT", payload: template.json, keyIdentifier: "t1")
        #expect(found(TemplateSignature.detached(typed))?.contains("does not fit") == true)
        #expect(found("a..b")?.contains("does not fit") == true)
    }

    // MARK: Updates

    @Test("I31: a patch that widens nothing rests on the review before it")
    func patch() throws {
        let text = try LibrarySample.text(version: "1.0.1", more: LibrarySample.version("1.0.1"))
        let region = try load(text)
        #expect(Registry(region: region).service(parking, at: herten)?.version == "1.0.1")
    }

    @Test(
        "I31: a version that adds claims, and every major one, waits for a review of its own",
        arguments: [
            ("1.0.1", "[given_name, address, email]"), ("1.1.0", "[given_name, address, email]"),
            ("2.0.0", "[given_name]"),
        ])
    func review(version: String, claims: String) throws {
        let more = LibrarySample.version(version, claims: claims)
        let unsigned = LibrarySample.raw(version: version, more: more)
        #expect(mistakes(unsigned).contains { $0.message.contains("needs a review of its own") })
        let reviewed = unsigned.replacing("dpo: berta, version: 1.0.0", with: "dpo: berta, version: \(version)")
        #expect(!mistakes(reviewed).contains { $0.message.contains("review") })
    }

    @Test func `a later version waits while the pinned one is in force`() throws {
        let region = try load(LibrarySample.text(more: LibrarySample.version("2.0.0", claims: "[given_name]")))
        #expect(region.library.adoptions.map(\.state) == [.updateAvailable])
        #expect(Registry(region: region).service(parking, at: herten)?.version == "1.0.0")
    }

    @Test("Checklist K5: branding in a region file is data", arguments: BrandingPayloads.all)
    func branding(payload: String) {
        for member in ["colour", "initials", "logo", "email", "phone", "dpo_email"] {
            let value = JSONValue.string(payload)
            let text = sample(
                "name: Stadt Marl",
                "name: Stadt Marl\n    branding: {\(member): \(String(decoding: value.serialized, as: UTF8.self))}")
            #expect(!mistakes(text).isEmpty, "\(member)")
        }
        #expect(!mistakes(sample("name: Stadt Marl", "name: Stadt Marl\n    branding: {css: a}")).isEmpty)
    }

    @Test func `branding is read`() throws {
        let png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg"
        let members =
            "{colour: '#0b5394', logo: \(png), email: rathaus@marl.example, phone: 02365 99-0, dpo_email: dsb@marl.example}"
        let region = try load(sample("name: Stadt Marl", "name: Stadt Marl\n    branding: \(members)"))
        let branding = try #require(region.tenants.first?.branding)
        #expect(branding.colour?.rawValue == "#0b5394")
        #expect(branding.logo?.width == 1)
        #expect(branding.contact.dataProtectionEmail == "dsb@marl.example")
        let both = "{initials: MA, logo: \(png)}"
        #expect(mistakes(sample("name: Stadt Marl", "name: Stadt Marl\n    branding: \(both)")).count == 1)
    }
}

/// Texts that would run or load something on a page.
enum BrandingPayloads {
    static let all = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)",
        "url(https://evil.example/)",
        "#fff;background:url(//evil.example)", "</style><script>", "https://evil.example/logo.png",
        "//evil.example/a.svg",
        "<svg onload=alert(1)>", "data:image/svg+xml;base64,PHN2Zz4=", "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk-", "@import 'x'",
        "{{secret}}", "&#x3c;script&#x3e;",
    ]
}
