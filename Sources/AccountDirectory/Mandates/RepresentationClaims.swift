public import OpenIDMessages

/// How tokens say for whom and by which right somebody acts: a compact claim for portals (`…/claims/mandate`), and the
/// structure of the draft "OpenID Connect Authority claims" inside `verified_claims[].claims.authority`.
///
/// A token shows no more of a mandate than its portal needs: the scope of the service that was asked for and, unless the
/// mandate counts everywhere, the portal's own town.
public struct RepresentationClaims: Sendable {
    /// The company as the draft names it.
    public struct Company: Sendable, Equatable {
        public var organizationName: String
        /// Type and number in the register, e.g. `HRB 12345`.
        public var registrationNumber: String?
        /// ISO 3166-1 alpha-2.
        public var legalJurisdiction: String

        public init(organizationName: String, registrationNumber: String?, legalJurisdiction: String = "DE") {
            self.organizationName = organizationName
            self.registrationNumber = registrationNumber
            self.legalJurisdiction = legalJurisdiction
        }
    }

    public var issuer: IssuerURL
    public var company: Company
    public var authority: Authority
    /// What the portal may call the mandate; different in each sector, so that portals cannot compare their people by it.
    public var reference: String
    /// The service that was asked for, if the portal named one.
    public var service: ServiceIdentifier?
    /// The scope of that service.
    public var scope: MandateScope?
    public var tenant: TenantIdentifier
    /// The name of the service company, in a chain.
    public var via: String?
    /// The level of the company's and the member's proofs together.
    public var level: AssuranceLevel

    public init(
        issuer: IssuerURL, company: Company, authority: Authority, reference: String, service: ServiceIdentifier?,
        scope: MandateScope?, tenant: TenantIdentifier, via: String? = nil, level: AssuranceLevel
    ) {
        self.issuer = issuer
        self.company = company
        self.authority = authority
        self.reference = reference
        self.service = service
        self.scope = scope
        self.tenant = tenant
        self.via = via
        self.level = level
    }

    /// The claim `…/claims/mandate`; nil for a member who acts without any mandate, where the service needs none.
    public var mandate: JSONObject? {
        switch authority {
        case .membership: nil
        case .register:
            [
                "role": .string(role), "services": services, "mandate_scopes": scopes, "tenants": ["*"],
                "full_powers": true, "basis": .string(MandateBasis.register.rawValue), "joint": false,
                "chain_depth": 0,
            ]
        case .mandate(let held): claim(of: held)
        }
    }

    private func claim(of held: HeldMandate) -> JSONObject {
        let mandate = held.mandate
        var claim: JSONObject = [
            "id": .string(reference), "role": .string(role), "services": services, "mandate_scopes": scopes,
            "tenants": .strings(shownTenants(of: mandate)),
        ]
        claim["limits"] = mandate.powers.limit.map { .object($0.json) }
        claim["valid_from"] = .string(mandate.powers.validity.from.rawValue)
        claim["valid_until"] = .string(held.lastDay.rawValue)
        claim["basis"] = .string(mandate.basis.rawValue)
        claim["joint"] = .bool(mandate.isJoint)
        claim["chain_depth"] = .integer(Int64(mandate.depth))
        claim["via"] = via.map { .string($0) }
        return claim
    }

    /// The element of `verified_claims` about the right to act (OpenID Identity Assurance 1.0 §5).
    public var verifiedClaims: JSONObject? {
        guard let authorityClaim else { return nil }
        var verification: JSONObject = [
            "trust_framework": .string(issuer.appending("/trust/company-mandate")),
            "assurance_level": .string(level.name),
        ]
        if case .mandate(let held) = authority {
            verification["time"] = held.mandate.activatedAt.map { .string($0.minuteText) }
        }
        return ["verification": .object(verification), "claims": .object(["authority": .object(authorityClaim)])]
    }

    private var authorityClaim: JSONObject? {
        switch authority {
        case .membership: nil
        case .register:
            [
                "applies_to": .object(appliesTo),
                "permission": .array(functions.map { .object(permission(function: $0, nil)) }),
                "granted_by": .object(["method": "appointed", "granting_body": "register"]),
            ]
        case .mandate(let held):
            [
                "applies_to": .object(appliesTo),
                "permission": .array(functions.map { .object(permission(function: $0, held)) }),
                "granted_by": .object(grantedBy(held.mandate)),
            ]
        }
    }

    private var appliesTo: JSONObject {
        var object: JSONObject = ["organization_name": .string(company.organizationName)]
        object["registration_number"] = company.registrationNumber.map { .string($0) }
        object["legal_jurisdiction"] = .string(company.legalJurisdiction)
        return object
    }

    private func permission(function: String?, _ held: HeldMandate?) -> JSONObject {
        var object: JSONObject = ["role": .string(role)]
        if let held {
            let mandate = held.mandate
            object["validity"] = .object([
                "start": .string(mandate.powers.validity.from.rawValue), "end": .string(held.lastDay.rawValue),
            ])
            object["budget"] = mandate.powers.limit.map { limit in
                .object(["value": .string(limit.text), "currency": .string(limit.currency.rawValue)])
            }
            if mandate.powers.tenants != .all { object["audience"] = .strings(shownTenants(of: mandate)) }
        }
        object["function"] = function.map { .string($0) }
        object["may_delegate"] = .bool(held?.mandate.mayDelegate ?? true)
        return object
    }

    private func grantedBy(_ mandate: Mandate) -> JSONObject {
        var object: JSONObject = [
            "method": mandate.basis == .delegated ? "delegated" : "appointed"
        ]
        object["granting_body"] = mandate.grantedBy.map { .string($0.rawValue) }
        object["reason"] = .string(mandate.reason)
        return object
    }

    private var role: String {
        switch authority {
        case .register: "legal_representative"
        case .membership: "member"
        case .mandate(let held): held.mandate.grantor == held.mandate.company ? "employee" : "service_provider"
        }
    }

    private var services: JSONValue { .strings([service?.rawValue].compactMap(\.self)) }
    private var scopes: JSONValue { .strings([scope?.rawValue].compactMap(\.self)) }
    /// One permission for the scope, or one that names none.
    private var functions: [String?] { [scope?.rawValue] }

    private func shownTenants(of mandate: Mandate) -> [String] {
        mandate.powers.tenants == .all ? ["*"] : [tenant.rawValue]
    }
}

extension HeldMandate {
    /// A chain lasts as long as each of its links.
    fileprivate var lastDay: CalendarDate {
        let until = mandate.powers.validity.until
        return min(until, parent?.powers.validity.until ?? until)
    }
}

extension Timestamp {
    /// The time to the minute in Coordinated Universal Time, as Identity Assurance writes it: `2026-01-16T08:30Z`.
    var minuteText: String {
        let rest = ((seconds % 86_400) + 86_400) % 86_400
        func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(CalendarDate(self).rawValue)T\(padded(rest / 3_600)):\(padded(rest / 60 % 60))Z"
    }
}
