import AccountDirectory
import OpenIDMessages

/// A company with administrators in every condition, for rules.
struct CompanyScene {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let identifier = CompanyIdentifier(rawValue: "company")!

    var snapshot: CompanySnapshot

    init(
        state: CompanyState = .active, approversNeeded: Int = 1, kind: CompanyKind = .organization,
        registered: Bool = true, administrators: [CompanyMember]
    ) {
        // Members of a valid example.
        var json: JSONObject = [
            "name": "Muster GmbH", "kind": .string(kind.rawValue),
            "legal_form": .object(["code": "350", "text": "GmbH"]), "w_idnr": "DE123456788",
            "address": .object(["street": "Musterweg", "postal_code": "45699", "locality": "Herten"]),
        ]
        if registered { json["euid"] = "DER2402.HRB12345" }
        let company = CompanyRecord(
            identifier: Self.identifier, details: try! CompanyDetails(json: json), state: state,
            freezeReason: state == .frozen ? .dispute : nil, level: .substantiell, floor: .substantiell,
            approversNeeded: approversNeeded, createdAt: Self.now, changedAt: Self.now,
            frozenAt: state == .frozen ? Self.now : nil)
        snapshot = CompanySnapshot(company: company, administrators: administrators)
    }

    static func member(
        _ name: String, roles: CompanyRoles = .administrator, state: MembershipState = .active,
        accountIsActive: Bool = true, level: AssuranceLevel = .substantiell, validUntil: Timestamp? = nil
    ) -> CompanyMember {
        CompanyMember(
            membership: MembershipRecord(
                identifier: MembershipIdentifier(rawValue: "m-\(name)")!, company: identifier,
                account: AccountIdentifier(rawValue: "a-\(name)")!, roles: roles, state: state,
                suspension: state == .suspended ? .administrator : nil, level: level, since: now,
                validUntil: validUntil),
            account: AccountStanding(isActive: accountIsActive, level: level))
    }

    static func roles(_ roles: CompanyRole...) -> CompanyRoles { CompanyRoles(roles)! }

    static func device(_ name: String) -> DeviceIdentifier {
        DeviceIdentifier(rawValue: "device-of-" + name + "-0000000000")!
    }

    static func hash(_ character: Character) -> IdentityHash {
        IdentityHash(rawValue: String(repeating: character, count: 42) + "A")!
    }

    static func invitation(
        _ roles: CompanyRoles = .member, by inviter: CompanyMember,
        state: InvitationState = .created, ends: Timestamp? = nil, expiresAt: Timestamp = now + 1
    ) -> InvitationRecord {
        InvitationRecord(
            identifier: InvitationIdentifier(rawValue: "invitation")!, company: identifier, roles: roles,
            expectation: hash("h"), invitedBy: inviter.membership.identifier,
            state: state, createdAt: now, expiresAt: expiresAt, membershipEnds: ends)
    }

    static func power(
        _ name: String, _ kind: RegisterPowerKind = .managingDirector, _ representation: Representation = .sole,
        signed: Bool = false, device: String? = nil
    ) -> RegisterPowerRecord {
        RegisterPowerRecord(
            identifier: RegisterPowerIdentifier(rawValue: "p-\(name)")!, company: identifier,
            person: hash(name.first ?? "x"), kind: kind, representation: representation,
            evidence: CompanyEvidenceIdentifier(rawValue: "e")!, asOf: CalendarDate(now),
            state: signed ? .signed : .recorded, signature: signed ? signature(name, device: device ?? name) : nil)
    }

    static func signature(_ name: String, device: String) -> RegisterPowerRecord.Signature {
        RegisterPowerRecord.Signature(
            account: AccountIdentifier(rawValue: "a-\(name)")!, device: Self.device(device), level: .substantiell,
            time: now)
    }

    static func evidence(
        _ method: CompanyEvidence.Method = .registerExtract, level: AssuranceLevel = .substantiell,
        asOf: CalendarDate = CalendarDate(now)
    ) -> CompanyEvidence {
        CompanyEvidence(
            identifier: CompanyEvidenceIdentifier(rawValue: "e")!, method: method,
            performer: TenantIdentifier(rawValue: "herten"), level: level, asOf: asOf, recordedAt: now)
    }
}
