public import AccountDirectory
public import OpenIDMessages

/// What must not happen to a region although the new file is without mistakes.
public struct RegionChangeRules: Sendable {
    /// Which tenant every sector that ever was belongs to, also those that no region has any more.
    public var sectorHolders: [SectorIdentifier: TenantIdentifier]
    /// True when the operator has said that levels may become lower.
    public var allowsLowerLevels: Bool

    public init(sectorHolders: [SectorIdentifier: TenantIdentifier] = [:], allowsLowerLevels: Bool = false) {
        self.sectorHolders = sectorHolders
        self.allowsLowerLevels = allowsLowerLevels
    }

    /// Everything that stands against replacing `old` by `new`.
    public func objections(from old: Region, to new: Region) -> [String] {
        sectors(old, new) + lives(old, new) + purposes(old, new) + reviews(old, new)
            + (allowsLowerLevels ? [] : lowerings(old, new))
    }

    // MARK: Sectors (invariant I29)

    /// A pairwise `sub` would mean another person or be known to another town.
    private func sectors(_ old: Region, _ new: Region) -> [String] {
        let now = Dictionary(old.tenants.map { ($0.sector, $0.identifier) }) { first, _ in first }
        let holders = sectorHolders.merging(now) { ever, _ in ever }
        let sectors = Dictionary(old.tenants.map { ($0.identifier, $0.sector) }) { first, _ in first }
        return new.tenants.compactMap { tenant in
            if let holder = holders[tenant.sector], holder != tenant.identifier {
                return "sector \(tenant.sector) belongs to tenant \(holder) and cannot go to \(tenant.identifier)"
            }
            let own = sectors[tenant.identifier] ?? holders.filter { $0.value == tenant.identifier }.map(\.key).min()
            if let own, own != tenant.sector { return "tenant \(tenant.identifier) keeps its sector \(own)" }
            return nil
        }
    }

    // MARK: Lives

    private func lives(_ old: Region, _ new: Region) -> [String] {
        tenantLives(old, new)
            + offerLives(
                "client", old.clients.map { ($0.identifier.rawValue, $0.state) },
                new.clients.map { ($0.identifier.rawValue, $0.state) })
            + offerLives(
                "service", old.services.map { ($0.identifier.rawValue, $0.state) },
                new.services.map { ($0.identifier.rawValue, $0.state) })
    }

    private func tenantLives(_ old: Region, _ new: Region) -> [String] {
        let before = Dictionary(old.tenants.map { ($0.identifier, $0.state) }) { first, _ in first }
        let after = Set(new.tenants.map(\.identifier))
        let moved = new.tenants.compactMap { tenant -> String? in
            guard let state = before[tenant.identifier] else {
                return tenant.state.isBeginning
                    ? nil : "tenant \(tenant.identifier) is new and cannot begin as \(tenant.state.rawValue)"
            }
            return state == tenant.state || state.leads(to: tenant.state)
                ? nil : "tenant \(tenant.identifier) cannot go from \(state.rawValue) to \(tenant.state.rawValue)"
        }
        // Whoever just disappears leaves rows and pseudonyms behind (invariant I33).
        let gone = old.tenants.filter { !after.contains($0.identifier) && !$0.state.isRemovable }.map {
            "tenant \($0.identifier) is \($0.state.rawValue): it goes to offboarding and archived before it is taken out"
        }
        return moved + gone
    }

    private func offerLives(
        _ noun: String, _ old: [(String, OfferState)], _ new: [(String, OfferState)]
    ) -> [String] {
        let before = Dictionary(old) { first, _ in first }
        return new.compactMap { name, state in
            guard let earlier = before[name], earlier != state, !earlier.leads(to: state) else { return nil }
            return "\(noun) \(name) cannot go from \(earlier.rawValue) to \(state.rawValue)"
        }
    }

    // MARK: Purposes (invariant I37)

    /// People agreed to something else: they must be asked again, be it a service of the region or an adopted template.
    private func purposes(_ old: Region, _ new: Region) -> [String] {
        let before = Dictionary(old.services.map { ($0.identifier, $0) }) { first, _ in first }
        let own = new.services.compactMap { service in
            before[service.identifier].flatMap { objection(to: service, after: $0, "service \(service.identifier)") }
        }
        let named = Set(new.services.map(\.identifier)).intersection(before.keys)
        let (was, becomes) = (EffectiveServices.all(in: old, old.library), EffectiveServices.all(in: new, new.library))
        let adopted = new.tenants.flatMap { tenant in
            (becomes[tenant.identifier] ?? [:]).values.filter { !named.contains($0.identifier) }
                .sorted { $0.identifier < $1.identifier }
                .compactMap { service in
                    was[tenant.identifier]?[service.identifier].flatMap {
                        objection(to: service, after: $0, "service \(service.identifier) at \(tenant.identifier)")
                    }
                }
        }
        return own + adopted
    }

    private func objection(to service: Service, after earlier: Service, _ name: String) -> String? {
        guard service.purpose != earlier.purpose, earlier.purpose != nil,
            service.purposeVersion <= earlier.purposeVersion
        else { return nil }
        return "\(name) has another purpose: raise its purpose_version above \(earlier.purposeVersion)"
    }

    // MARK: Levels (invariant I30)

    private func lowerings(_ old: Region, _ new: Region) -> [String] {
        let levels = Self.levels(old)
        return
            Self.levels(new).compactMap { name, level in
                levels.first { $0.0 == name }.flatMap { Self.lowering(name, from: $0.1, to: level) }
            } + lowerings(ofOther: old, new)
    }

    private static func lowering(_ name: String, from old: AssuranceLevel, to new: AssuranceLevel) -> String? {
        guard new < old else { return nil }
        return "\(name): level \(old.name) → \(new.name) is lower; say so with --lower-levels if it is meant"
    }

    /// A service of the region that a town has as an adopted template now, or the other way round: what counts is the level
    /// that the town's people need for it.
    private func lowerings(ofOther old: Region, _ new: Region) -> [String] {
        let own = Set(old.services.map(\.identifier)).symmetricDifference(new.services.map(\.identifier))
        let (was, becomes) = (EffectiveServices.all(in: old, old.library), EffectiveServices.all(in: new, new.library))
        return new.tenants.flatMap { tenant in
            own.sorted().compactMap { name in
                guard let before = was[tenant.identifier]?[name], let after = becomes[tenant.identifier]?[name] else {
                    return nil
                }
                return Self.lowering(
                    "service \(name) at \(tenant.identifier)", from: before.requiredLevel ?? .undefined,
                    to: after.requiredLevel ?? .undefined)
            }
        }
    }

    private static func levels(_ region: Region) -> [(String, AssuranceLevel)] {
        region.tenants.map { ("tenant \($0.identifier)", $0.floor) }
            + region.services.map { ("service \($0.identifier)", $0.requiredLevel ?? .undefined) }
            + region.clients.map { ("client \($0.identifier)", $0.requiredLevel) }
    }

    // MARK: Reviews (invariant I31)

    /// An adoption that becomes wider by whatever was changed, and that nobody has looked at since.
    private func reviews(_ old: Region, _ new: Region) -> [String] {
        new.library.adoptions.compactMap { adoption in
            guard let earlier = old.library.adoption(of: adoption.template, at: adoption.tenant),
                adoption.review == earlier.review,
                let before = old.tenants.first(where: { $0.identifier == adoption.tenant }),
                let after = new.tenants.first(where: { $0.identifier == adoption.tenant }),
                let was = old.library.service(earlier, at: before),
                let becomes = new.library.service(adoption, at: after),
                let widening = ServiceChange(from: was, to: becomes).widenings.first
            else { return nil }
            return "adoption \(adoption.template) at \(adoption.tenant): \(widening.sentence); it needs a new review"
        }
    }
}
