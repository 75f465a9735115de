import AccountDirectory
import OpenIDMessages
import Testing

@Suite("What an update changes, and how it goes live")
struct ServiceChangeTests {
    private typealias Samples = TemplateSamples

    private func service(_ change: (inout Service) -> Void = { _ in }) throws -> Service {
        var service = try Samples.template("1.0.0", Samples.definition(level: .substantiell, contexts: [.citizen]))
            .original
        change(&service)
        return service
    }

    @Test(
        "I31: added claims, hosts and contexts, and lower levels, need a review whatever the version says",
        arguments: ["claims", "contexts", "level", "no login", "mandate", "purpose"])
    func widenings(what: String) throws {
        let wider = try service { service in
            switch what {
            case "claims": service.claims.append("email")
            case "contexts": service.contexts.append(.company)
            case "level": service.requiredLevel = .normal
            case "no login": service.requiredLevel = nil
            case "mandate": service.mandateScope = nil
            default: service.purpose = LocalizedText(german: "Etwas anderes")
            }
        }
        let change = ServiceChange(from: try service(), to: wider)
        #expect(change.widenings.count == 1)
        for step in SemanticVersion.Step.allCases { #expect(UpdateWay(step, change) == .review) }
        // The same change the other way round takes something away, except a purpose, which is another one both ways.
        let back = ServiceChange(from: wider, to: try service())
        #expect(back.widenings.isEmpty == (what != "purpose"))
    }

    @Test("I31: a new host needs a review")
    func hosts() throws {
        func adopted(_ host: String) throws -> AdoptedService {
            var tenant = Samples.herten
            tenant.hosts = [TenantHost("portal.herten.example"), TenantHost("new.herten.example")]
            let fields = AdoptionTerms.Fields(initiateLoginURI: RedirectURI(rawValue: "https://\(host)/start"))
            return try AdoptedService(Samples.template(), Samples.terms(fields: fields), at: tenant)
        }
        let same = ServiceChange(from: try adopted("portal.herten.example"), to: try adopted("portal.herten.example"))
        #expect(same.widenings.isEmpty)
        let moved = ServiceChange(from: try adopted("portal.herten.example"), to: try adopted("new.herten.example"))
        #expect(moved.widenings == [.host("new.herten.example")])
        #expect(UpdateWay(.patch, moved) == .review)
    }

    @Test("I31: a patch goes live by itself, a minor version with one click, a major one after a review")
    func ways() throws {
        let same = ServiceChange(from: try service(), to: try service { $0.title = LocalizedText(german: "Neu") })
        #expect(same.widenings.isEmpty)
        #expect(UpdateWay(.patch, same) == .automatic)
        #expect(UpdateWay(.minor, same) == .oneClick)
        #expect(UpdateWay(.major, same) == .review)
    }

    @Test("I31: another price or another law is nothing that a patch brings unseen")
    func priceAndLaw() throws {
        let changes: [(inout Service) -> Void] = [
            { $0.amount = 100 }, { $0.amount = nil }, { $0.amount = 30_500 }, { $0.legalBasis = "Satzung" },
            { $0.legalBasis = nil },
        ]
        let old = try service { ($0.amount, $0.legalBasis) = (25_000, "StVO") }
        for change in changes {
            var new = old
            change(&new)
            let found = ServiceChange(from: old, to: new)
            #expect(found.widenings.isEmpty)
            #expect(SemanticVersion.Step.allCases.map { UpdateWay($0, found) }.filter { $0 == .automatic }.isEmpty)
            #expect(UpdateWay(.patch, found) == .oneClick)
        }
    }

    @Test("I37: a later version with another purpose has a higher purpose version, and the number never falls")
    func purposes() throws {
        func version(_ text: String, _ purpose: String?, _ number: Int64) throws -> ServiceTemplate {
            var definition = Samples.definition(claims: purpose == nil ? [] : ["address"])
            definition.purpose = purpose.map { LocalizedText(german: $0) }
            definition.purposeVersion = number
            return try Samples.template(text, definition)
        }
        let library = TemplateLibrary(templates: [try version("1.0.0", "A", 2), try version("2.0.0", "B", 4)])
        let good: [(String, String, Int64)] = [
            ("1.0.1", "A", 2), ("1.0.1", "A", 3), ("1.1.0", "C", 3), ("2.0.1", "B", 4), ("3.0.0", "A", 5),
        ]
        for (text, purpose, number) in good {
            #expect(library.purposeObjection(to: try version(text, purpose, number)) == nil, "\(text) \(purpose)")
        }
        let bad: [(String, String, Int64)] = [
            ("1.0.1", "C", 2), ("1.0.1", "C", 4), ("1.0.1", "A", 1), ("1.0.1", "A", 4), ("2.0.1", "C", 4),
            ("2.0.1", "A", 4), ("3.0.0", "B", 3),
        ]
        for (text, purpose, number) in bad {
            #expect(library.purposeObjection(to: try version(text, purpose, number)) != nil, "\(text) \(purpose)")
        }
        #expect(
            library.purposeObjection(to: try version("2.0.1", "C", 4))
                == "version 2.0.0 has another purpose: its purpose_version must be above 4")
        #expect(library.purposeObjection(to: try version("2.0.1", nil, 4)) == nil, "without claims there is no purpose")
    }

    @Test func `versions are ordered by their numbers`() throws {
        let texts = ["0.0.1", "0.0.9", "0.0.10", "0.9.0", "0.10.0", "1.0.0", "10.0.0"]
        let versions = try texts.map { try #require(SemanticVersion(rawValue: $0)) }
        #expect(versions.sorted() == versions)
        #expect(versions.shuffled().sorted() == versions)
        #expect(versions[0].step(to: versions[2]) == .patch)
        #expect(versions[2].step(to: versions[4]) == .minor)
        #expect(versions[4].step(to: versions[5]) == .major)
        #expect(versions[5].step(to: versions[5]) == nil)
        #expect(versions[5].step(to: versions[4]) == nil)
        for wrong in ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.0-a", "-1.0.0", "1..0", "4294967296.0.0", "1.0.x"] {
            #expect(SemanticVersion(rawValue: wrong) == nil)
        }
    }

    @Test func `amounts are euros with two decimals`() {
        for cents in [0, 1, 9, 10, 99, 100, 30_500, 999_999_999] as [Int64] {
            #expect(ServiceAmount.cents(ServiceAmount.text(cents)) == cents)
        }
        for wrong in ["", "1", "1.0", "1.000", "01.00", "-1.00", "1,00", ".50", "1.5a", "10000000.00", "1.00 "] {
            #expect(ServiceAmount.cents(wrong) == nil)
        }
    }
}
