public import AccountDirectory
public import OpenIDMessages

/// A mandate that a clerk may deal with. Only `MandateOfficeFlow` makes it.
public struct MandateCase: Sendable {
    let record: MandateRecord
    let clerk: CompanyClerk

    fileprivate init(_ record: MandateRecord, clerk: CompanyClerk) {
        self.record = record
        self.clerk = clerk
    }
}

/// What a clerk sees of a mandate: what it lets its holder do for the company, and how far it is approved. Not who holds,
/// proposed or approved it, nor for what reason, which people write freely: an office knows people by the `sub` of its own
/// portals, and by nothing else (I24).
public struct MandateOfficeView: Sendable, Equatable {
    /// Who holds it, as far as the office may know.
    public enum Holder: String, Sendable, CaseIterable {
        case member
        case company
    }

    public let identifier: MandateIdentifier
    /// The company for which the holder acts.
    public let company: CompanyIdentifier
    public let holder: Holder
    /// The mandate that it was delegated from.
    public let parent: MandateIdentifier?
    public let powers: MandatePowers
    public let mayDelegate: Bool
    public let basis: MandateBasis
    public let state: MandateState
    public let approvals: Int
    public let approvalsNeeded: Int
    public let proposedAt: Timestamp
    public let activatedAt: Timestamp?

    init(_ record: MandateRecord) {
        let mandate = record.mandate
        identifier = mandate.identifier
        company = mandate.company
        holder = mandate.grantee.company == nil ? .member : .company
        parent = mandate.parent
        powers = mandate.powers
        mayDelegate = mandate.mayDelegate
        basis = mandate.basis
        state = mandate.state
        approvals = record.approvals.count
        approvalsNeeded = mandate.approvalsNeeded
        proposedAt = mandate.proposedAt
        activatedAt = mandate.activatedAt
    }
}

/// Mandates at a town's office: see those of its companies, and end one that nobody in the company can or will end.
/// Refusals are `CompanyOfficeRefusal`s.
public struct MandateOfficeFlow: Sendable {
    let administration: AdministrationFlow
    let store: any MandateOfficeStore
    let clock: ProviderClock

    // MARK: Which mandate

    /// Any mandate, for a clerk at the local administration socket.
    public func open(_ name: String, by clerk: CompanyClerk) async throws -> MandateCase {
        guard let identifier = MandateIdentifier(rawValue: name), let record = try await store.mandate(identifier)
        else {
            throw CompanyOfficeRefusal.unknownMandate
        }
        return MandateCase(record, clerk: clerk)
    }

    /// A mandate of one of the tenant's companies, for an administrator of the tenant. Every other one is unknown, and the
    /// attempt is written down (invariant I23). The office of a tenant that is not live is closed.
    public func open(
        _ name: String, in scope: TenantScope, by administrator: Administrator
    ) async throws -> MandateCase {
        guard scope.tenant.isLive else { throw AdministrationProblem.tenantNotActive }
        guard let identifier = MandateIdentifier(rawValue: name) else { throw AdministrationProblem.notFound }
        guard let record = try await store.mandate(identifier, in: scope) else {
            throw try await administration.missed(.mandate(identifier), in: scope, by: administrator)
        }
        return MandateCase(record, clerk: CompanyClerk(administrator, in: scope))
    }

    // MARK: What is done with it

    /// Mandates by which somebody acts for the company, the oldest first. The look is one at the company.
    public func list(_ opened: CompanyCase, page: PageRequest) async throws -> [MandateOfficeView] {
        let found = try await store.mandates(actingFor: opened.company, page: page)
        try await administration.store.record(.seen(opened.company, by: opened.clerk.actor, at: clock.now()))
        return found.map { MandateOfficeView($0) }
    }

    /// The look is written down.
    public func show(_ opened: MandateCase) async throws -> MandateOfficeView {
        try await administration.store.record(
            SecurityEvent(.mandateSeen, opened.record.mandate, by: opened.clerk.actor, at: clock.now()))
        return MandateOfficeView(opened.record)
    }

    /// Ends it, and what was delegated from it; it allows nothing from the return on (I18). Its holder and the
    /// administrators of the companies that take part are told.
    public func revoke(_ opened: MandateCase) async throws -> MandateOfficeView {
        let outcome = try await store.revoke(
            opened.record.mandate.identifier, by: opened.clerk.actor, at: clock.now())
        switch outcome {
        case .done(let record): return MandateOfficeView(record)
        case .refused(.selfApproval): throw CompanyOfficeRefusal.ownCompany
        case .refused: throw CompanyOfficeRefusal.mandateOver
        case .unknown: throw CompanyOfficeRefusal.unknownMandate
        }
    }
}
