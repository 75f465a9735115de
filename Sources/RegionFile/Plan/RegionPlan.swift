public import AccountDirectory
public import OpenIDMessages

/// What would change if a region were replaced by another, for people to read before it happens.
public struct RegionPlan: Sendable, Equatable {
    /// The sections of a region file, in whose order a plan lists its entries.
    public enum Kind: String, Sendable, CaseIterable {
        case region, `operator`, tenant, service, template, adoption, client
    }

    /// One operator, tenant, service or client, or the region itself.
    public struct Entry: Sendable, Equatable {
        public var kind: Kind
        public var identifier: String
        /// The towns whose it is, before and after: of a client or service also those that it serves, of an operator those
        /// for which it works. None for the region itself.
        public var tenants: [TenantIdentifier]
        /// For a changed entry, what changes: `floor normal → substantiell`. Never holds a secret.
        public var differences: [String] = []
        /// For a changed entry, the names of what changes, never a value.
        public var members: [String] = []
        /// Where the entry stood before and where it stands afterwards; nil for one that has no state.
        public var earlierState: String?
        public var state: String?
    }

    public private(set) var added: [Entry] = []
    public private(set) var changed: [Entry] = []
    public private(set) var removed: [Entry] = []
    /// Why the change must not happen although the new file is without mistakes (`RegionChangeRules`).
    public private(set) var objections: [String] = []

    /// Compares two regions; without an old one, everything is new.
    public init(from old: Region?, to new: Region, rules: RegionChangeRules = RegionChangeRules()) {
        let before = old.map(RegionFacts.entries) ?? []
        let after = RegionFacts.entries(of: new)
        let earlier = Dictionary(before.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let later = Set(after.map(\.key))
        for entry in after {
            guard let known = earlier[entry.key] else {
                added.append(entry.planned(after: nil))
                continue
            }
            if known.facts != entry.facts { changed.append(entry.planned(after: known)) }
        }
        removed = before.filter { !later.contains($0.key) }.map { $0.planned(after: nil) }
        objections = old.map { rules.objections(from: $0, to: new) } ?? []
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
}
