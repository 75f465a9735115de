public import OpenIDMessages

/// A template as one tenant would offer it: the service, and what the dry run of the template's cases showed.
public struct AdoptedService: Sendable, Equatable {
    public let service: Service
    public let dryRun: DryRun
    public var privacyURI: RedirectURI? { service.privacyURI }
    /// Where a login for the service begins at the tenant; nil when its terms name no place.
    public let initiateLoginURI: RedirectURI?

    /// Merges the template's policy with what follows from its definition and with the tenant's overrides, applies the
    /// result, compares it with the template (invariant I30) and runs the template's cases.
    public init(_ template: ServiceTemplate, _ terms: AdoptionTerms, at tenant: Tenant) throws(AdoptionObjection) {
        guard terms.version == template.version else { throw .otherVersion }
        guard template.offeredBy.contains(tenant.kind) else { throw .notInCharge(tenant.kind) }
        for name in terms.overrides.parameters.keys.sorted() where !AdoptionTerms.overridable.contains(name) {
            throw .notOverridable(name)
        }
        let metadata: JSONObject
        do throws(PolicyError) {
            let policy = try template.policy.merged(with: template.floor).merged(with: terms.overrides)
            metadata = try policy.applied(to: Self.metadata(template.definition, terms.fields))
        } catch { throw .policy(error) }
        var service = try Self.service(metadata, template, at: tenant)
        let fields = try Self.fields(metadata)
        try Self.checkHosts(fields, of: tenant)
        service.privacyURI = fields.privacyURI
        if let widening = ServiceChange(from: template.original, to: service).widenings.first {
            throw .widens(widening)
        }
        self.service = service
        dryRun = DryRun(template.cases, at: service, original: template.original, floor: tenant.floor)
        guard dryRun.failed.isEmpty else { throw .casesFailed(dryRun.failed) }
        initiateLoginURI = fields.initiateLoginURI
    }

    /// Members that no definition of a template has.
    private static let ownNames = ["contact", "privacy_uri", "initiate_login_uri"]

    /// What the tenant says of its own, after policy: a template may give a default for it, or the value itself.
    private static func fields(_ metadata: JSONObject) throws(AdoptionObjection) -> AdoptionTerms.Fields {
        var own = JSONObject()
        for name in ownNames { own[name] = metadata[name] }
        do throws(MessageError) { return try AdoptionTerms.Fields(json: own) } catch { throw unfit(error) }
    }

    /// A policy can put in what a service cannot have.
    private static func unfit(_ error: MessageError) -> AdoptionObjection {
        switch error {
        case .missing(let name), .malformed(let name), .unknown(let name): .policy(PolicyError(name, .check(.value)))
        }
    }

    private static func checkHosts(_ fields: AdoptionTerms.Fields, of tenant: Tenant) throws(AdoptionObjection) {
        for uri in [fields.privacyURI, fields.initiateLoginURI].compactMap(\.self)
        where !tenant.hostNames.contains(uri.host) {
            throw .foreignHost(uri.host)
        }
    }

    /// The definition, and what the tenant adds.
    private static func metadata(_ definition: ServiceDefinition, _ fields: AdoptionTerms.Fields) -> JSONObject {
        var metadata = definition.json
        for member in fields.json.members { metadata[member.name] = member.value }
        return metadata
    }

    private static func service(
        _ metadata: JSONObject, _ template: ServiceTemplate, at tenant: Tenant
    ) throws(AdoptionObjection) -> Service {
        guard metadata["contexts"]?.array?.isEmpty == false else { throw .nobodyLeft }
        var definition = metadata
        for name in ownNames { definition[name] = nil }
        do throws(MessageError) {
            var service = template.service(try ServiceDefinition(json: definition), at: [tenant.identifier])
            service.contact = metadata["contact"]?.string
            return service
        } catch { throw unfit(error) }
    }
}
