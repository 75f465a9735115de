internal import AccountDirectory
internal import Foundation
internal import OpenIDMessages
internal import ProviderCore
internal import ProviderHTTP
internal import RegionFile

/// Region files as one document that the store keeps and the administration socket carries.
enum RegionDocument {
    static func json(_ sources: [RegionFile.Source]) -> JSONObject {
        [
            "sources": .array(
                sources.map {
                    .object([
                        "name": .string($0.name), "text": .string($0.text), "directory": .string($0.directory),
                    ])
                })
        ]
    }

    static func sources(_ object: JSONObject) throws -> [RegionFile.Source] {
        var reader = MemberReader(object)
        guard let list = try reader.value("sources").array else { throw MessageError.malformed("sources") }
        try reader.finish()
        return try list.map { element in
            guard let name = element.object?["name"]?.string, let text = element.object?["text"]?.string,
                let directory = element.object?["directory"]?.string
            else { throw MessageError.malformed("sources") }
            return RegionFile.Source(name: name, text: text, directory: directory)
        }
    }
}

/// Plans and applies region files on the running provider, one at a time.
actor RegionDesk: RegionAdministration {
    private let registry: ClientRegistry
    private let store: any RegionStore
    private let clock: ProviderClock
    private var isApplying = false

    init(registry: ClientRegistry, store: any RegionStore, clock: ProviderClock) {
        self.registry = registry
        self.store = store
        self.clock = clock
    }

    func plan(_ document: JSONObject) async throws -> JSONObject {
        do {
            let (sources, rules) = try await read(document)
            return Self.json(RegionPlan(from: registry.region, to: try RegionFile.load(sources), rules: rules))
        } catch let error as RegionFileError {
            return ["mistakes": .strings(error.mistakes.map(\.description))]
        }
    }

    func apply(_ document: JSONObject) async throws -> JSONObject {
        // An actor lets others in while it waits for the store: two regions must not overtake each other.
        guard !isApplying else { return ["plan": [], "objections": ["another region is being applied"]] }
        isApplying = true
        defer { isApplying = false }
        do {
            let (sources, rules) = try await read(document)
            let region = try RegionFile.load(sources)
            let plan = RegionPlan(from: registry.region, to: region, rules: rules)
            var answer = Self.json(plan)
            guard plan.objections.isEmpty else { return answer }
            let change = Self.change(
                from: registry.region, to: region, plan, RegionDocument.json(sources).text, by: .clerk,
                now: clock.now())
            guard try await store.apply(change) else {
                answer["objections"] = ["a sector belongs to another tenant"]
                return answer
            }
            try registry.replace(with: region)
            answer["applied"] = true
            return answer
        } catch let error as RegionFileError {
            return ["mistakes": .strings(error.mistakes.map(\.description))]
        }
    }

    /// The sources, and what is said about them; `lower_levels` is the explicit word that levels may become lower.
    private func read(_ document: JSONObject) async throws -> ([RegionFile.Source], RegionChangeRules) {
        var document = document
        let word = document["lower_levels"]
        document["lower_levels"] = nil
        guard word == nil || word?.bool != nil else { throw MessageError.malformed("lower_levels") }
        let rules = RegionChangeRules(
            sectorHolders: try await store.sectorHolders(), allowsLowerLevels: word?.bool ?? false)
        return (try RegionDocument.sources(document), rules)
    }

    private static func json(_ plan: RegionPlan) -> JSONObject {
        ["plan": .strings(plan.lines), "objections": .strings(plan.objections)]
    }
}
