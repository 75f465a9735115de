import AccountDirectory
import GRDB
import IdentityCrypto
import OpenIDMessages
import ProviderCore

@testable import SQLiteStore

/// Somebody who logged in to administration with their own phone.
public struct TestAdministrator: Sendable {
    public let phone: TestPhone
    /// To which the access token is bound.
    public let key: SigningKey
    public let accessToken: String
    public let refreshToken: String
    /// The name in administration.
    public let subject: SubjectIdentifier

    public init(
        phone: TestPhone, key: SigningKey, accessToken: String, refreshToken: String, subject: SubjectIdentifier
    ) {
        self.phone = phone
        self.key = key
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.subject = subject
    }

    /// The client as it stands in the registry of a provider with administration.
    public static let portal = TestGrants.portal("citizen-id-admin", .baseline, .none) {
        $0.grantTypes = [.authorizationCode, .refreshToken]
        $0.redirectURIs = [RedirectURI(rawValue: "http://127.0.0.1:5000/callback")!]
        $0.requiresPushedAuthorizationRequests = true
    }

    public static let address = IssuerURL(rawValue: "https://admin.region.example:9443")!
    public static let resource = ResourceURI(rawValue: TestRegion.issuer.appending("/admin/v1"))!
}

extension TestProvider {
    /// A provider with an administration listener and a service in both towns.
    public static func withAdministration(
        store: SQLiteStore? = nil, clock: SettableClock = SettableClock(),
        companies: (any ActingContextSource)? = NoCompanies()
    ) async throws -> TestProvider {
        let provider = try await TestProvider(
            store: store, clock: clock, companies: companies, administrationAddress: TestAdministrator.address)
        try provider.changeRegion { region in
            region.services = [
                AccountDirectory.Service(
                    identifier: ServiceIdentifier(rawValue: "parking")!, title: LocalizedText(german: "Parken"),
                    publisher: TestRegion.herten, version: "1.0.0", contexts: [.citizen], requiredLevel: .normal,
                    mandateScope: nil, servedTenants: [TestRegion.herten])
            ]
        }
        return provider
    }

    /// Logs in to administration; on the same device unless told otherwise.
    ///
    /// - Parameter person: other than those who come to a desk, for nobody serves themself there.
    public func administrator(
        phone existing: TestPhone? = nil,
        person: JSONObject = ["given_name": "Alma", "family_name": "Amtmann", "birthdate": "1980-02-29"],
        flow: LoginFlow = .link, key: SigningKey = .makeES256(),
        simulating keyStore: SimulatorAttestation.KeyStore = .strongbox
    ) async throws -> TestAdministrator {
        var phone = existing
        if phone == nil { phone = try await enrolledPhone(person: person, simulating: keyStore) }
        guard let phone else { throw Unexpected.loginNotBegun }
        let portal = TestAdministrator.portal
        let request = try await validated(
            pushed: portal.request(["scope": "openid", "resource": TestAdministrator.resource.rawValue]),
            by: portal, proofKey: key.thumbprint)
        let login = try begin(request)
        let device = try await verified(phone)
        let statement = try await claimed(login, by: device, flow: flow)
        let message = try phone.response(to: statement, now: now)
        try await answer(statement, message, by: device)
        if let value = message.returnValue { login.comeBack(value) }
        guard let code = login.collect()?["code"] else { throw Unexpected.noLocation }
        let tokens = try await redeem(code, at: portal, key: key)
        let claims = try unverifiedPayload(tokens.text("access_token"))
        guard let subject = claims["sub"]?.string.flatMap(SubjectIdentifier.init(rawValue:)) else {
            throw Unexpected.noPayload
        }
        return TestAdministrator(
            phone: phone, key: key, accessToken: try tokens.text("access_token"),
            refreshToken: try tokens.text("refresh_token"), subject: subject)
    }

    /// The proof for a call of the administration listener.
    public func administrationProof(
        _ administrator: TestAdministrator, _ method: String, _ path: String, address: IssuerURL? = nil,
        key: SigningKey? = nil, nonce: String?? = nil
    ) throws -> PresentedProof {
        PresentedProof(
            text: try VerifiedDPoPProof.make(
                key: key ?? administrator.key, method: method,
                url: (address ?? TestAdministrator.address).appending(path), now: now,
                nonce: nonce ?? provider.administration.nonce(), accessToken: administrator.accessToken),
            method: method, path: path)
    }

    /// The person as administration sees them in a call.
    public func seen(_ administrator: TestAdministrator) async throws -> Administrator {
        try await provider.administration.administrator(
            .dpop(administrator.accessToken, administrationProof(administrator, "GET", "/admin/v1/me")))
    }

    /// Makes somebody the region's administrator by a ticket.
    @discardableResult
    public func bootstrap(_ administrator: TestAdministrator) async throws -> AdminAssignment {
        guard let ticket = try await provider.administration.issueBootstrapTicket(recover: true) else {
            throw Unexpected.noToken
        }
        return try await provider.administration.bootstrap(ticket.text, by: seen(administrator))
    }

    /// Gives a role as the operator of the database could: whatever the rules of granting say.
    @discardableResult
    public func appoint(
        _ administrator: TestAdministrator, _ role: AdministrationRole, at scope: AdministrationScope,
        from: Timestamp? = nil, until: Timestamp? = nil
    ) async throws -> AssignmentIdentifier {
        let identifier = AssignmentIdentifier.random()
        let (from, until) = (from ?? now, until ?? now + 3600)
        try await store.writer.write { [now] db in
            _ = try db.run(
                """
                INSERT INTO admin_assignment (id, account, subject, role, reach, tenant, operator, valid_from,
                    valid_until, granted_at)
                SELECT :id, account, subject, :role, :reach, :tenant, :operator, :from, :until, :now
                FROM pairwise WHERE subject = :subject
                """,
                [
                    "id": identifier.rawValue, "role": role.rawValue, "reach": scope.reach.rawValue,
                    "tenant": scope.tenant?.rawValue, "operator": scope.operatorIdentifier?.rawValue,
                    "from": from.seconds, "until": until.seconds, "now": now.seconds,
                    "subject": administrator.subject.rawValue,
                ])
        }
        return identifier
    }

    /// Whose phone it is.
    public func account(of administrator: TestAdministrator) async throws -> AccountIdentifier {
        let sector = SectorIdentifier(rawValue: "citizen-id-administration")!
        let account = try await store.administrator(named: administrator.subject, in: .pairwise(sector))
        guard let account else { throw Unexpected.noToken }
        return account
    }

    /// A person's name in a chain; nil when no event names them.
    public func pseudonym(of account: AccountIdentifier, in chain: AuditChain) async throws -> AuditPseudonym? {
        try await store.pool.read { db in try db.auditKey(of: account) }
            .map { AuditPseudonym(of: account, in: chain, key: $0) }
    }

    /// The events of every chain that are of one of these kinds.
    public func auditEntries(_ kinds: SecurityEvent.Kind...) async throws -> [AuditEntry] {
        var entries: [AuditEntry] = []
        for head in try await provider.audit.heads() {
            entries += try await provider.audit.export(head.chain, after: 0)
        }
        return entries.filter { entry in kinds.contains { $0.rawValue == entry.kind } }
    }

    /// What the audit trail says, in its order.
    public func auditTrail() async throws -> [(kind: String, tenant: String?, object: String?, actor: String?)] {
        try await store.pool.read { db in
            try Row.fetchAll(db, sql: "SELECT kind, tenant, object, actor FROM audit_event ORDER BY rowid").map { row in
                (kind: row["kind"], tenant: row["tenant"], object: row["object"], actor: row["actor"])
            }
        }
    }
}

extension AdministrationRole {
    /// Where somebody holds the role in a test about Herten.
    public var testScope: AdministrationScope {
        switch reach {
        case .region: .region
        case .tenant: .tenant(TestRegion.herten)
        case .operated: .operated(by: OperatorIdentifier(rawValue: "it")!, for: TestRegion.herten)
        }
    }
}
