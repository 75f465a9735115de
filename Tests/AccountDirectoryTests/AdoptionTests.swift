import AccountDirectory
import OpenIDMessages
import Testing

@Suite("The adoption of a template")
struct AdoptionTests {
    private typealias Samples = TemplateSamples

    @Test("The life of an adoption is what the table says")
    func walk() {
        LifeTable.expect(
            AdoptionState.self,
            [
                "proposed approve adopted", "proposed publish proposed", "proposed withdraw withdrawn",
                "adopted publish update_available", "adopted upgrade adopted", "adopted withdraw withdrawn",
                "update_available publish update_available", "update_available upgrade adopted",
                "update_available decline diverged", "update_available withdraw withdrawn",
                "diverged publish diverged", "diverged upgrade adopted", "diverged withdraw withdrawn",
            ], final: [.withdrawn])
    }

    @Test func `is in force with two approvals by different people in two roles`() throws {
        let terms = try Samples.terms()
        var adoption = Adoption(tenant: Samples.herten.identifier, template: Samples.key, proposing: terms)
        #expect(adoption.state == .proposed && adoption.terms == nil)
        #expect(try !adoption.approve(as: .serviceOwner, by: "anna"))
        #expect(adoption.state == .proposed && adoption.terms == nil)
        #expect(throws: Adoption.Refusal.approvedAlready(.serviceOwner)) {
            try adoption.approve(as: .serviceOwner, by: "berta")
        }
        #expect(throws: Adoption.Refusal.samePerson) { try adoption.approve(as: .dataProtectionOfficer, by: "anna") }
        #expect(adoption.terms == nil)
        #expect(try adoption.approve(as: .dataProtectionOfficer, by: "berta"))
        #expect(adoption.state == .adopted && adoption.terms == terms && adoption.proposal == nil)
        #expect(adoption.review?.approvals == [.serviceOwner: "anna", .dataProtectionOfficer: "berta"])
        #expect(throws: Adoption.Refusal.nothingProposed) { try adoption.approve(as: .serviceOwner, by: "anna") }
    }

    @Test(
        "terms that name only what changes keep each of the others, whether in force or proposed; null takes one away")
    func changes() throws {
        let fields = AdoptionTerms.Fields(
            contact: "Amt 32", privacyURI: RedirectURI(rawValue: "https://portal.herten.example/privacy"),
            legalBasis: "Satzung", amount: 3_050)
        let terms = try Samples.terms(overrides: #"{"required_level": {"at_least": "substantiell"}}"#, fields: fields)
        let proposed = Adoption(tenant: Samples.herten.identifier, template: Samples.key, proposing: terms)
        #expect(try proposed.standing == terms && Samples.adopted(terms).standing == terms)
        func changed(_ json: JSONObject, _ standing: AdoptionTerms? = terms) throws -> AdoptionTerms {
            try AdoptionTerms(json: json, changing: standing)
        }
        var expected = terms
        expected.fields.contact = "Amt 33"
        #expect(try changed(["version": "1.0.0", "fields": .object(["contact": "Amt 33"])]) == expected)
        expected = terms
        expected.fields.amount = nil
        #expect(try changed(["version": "1.0.0", "fields": .object(["amount": .null])]) == expected)
        expected = try Samples.terms("1.1.0", fields: fields)
        #expect(try changed(["version": "1.1.0", "overrides": .object([:])]) == expected)
        #expect(try changed(["version": "1.0.0"], nil) == Samples.terms())
        for wrong in [["fields": "x"], ["fields": .object(["colour": "red"])], ["fields": .object(["contact": 1])]]
            as [JSONObject]
        {
            var json = wrong
            json["version"] = "1.0.0"
            #expect(throws: ServiceTemplate.Mistake.self) { try changed(json) }
        }
    }

    @Test("I31: what needs a review waits beside what is in force")
    func review() throws {
        let (old, new) = (try Samples.terms(), try Samples.terms("2.0.0"))
        var adoption = try Samples.adopted(old)
        try adoption.noteUpdate()
        #expect(try !adoption.change(to: new, .review))
        #expect(adoption.terms == old && adoption.proposal?.terms == new && adoption.state == .updateAvailable)
        _ = try adoption.approve(as: .serviceOwner, by: "carla")
        #expect(adoption.terms == old)
        #expect(try adoption.approve(as: .dataProtectionOfficer, by: "dora"))
        #expect(adoption.terms == new && adoption.state == .adopted)
        #expect(adoption.review?.version == new.version)
    }

    @Test func `other terms forget who approved the ones before`() throws {
        var adoption = Adoption(
            tenant: Samples.herten.identifier, template: Samples.key, proposing: try Samples.terms())
        _ = try adoption.approve(as: .serviceOwner, by: "anna")
        #expect(throws: Adoption.Refusal.nothingNew) { try adoption.change(to: Samples.terms(), .automatic) }
        #expect(try !adoption.change(to: Samples.terms("1.0.1"), .automatic), "nothing is in force without approvals")
        #expect(adoption.proposal?.approvals == [:])
        #expect(try !adoption.approve(as: .dataProtectionOfficer, by: "berta"))
        #expect(adoption.state == .proposed)
    }

    @Test func `a small update keeps the review under which the service came into force`() throws {
        var adoption = try Samples.adopted(Samples.terms())
        let review = adoption.review
        #expect(try adoption.change(to: Samples.terms("1.0.1"), .automatic))
        #expect(adoption.terms?.version == Samples.version("1.0.1") && adoption.review == review)
        #expect(throws: Adoption.Refusal.nothingNew) { try adoption.change(to: Samples.terms("1.0.1"), .oneClick) }
    }

    @Test("I31: a patch that goes live by itself leaves what waits for a later version, and who has approved that")
    func patchBesideProposal() throws {
        var adoption = try Samples.adopted(Samples.terms())
        try adoption.noteUpdate()
        _ = try adoption.change(to: Samples.terms("2.0.0"), .review)
        _ = try adoption.approve(as: .serviceOwner, by: "carla")
        let waiting = adoption.proposal
        #expect(adoption.patchKeepsProposal(Samples.version("1.0.1")))
        #expect(try adoption.change(to: Samples.terms("1.0.1"), .automatic))
        #expect(adoption.terms?.version == Samples.version("1.0.1") && adoption.proposal == waiting)
        // Of the same version or an earlier one nothing can wait behind it.
        #expect(!adoption.patchKeepsProposal(Samples.version("2.0.0")))
        #expect(!adoption.patchKeepsProposal(Samples.version("2.0.1")))
        #expect(try adoption.change(to: Samples.terms("2.0.1"), .automatic))
        #expect(adoption.proposal == nil)
        // What somebody chooses takes the place of what waits.
        _ = try adoption.change(to: Samples.terms("3.0.0"), .review)
        _ = try adoption.change(to: Samples.terms("2.1.0"), .oneClick)
        #expect(adoption.proposal == nil)
    }

    @Test func `what waits can be refused: what is in force stays, and what never was in force is over`() throws {
        var first = Adoption(tenant: Samples.herten.identifier, template: Samples.key, proposing: try Samples.terms())
        try first.refuse()
        #expect(first.state == .withdrawn && first.proposal == nil)
        var adoption = try Samples.adopted(Samples.terms())
        #expect(throws: Adoption.Refusal.nothingProposed) { try adoption.refuse() }
        _ = try adoption.change(to: Samples.terms("2.0.0"), .review)
        try adoption.refuse()
        #expect(try adoption.proposal == nil && adoption.state == .adopted && adoption.terms == Samples.terms())
    }

    @Test func `can be declined, taken up again and withdrawn, and then nothing more happens`() throws {
        var adoption = try Samples.adopted(Samples.terms())
        #expect(throws: Adoption.Refusal.state(.adopted, .decline)) { try adoption.decline() }
        try adoption.noteUpdate()
        try adoption.decline()
        #expect(adoption.state == .diverged && adoption.terms != nil)
        try adoption.noteUpdate()
        #expect(adoption.state == .diverged)
        #expect(try adoption.change(to: Samples.terms("1.1.0"), .oneClick))
        #expect(adoption.state == .adopted)
        try adoption.withdraw()
        #expect(adoption.state == .withdrawn && adoption.terms == nil && adoption.review == nil)
        #expect(throws: Adoption.Refusal.state(.withdrawn, .withdraw)) { try adoption.withdraw() }
        #expect(throws: Adoption.Refusal.state(.withdrawn, .upgrade)) {
            try adoption.change(to: Samples.terms(), .automatic)
        }
        #expect(throws: Adoption.Refusal.nothingProposed) { try adoption.approve(as: .serviceOwner, by: "anna") }
    }

    @Test func `is read as it was written, and not in parts that contradict each other`() throws {
        var waiting = try Samples.adopted(Samples.terms(overrides: #"{"claims": {"subset_of": ["given_name"]}}"#))
        try waiting.noteUpdate()
        _ = try waiting.change(to: Samples.terms("2.0.0"), .review)
        _ = try waiting.approve(as: .serviceOwner, by: "carla")
        let proposed = Adoption(
            tenant: Samples.herten.identifier, template: Samples.key, proposing: try Samples.terms())
        var withdrawn = waiting
        try withdrawn.withdraw()
        for adoption in [waiting, proposed, withdrawn] {
            let again = Adoption(
                tenant: adoption.tenant, template: adoption.template, state: adoption.state, json: adoption.json)
            #expect(again == adoption)
            for state in AdoptionState.allCases where state.isInForce != adoption.state.isInForce {
                #expect(
                    Adoption(tenant: adoption.tenant, template: adoption.template, state: state, json: adoption.json)
                        == nil || (state == .withdrawn && adoption.json.isEmpty))
            }
        }
        let same = waiting.json.text.replacing("\"dpo\":\"berta\"", with: "\"dpo\":\"anna\"")
        #expect(
            Adoption(tenant: waiting.tenant, template: waiting.template, state: waiting.state, json: try json(same))
                == nil,
            "one person is no two")
    }
}
