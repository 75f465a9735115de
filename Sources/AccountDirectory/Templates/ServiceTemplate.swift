public import OpenIDMessages

/// A service that one town has developed and others can adopt: definition, policy, test cases and changelog under one
/// version, signed by its publisher.
public struct ServiceTemplate: Sendable, Equatable {
    /// What the service is called at every tenant that adopts it.
    public var key: ServiceIdentifier
    public var version: SemanticVersion
    public var publisher: TenantIdentifier
    public var definition: ServiceDefinition
    /// Kinds of tenants that are in charge of the service. A tenant of another kind does not offer it; whoever asks there
    /// is shown those that do.
    public var offeredBy: Set<Tenant.Kind>
    /// What adopters may make of the definition and of what they add to it.
    public var policy: MetadataPolicy
    public var cases: [TemplateCase]
    /// What is new in this version, for those who decide about it.
    public var changelog: String

    public init(
        key: ServiceIdentifier, version: SemanticVersion, publisher: TenantIdentifier, definition: ServiceDefinition,
        offeredBy: Set<Tenant.Kind> = Set(Tenant.Kind.allCases), policy: MetadataPolicy = MetadataPolicy(),
        cases: [TemplateCase] = [], changelog: String = ""
    ) {
        self.key = key
        self.version = version
        self.publisher = publisher
        self.definition = definition
        self.offeredBy = offeredBy
        self.policy = policy
        self.cases = cases
        self.changelog = changelog
    }

    /// The document that is signed. The same template is the same bytes.
    public var json: JSONObject {
        [
            "key": .string(key.rawValue), "version": .string(version.rawValue),
            "publisher": .string(publisher.rawValue), "service": .object(definition.json),
            "offered_by": .strings(offeredBy.map(\.rawValue).sorted()), "policy": .object(policy.json),
            "cases": .array(cases.map { .object($0.json) }), "changelog": .string(changelog),
        ]
    }

    /// Why a document is no template.
    public enum Mistake: Error, Sendable, Equatable {
        case message(MessageError)
        case policy(PolicyError)
        /// The template is not even adoptable as it is: its own cases or its own policy say so.
        case contradiction(String)

        /// A plain sentence.
        public var sentence: String {
            switch self {
            case .message(.missing(let name)): "\(name) is missing"
            case .message(.malformed(let name)): "\(name) is malformed"
            case .message(.unknown(let name)): "\(name) is not known here"
            case .policy(let error): error.description
            case .contradiction(let sentence): sentence
            }
        }
    }

    /// Reads a document and asks the template whether it fits itself.
    public init(json object: JSONObject) throws(Mistake) {
        do throws(MessageError) { self = try Self(members: object) } catch { throw .message(error) }
        guard let policy = object["policy"]?.object else { throw .message(.malformed("policy")) }
        do throws(PolicyError) { self.policy = try MetadataPolicy(json: policy) } catch { throw .policy(error) }
        try check()
    }

    private init(members object: JSONObject) throws(MessageError) {
        var reader = MemberReader(object)
        key = try reader.wire("key")
        version = try reader.wire("version")
        publisher = try reader.wire("publisher")
        definition = try ServiceDefinition(json: reader.object("service"))
        offeredBy = Set(
            try reader.strings("offered_by").map { text throws(MessageError) in
                guard let kind = Tenant.Kind(rawValue: text) else { throw .malformed("offered_by") }
                return kind
            })
        policy = MetadataPolicy()
        _ = try reader.object("policy")
        guard let cases = try reader.value("cases").array, cases.count <= 50 else { throw .malformed("cases") }
        self.cases = try cases.map { value throws(MessageError) in
            guard let object = value.object else { throw .malformed("cases") }
            return try TemplateCase(json: object)
        }
        changelog = try reader.string("changelog", maximumLength: 4000)
        try reader.finish()
        guard !offeredBy.isEmpty else { throw .malformed("offered_by") }
        guard !DisplayText.hasHiddenCharacters(changelog) else { throw .malformed("changelog") }
    }

    /// Every parameter of the policy is one that adoptions have, the definition keeps to the policy, and the cases go as
    /// expected at the service as the template has it.
    public func check() throws(Mistake) {
        for name in policy.parameters.keys.sorted() where !AdoptionTerms.parameters.contains(name) {
            throw .policy(PolicyError(name, .unknown(name)))
        }
        do throws(PolicyError) { _ = try policy.merged(with: floor) } catch { throw .policy(error) }
        let names = cases.map(\.name)
        guard Set(names).count == names.count else { throw .contradiction("two cases have the same name") }
        let service = original
        if let failed = DryRun(cases, at: service, original: service).failed.first {
            throw .contradiction("the case `\(failed)` does not go as expected at the template itself")
        }
    }

    /// The service as the template has it, before any tenant says something of its own.
    public var original: Service { service(definition, at: [publisher]) }

    func service(_ definition: ServiceDefinition, at tenants: [TenantIdentifier]) -> Service {
        Service(
            identifier: key, title: definition.title, publisher: publisher, version: version.rawValue,
            contexts: definition.contexts, requiredLevel: definition.requiredLevel,
            mandateScope: definition.mandateScope, amount: definition.amount, servedTenants: tenants,
            claims: definition.claims, purpose: definition.purpose, purposeVersion: definition.purposeVersion,
            legalBasis: definition.legalBasis, leikaKey: definition.leikaKey)
    }

    /// What follows from the definition alone: no level below its own, no claim and no context beside its own, and its
    /// mandate scope (invariant I30).
    var floor: MetadataPolicy {
        var policy = MetadataPolicy()
        policy.add("claims") { $0.subsetOf = definition.claims }
        policy.add("contexts") { $0.subsetOf = definition.contexts.map(\.rawValue) }
        if let level = definition.requiredLevel { policy.add("required_level") { $0.atLeast = level } }
        if let scope = definition.mandateScope { policy.add("mandate_scope") { $0.value = .string(scope) } }
        return policy
    }
}

extension MetadataPolicy {
    fileprivate mutating func add(_ name: String, _ change: (inout ParameterPolicy) -> Void) {
        var policy = ParameterPolicy()
        change(&policy)
        parameters[name] = policy
    }
}
