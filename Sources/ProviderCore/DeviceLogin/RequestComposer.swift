internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Writes what the phone will show and sign.
enum RequestComposer {
    static func statement(
        _ login: Login, claim: Login.Claim, person: PersonRecord, issuer: IssuerURL, now: Timestamp
    ) -> LoginRequestStatement {
        let client = login.request.client.client
        let tenant = login.request.client.scope.tenant
        let service = login.request.service
        let text = LoginTexts.request(
            portal: client.name, tenant: tenant.officialName, service: service, prompt: login.start.prompt,
            remembered: login.remembersBrowser ? login.browser : nil, language: claim.language)
        let asked = AskedClaims(login.request, person: person, issuer: issuer)
        let contexts = claim.offers.map { offer in
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

extension ServiceDescription {
    fileprivate init(_ service: Service, _ imprint: Imprint, language: Language) {
        self.init(
            identifier: service.identifier, title: service.title.text(language),
            purpose: service.purpose?.text(language),
            purposeVersion: service.purpose.map { _ in String(service.purposeVersion) },
            legalBasis: imprint.legalBasis, privacyURI: imprint.privacy, contact: imprint.contact)
    }
}
