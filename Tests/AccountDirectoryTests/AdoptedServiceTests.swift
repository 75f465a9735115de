import AccountDirectory
import OpenIDMessages
import Testing

@Suite("A template as a tenant offers it")
struct AdoptedServiceTests {
    private typealias Samples = TemplateSamples

    private func service(
        _ overrides: String, template: ServiceTemplate? = nil, fields: AdoptionTerms.Fields = .init(),
        at tenant: Tenant = TemplateSamples.herten
    ) throws -> Service {
        try AdoptedService(
            template ?? Samples.template(), Samples.terms(overrides: overrides, fields: fields), at: tenant
        ).service
    }

    @Test func `is the template's service at the tenant, when the tenant says nothing of its own`() throws {
        var expected = try Samples.template().original
        expected.servedTenants = [Samples.herten.identifier]
        #expect(try service("{}") == expected)
    }

    @Test("I30: a tenant may raise the required level and narrow the claims")
    func tightening() throws {
        let service = try service(
            #"{"required_level": {"at_least": "substantiell"}, "claims": {"subset_of": ["given_name"]}, "contexts": {"subset_of": ["citizen"]}}"#
        )
        #expect(service.requiredLevel == .substantiell)
        #expect(service.claims == ["given_name"])
        #expect(service.contexts == [.citizen])
    }

    @Test(
        "I30: a tenant cannot lower the required level or widen the claims",
        arguments: [
            (#"{"required_level": {"value": null}}"#, "substantiell"),
            (#"{"required_level": {"value": "normal"}}"#, "substantiell"),
            (#"{"required_level": {"one_of": ["normal"]}}"#, "substantiell"),
            (#"{"claims": {"add": ["email"]}}"#, "normal"),
            (#"{"claims": {"value": ["given_name", "address", "email"]}}"#, "normal"),
            (#"{"claims": {"superset_of": ["email"]}}"#, "normal"),
            (#"{"contexts": {"value": ["company", "citizen"]}}"#, "citizen only"),
            (#"{"contexts": {"add": ["company"]}}"#, "citizen only"),
            (#"{"mandate_scope": {"value": null}}"#, "normal"),
            (#"{"mandate_scope": {"value": "other.scope"}}"#, "normal"),
        ])
    func widening(overrides: String, template: String) throws {
        let definition =
            switch template {
            case "substantiell": Samples.definition(level: .substantiell)
            case "citizen only": Samples.definition(contexts: [.citizen])
            default: Samples.definition()
            }
        let template = try Samples.template("1.0.0", definition)
        #expect(throws: AdoptionObjection.self) { try service(overrides, template: template) }
    }

    @Test("I30: whatever a tenant writes, what comes out is never wider than the template", arguments: 0..<8)
    func neverWider(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let levels = ["normal", "substantiell", "hoch"]
        let claims = ["given_name", "family_name", "address", "email"]
        var (allowed, refused) = (0, 0)
        for _ in 0..<300 {
            let some = claims.filter { _ in Bool.random(using: &random) }
            let overrides: JSONObject = [
                "claims": .object([
                    ["subset_of", "value", "add", "superset_of"].randomElement(using: &random)!: .strings(some)
                ]),
                "required_level": .object([
                    ["at_least", "value"].randomElement(using: &random)!: .string(levels.randomElement(using: &random)!)
                ]),
            ]
            let template = try Samples.template("1.0.0", Samples.definition(level: .substantiell))
            let terms = AdoptionTerms(
                version: Samples.version("1.0.0"), overrides: try MetadataPolicy(json: overrides))
            guard let adopted = try? AdoptedService(template, terms, at: Samples.herten) else {
                refused += 1
                continue
            }
            allowed += 1
            #expect(adopted.service.requiredLevel! >= .substantiell)
            #expect(Set(adopted.service.claims).isSubset(of: template.definition.claims))
        }
        #expect(allowed > 0 && refused > 0)
    }

    @Test func `keeps to the publisher's policy`() throws {
        let template = try Samples.template(
            policy: #"{"claims": {"superset_of": ["address"]}, "contact": {"essential": true}}"#)
        let contact = AdoptionTerms.Fields(contact: "Bürgerbüro")
        #expect(try service("{}", template: template, fields: contact).contact == "Bürgerbüro")
        #expect(throws: AdoptionObjection.self) { try service("{}", template: template) }
        #expect(throws: AdoptionObjection.self) {
            try service(#"{"claims": {"subset_of": ["given_name"]}}"#, template: template, fields: contact)
        }
    }

    @Test func `cannot override what is not for the tenant to say`() throws {
        for name in ["title", "purpose", "purpose_version", "contact", "amount", "anything"] {
            #expect(throws: AdoptionObjection.notOverridable(name)) {
                try service(#"{"\#(name)": {"essential": true}}"#)
            }
        }
    }

    @Test func `has what only the tenant knows`() throws {
        let fields = AdoptionTerms.Fields(
            contact: "Amt 32", privacyURI: RedirectURI(rawValue: "https://portal.herten.example/privacy"),
            initiateLoginURI: RedirectURI(rawValue: "https://portal.herten.example/start"), legalBasis: "Satzung",
            amount: 25_000)
        let adopted = try AdoptedService(Samples.template(), Samples.terms(fields: fields), at: Samples.herten)
        #expect(adopted.service.amount == 25_000)
        #expect(adopted.service.legalBasis == "Satzung")
        #expect(adopted.service.privacyURI == fields.privacyURI && adopted.service.contact == "Amt 32")
        #expect(adopted.initiateLoginURI == fields.initiateLoginURI)
    }

    @Test("I29: addresses of an adoption lie on hosts that the tenant has proved to be its own")
    func foreignHosts() throws {
        let uri = RedirectURI(rawValue: "https://portal.marl.example/")
        for fields in [AdoptionTerms.Fields(privacyURI: uri), AdoptionTerms.Fields(initiateLoginURI: uri)] {
            #expect(throws: AdoptionObjection.foreignHost("portal.marl.example")) { try service("{}", fields: fields) }
            _ = try service("{}", fields: fields, at: Samples.marl)
        }
    }

    @Test func `has the addresses that the template's policy puts in, and no others than it allows`() throws {
        let given = try Samples.template(
            policy: """
                {"privacy_uri": {"default": "https://portal.herten.example/p", "essential": true},
                 "initiate_login_uri": {"value": "https://portal.herten.example/start"}}
                """
        )
        let other = AdoptionTerms.Fields(
            privacyURI: RedirectURI(rawValue: "https://portal.herten.example/own"),
            initiateLoginURI: RedirectURI(rawValue: "https://portal.herten.example/own"))
        let plain = try AdoptedService(given, Samples.terms(), at: Samples.herten)
        #expect(plain.privacyURI?.rawValue == "https://portal.herten.example/p")
        #expect(plain.initiateLoginURI?.rawValue == "https://portal.herten.example/start")
        let own = try AdoptedService(given, Samples.terms(fields: other), at: Samples.herten)
        #expect(own.privacyURI == other.privacyURI, "a default is for those who say nothing")
        #expect(own.initiateLoginURI?.rawValue == "https://portal.herten.example/start")
    }

    @Test("I29: an address that a template's policy puts in is on the tenant's hosts as well, and an address at all")
    func foreignHostsOfPolicies() throws {
        for name in ["privacy_uri", "initiate_login_uri"] {
            let foreign = try Samples.template(policy: #"{"\#(name)": {"value": "https://portal.marl.example/x"}}"#)
            #expect(throws: AdoptionObjection.foreignHost("portal.marl.example")) {
                try service("{}", template: foreign)
            }
            let none = try Samples.template(policy: #"{"\#(name)": {"value": "no address"}}"#)
            let refusal = #expect(throws: AdoptionObjection.self) { try service("{}", template: none) }
            guard case .policy(let error)? = refusal else { Issue.record("\(String(describing: refusal))"); continue }
            #expect(error.parameter == name)
        }
    }

    @Test func `is not for a tenant that is not in charge`() throws {
        #expect(throws: AdoptionObjection.notInCharge(.kreis)) { try service("{}", at: Samples.kreis) }
    }

    @Test func `has somebody who can use it`() throws {
        #expect(throws: AdoptionObjection.nobodyLeft) { try service(#"{"contexts": {"subset_of": []}}"#) }
    }

    // MARK: Cases

    private let cases = [
        TemplateCase(name: "at normal", context: .citizen, level: .normal, claims: ["address"], expected: .allowed),
        TemplateCase(
            name: "with mandate", context: .company, level: .hoch, mandateScope: "parking.permit", expected: .allowed),
        TemplateCase(name: "without mandate", context: .company, level: .hoch, expected: .refused),
        TemplateCase(name: "mail", context: .citizen, level: .hoch, claims: ["email"], expected: .refused),
    ]

    @Test func `is tried with the template's cases: what the tenant tightened is told apart from what fails`() throws {
        let template = try Samples.template(cases: cases)
        let plain = try AdoptedService(template, Samples.terms(), at: Samples.herten).dryRun
        #expect(plain.passed.count == 4 && plain.tightened.isEmpty && plain.failed.isEmpty)
        let overrides = #"{"required_level": {"at_least": "substantiell"}}"#
        let raised = try AdoptedService(template, Samples.terms(overrides: overrides), at: Samples.herten).dryRun
        #expect(raised.tightened == ["at normal"])
        #expect(raised.passed == ["with mandate", "without mandate", "mail"])
    }

    @Test("a login below the town's floor is refused, and the dry run says so")
    func floor() throws {
        let template = try Samples.template(cases: cases)
        var town = Samples.herten
        town.floor = .substantiell
        let run = try AdoptedService(template, Samples.terms(), at: town).dryRun
        #expect(run.tightened == ["at normal"] && run.failed.isEmpty)
        #expect(run.passed == ["with mandate", "without mandate", "mail"])
    }

    @Test func `a template whose own cases fail is none`() throws {
        var wrong = cases
        wrong[3].expected = .allowed
        #expect(
            throws: ServiceTemplate.Mistake.contradiction(
                "the case `mail` does not go as expected at the template itself")
        ) {
            try Samples.template(cases: wrong).check()
        }
        #expect(throws: ServiceTemplate.Mistake.contradiction("two cases have the same name")) {
            try Samples.template(cases: cases + cases).check()
        }
        #expect(throws: ServiceTemplate.Mistake.self) {
            try Samples.template(policy: #"{"required_level": {"value": null}}"#).check()
        }
        #expect(throws: ServiceTemplate.Mistake.self) {
            try Samples.template(policy: #"{"colour": {"value": "a"}}"#).check()
        }
        try Samples.template(cases: cases).check()
    }
}
