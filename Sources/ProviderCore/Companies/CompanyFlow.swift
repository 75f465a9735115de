public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Whether an act that may need several administrators is done.
public enum CompanyActOutcome: String, Sendable, Equatable {
    case done
    /// It is noted; further administrators must agree, each on the own device.
    case awaitingOthers = "awaiting_others"
}

/// Companies: what a person may do from the own device, and what a clerk may do (`CompanyFlow+Clerk`).
///
/// Refusals are `DeviceRefusal`s with a code of their own; malformed input is a `MessageError`. Whoever is no member of a
/// company hears that there is none.
public struct CompanyFlow: Sendable {
    let registry: ClientRegistry
    let store: any CompanyStore & AccountStore
    let hashing: CompanyIdentityHashing
    let upstream: (any CompanyUpstream)?
    let clock: ProviderClock

    // MARK: The company's own life

    /// A new company: a draft with the person as its administrator. It can do nothing before it is verified.
    ///
    /// - Parameter details: the members of `CompanyDetails`.
    public func create(_ details: JSONObject, by device: VerifiedDevice) async throws -> CompanyOfPerson {
        let now = clock.now()
        let details = try facts(details)
        let company = CompanyRecord(
            identifier: .random(), details: details, floor: CompanyRules.leastFloor, createdAt: now, changedAt: now)
        guard device.level >= company.floor else { throw CompanyRefusal.levelTooLow.deviceRefusal }
        let founder = MembershipRecord(
            identifier: .random(), company: company.identifier, account: device.account.identifier,
            roles: .administrator, level: device.level, since: now)
        if let refusal = try await store.found(company, founder: founder) { throw refusal.deviceRefusal }
        return CompanyOfPerson(company: company, membership: founder)
    }

    /// Replaces the description of a draft: all of it, as when it was founded.
    ///
    /// - Parameter details: the members of `CompanyDetails`.
    public func describe(
        _ company: CompanyIdentifier, as details: JSONObject, by device: VerifiedDevice
    ) async throws {
        let details = try facts(details)
        try await act(on: company, by: device) { snapshot, now in
            CompanyRules.describe(details, in: snapshot, now: now)
        }
    }

    /// What somebody says of a company. Throws `MessageError`.
    func facts(_ json: JSONObject) throws -> CompanyDetails {
        let details = try CompanyDetails(json: json)
        try details.check()
        // No office would ever take up what names a town that is none.
        if let town = details.trade?.tenant, registry.tenant(town)?.isLive != true {
            throw MessageError.malformed("tenant")
        }
        return details
    }

    /// The description is complete: proof can be given now.
    public func submit(_ company: CompanyIdentifier, by device: VerifiedDevice) async throws {
        try await act(on: company, by: device) { snapshot, now in CompanyRules.submit(in: snapshot, now: now) }
    }

    /// A person whom the register's extract names signs for the company, and becomes its administrator. The signature that
    /// makes the number full verifies the company.
    public func sign(
        _ company: CompanyIdentifier, usesPrivateIdentity: Bool, by device: VerifiedDevice
    ) async throws {
        guard let identity = ExpectedIdentity(device.account.person) else {
            throw CompanyRefusal.unknown.deviceRefusal
        }
        let hash = hashing.hash(identity, in: company)
        let membership = MembershipIdentifier.random()
        let account = device.account.identifier
        let (identifier, level) = (device.device.identifier, device.level)
        try await act(on: company, by: device) { snapshot, now in
            let signature = RegisterPowerRecord.Signature(
                account: account, device: identifier, level: level, time: now)
            return CompanyRules.sign(
                signature, as: hash, usesPrivateIdentity: usesPrivateIdentity, membership: membership, in: snapshot)
        }
    }

    /// An administrator wants the company's account to end.
    public func close(_ company: CompanyIdentifier, by device: VerifiedDevice) async throws -> CompanyActOutcome {
        let identifier = device.device.identifier
        return try await act(on: company, by: device, approvals: .close) { snapshot, now in
            CompanyRules.close(device: identifier, in: snapshot, now: now)
        }
    }

    // MARK: Establishments

    /// - Parameter establishment: `activity` (five digits), `name`, `address` and optionally `ags`.
    public func addEstablishment(
        _ establishment: JSONObject, to company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws -> EstablishmentIdentifier {
        let record = try EstablishmentRecord(json: establishment, identifier: .random(), company: company)
        try record.address.check()
        try await act(on: company, by: device) { snapshot, now in
            CompanyRules.addEstablishment(record, in: snapshot, now: now)
        }
        return record.identifier
    }

    public func closeEstablishment(
        _ establishment: EstablishmentIdentifier, of company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws {
        try await act(on: company, by: device) { snapshot, now in
            CompanyRules.closeEstablishment(establishment, in: snapshot, now: now)
        }
    }

    // MARK: What is shared

    /// Decides about an act of a person and throws its refusal.
    @discardableResult
    func act(
        on company: CompanyIdentifier, by device: VerifiedDevice, target: MembershipIdentifier? = nil,
        invitation: InvitationIdentifier? = nil, approvals: CompanyApproval.Act? = nil,
        _ rule: @escaping @Sendable (CompanySnapshot, Timestamp) -> CompanyDecision
    ) async throws -> CompanyActOutcome {
        try await change(
            company,
            concerning: CompanyConcern(
                actor: device.account.identifier, target: target, invitation: invitation, approvals: approvals),
            by: .person(device.account.identifier), rule)
    }

    @discardableResult
    func change(
        _ company: CompanyIdentifier, concerning concern: CompanyConcern, by actor: CompanyActor,
        _ rule: @escaping @Sendable (CompanySnapshot, Timestamp) -> CompanyDecision
    ) async throws -> CompanyActOutcome {
        let now = clock.now()
        let decision = try await store.change(company, concerning: concern, by: actor, now: now) { snapshot in
            rule(snapshot, now)
        }
        if let refusal = decision.map(\.refusal) ?? .unknown { throw refusal.deviceRefusal }
        let isNotedOnly = decision?.changes.count == 1 && decision?.changes.first?.isApproval == true
        return isNotedOnly ? .awaitingOthers : .done
    }
}

extension CompanyChange {
    fileprivate var isApproval: Bool { if case .approval = self { true } else { false } }
}

extension VerifiedDevice {
    /// What a login with this device reaches: the least of proofing and device.
    var level: AssuranceLevel { AssuranceExplanation(proofing: account.level, ceiling: device.ceiling).level }
}
