import AccountDirectory
import OpenIDMessages
import ProviderCore
import Synchronization

/// A directory of companies in a test's hands: what it says now is what counts now.
public final class TestCompanies: ActingContextSource {
    private let rights = Mutex<[(account: AccountIdentifier, right: ActingRight, tenants: Set<TenantIdentifier>)]>([]
    )

    public init() {}

    public func representations(
        of account: AccountIdentifier, for need: ContextNeed
    ) async throws -> [ActingRight] {
        rights.withLock { rights in
            rights.filter { $0.account == account && $0.tenants.contains(need.tenant) }
                .map { Self.seen($0.right, need) }
        }
    }

    public func representation(_ acting: ActingContext, for need: ContextNeed) async throws -> ActingRight? {
        rights.withLock { rights in
            rights.first { $0.right.acting == acting && $0.tenants.contains(need.tenant) }
                .map { Self.seen($0.right, need) }
        }
    }

    public func obstacle(of account: AccountIdentifier, for need: ContextNeed) async throws -> ActingObstacle? { nil }

    /// The company has another name in each sector.
    private static func seen(_ right: ActingRight, _ need: ContextNeed) -> ActingRight {
        var right = right
        right.subject = CompanySubject(
            rawValue: "\(right.acting.company?.rawValue ?? "").\(need.sector.name)".filter { $0 != ":" })!
        return right
    }

    /// Gives a person the right to act for a company in these towns.
    @discardableResult
    public func add(
        _ account: AccountIdentifier, company: String = "muster", binding: AssuranceLevel = .substantiell,
        level: AssuranceLevel = .substantiell, tenants: Set<TenantIdentifier> = [TestRegion.herten, TestRegion.marl]
    ) -> ActingContext {
        let acting = ActingContext.company(
            membership: MembershipIdentifier(rawValue: "m-\(company)")!,
            company: CompanyIdentifier(rawValue: company)!, mandate: MandateIdentifier(rawValue: "md-\(company)")!)
        let right = ActingRight(
            acting: acting,
            company: CompanyDescription(
                name: "\(company) GmbH", legalForm: "GmbH", legalFormCode: "350", isSoleTrader: false, occupation: nil,
                register: ["type": "HRB", "number": "12345", "court": "Amtsgericht Gelsenkirchen"],
                numbers: [
                    CompanyDescription.Number(type: "W-IdNr", number: "DE123456788-00001", issuer: "BZSt")
                ],
                address: try! PostalAddress(json: [
                    "street": "Werkstraße", "house_number": "1", "postal_code": "45879", "locality": "Gelsenkirchen",
                ]), level: level, source: "mein-unternehmenskonto"),
            subject: CompanySubject(rawValue: "unused")!, limits: CompanyLimits(binding: binding, company: level),
            mandate: [
                "id": "md_7f3a", "role": "employee", "services": ["handwerkerparkausweis"],
                "mandate_scopes": ["parking.permit"], "tenants": ["*"],
                "limits": .object(["amount": "500.00", "currency": "EUR"]), "valid_from": "2026-01-01",
                "valid_until": "2026-12-31", "basis": "delegated", "joint": false, "chain_depth": 1,
            ],
            verified: [
                "verification": .object([
                    "trust_framework": "https://id.region.example/trust/company-mandate",
                    "assurance_level": "substantiell", "time": "2026-01-16T08:30Z",
                ]),
                "claims": .object([
                    "authority": .object([
                        "applies_to": .object([
                            "organization_name": "Muster", "registration_number": "HRB 12345",
                            "legal_jurisdiction": "DE",
                        ]),
                        "permission": .array([
                            .object([
                                "role": "employee",
                                "validity": .object(["start": "2026-01-01", "end": "2026-12-31"]),
                                "budget": .object(["value": "500.00", "currency": "EUR"]),
                                "function": "parking.permit", "may_delegate": false,
                            ])
                        ]),
                        "granted_by": .object([
                            "method": "delegated", "granting_body": "org_admin", "reason": "Montagefahrzeuge",
                        ]),
                    ])
                ]),
            ])
        rights.withLock { $0.append((account, right, tenants)) }
        return acting
    }

    /// The right ends: membership, company or mandate.
    public func end(_ acting: ActingContext) {
        rights.withLock { $0.removeAll { $0.right.acting == acting } }
    }
}
