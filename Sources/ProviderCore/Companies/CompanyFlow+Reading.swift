public import AccountDirectory
internal import OpenIDMessages

/// A company as one of its members may see it: names and roles of colleagues, and nothing of their private accounts,
/// sessions, devices or consents (I21).
public struct CompanyView: Sendable, Equatable {
    public let company: CompanyRecord
    public let own: MembershipRecord
    /// Whoever manages members sees all of them; others see themselves and whom to ask.
    public let people: [CompanyPerson]
    /// For whoever may invite.
    public let invitations: [InvitationRecord]
    public let establishments: [EstablishmentRecord]
    /// Of how many people whom the register names, how many have signed.
    public let powersNamed: Int
    public let powersSigned: Int
}

/// What the end of a personal account would mean for a company.
public struct ClosingEffect: Sendable, Equatable {
    public let company: CompanyIdentifier
    public let companyName: String
    public let effect: AccountNewsRules.EffectOfClosing
}

/// A company that a person administers. Only `CompanyFlow.administered(_:by:)` makes it.
public struct AdministeredCompany: Sendable {
    public let identifier: CompanyIdentifier

    fileprivate init(_ identifier: CompanyIdentifier) { self.identifier = identifier }
}

extension CompanyFlow {
    /// The company, for one of its administrators whose rights count now, also while it is frozen or closing. Everybody
    /// else hears that there is none.
    public func administered(
        _ company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws -> AdministeredCompany {
        let snapshot = try await store.snapshot(
            of: company, concerning: CompanyConcern(actor: device.account.identifier))
        guard snapshot?.actingAdministrator(clock.now()) != nil else { throw CompanyRefusal.unknown.deviceRefusal }
        return AdministeredCompany(company)
    }

    /// The companies of a person.
    public func companies(of device: VerifiedDevice) async throws -> [CompanyOfPerson] {
        try await store.companies(of: device.account.identifier)
    }

    /// A company as a member may see it.
    public func company(_ company: CompanyIdentifier, for device: VerifiedDevice) async throws -> CompanyView {
        guard let file = try await store.file(of: company),
            let own = file.people.first(where: { $0.membership.account == device.account.identifier })?.membership
        else { throw CompanyRefusal.unknown.deviceRefusal }
        let isActive = own.state == .active
        let manages = isActive && !Set(own.roles.roles).isDisjoint(with: [.orgAdmin, .userAdmin, .rightsAdmin])
        let invites = isActive && !Set(own.roles.roles).isDisjoint(with: [.orgAdmin, .userAdmin])
        return CompanyView(
            company: file.company, own: own,
            people: file.people.filter { person in
                manages || person.membership.identifier == own.identifier
                    || (isActive && person.membership.roles.contains(.orgAdmin))
            },
            invitations: invites ? file.invitations : [], establishments: file.establishments,
            powersNamed: file.powers.count, powersSigned: file.powers.count { $0.state == .signed })
    }

    /// What closing the personal account would mean for each of the person's companies, to be read before (I14).
    public func effectsOfClosing(of device: VerifiedDevice) async throws -> [ClosingEffect] {
        let account = device.account.identifier
        let now = clock.now()
        var effects: [ClosingEffect] = []
        for own in try await store.companies(of: account) {
            let snapshot = try await store.snapshot(
                of: own.company.identifier, concerning: CompanyConcern(actor: account))
            guard let snapshot else { continue }
            effects.append(
                ClosingEffect(
                    company: own.company.identifier, companyName: own.company.details.name.text,
                    effect: AccountNewsRules.effectOfClosing(own.membership.identifier, in: snapshot, now: now)))
        }
        return effects
    }
}
