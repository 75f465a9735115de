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
        let text = LoginTexts.request(portal: client.name, tenant: tenant.officialName, language: claim.language)
        let asked = AskedClaims(login.request, person: person, issuer: issuer)
        return LoginRequestStatement(
            issuer: issuer, device: claim.device, transaction: login.transaction, nonce: .random(bytes: 32),
            issuedAt: now, expiresAt: claim.claimedAt + Lifetime.claimedLogin, purpose: .login,
            portal: PortalDescription(
                client: client.identifier, name: client.name, host: login.request.wayBack.redirectURI.host,
                tenant: tenant.identifier, tenantName: tenant.officialName),
            acr: claim.context.acr, essentialClaims: asked.essential,
            voluntaryClaims: asked.voluntary, text: text,
            textDigest: ContentDigest(of: text),
            initiator: LoginInitiator(
                browser: login.browser.description, area: login.browser.area, sameNetwork: claim.sameNetwork,
                startedAt: login.createdAt),
            flow: claim.flow, binding: claim.flow == .qr ? .code : .return)
    }
}
