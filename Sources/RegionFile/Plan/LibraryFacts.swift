import AccountDirectory
import OpenIDMessages

/// Templates and adoptions as entries of a plan.
enum LibraryFacts {
    typealias Fact = RegionFacts.Fact

    static func entries(of library: TemplateLibrary) -> [RegionFacts] {
        let templates = library.templates.values.flatMap(\.values)
        return templates.sorted { ($0.key, $0.version) < ($1.key, $1.version) }.map(facts)
            + library.adoptions.map(facts)
    }

    private static func facts(_ template: ServiceTemplate) -> RegionFacts {
        var document = template.json
        let changelog = document["changelog"]?.string ?? ""
        document["changelog"] = nil
        return RegionFacts(
            .template, "\(template.key) \(template.version)", of: [template.publisher],
            [
                Fact("publisher", template.publisher.rawValue), Fact("changelog", changelog),
                Fact("document", document.text, shown: template.definition.title.german),
            ])
    }

    private static func facts(_ adoption: Adoption) -> RegionFacts {
        let terms = adoption.terms ?? adoption.proposal?.terms
        let review = adoption.review.map { review in
            review.approvals.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue) \($0.value)" }
                .joined(separator: ", ") + " for \(review.version)" + (review.note.map { ", " + $0 } ?? "")
        }
        let fields = terms?.fields
        return RegionFacts(
            .adoption, "\(adoption.template) at \(adoption.tenant)", of: [adoption.tenant],
            [
                Fact("state", adoption.state.rawValue), Fact("version", terms?.version.rawValue ?? ""),
                Fact("contact", fields?.contact ?? ""), Fact("privacy_uri", fields?.privacyURI?.rawValue ?? ""),
                Fact("initiate_login_uri", fields?.initiateLoginURI?.rawValue ?? ""),
                Fact("legal_basis", fields?.legalBasis ?? ""),
                Fact("amount", fields?.amount.map(ServiceAmount.text) ?? ""),
                Fact("overrides", terms?.overrides.isEmpty == false ? terms?.overrides.json.text ?? "" : ""),
                Fact("approvals", review ?? ""),
            ])
    }
}
