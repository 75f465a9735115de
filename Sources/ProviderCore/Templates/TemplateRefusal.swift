public import AccountDirectory
internal import OpenIDMessages

/// Why something cannot happen to a template or an adoption. Nothing in it is secret or personal.
public enum TemplateRefusal: Error, Sendable, Equatable {
    /// The document is no template, or not signed by its publisher.
    case document(String)
    /// There is this version already, or the key is another publisher's.
    case versionExists
    /// The region has a service of this name.
    case serviceExists
    case unknownTemplate
    case unknownVersion(SemanticVersion)
    /// There is no such tenant, or it is not one that can adopt now.
    case unknownTenant
    /// The tenant has an adoption of this template that is not over.
    case adoptedAlready
    case notAdopted
    /// What a region file says is changed there.
    case inRegionFile
    case adoption(Adoption.Refusal)
    case objection(AdoptionObjection)
    /// Somebody else was faster: look again.
    case changedMeanwhile

    /// A word for programs.
    public var code: String {
        switch self {
        case .document: "template_malformed"
        case .versionExists: "version_exists"
        case .serviceExists: "service_exists"
        case .unknownTemplate: "unknown_template"
        case .unknownVersion: "unknown_version"
        case .unknownTenant: "unknown_tenant"
        case .adoptedAlready: "adopted_already"
        case .notAdopted: "not_adopted"
        case .inRegionFile: "in_region_file"
        case .adoption: "adoption_refused"
        case .objection: "terms_refused"
        case .changedMeanwhile: "changed_meanwhile"
        }
    }

    /// True when what was named does not exist.
    public var isAboutSomethingUnknown: Bool {
        switch self {
        case .unknownTemplate, .unknownVersion, .unknownTenant, .notAdopted: true
        default: false
        }
    }

    /// A plain sentence.
    public var sentence: String {
        switch self {
        case .document(let reason): "The document is no template that can be published: \(reason)."
        case .versionExists: "This version is published already, or its key belongs to another publisher."
        case .serviceExists: "The region has a service of this name."
        case .unknownTemplate: "There is no such template."
        case .unknownVersion(let version): "The template has no version \(version)."
        case .unknownTenant: "There is no such tenant, or it cannot adopt anything now."
        case .adoptedAlready: "The tenant has adopted this template, or is about to."
        case .notAdopted: "The tenant has not adopted this template."
        case .inRegionFile: "The region file says this; change it there."
        case .adoption(let refusal): "Not possible: \(refusal.sentence)."
        case .objection(let objection): "Not possible: \(objection.sentence)."
        case .changedMeanwhile: "Somebody else has changed this meanwhile. Look again."
        }
    }
}
