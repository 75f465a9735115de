public import AccountDirectory
internal import OpenIDMessages

/// Companies for which another account for organisations vouches.
extension CompanyFlow {
    /// Throws unless an assertion could be looked at.
    func expectUpstream() throws {
        guard upstream != nil else { throw DeviceRefusal(.companyUpstreamUnavailable, .companyUpstream) }
    }

    /// The person brings an assertion of another account for organisations: it verifies the company when it speaks of
    /// just this one, and when those whom it names as its representatives have signed. Whoever brings it has.
    public func verify(
        _ company: CompanyIdentifier, upstream assertion: String, by device: VerifiedDevice
    ) async throws {
        let now = clock.now()
        // An assertion is used up by being looked at: only for who may use it.
        let snapshot = try await store.snapshot(
            of: company, concerning: CompanyConcern(actor: device.account.identifier))
        guard let snapshot, snapshot.actingAdministrator(now) != nil else { throw CompanyRefusal.unknown.deviceRefusal }
        guard snapshot.company.state.allows(.verify) else { throw CompanyRefusal.notInThisState.deviceRefusal }
        guard let organization = try await organization(behind: assertion, for: device.account, now: now) else {
            throw CompanyRefusal.evidenceNotEnough.deviceRefusal
        }
        let evidence = CompanyEvidence(
            identifier: .random(), method: .upstream, performer: nil, level: organization.level,
            asOf: CalendarDate(inGermanyAt: now), recordedAt: now)
        let powers = organization.representatives.map { entry in
            RegisterPowerRecord(
                identifier: .random(), company: company, person: hashing.hash(entry.person, in: company),
                kind: entry.kind, representation: entry.representation, evidence: evidence.identifier,
                asOf: evidence.asOf)
        }
        let signature = RegisterPowerRecord.Signature(
            account: device.account.identifier, device: device.device.identifier, level: device.level, time: now)
        let hash = ExpectedIdentity(device.account.person).map { hashing.hash($0, in: company) }
        try await act(on: company, by: device) { snapshot, now in
            guard snapshot.actingAdministrator(now) != nil else { return .refused(.unknown) }
            guard organization.fits(snapshot.company.details) else { return .refused(.evidenceNotEnough) }
            return CompanyRules.verify(
                upstream: evidence, approversNeeded: organization.approversNeeded, naming: powers,
                signature: signature, as: hash, in: snapshot, now: now)
        }
    }

    /// One that cannot be asked is as good as none.
    private func organization(
        behind assertion: String, for account: AccountRecord, now: Timestamp
    ) async throws -> UpstreamOrganization? {
        try expectUpstream()
        do {
            return try await upstream?.organization(behind: assertion, for: account, now: now)
        } catch { throw DeviceRefusal(.companyUpstreamUnavailable, .companyUpstream) }
    }
}
