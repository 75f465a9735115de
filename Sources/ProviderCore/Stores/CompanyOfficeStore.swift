public import AccountDirectory

/// Which town's office looks after which company.
///
/// A company belongs to the town whose trade register names it, else to the town whose clerk recorded its first evidence.
/// An application with neither belongs to nobody yet: whichever office its applicant brings the identifier to takes it up.
public protocol CompanyOfficeStore: Sendable {
    /// Companies that were submitted and are not closed, the oldest first: for the region's own clerk.
    func companies(page: PageRequest) async throws -> [CompanyRecord]

    /// Those of them that belong to the tenant.
    func companies(in scope: TenantScope, page: PageRequest) async throws -> [CompanyRecord]

    /// A company that belongs to the tenant, or an application that belongs to nobody yet. Nil for every other one, and
    /// for one whose facts were erased.
    func company(_ identifier: CompanyIdentifier, in scope: TenantScope) async throws -> CompanyRecord?
}
