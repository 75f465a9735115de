public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The region's library: tenants publish templates, other tenants adopt them.
///
/// The rules are `AdoptedService`, `Adoption` and `UpdateWay`; the store decides who was first; the registry offers at once
/// what came into force.
public struct TemplateFlow: Sendable {
    let registry: ClientRegistry
    let store: any TemplateStore
    let clock: ProviderClock

    /// Takes over what the store has. A template whose signature no longer fits the publisher's keys still counts: it was
    /// verified when it came.
    func load() async throws {
        try await registry.use {
            let templates = try await store.publishedTemplates().compactMap(Self.template)
            return TemplateLibrary(templates: templates, adoptions: try await store.adoptions().map(\.adoption))
        }
    }

    /// Everything that is published and adopted, the region file's entries among it.
    public var library: TemplateLibrary { registry.library }

    /// Where a service can be used, for a tenant that is asked for it.
    public func availability(
        of service: ServiceIdentifier, at tenant: TenantIdentifier
    ) -> EffectiveServices.Availability {
        EffectiveServices.availability(of: service, at: tenant, in: registry.region, library)
    }

    // MARK: Publishing

    /// Publishes a signed template. Patches that widen nothing go live at tenants that follow it; for others the version
    /// waits (invariant I31).
    public func publish(_ document: String) async throws -> ServiceTemplate {
        try await publish(document, as: nil, by: nil)
    }

    /// - Parameters:
    ///   - publisher: the only one whose template it may be; nil for the machine's operator.
    ///   - administrator: who publishes it; nil for the machine's operator.
    func publish(
        _ document: String, as publisher: TenantIdentifier?, by administrator: Administrator?
    ) async throws -> ServiceTemplate {
        let template = try verified(document)
        guard publisher == nil || publisher == template.publisher else {
            throw TemplateRefusal.document("its publisher is another tenant")
        }
        guard !registry.region.services.contains(where: { $0.identifier == template.key }) else {
            throw TemplateRefusal.serviceExists
        }
        guard library.templates[template.key]?.values.first.map({ $0.publisher == template.publisher }) ?? true,
            library.template(template.key, template.version) == nil
        else { throw TemplateRefusal.versionExists }
        guard !template.cases.isEmpty else {
            throw TemplateRefusal.document("it has no cases, so that a dry run would show a town nothing")
        }
        let published = try await store.publishedTemplates().filter { $0.key == template.key }
        let earlier = registry.region.library.joined(
            with: TemplateLibrary(templates: published.compactMap(Self.template)))
        if let objection = earlier.purposeObjection(to: template) { throw TemplateRefusal.document(objection) }
        let now = clock.now()
        let moved = try await moved(by: template)
        let events =
            [
                event(
                    .templatePublished, template.publisher, template.key, template.version.rawValue, now,
                    by: administrator)
            ]
            + moved.map { stored in
                event(
                    stored.adoption.terms?.version == template.version ? .templateUpgraded : .templateUpdateAvailable,
                    stored.adoption.tenant, template.key, template.version.rawValue, now, actor: .system)
            }
        let isPublished = try await store.publish(
            PublishedTemplate(
                key: template.key, version: template.version, publisher: template.publisher, document: document,
                publishedAt: now), beside: published.count, moving: moved, events: events)
        try await load()
        guard isPublished else { throw TemplateRefusal.changedMeanwhile }
        return template
    }

    /// The template, if its publisher is a live tenant that signed it.
    private func verified(_ document: String) throws(TemplateRefusal) -> ServiceTemplate {
        guard let token = try? CompactJWS(parsing: document) else {
            throw .document("it is no signed template: what citizen-id template sign --whole printed is wanted")
        }
        guard let name = token.unverifiedPayload?["publisher"]?.string,
            let identifier = TenantIdentifier(rawValue: name), let publisher = registry.tenant(identifier),
            publisher.isLive
        else { throw .document("it names no live tenant as its publisher") }
        guard let payload = try? TemplateSignature.verify(document, keys: publisher.templateKeys) else {
            throw .document("its publisher has not signed it")
        }
        do throws(ServiceTemplate.Mistake) { return try ServiceTemplate(json: payload) } catch {
            throw .document(error.sentence)
        }
    }

    /// The adoptions that a new version concerns, as they are after it.
    private func moved(by template: ServiceTemplate) async throws -> [StoredAdoption] {
        let fresh = library.joined(with: TemplateLibrary(templates: [template]))
        return try await store.adoptions().compactMap { stored in
            guard stored.adoption.template == template.key, let terms = stored.adoption.terms,
                let step = terms.version.step(to: template.version),
                let tenant = registry.tenant(stored.adoption.tenant)
            else { return nil }
            var (result, next) = (stored, terms)
            next.version = template.version
            let way = Self.way(from: fresh.service(stored.adoption, at: tenant), step, to: next, template, at: tenant)
            if way == .automatic, stored.adoption.state != .diverged,
                stored.adoption.patchKeepsProposal(template.version)
            {
                _ = try result.adoption.change(to: next, way)
                try Self.noteLater(&result.adoption, fresh)
            } else {
                try result.adoption.noteUpdate()
            }
            return result
        }
    }

    /// How terms come into force that replace those of `old`; a review when they cannot at all.
    private static func way(
        from old: AdoptedService?, _ step: SemanticVersion.Step?, to terms: AdoptionTerms, _ template: ServiceTemplate,
        at tenant: Tenant
    ) -> UpdateWay {
        guard let old, let new = try? AdoptedService(template, terms, at: tenant) else { return .review }
        return UpdateWay(step ?? .major, ServiceChange(from: old, to: new))
    }

    private static func noteLater(_ adoption: inout Adoption, _ library: TemplateLibrary) throws(Adoption.Refusal) {
        guard let version = adoption.terms?.version, let latest = library.latest(adoption.template)?.version,
            version < latest, adoption.state == .adopted
        else { return }
        try adoption.noteUpdate()
    }

    // MARK: Adopting

    /// The service that terms would give a tenant, with the dry run of the template's cases. Nothing is written.
    public func dryRun(
        _ key: ServiceIdentifier, _ terms: AdoptionTerms, in scope: TenantScope
    ) throws(TemplateRefusal) -> AdoptedService {
        let tenant = scope.tenant
        guard tenant.isLive || tenant.state == .onboarding else { throw .unknownTenant }
        guard library.templates[key] != nil else { throw .unknownTemplate }
        guard let template = library.template(key, terms.version) else { throw .unknownVersion(terms.version) }
        do throws(AdoptionObjection) { return try AdoptedService(template, terms, at: tenant) } catch {
            throw .objection(error)
        }
    }

    /// A tenant wants a template on these terms; two people must agree.
    ///
    /// - Parameter administrator: who proposes it; nil for the machine's operator, here and in what follows.
    public func propose(
        _ key: ServiceIdentifier, _ terms: AdoptionTerms, in scope: TenantScope, by administrator: Administrator? = nil
    ) async throws -> AdoptedService {
        let adopted = try dryRun(key, terms, in: scope)
        let tenant = scope.tenant.identifier
        guard library.adoption(of: key, at: tenant) == nil else { throw TemplateRefusal.adoptedAlready }
        let adoption = Adoption(tenant: tenant, template: key, proposing: terms)
        try await save(
            StoredAdoption(identifier: .random(bytes: 16), adoption: adoption, revision: 0), in: scope,
            .templateProposed, terms.version.rawValue, by: administrator)
        return adopted
    }

    /// One of two people agrees to what waits; with the second it is in force.
    ///
    /// - Parameter person: who agrees, on the word of the machine's operator: nothing proves it.
    public func approve(
        _ key: ServiceIdentifier, in scope: TenantScope, as role: Adoption.Role, by person: String
    ) async throws -> Adoption {
        try await approve(key, in: scope, as: role, by: person, seen: nil, administrator: nil)
    }

    /// - Parameters:
    ///   - seen: the digest of what they have read; nil for the local socket.
    ///   - administrator: who has logged in and agrees; nil for the local socket.
    func approve(
        _ key: ServiceIdentifier, in scope: TenantScope, as role: Adoption.Role, by person: String, seen: String?,
        administrator: Administrator?
    ) async throws -> Adoption {
        try await change(key, in: scope, by: administrator) { adoption in
            try Self.check(seen, adoption)
            guard let terms = adoption.proposal?.terms else { throw TemplateRefusal.adoption(.nothingProposed) }
            // What was proposed may have become impossible: a host is gone, the template's cases fail.
            _ = try dryRun(key, terms, in: scope)
            let wasInForce = adoption.state.isInForce
            let isInForce = try adoption.approve(as: role, by: person)
            if isInForce { try Self.noteLater(&adoption, library) }
            let kind: SecurityEvent.Kind =
                isInForce ? (wasInForce ? .templateUpgraded : .templateAdopted) : .templateApproved
            return (kind, "\(terms.version) \(role.rawValue)")
        }
    }

    /// One of the two people who must agree says no to what they have read.
    func refuse(
        _ key: ServiceIdentifier, in scope: TenantScope, as role: Adoption.Role, seen: String,
        administrator: Administrator
    ) async throws -> Adoption {
        try await change(key, in: scope, by: administrator) { adoption in
            try Self.check(seen, adoption)
            let version = adoption.proposal?.terms.version
            try adoption.refuse()
            return (.templateDeclined, version.map { "\($0) \(role.rawValue)" })
        }
    }

    /// What waits must be what was read.
    private static func check(_ seen: String?, _ adoption: Adoption) throws {
        guard let seen, let waiting = adoption.proposalDigest, waiting != seen else { return }
        throw TemplateRefusal.changedMeanwhile
    }

    /// Another version or other terms: at once when nothing is wider than before, as a proposal otherwise (I31).
    public func upgrade(
        _ key: ServiceIdentifier, in scope: TenantScope, to terms: AdoptionTerms, by administrator: Administrator? = nil
    ) async throws -> Adoption {
        let adopted = try dryRun(key, terms, in: scope)
        return try await change(key, in: scope, by: administrator) { adoption in
            let old = library.service(adoption, at: scope.tenant)
            var way = UpdateWay.review
            if let old, let current = adoption.terms {
                let change = ServiceChange(from: old, to: adopted)
                // Other terms for the same version are a small step: what counts is what they change.
                let step = current.version == terms.version ? .minor : current.version.step(to: terms.version) ?? .major
                way = UpdateWay(step, change)
            }
            let isInForce = try adoption.change(to: terms, way)
            if isInForce { try Self.noteLater(&adoption, library) }
            return (isInForce ? .templateUpgraded : .templateProposed, terms.version.rawValue)
        }
    }

    /// The tenant stays with its version.
    public func decline(
        _ key: ServiceIdentifier, in scope: TenantScope, by administrator: Administrator? = nil
    ) async throws -> Adoption {
        try await change(key, in: scope, by: administrator) { adoption in
            try adoption.decline()
            return (.templateDeclined, adoption.terms?.version.rawValue)
        }
    }

    /// The tenant offers the service no more, at once.
    public func withdraw(
        _ key: ServiceIdentifier, in scope: TenantScope, by administrator: Administrator? = nil
    ) async throws -> Adoption {
        try await change(key, in: scope, by: administrator) { adoption in
            try adoption.withdraw()
            return (.templateWithdrawn, nil)
        }
    }

    // MARK: Writing

    /// Loads an adoption, lets `step` change it, and writes it if nobody else has meanwhile. The event's object is the key
    /// and what `step` says besides: a version, and the role that has agreed to it.
    private func change(
        _ key: ServiceIdentifier, in scope: TenantScope, by administrator: Administrator? = nil,
        _ step: (inout Adoption) throws -> (SecurityEvent.Kind, String?)
    ) async throws -> Adoption {
        guard registry.region.library.adoption(of: key, at: scope.tenant.identifier) == nil else {
            throw TemplateRefusal.inRegionFile
        }
        let stored = try await store.adoptions(in: scope).first {
            $0.adoption.template == key && $0.adoption.state != .withdrawn
        }
        guard var stored else { throw TemplateRefusal.notAdopted }
        let kind: SecurityEvent.Kind
        let detail: String?
        do { (kind, detail) = try step(&stored.adoption) } catch let refusal as Adoption.Refusal {
            throw TemplateRefusal.adoption(refusal)
        }
        try await save(stored, in: scope, kind, detail, by: administrator)
        return stored.adoption
    }

    private func save(
        _ stored: StoredAdoption, in scope: TenantScope, _ kind: SecurityEvent.Kind, _ detail: String?,
        by administrator: Administrator?
    ) async throws {
        let (tenant, key) = (stored.adoption.tenant, stored.adoption.template)
        let isSaved = try await store.save(
            stored, in: scope, event: event(kind, tenant, key, detail, clock.now(), by: administrator))
        try await load()
        guard isSaved else { throw TemplateRefusal.changedMeanwhile }
    }

    private func event(
        _ kind: SecurityEvent.Kind, _ tenant: TenantIdentifier, _ key: ServiceIdentifier, _ detail: String?,
        _ time: Timestamp, by administrator: Administrator? = nil, actor: SecurityEvent.Actor = .clerk
    ) -> SecurityEvent {
        let object = detail.map { "\(key) \($0)" } ?? key.rawValue
        return administrator?.event(kind, object: object, at: tenant, now: time)
            ?? SecurityEvent(kind, time: time, tenant: tenant, object: object, actor: actor)
    }

    private static func template(_ published: PublishedTemplate) -> ServiceTemplate? {
        guard let payload = (try? CompactJWS(parsing: published.document))?.unverifiedPayload else { return nil }
        return try? ServiceTemplate(json: payload)
    }
}
