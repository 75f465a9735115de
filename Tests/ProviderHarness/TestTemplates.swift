import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

extension TestProvider {
    /// Marl publishes a template, and Herten is asked to adopt it.
    public func proposeTemplate(_ name: String = "trees") async throws -> ServiceIdentifier {
        let signer = SigningKey.makeES256()
        try changeRegion { region in
            for index in region.tenants.indices where region.tenants[index].identifier == TestRegion.marl {
                region.tenants[index].templateKeys = [signer.publicKey.listedJWK(identifier: "t1")]
            }
        }
        let key = ServiceIdentifier(rawValue: name)!
        let version = SemanticVersion(rawValue: "1.0.0")!
        let template = ServiceTemplate(
            key: key, version: version, publisher: TestRegion.marl,
            definition: ServiceDefinition(
                title: LocalizedText(german: "Bäume"), contexts: [.citizen], requiredLevel: .normal,
                claims: ["given_name"], purpose: LocalizedText(german: "Wozu")),
            cases: [TemplateCase(name: "anybody", context: .citizen, level: .hoch, expected: .allowed)],
            changelog: "Neu.")
        _ = try await provider.templates.publish(
            TemplateSignature.sign(template.json, with: signer, keyIdentifier: "t1"))
        _ = try await provider.templates.propose(
            key, AdoptionTerms(version: version, overrides: MetadataPolicy(json: [:])),
            in: scope(TestRegion.herten))
        return key
    }
}
