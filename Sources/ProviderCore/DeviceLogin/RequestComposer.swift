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
        // Only what the person has can be released; names are what a portal cannot go on without.
        let asked = login.request.claims.filter { claim in
            person.claim(claim, namespace: issuer.claimNamespace) != nil
        }
        return LoginRequestStatement(
            issuer: issuer, device: claim.device, transaction: login.transaction, nonce: .random(bytes: 32),
            issuedAt: now, expiresAt: claim.claimedAt + Lifetime.claimedLogin, purpose: .login,
            portal: PortalDescription(
                client: client.identifier, name: client.name, host: login.request.wayBack.redirectURI.host,
                tenant: tenant.identifier, tenantName: tenant.officialName),
            acr: claim.context.acr, essentialClaims: asked.filter(essential.contains),
            voluntaryClaims: asked.filter { !essential.contains($0) }, text: text,
            textDigest: ContentDigest(of: text),
            initiator: LoginInitiator(
                browser: login.browser.description, area: login.browser.area, sameNetwork: claim.sameNetwork,
                startedAt: login.createdAt),
            flow: claim.flow, binding: claim.flow == .qr ? .code : .return)
    }

    private static let essential: Set<String> = ["given_name", "family_name"]
}
