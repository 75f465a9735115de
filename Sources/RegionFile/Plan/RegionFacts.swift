import AccountDirectory
import OpenIDMessages

/// An entry of a region as a list of named values that a plan compares.
struct RegionFacts {
    /// One value: what is compared and what people see of it, which can be less.
    struct Fact: Equatable {
        var name: String
        var value: String
        var shown: String

        init(_ name: String, _ value: String, shown: String? = nil) {
            self.name = name
            self.value = value
            self.shown = shown ?? (value.isEmpty ? "none" : value)
        }

        init(_ name: String, list: [String]) { self.init(name, list.joined(separator: ", ")) }
    }

    /// What makes two entries the same one.
    struct Key: Hashable {
        var kind: RegionPlan.Kind
        var identifier: String
    }

    var key: Key
    /// The towns whose the entry is.
    var tenants: [TenantIdentifier]
    var facts: [Fact]

    init(_ kind: RegionPlan.Kind, _ identifier: String, of tenants: [TenantIdentifier], _ facts: [Fact]) {
        key = Key(kind: kind, identifier: identifier)
        self.tenants = tenants
        self.facts = facts
    }

    /// The entry in a plan, with what differs from the one before: `floor normal → substantiell`, and `jwks replaced` where
    /// people see no difference.
    func planned(after earlier: RegionFacts?) -> RegionPlan.Entry {
        let changes = zip(earlier?.facts ?? [], facts).filter { $0.value != $1.value }
        return RegionPlan.Entry(
            kind: key.kind, identifier: key.identifier, tenants: Set((earlier?.tenants ?? []) + tenants).sorted(),
            differences: changes.map { old, new in
                old.shown == new.shown ? "\(old.name) replaced" : "\(old.name) \(old.shown) → \(new.shown)"
            }, members: changes.map(\.1.name), earlierState: earlier?.state, state: state)
    }

    private var state: String? { facts.first { $0.name == "state" }?.value }
}

extension RegionFacts {
    static func entries(of region: Region) -> [RegionFacts] {
        [facts(region)] + region.operators.map { facts($0, of: region.tenants) } + region.tenants.map(facts)
            + region.services.map(facts) + LibraryFacts.entries(of: region.library) + region.clients.map(facts)
    }

    private static func facts(_ region: Region) -> RegionFacts {
        let roots = region.evidence.simulatorRoots.map { Base64URL.encode($0) }
        return RegionFacts(
            .region, region.identifier.rawValue, of: [],
            [
                Fact("name", region.name), Fact("issuer", region.issuer.rawValue),
                Fact("development", String(region.isDevelopment)),
                Fact("notified", String(region.isNotified)),
                Fact("evidence formats", list: region.evidence.formats),
                Fact("simulator_roots", roots.joined(separator: ","), shown: String(roots.count)),
            ] + AttestationFacts.facts(of: region.evidence))
    }

    private static func facts(_ provider: Operator, of tenants: [Tenant]) -> RegionFacts {
        RegionFacts(
            .operator, provider.identifier.rawValue,
            of: tenants.filter { $0.operatorIdentifier == provider.identifier }.map(\.identifier),
            [
                Fact("name", provider.name), Fact("short_name", provider.shortName),
                Fact("contract", provider.contract ?? ""),
            ] + facts(provider.contact))
    }

    private static func facts(_ tenant: Tenant) -> RegionFacts {
        RegionFacts(
            .tenant, tenant.identifier.rawValue, of: [tenant.identifier],
            [
                Fact("name", tenant.officialName), Fact("kind", tenant.kind.rawValue),
                Fact("ags", tenant.municipalityKey ?? ""),
            ] + facts(tenant.operatorAssignment) + [
                Fact("sector", tenant.sector.rawValue), Fact("hosts", list: tenant.hostNames),
                Fact(
                    "hosts verified_on",
                    list: tenant.hosts.compactMap { host in
                        host.verifiedOn.map { "\(host.name) \($0)" }
                    }),
                Fact("floor", tenant.floor.name),
                Fact("allowed_scopes", tenant.allowedScopes?.joined(separator: ", ") ?? "all"),
                Fact("state", tenant.state.rawValue),
                Fact(
                    "template_keys", tenant.templateKeys.map(\.text).joined(separator: ","),
                    shown: String(tenant.templateKeys.count)),
                Fact("colour", tenant.branding.colour?.rawValue ?? ""),
                Fact("initials", tenant.branding.initials ?? ""),
                Fact(
                    "logo", tenant.branding.logo.map { Base64URL.encode($0.bytes) } ?? "",
                    shown: tenant.branding.logo.map { "\($0.width) x \($0.height)" } ?? "none"),
            ] + facts(tenant.branding.contact))
    }

    private static func facts(_ assignment: OperatorAssignment) -> [Fact] {
        [
            Fact("operator", assignment.operatorIdentifier.rawValue),
            Fact("operator purpose", assignment.purpose ?? ""), Fact("operator contract", assignment.contract ?? ""),
            Fact("operator from", assignment.from?.rawValue ?? ""),
            Fact("operator until", assignment.until?.rawValue ?? ""),
        ]
    }

    private static func facts(_ contact: Contact) -> [Fact] {
        [
            Fact("email", contact.email ?? ""), Fact("phone", contact.phone ?? ""),
            Fact("dpo_email", contact.dataProtectionEmail ?? ""),
        ]
    }

    private static func facts(_ service: Service) -> RegionFacts {
        RegionFacts(
            .service, service.identifier.rawValue, of: [service.publisher] + service.servedTenants,
            [
                Fact("title de", service.title.german), Fact("title en", service.title.english ?? ""),
                Fact("publisher", service.publisher.rawValue), Fact("version", service.version),
                Fact("contexts", list: service.contexts.map(\.rawValue)),
                Fact("required_level", service.requiredLevel?.name ?? ""),
                Fact("mandate_scope", service.mandateScope ?? ""),
                Fact("amount", service.amount.map(ServiceAmount.text) ?? ""),
                Fact("served_tenants", list: service.servedTenants.map(\.rawValue)),
                Fact("claims", list: service.claims), Fact("purpose de", service.purpose?.german ?? ""),
                Fact("purpose en", service.purpose?.english ?? ""),
                Fact("purpose_version", String(service.purposeVersion)),
                Fact("legal_basis", service.legalBasis ?? ""), Fact("leika_key", service.leikaKey ?? ""),
                Fact("contact", service.contact ?? ""), Fact("state", service.state.rawValue),
            ])
    }
}
