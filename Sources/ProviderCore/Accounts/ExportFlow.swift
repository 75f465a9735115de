public import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Everything about one person, for that person (GDPR Art. 15 and 20).
public struct AccountExport: Sendable {
    /// The type of the signed form; no other token of ours has it.
    public static let type = "account-export+jwt"

    public let document: JSONObject
    /// A compact JWS over the document.
    public let signed: String
}

/// Makes exports.
public struct ExportFlow: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let store: any AccountStore & RetentionStore & AuditStore
    let trail: OwnAudit
    let requests: DataRequestFlow
    let identification: DeskIdentification
    let clock: ProviderClock

    /// The export of the account that the device belongs to; its person is told of it.
    public func export(by device: VerifiedDevice) async throws -> AccountExport {
        let request = try await requests.begin(.export, by: device)
        let export = try await document(of: device.account.identifier)
        _ = try await requests.finish(request.identifier)
        return export
    }

    /// The export of an account whose person stands at a desk, identified at the account's level. It is a request like
    /// that from a phone: the person is told, and reads in their trail who made it. Throws `DeskRefusal`.
    public func export(of account: AccountIdentifier, visit: DeskVisit) async throws -> AccountExport {
        _ = try await identification.profile(of: account, in: visit)
        let request = try await requests.begin(exportOf: account, in: visit)
        // Whoever makes it has everything in the hand.
        try await store.record([visit.event(.subjectSeen, person: account, now: clock.now())])
        let export = try await document(of: account)
        _ = try await requests.finish(request.identifier, by: visit.author.consequence)
        return export
    }

    private func document(of account: AccountIdentifier) async throws -> AccountExport {
        let sections = try await store.personalData(of: account)
        var document: JSONObject = [
            "iss": .string(issuer.rawValue), "iat": clock.now().json, "jti": .string(RandomBytes.text(16)),
            "region": .string(registry.region.name),
        ]
        var portals: Set<Portal> = []
        for section in sections {
            document[section.name] = .array(section.rows.map { .object(named($0, &portals)) })
        }
        let (events, names) = try await trail.everything(about: account)
        document["audit"] = .array(events.map { .object($0.exported) })
        document["audit_names"] = .array(names.map { .object(["chain": .string($0), "name": .string($1.text)]) })
        document["controllers"] = .array(controllers(of: portals).map { .object($0) })
        return AccountExport(
            document: document,
            signed: try keys.ring.current(.es256).sign(type: AccountExport.type, payload: document))
    }

    /// A portal, and the town that is responsible for what it was told.
    private struct Portal: Hashable {
        let client: ClientIdentifier
        let controller: TenantIdentifier
    }

    /// A row that names a client also says what it is called and who is responsible: the town of the row, as it was then,
    /// else the client's own.
    private func named(_ row: JSONObject, _ portals: inout Set<Portal>) -> JSONObject {
        guard let identifier = row["client"]?.string.flatMap(ClientIdentifier.init(rawValue:)),
            let client = registry.resolve(identifier)?.client
        else { return row }
        let town = row["tenant"]?.string.flatMap(TenantIdentifier.init(rawValue:))
        var row = row
        row["portal"] = .string(client.name)
        // Without a town it is about the portal as a whole: other rows of one that serves several say for whom it acted.
        guard let controller = town ?? (client.isOneForAll ? nil : client.tenant) else { return row }
        row["controller"] = .string(controller.rawValue)
        portals.insert(Portal(client: identifier, controller: controller))
        return row
    }

    /// Who is responsible: the region's towns for the account together, and each for its own portals. And who works for a
    /// town on instruction today, a recipient of the data (GDPR Art. 15 (1) (c), Art. 4 no. 9).
    private func controllers(of portals: Set<Portal>) -> [JSONObject] {
        let now = clock.now()
        return registry.region.tenants.map { tenant in
            let own = portals.filter { $0.controller == tenant.identifier }
            var controller: JSONObject = [
                "tenant": .string(tenant.identifier.rawValue), "name": .string(tenant.officialName),
                "hosts": .strings(tenant.hostNames),
                "responsible_for": .strings(["account"] + own.map(\.client.rawValue).sorted()),
            ]
            let contact = tenant.branding.contact
            controller["email"] = contact.email.map { .string($0) }
            controller["phone"] = contact.phone.map { .string($0) }
            controller["dpo_email"] = contact.dataProtectionEmail.map { .string($0) }
            controller["processor"] = registry.region.processor(of: tenant, at: now).map { .string($0.name) }
            return controller
        }
    }
}

extension OwnAudit.Event {
    /// The event as the chain has it, with what it says in words.
    fileprivate var exported: JSONObject {
        func json(_ text: BilingualText) -> JSONValue {
            .object(["de": .string(text.german), "en": .string(text.english)])
        }
        var object = self.json
        object["text"] = json(what)
        object["who"] = who.map(json)
        object["tenant_name"] = tenantName.map { .string($0) }
        object["portal"] = portal.map { .string($0) }
        return object
    }
}
