public import AccountDirectory
public import OpenIDMessages

extension OwnCompanies {
    // MARK: Invitations

    /// - Parameter request: as `CompanyFlow.invite` reads it.
    public func inviting(
        _ request: JSONObject, into company: CompanyIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await name(of: company, device)
        // Nothing is asked of the person that would be refused when it is confirmed.
        _ = try InvitationRequest(json: request, today: CalendarDate(inGermanyAt: flow.clock.now()))
        let roles = Self.words(request["roles"]?.strings ?? [], language)
        let identity = request["identity"]?.object ?? [:]
        let guest = Self.names(identity["given_name"]?.string ?? "", identity["family_name"]?.string ?? "")
        let text =
            language == .german
            ? "\(guest) in das Unternehmen \(name.inGermanQuotes) einladen, als \(roles)?"
            : "Invite \(guest) into the company \(name.inEnglishQuotes), as \(roles)?"
        return ProposedAct(.inviteMember, text: text) { [flow] confirmation in
            let issued = try await flow.invite(request, into: company, by: confirmation.device)
            return [
                "invitation": .string(issued.invitation.rawValue), "code": .string(issued.code),
                "expires_at": issued.expiresAt.json, "outcome": .string(issued.outcome.rawValue),
            ]
        }
    }

    /// - Parameter guest: of whom the person has heard that they are invited.
    public func approving(
        _ invitation: InvitationIdentifier, of guest: ExpectedIdentity, into company: CompanyIdentifier,
        by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let (name, roles) = try await pending(invitation, of: company, device, language)
        // Nothing is asked of the person that would be refused when it is confirmed.
        guard try await flow.isExpected(guest, by: invitation, of: company) else {
            throw DeviceRefusal(.otherGuest, .invitationOtherGuest)
        }
        let (person, born) = (Self.names(guest.givenName.text, guest.familyName.text), guest.birthdate.text(language))
        let text =
            language == .german
            ? "Zustimmen, dass \(person), geboren am \(born), in das Unternehmen \(name.inGermanQuotes) eingeladen wird, als "
                + "\(roles)?"
            : "Agree that \(person), born on \(born), is invited into the company \(name.inEnglishQuotes), as \(roles)?"
        return ProposedAct(.approveInvitation, text: text) { [flow] confirmation in
            let outcome = try await flow.approve(invitation, of: guest, into: company, by: confirmation.device)
            return ["invitation": .string(invitation.rawValue), "outcome": .string(outcome.rawValue)]
        }
    }

    public func withdrawing(
        _ invitation: InvitationIdentifier, of company: CompanyIdentifier, by device: VerifiedDevice,
        language: Language
    ) async throws -> ProposedAct {
        let (name, roles) = try await pending(invitation, of: company, device, language)
        let text =
            language == .german
            ? "Die Einladung in das Unternehmen \(name.inGermanQuotes) (\(roles)) zurücknehmen?"
            : "Withdraw the invitation into the company \(name.inEnglishQuotes) (\(roles))?"
        return ProposedAct(.withdrawInvitation, text: text) { [flow] confirmation in
            try await flow.withdraw(invitation, of: company, by: confirmation.device)
            return ["invitation": .string(invitation.rawValue), "outcome": "done"]
        }
    }

    /// Joining is also the consent that the private identity is used for the company.
    public func joining(
        code: String, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let offer = try await flow.open(code: code, by: device)
        let roles = Self.words(offer.roles.roles.map(\.rawValue), language)
        let text =
            language == .german
            ? "Dem Unternehmen \(offer.companyName.inGermanQuotes) beitreten, als \(roles)? Ihre private Identität wird dafür verwendet; "
                + "das können Sie später zurücknehmen."
            : "Join the company \(offer.companyName.inEnglishQuotes), as \(roles)? Your private identity is used for that; you can take "
                + "that back later."
        return ProposedAct(.acceptInvitation, text: text) { [flow] confirmation in
            let company = try await flow.accept(
                code: code, usesPrivateIdentity: true, by: confirmation.device)
            return Self.done(company)
        }
    }

    // MARK: Memberships

    public func leaving(
        _ company: CompanyIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await name(of: company, device)
        let text =
            language == .german
            ? "Das Unternehmen \(name.inGermanQuotes) verlassen? Sie können dann nicht mehr für es handeln."
            : "Leave the company \(name.inEnglishQuotes)? You can then no longer act for it."
        return ProposedAct(.leaveCompany, text: text) { [flow] confirmation in
            try await flow.leave(company, by: confirmation.device)
            return Self.done(company)
        }
    }

    public func removing(
        _ membership: MembershipIdentifier, from company: CompanyIdentifier, by device: VerifiedDevice,
        language: Language
    ) async throws -> ProposedAct {
        let (name, person) = try await member(membership, of: company, device)
        let text =
            language == .german
            ? "\(person) aus dem Unternehmen \(name.inGermanQuotes) entfernen?"
            : "Remove \(person) from the company \(name.inEnglishQuotes)?"
        return ProposedAct(.removeMember, text: text) { [flow] confirmation in
            let outcome = try await flow.remove(membership, from: company, by: confirmation.device)
            return ["membership": .string(membership.rawValue), "outcome": .string(outcome.rawValue)]
        }
    }

    public func suspending(
        _ membership: MembershipIdentifier, in company: CompanyIdentifier, by device: VerifiedDevice,
        language: Language
    ) async throws -> ProposedAct {
        let (name, person) = try await member(membership, of: company, device)
        let text =
            language == .german
            ? "\(person) im Unternehmen \(name.inGermanQuotes) vorerst nicht mehr handeln lassen?"
            : "Suspend \(person) in the company \(name.inEnglishQuotes) for now?"
        return ProposedAct(.suspendMember, text: text) { [flow] confirmation in
            try await flow.suspend(membership, in: company, by: confirmation.device)
            return ["membership": .string(membership.rawValue), "outcome": "done"]
        }
    }

    public func resuming(
        _ membership: MembershipIdentifier, in company: CompanyIdentifier, by device: VerifiedDevice,
        language: Language
    ) async throws -> ProposedAct {
        let (name, person) = try await member(membership, of: company, device)
        let text =
            language == .german
            ? "\(person) im Unternehmen \(name.inGermanQuotes) wieder handeln lassen?"
            : "Let \(person) act again in the company \(name.inEnglishQuotes)?"
        return ProposedAct(.resumeMember, text: text) { [flow] confirmation in
            try await flow.resume(membership, in: company, by: confirmation.device)
            return ["membership": .string(membership.rawValue), "outcome": "done"]
        }
    }

    public func changing(
        _ membership: MembershipIdentifier, to roles: CompanyRoles, in company: CompanyIdentifier,
        by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let (name, person) = try await member(membership, of: company, device)
        let words = Self.words(roles.roles.map(\.rawValue), language)
        let text =
            language == .german
            ? "\(person) im Unternehmen \(name.inGermanQuotes) diese Rollen geben: \(words)?"
            : "Give \(person) these roles in the company \(name.inEnglishQuotes): \(words)?"
        return ProposedAct(.changeRoles, text: text) { [flow] confirmation in
            try await flow.change(membership, to: roles, in: company, by: confirmation.device)
            return ["membership": .string(membership.rawValue), "outcome": "done"]
        }
    }

    /// The consent that the private identity is used for the company.
    public func consenting(
        _ isGiven: Bool, in company: CompanyIdentifier, by device: VerifiedDevice, language: Language
    ) async throws -> ProposedAct {
        let name = try await name(of: company, device)
        let text =
            switch (language, isGiven) {
            case (.german, true): "Ihre private Identität wieder für das Unternehmen \(name.inGermanQuotes) verwenden?"
            case (.german, false):
                "Ihre private Identität nicht mehr für das Unternehmen \(name.inGermanQuotes) verwenden? Sie können dann nicht mehr für es "
                    + "handeln."
            case (.english, true): "Use your private identity for the company \(name.inEnglishQuotes) again?"
            case (.english, false):
                "No longer use your private identity for the company \(name.inEnglishQuotes)? You can then no longer act for it."
            }
        return ProposedAct(.changeConsent, text: text) { [flow] confirmation in
            try await flow.setConsent(isGiven, in: company, by: confirmation.device)
            return Self.done(company)
        }
    }

    // MARK: What is shared

    private func member(
        _ membership: MembershipIdentifier, of company: CompanyIdentifier, _ device: VerifiedDevice
    ) async throws -> (company: String, person: String) {
        let view = try await flow.company(company, for: device)
        guard let found = view.people.first(where: { $0.membership.identifier == membership }) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        return (view.company.details.name.text, Self.names(found.givenName, found.familyName))
    }

    private func pending(
        _ invitation: InvitationIdentifier, of company: CompanyIdentifier, _ device: VerifiedDevice,
        _ language: Language
    ) async throws -> (company: String, roles: String) {
        let view = try await flow.company(company, for: device)
        guard let found = view.invitations.first(where: { $0.identifier == invitation }) else {
            throw DeviceRefusal(.notFound, .objectUnknown)
        }
        return (view.company.details.name.text, Self.words(found.roles.roles.map(\.rawValue), language))
    }

    private static func names(_ given: String, _ family: String) -> String { "\(given) \(family)" }

    /// Roles as people read them.
    private static func words(_ roles: [String], _ language: Language) -> String {
        roles.map { role in
            switch (CompanyRole(rawValue: role), language) {
            case (.orgAdmin?, .german): "Administration"
            case (.rightsAdmin?, .german): "Vollmachtenverwaltung"
            case (.userAdmin?, .german): "Personenverwaltung"
            case (.member?, .german): "Mitglied"
            case (.orgAdmin?, .english): "administrator"
            case (.rightsAdmin?, .english): "manager of mandates"
            case (.userAdmin?, .english): "manager of members"
            case (.member?, .english): "member"
            case (nil, _): role
            }
        }.joined(separator: ", ")
    }
}
