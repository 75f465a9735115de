public import AccountDirectory
import OpenIDMessages

/// What would change if a region were replaced by another, for people to read before it happens.
public struct RegionPlan: Sendable, Equatable {
    /// The sections of a region file, in whose order a plan lists its entries.
    public enum Kind: String, Sendable, CaseIterable {
        case region, `operator`, tenant, service, client
    }

    /// One operator, tenant, service or client, or the region itself.
    public struct Entry: Sendable, Equatable {
        public var kind: Kind
        public var identifier: String
        /// For a changed entry, what changes: `floor normal → substantiell`. Never holds a secret.
        public var differences: [String]
    }

    public private(set) var added: [Entry] = []
    public private(set) var changed: [Entry] = []
    public private(set) var removed: [Entry] = []
    /// Why the change must not happen although the new file is without mistakes: sectors never change hands (invariant
    /// I29), because a pairwise `sub` would then mean another person or be known to another town.
    public private(set) var objections: [String] = []

    /// Compares two regions; without an old one, everything is new.
    public init(from old: Region?, to new: Region) {
        let before = old.map(RegionFacts.entries) ?? []
        let after = RegionFacts.entries(of: new)
        let earlier = Dictionary(before.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let later = Set(after.map(\.key))
        for entry in after {
            guard let known = earlier[entry.key] else {
                added.append(entry.planned())
                continue
            }
            let differences = known.differences(to: entry)
            if !differences.isEmpty { changed.append(entry.planned(differences)) }
        }
        removed = before.filter { !later.contains($0.key) }.map { $0.planned() }
        objections = Self.objections(from: old, to: new)
    }

    /// True when nothing would change.
    public var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }

    /// One line for each entry: `+ client herten-portal`, `~ tenant marl: floor normal → substantiell`, `- service x`.
    public var lines: [String] {
        Kind.allCases.flatMap { kind in
            lines("-", removed, kind) + lines("~", changed, kind) + lines("+", added, kind)
        }
    }

    private func lines(_ sign: String, _ entries: [Entry], _ kind: Kind) -> [String] {
        entries.filter { $0.kind == kind }.map { entry in
            let differences = entry.differences.joined(separator: "; ")
            return "\(sign) \(kind.rawValue) \(entry.identifier)" + (differences.isEmpty ? "" : ": " + differences)
        }
    }

    private static func objections(from old: Region?, to new: Region) -> [String] {
        guard let old else { return [] }
        let holders = Dictionary(
            old.tenants.map { ($0.sector, $0.identifier) }, uniquingKeysWith: { first, _ in first })
        let sectors = Dictionary(
            old.tenants.map { ($0.identifier, $0.sector) }, uniquingKeysWith: { first, _ in first })
        return new.tenants.compactMap { tenant in
            if let holder = holders[tenant.sector], holder != tenant.identifier {
                return "sector \(tenant.sector) belongs to tenant \(holder) and cannot go to \(tenant.identifier)"
            }
            if let sector = sectors[tenant.identifier], sector != tenant.sector {
                return "tenant \(tenant.identifier) keeps its sector \(sector)"
            }
            return nil
        }
    }
}
