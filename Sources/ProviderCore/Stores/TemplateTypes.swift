public import AccountDirectory
public import OpenIDMessages

/// A version of a template as its publisher signed it.
public struct PublishedTemplate: Sendable, Equatable {
    public var key: ServiceIdentifier
    public var version: SemanticVersion
    public var publisher: TenantIdentifier
    /// The compact JWS.
    public var document: String
    public var publishedAt: Timestamp

    public init(
        key: ServiceIdentifier, version: SemanticVersion, publisher: TenantIdentifier, document: String,
        publishedAt: Timestamp
    ) {
        self.key = key
        self.version = version
        self.publisher = publisher
        self.document = document
        self.publishedAt = publishedAt
    }
}

/// An adoption as a store has it.
public struct StoredAdoption: Sendable, Equatable {
    public var identifier: AdoptionIdentifier
    public var adoption: Adoption
    /// How often it was written when it was read; 0 for one that was never written.
    public var revision: Int64

    public init(identifier: AdoptionIdentifier, adoption: Adoption, revision: Int64) {
        self.identifier = identifier
        self.adoption = adoption
        self.revision = revision
    }
}

/// Templates that tenants published, and who adopted them. Each call is one transaction with its audit events.
public protocol TemplateStore: Sendable {
    /// Every version of every template, the oldest first.
    func publishedTemplates() async throws -> [PublishedTemplate]

    /// Every town's adoptions, those that are over among them, the oldest first: what the region offers is made of them.
    func adoptions() async throws -> [StoredAdoption]

    /// Those of one tenant.
    func adoptions(in scope: TenantScope) async throws -> [StoredAdoption]

    /// Writes a new version and the adoptions that it moves. False, and nothing is written, when the version is there, its
    /// key is another publisher's, or another version or one of the adoptions was written since they were read.
    ///
    /// - Parameter others: how many other versions it was judged beside.
    func publish(
        _ template: PublishedTemplate, beside others: Int, moving adoptions: [StoredAdoption], events: [SecurityEvent]
    ) async throws -> Bool

    /// Writes an adoption of this tenant. False, and nothing is written, when it is another's, when it was written since it
    /// was read, or when a new one meets another that is not over.
    func save(_ adoption: StoredAdoption, in scope: TenantScope, event: SecurityEvent) async throws -> Bool
}
