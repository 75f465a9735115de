public import AccountDirectory
public import OpenIDMessages

/// Mandates as offices deal with them. A mandate is looked after where the company is for which its holder acts
/// (`CompanyOfficeStore`), whoever gave or holds it.
public protocol MandateOfficeStore: Sendable {
    /// Mandates by which somebody acts for a company, the oldest first, also those that are over.
    func mandates(actingFor company: CompanyIdentifier, page: PageRequest) async throws -> [MandateRecord]

    /// Any mandate, for the region's own clerk.
    func mandate(_ identifier: MandateIdentifier) async throws -> MandateRecord?

    /// A mandate of a company that belongs to the tenant; nil for every other one.
    func mandate(_ identifier: MandateIdentifier, in scope: TenantScope) async throws -> MandateRecord?

    /// Ends a mandate that is not over, and what was delegated from it, and tells their holders and the administrators of
    /// the companies that take part: all of it or nothing. After the return no call allows anything by it. Refused as
    /// `selfApproval` to an administrator who belongs to one of these companies (I15).
    func revoke(
        _ mandate: MandateIdentifier, by office: CompanyActor, at time: Timestamp
    ) async throws -> MandateOutcome<MandateRecord>
}
