public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// A new invitation and its code.
public struct IssuedInvitation: Sendable {
    public let invitation: InvitationIdentifier
    /// Shown once, to the inviter; only its digest is kept.
    public let code: String
    public let expiresAt: Timestamp
    /// Whether the code can be used now, or others must agree before.
    public let outcome: CompanyActOutcome
}

/// What an invited person reads before answering.
public struct InvitationOffer: Sendable, Equatable {
    public let invitation: InvitationIdentifier
    public let company: CompanyIdentifier
    public let companyName: String
    public let roles: CompanyRoles
    public let expiresAt: Timestamp
    public let membershipEnds: Timestamp?
}

extension CompanyFlow {
    // MARK: Invitations

    /// Invites somebody.
    ///
    /// - Parameter request: `roles`, then `identity` (`given_name`, `family_name`, `birthdate`); optionally
    ///   `membership_ends` (a time).
    public func invite(
        _ request: JSONObject, into company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws -> IssuedInvitation {
        let now = clock.now()
        let request = try InvitationRequest(json: request, today: CalendarDate(inGermanyAt: now))
        let identifier = InvitationIdentifier.random()
        let file = try await membershipOnly(of: device, in: company)
        let invitation = InvitationRecord(
            identifier: identifier, company: company, roles: request.roles,
            expectation: hashing.hash(request.expected, for: identifier), invitedBy: file, createdAt: now,
            expiresAt: now + InvitationRules.lifetime,
            membershipEnds: request.membershipEnds)
        let secret = OneTimeSecret(bytes: 16)
        let digest = ContentDigest(of: secret.text)
        let isOwn = hashing.isExpected(device.account.person, by: invitation)
        let deviceIdentifier = device.device.identifier
        try await act(on: company, by: device) { snapshot, now in
            InvitationRules.invite(
                invitation, codeDigest: digest, isForInviter: isOwn, device: deviceIdentifier, in: snapshot, now: now)
        }
        let stored = try await store.invitation(code: digest)
        return IssuedInvitation(
            invitation: identifier, code: secret.text, expiresAt: invitation.expiresAt,
            outcome: stored?.state == .created ? .awaitingOthers : .done)
    }

    /// The person's open membership; nobody else learns that there is such a company.
    private func membershipOnly(
        of device: VerifiedDevice, in company: CompanyIdentifier
    ) async throws -> MembershipIdentifier {
        let concern = CompanyConcern(actor: device.account.identifier)
        guard let member = try await store.snapshot(of: company, concerning: concern)?.actor else {
            throw CompanyRefusal.unknown.deviceRefusal
        }
        return member.membership.identifier
    }

    /// A further administrator agrees to an invitation.
    ///
    /// - Parameter guest: of whom; only a hash of who is expected is stored.
    public func approve(
        _ invitation: InvitationIdentifier, of guest: ExpectedIdentity, into company: CompanyIdentifier,
        by device: VerifiedDevice
    ) async throws -> CompanyActOutcome {
        let (hashing, person, identifier) = (hashing, device.account.person, device.device.identifier)
        return try await act(on: company, by: device, invitation: invitation, approvals: .invite) { snapshot, now in
            let expecting = snapshot.invitation
            return InvitationRules.approve(
                isNamed: expecting.map { hashing.isExpected(guest, by: $0) } ?? false,
                isForApprover: expecting.map { hashing.isExpected(person, by: $0) } ?? false, device: identifier,
                in: snapshot, now: now)
        }
    }

    /// Whether an open invitation of the company is for this person.
    func isExpected(
        _ guest: ExpectedIdentity, by invitation: InvitationIdentifier, of company: CompanyIdentifier
    ) async throws -> Bool {
        let concern = CompanyConcern(invitation: invitation)
        return try await store.snapshot(of: company, concerning: concern)?.invitation
            .map { hashing.isExpected(guest, by: $0) } ?? false
    }

    public func withdraw(
        _ invitation: InvitationIdentifier, of company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws {
        try await act(on: company, by: device, invitation: invitation) { snapshot, now in
            InvitationRules.withdraw(in: snapshot, now: now)
        }
    }

    /// What a code stands for, for the person whom it is meant for.
    public func open(code: String, by device: VerifiedDevice) async throws -> InvitationOffer {
        let invitation = try await answer(code, by: device) { guest, snapshot, now in
            InvitationRules.open(by: guest, in: snapshot, now: now)
        }
        let snapshot = try await store.snapshot(of: invitation.company, concerning: CompanyConcern())
        guard let company = snapshot?.company else { throw CompanyRefusal.invitationUnknown.deviceRefusal }
        return InvitationOffer(
            invitation: invitation.identifier, company: company.identifier, companyName: company.details.name.text,
            roles: invitation.roles, expiresAt: invitation.expiresAt, membershipEnds: invitation.membershipEnds)
    }

    /// The invited person joins, with the consent that the private identity is used for the company. Returns the company.
    public func accept(
        code: String, usesPrivateIdentity: Bool, by device: VerifiedDevice
    ) async throws -> CompanyIdentifier {
        let membership = MembershipIdentifier.random()
        return try await answer(code, by: device) { guest, snapshot, now in
            InvitationRules.accept(
                by: guest, usesPrivateIdentity: usesPrivateIdentity, membership: membership, in: snapshot, now: now)
        }.company
    }

    public func decline(code: String, by device: VerifiedDevice) async throws {
        _ = try await answer(code, by: device) { guest, snapshot, now in
            InvitationRules.decline(by: guest, in: snapshot, now: now)
        }
    }

    private func answer(
        _ code: String, by device: VerifiedDevice,
        _ rule: @escaping @Sendable (InvitationRules.Guest, CompanySnapshot, Timestamp) -> CompanyDecision
    ) async throws -> InvitationRecord {
        guard Base64URL.decode(code)?.count == 16,
            let invitation = try await store.invitation(code: ContentDigest(of: code))
        else { throw CompanyRefusal.invitationUnknown.deviceRefusal }
        let guest = InvitationRules.Guest(
            account: device.account.identifier, level: device.level,
            isExpected: hashing.isExpected(device.account.person, by: invitation))
        try await act(on: invitation.company, by: device, invitation: invitation.identifier, approvals: .invite) {
            snapshot, now in rule(guest, snapshot, now)
        }
        return invitation
    }

    // MARK: Memberships

    /// Leaves a company. The last administrator hears what else is possible.
    public func leave(_ company: CompanyIdentifier, by device: VerifiedDevice) async throws {
        try await act(on: company, by: device) { snapshot, now in MembershipRules.leave(in: snapshot, now: now) }
    }

    public func remove(
        _ membership: MembershipIdentifier, from company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws -> CompanyActOutcome {
        let identifier = device.device.identifier
        return try await act(on: company, by: device, target: membership, approvals: .remove) { snapshot, now in
            MembershipRules.remove(device: identifier, in: snapshot, now: now)
        }
    }

    public func suspend(
        _ membership: MembershipIdentifier, in company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws {
        try await act(on: company, by: device, target: membership) { snapshot, now in
            MembershipRules.suspend(in: snapshot, now: now)
        }
    }

    public func resume(
        _ membership: MembershipIdentifier, in company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws {
        try await act(on: company, by: device, target: membership) { snapshot, now in
            MembershipRules.resume(in: snapshot, now: now)
        }
    }

    /// Changes the roles of a member; administrators are made by invitation only.
    public func change(
        _ membership: MembershipIdentifier, to roles: CompanyRoles, in company: CompanyIdentifier,
        by device: VerifiedDevice
    ) async throws {
        try await act(on: company, by: device, target: membership) { snapshot, now in
            MembershipRules.change(to: roles, in: snapshot, now: now)
        }
    }

    /// The person no longer wants the private identity to be used for the company, or wants it again.
    public func setConsent(
        _ usesPrivateIdentity: Bool, in company: CompanyIdentifier, by device: VerifiedDevice
    ) async throws {
        try await act(on: company, by: device) { snapshot, now in
            usesPrivateIdentity
                ? MembershipRules.giveConsent(in: snapshot) : MembershipRules.withdrawConsent(in: snapshot, now: now)
        }
    }
}

/// An invitation as its inviter writes it.
struct InvitationRequest {
    let roles: CompanyRoles
    let expected: ExpectedIdentity
    let membershipEnds: Timestamp?

    init(json: JSONObject, today: CalendarDate) throws(MessageError) {
        var reader = MemberReader(json)
        let words = try reader.strings("roles")
        let named = words.compactMap(CompanyRole.init(rawValue:))
        guard named.count == words.count, Set(named).count == named.count, let roles = CompanyRoles(named) else {
            throw .malformed("roles")
        }
        self.roles = roles
        expected = try ExpectedIdentity(json: try reader.object("identity"))
        guard expected.birthdate <= today else { throw .malformed("birthdate") }
        membershipEnds = reader.has("membership_ends") ? try reader.time("membership_ends") : nil
        try reader.finish()
    }
}
