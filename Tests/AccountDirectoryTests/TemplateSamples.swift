import AccountDirectory
import OpenIDMessages

/// A template, tenants and terms for tests.
enum TemplateSamples {
    static let key = ServiceIdentifier(rawValue: "parking")!

    static func version(_ text: String) -> SemanticVersion { SemanticVersion(rawValue: text)! }

    static func tenant(_ name: String, kind: Tenant.Kind = .kreisangehoerigeStadt, state: TenantState = .live) -> Tenant
    {
        Tenant(
            identifier: TenantIdentifier(rawValue: name)!, officialName: "Stadt \(name)", kind: kind,
            municipalityKey: nil, operatorAssignment: OperatorAssignment(OperatorIdentifier(rawValue: "it")!),
            sector: SectorIdentifier(rawValue: "urn:\(name)")!, hosts: [TenantHost("portal.\(name).example")],
            floor: .normal,
            allowedScopes: nil, state: state)
    }

    static let marl = tenant("marl")
    static let herten = tenant("herten")
    static let kreis = tenant("kreis", kind: .kreis)

    static func definition(
        level: AssuranceLevel? = .normal, claims: [String] = ["given_name", "address"],
        contexts: [Service.Context] = [.citizen, .company]
    ) -> ServiceDefinition {
        ServiceDefinition(
            title: LocalizedText(german: "Parken", english: "Parking"), contexts: contexts, requiredLevel: level,
            mandateScope: "parking.permit", claims: claims, purpose: LocalizedText(german: "Wozu"))
    }

    static func template(
        _ version: String = "1.0.0", _ definition: ServiceDefinition = definition(), policy: String = "{}",
        cases: [TemplateCase] = [], offeredBy: Set<Tenant.Kind> = [.kreisangehoerigeStadt],
        publisher: Tenant = marl
    ) throws -> ServiceTemplate {
        ServiceTemplate(
            key: key, version: self.version(version), publisher: publisher.identifier, definition: definition,
            offeredBy: offeredBy, policy: try MetadataPolicy(json: json(policy)), cases: cases, changelog: "Neu.")
    }

    static func terms(
        _ version: String = "1.0.0", overrides: String = "{}", fields: AdoptionTerms.Fields = .init()
    ) throws -> AdoptionTerms {
        AdoptionTerms(
            version: self.version(version), fields: fields, overrides: try MetadataPolicy(json: json(overrides)))
    }

    /// An adoption of `template` that two people have looked at.
    static func adopted(_ terms: AdoptionTerms, at tenant: Tenant = herten) throws -> Adoption {
        var adoption = Adoption(tenant: tenant.identifier, template: key, proposing: terms)
        _ = try adoption.approve(as: .serviceOwner, by: "anna")
        _ = try adoption.approve(as: .dataProtectionOfficer, by: "berta")
        return adoption
    }
}
