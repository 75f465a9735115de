internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Writes what the phone will show and sign.
enum RequestComposer {
    /// The most hats that one request shows.
    static let maximumContexts = 64

    /// The request with as many of the hats, in their order, as a phone reads; nil when it reads not even one.
    static func signed(
        _ login: Login, claim: Login.Claim, person: PersonRecord, issuer: IssuerURL, key: SigningKey, now: Timestamp
    ) throws -> Login.SignedRequest? {
        var count = min(claim.offers.count, maximumContexts)
        while count > 0 {
            let statement = statement(
                login, claim: claim, offers: claim.offers.prefix(count), person: person, issuer: issuer, now: now)
            let text = try key.sign(statement)
            let length = text.utf8.count
            guard length > CompactJWS.maximumLength else {
                return statement.isReadable ? Login.SignedRequest(statement: statement, text: text) : nil
            }
            count = min(count - 1, count * CompactJWS.maximumLength / length + 1)
        }
        return nil
    }

    private static func statement(
        _ login: Login, claim: Login.Claim, offers: some Collection<ContextOffer>, person: PersonRecord,
        issuer: IssuerURL, now: Timestamp
    ) -> LoginRequestStatement {
        let client = login.request.client.client
        let tenant = login.request.client.scope.tenant
        let service = login.request.service
        let text = LoginTexts.request(
            portal: client.name, tenant: tenant.officialName, service: service, prompt: login.start.prompt,
            remembered: login.remembersBrowser ? login.browser : nil,
            leavesOutCompanies: offers.count < claim.offers.count, language: claim.language)
        let asked = AskedClaims(login.request, person: person, issuer: issuer)
        let contexts = offers.map { offer in
            ContextDescription(
                context: offer.acting.name, name: offer.name, acr: offer.level.acr,
                claims: offer.acting.kind == .company ? asked.company : [])
        }
        return LoginRequestStatement(
            issuer: issuer, device: claim.device, transaction: login.transaction, nonce: .random(bytes: 32),
            issuedAt: now, expiresAt: login.deadline, purpose: .login,
            portal: PortalDescription(
                client: client.identifier, name: client.name, host: login.request.portalHost,
                tenant: tenant.identifier, tenantName: tenant.officialName),
            service: service.map { ServiceDescription($0, Imprint(tenant, $0), language: claim.language) },
            contexts: contexts,
            acr: contexts[0].acr, essentialClaims: asked.essential, voluntaryClaims: asked.voluntary, text: text,
            textDigest: ContentDigest(of: text),
            initiator: LoginInitiator(
                browser: login.browser.description, area: login.browser.area, sameNetwork: claim.sameNetwork,
                startedAt: login.createdAt, knownSince: claim.browser?.createdAt),
            flow: claim.flow, binding: claim.binding)
    }
}

extension DeviceStatement {
    /// Whether who receives this statement can read it: so nothing is signed that no phone accepts.
    var isReadable: Bool { (try? Self(json: json)) != nil }
}

extension ServiceDescription {
    fileprivate init(_ service: Service, _ imprint: Imprint, language: Language) {
        self.init(
            identifier: service.identifier, title: service.title.text(language),
            purpose: service.purpose?.text(language),
            purposeVersion: service.purpose.map { _ in String(service.purposeVersion) },
            legalBasis: imprint.legalBasis, privacyURI: imprint.privacy, contact: imprint.contact)
    }
}
