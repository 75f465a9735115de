public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// An explanation that the provider vouches for.
public struct SignedExplanation: Sendable {
    public let explanation: AssuranceExplanation
    /// `assurance-explanation+jwt`, signed by the provider with ES256.
    public let statement: String
}

/// Why a person's logins for a company have their level.
public struct CompanyExplanation: Sendable {
    public let company: CompanyRecord
    public let signed: SignedExplanation
}

/// A login with what its level rests on, whatever became of it since.
public struct LoginFacts: Sendable, Equatable {
    public var grant: AuthorizationGrant
    public var account: AccountRecord
    public var device: DeviceIdentifier

    public init(grant: AuthorizationGrant, account: AccountRecord, device: DeviceIdentifier) {
        self.grant = grant
        self.account = account
        self.device = device
    }
}

/// Says why logins have their level: to the person, and of one login to the town's administration and an auditor.
public struct AssuranceFlow: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let store: any DeviceStore & EvidenceStore & GrantStore & CompanyStore & MandateStore
    let clock: ProviderClock

    /// What a citizen's login with this device reaches, and why.
    public func explain(_ device: VerifiedDevice) async throws -> SignedExplanation {
        let explanation = try await explanation(
            account: device.account, device: device.device, methods: nil)
        return try sign(explanation, ["aud": .string(device.device.identifier.rawValue)])
    }

    /// What logins with this device for each of the person's companies reach, and why. For one that their company serves a
    /// login reaches no more than how that one was verified.
    public func explainCompanies(_ device: VerifiedDevice) async throws -> [CompanyExplanation] {
        let own = try await explanation(account: device.account, device: device.device, methods: nil)
        var explained: [CompanyExplanation] = []
        for seat in try await store.companies(of: device.account.identifier)
        where seat.company.state == .active && seat.membership.state == .active {
            let company = seat.company
            let explanation = try await acting(own, as: seat.membership.identifier, for: company.identifier)
            explained.append(
                CompanyExplanation(
                    company: company,
                    signed: try sign(
                        explanation,
                        [
                            "aud": .string(device.device.identifier.rawValue),
                            "company": .string(company.identifier.rawValue),
                            "company_name": .string(company.details.name.text),
                        ])))
        }
        return explained
    }

    /// Why one login at a town has its level, and whose it was; nil when there is none of that name there. The
    /// bounds are the login's own; what they rest on is told as it is now, and a bound that has another level today says so.
    func explain(
        _ transaction: TransactionIdentifier, in scope: TenantScope
    ) async throws -> (explained: SignedExplanation, account: AccountIdentifier)? {
        guard let login = try await store.login(transaction, in: scope),
            let (device, _) = try await store.device(login.device)
        else { return nil }
        var explanation = try await explanation(
            account: login.account, device: device, methods: login.grant.methods)
        if case .company(let membership, let company, _, _) = login.grant.acting {
            explanation = try await acting(explanation, as: membership, for: company)
        }
        explanation = explanation.bounded(
            by: login.grant.bounds, isSimulated: login.grant.context.isSimulated)
        let signed = try sign(
            Self.withoutModel(explanation),
            [
                "txn": .string(transaction.rawValue), "answered_acr": .string(login.grant.context.acr),
                "client_id": .string(login.grant.client.rawValue),
            ])
        return (signed, login.account.identifier)
    }

    /// What a login of a town's subject with one of the person's devices reaches, and why; nil when the device is gone.
    ///
    /// - Parameter name: the device's name at this town, which has no other for it (invariant I24).
    func explain(
        _ device: DeviceIdentifier, called name: TownDeviceName, of subject: SubjectIdentifier
    ) async throws -> SignedExplanation? {
        guard let (row, account) = try await store.device(device) else { return nil }
        let explanation = try await explanation(account: account, device: row, methods: nil)
        return try sign(
            Self.withoutModel(explanation), ["sub": .string(subject.rawValue), "device": .string(name.rawValue)])
    }

    /// Two towns could tell by a rare model that they know the same person (invariant I24).
    private static func withoutModel(_ explanation: AssuranceExplanation) -> AssuranceExplanation {
        var explanation = explanation
        for index in explanation.reasons.indices where explanation.reasons[index].kind == .device {
            for fact in ["model", "system"] { explanation.reasons[index].facts[fact] = nil }
        }
        return explanation
    }

    private func explanation(
        account: AccountRecord, device: DeviceRecordRow, methods: [String]?
    ) async throws -> AssuranceExplanation {
        var explanation = AssuranceExplanation(proofing: account.level, ceiling: device.ceiling)
        let identity = identityFacts(try await store.evidence(of: account.identifier), now: clock.now())
        let facts = try await facts(of: device)
        for index in explanation.reasons.indices {
            switch explanation.reasons[index].kind {
            case .proofing: explanation.reasons[index].facts = identity
            case .authenticator:
                explanation.reasons[index].facts = [
                    "amr": .strings(methods ?? [device.keyMethod, "pin", "mfa", "user"])
                ]
            case .device: explanation.reasons[index].facts = facts
            case .binding, .company: break
            }
        }
        return explanation
    }

    /// The same login for a company. The company has no name here: a town knows it by its own.
    private func acting(
        _ explanation: AssuranceExplanation, as membership: MembershipIdentifier, for company: CompanyIdentifier
    ) async throws -> AssuranceExplanation {
        guard let parties = try await store.parties(of: membership, for: company) else { return explanation }
        var explanation = explanation.acting(binding: parties.binding, company: parties.company.level)
        for index in explanation.reasons.indices {
            switch explanation.reasons[index].kind {
            case .binding:
                explanation.reasons[index].facts = [
                    "day": .string(CalendarDate(inGermanyAt: parties.boundAt).rawValue)
                ]
            case .company: explanation.reasons[index].facts = parties.evidence.map(facts) ?? [:]
            case .proofing, .authenticator, .device: break
            }
        }
        return explanation
    }

    private func facts(_ evidence: CompanyEvidence) -> JSONObject {
        var facts: JSONObject = ["method": .string(evidence.method.rawValue)]
        facts["performer"] = officialName(evidence.performer)
        facts["day"] = .string(evidence.asOf.rawValue)
        facts["level"] = .string(evidence.level.name)
        return facts
    }

    private func officialName(_ tenant: TenantIdentifier?) -> JSONValue? {
        tenant.flatMap { registry.tenant($0) }.map { .string($0.officialName) }
    }

    /// What the person's level rests on: the best evidence that counts, the newest of it. Where none does any more, the last
    /// day of the one that counted for longest.
    private func identityFacts(_ evidence: [Evidence], now: Timestamp) -> JSONObject {
        let counting = evidence.filter { $0.expiresAt.map { $0 > now } ?? true }
        if let best = counting.max(by: { ($0.level, $0.checkedAt) < ($1.level, $1.checkedAt) }) { return facts(best) }
        let end = evidence.compactMap(\.expiresAt).max()
        return end.map { ["expired": .string(CalendarDate(inGermanyAt: $0 - 1).rawValue)] } ?? [:]
    }

    private func facts(_ evidence: Evidence) -> JSONObject {
        var facts: JSONObject = ["method": .string(evidence.method.rawValue)]
        facts["performer"] = officialName(evidence.performer)
        facts["time"] = .string(evidence.checkedAt.minuteText)
        facts["level"] = .string(evidence.level.name)
        return facts
    }

    /// Whether the keys are in hardware is not said of a device at *normal* that brought evidence: it may be there all the
    /// same, and the device was set up when less was proved of its person.
    private func facts(of device: DeviceRecordRow) async throws -> JSONObject {
        var facts: JSONObject = [
            "model": .string(device.description.model), "system": .string(device.description.system),
        ]
        if device.ceiling.level > .normal {
            facts["keys_in_hardware"] = true
        } else if try await store.certificates(of: device.identifier).isEmpty {
            facts["keys_in_hardware"] = false
        }
        return facts
    }

    private func sign(_ explanation: AssuranceExplanation, _ members: JSONObject) throws -> SignedExplanation {
        var payload: JSONObject = ["iss": .string(issuer.rawValue), "iat": clock.now().json]
        for member in members.members + explanation.json.members { payload[member.name] = member.value }
        // As a device reads it: what that would refuse is never signed.
        let statement = try keys.ring.current(.es256).sign(try LevelExplanation(json: payload))
        return SignedExplanation(explanation: explanation, statement: statement)
    }
}

extension DeviceRecordRow {
    /// The key's method as RFC 8176 has it.
    fileprivate var keyMethod: String { ceiling.level > .normal ? "hwk" : "swk" }
}
