public import OpenIDMessages

/// What a refused caller hears.
public enum RefusalAnswer: Sendable, Hashable {
    /// A portal, in the form of the place (`OAuthError.Code.status`).
    case oauth(OAuthError.Code)
    /// A device, as a problem document.
    case problem(ProblemCode)
    /// A person, on a page of its own.
    case page(PersonProblem)
    /// A person, on the page of the login.
    case loginPage
}

/// What a typed reason in the operator's log means.
public struct RefusalEntry: Sendable {
    /// Whose fault it is as a rule.
    public let side: ProblemDocument.Side
    /// One plain sentence.
    public let meaning: String
    /// What the caller hears.
    public let answers: [RefusalAnswer]
    public let remedy: String
}

extension Refusal {
    /// The catalogue, which `docs/errors.md` shows.
    public var entry: RefusalEntry {
        switch self {
        case .unknownClient:
            RefusalEntry(
                .portal, "The client is in no region file or registration, or was removed.",
                [.oauth(.invalidRequest), .oauth(.invalidClient), .oauth(.invalidToken), .problem(.loginOver)],
                "Compare `client_id` with `citizen-id client list`.")
        case .redirectURINotRegistered:
            RefusalEntry(
                .portal, "The redirect URI is not, byte for byte, a registered one.", [.oauth(.invalidRequest)],
                "Register the URI exactly as it is sent.")
        case .pushedRequestRequired:
            RefusalEntry(
                .portal, "The client is held to pushed requests and sent parameters through the browser.",
                [.oauth(.invalidRequest)],
                "Push to `/par`, or relax the client's profile.")
        case .pushedRequestUnknown:
            RefusalEntry(
                .portal, "The pushed request is unknown, used, expired or of another client.",
                [.oauth(.invalidRequestURI)],
                "Push anew for each login; a restart of the provider loses pushed requests.")
        case .scopeNotAllowed:
            RefusalEntry(
                .portal, "The client asked for a scope or claim that it is not allowed or was not granted.",
                [.oauth(.invalidScope), .oauth(.insufficientScope)],
                "List the scope for the client, or ask for less.")
        case .serviceNotAllowed:
            RefusalEntry(
                .portal,
                "The client named a service that is not its own, several, or none of several, or asked for what the "
                    + "service does not need.",
                [.oauth(.invalidScope), .oauth(.invalidGrant), .oauth(.invalidToken), .oauth(.invalidRequest)],
                "Name one service of the client with the scope `service:NAME`; ask for claims that it declares.")
        case .servedTenantUnusable:
            RefusalEntry(
                .portal,
                "A client of one-for-all services named no town, or another client named one with `served_tenant`.",
                [.oauth(.invalidRequest)],
                "A client with `served_tenants` in the region file sends one of them; every other sends none.")
        case .tenantNotServed:
            RefusalEntry(
                .portal,
                "The town is not one that the client serves now: it is not declared or not live, or it has no adoption in "
                    + "force of a service for which the client may ask; or the adoption of the grant's service is over.",
                [.oauth(.invalidRequest), .oauth(.invalidGrant), .oauth(.invalidToken)],
                "`citizen-id client doctor` says what each town of `served_tenants` lacks.")
        case .promptNone:
            RefusalEntry(
                .person, "`prompt=none`, and the browser's session is not enough.",
                [
                    .oauth(.loginRequired), .oauth(.interactionRequired), .oauth(.consentRequired),
                    .oauth(.unmetAuthenticationRequirements),
                ],
                "Nothing to mend: the portal begins a visible login.")
        case .levelUnknown:
            RefusalEntry(
                .portal, "None of the levels asked for exists or may be given to this client.",
                [.oauth(.unmetAuthenticationRequirements)],
                "Correct `acr_values`; a client of profile `legacy` gets *normal* only.")
        case .hintUnusable:
            RefusalEntry(
                .portal, "`id_token_hint` is no ID token of this provider for this client.", [.oauth(.invalidRequest)],
                "Send the ID token as it was received.")
        case .logoutURINotRegistered:
            RefusalEntry(
                .portal, "`post_logout_redirect_uri` is not registered, or nothing says whose it is.",
                [.oauth(.invalidRequest)],
                "Register it exactly; send `id_token_hint` or `client_id` along.")
        case .clientIdentifierMismatch:
            RefusalEntry(
                .portal, "`client_id` in a pushed request is not the client that authenticated.",
                [.oauth(.invalidRequest)],
                "Send the client's own `client_id`.")
        case .requestObjectSignature:
            RefusalEntry(
                .portal, "The request object is encrypted, not signed by a registered key, or of another type.",
                [.oauth(.invalidRequestObject), .oauth(.invalidRequest)],
                "Sign with a registered key and an allowed algorithm.")
        case .requestObjectClaims:
            RefusalEntry(
                .portal, "`iss`, `client_id`, `aud`, `jti` or a parameter in the request object does not fit.",
                [.oauth(.invalidRequestObject), .oauth(.invalidRequest)],
                "`iss` and `client_id` are the client, `aud` is the issuer, there is no `sub`.")
        case .requestObjectTime:
            RefusalEntry(
                .portal, "`nbf` or `exp` of the request object is missing, past or more than 60 minutes away.",
                [.oauth(.invalidRequestObject), .oauth(.invalidRequest)],
                "Sign for each login; check the clock.")
        case .requestObjectReplayed:
            RefusalEntry(
                .portal, "The `jti` of the request object was used before.",
                [.oauth(.invalidRequestObject), .oauth(.invalidRequest)],
                "A fresh `jti` each time; somebody may be replaying.")
        case .requestObjectRequired:
            RefusalEntry(
                .portal, "The client is held to signed requests and sent plain parameters.", [.oauth(.invalidRequest)],
                "Sign the request, or relax the client.")
        case .clientMethodMismatch:
            RefusalEntry(
                .portal, "The client authenticated by another method than its own.", [.oauth(.invalidClient)],
                "Compare the portal's setting with `token_endpoint_auth_method`.")
        case .clientSecretWrong:
            RefusalEntry(
                .portal, "The client's secret is wrong.", [.oauth(.invalidClient)],
                "Compare with `secret_sha256`; many of these are somebody guessing.")
        case .clientKeyUnknown:
            RefusalEntry(
                .portal, "None of the client's keys fits `kid` and algorithm, or there is none to encrypt to.",
                [.oauth(.invalidClient), .oauth(.invalidRequestObject), .oauth(.invalidRequest)],
                "Register the key; see that `kid` is the registered one.")
        case .assertionSignature:
            RefusalEntry(
                .portal, "The signature of the client assertion is wrong.", [.oauth(.invalidClient)],
                "The portal signs with another key than it registered.")
        case .assertionClaims:
            RefusalEntry(
                .portal, "`iss`, `sub`, `aud` or `jti` of the client assertion does not fit.", [.oauth(.invalidClient)],
                "`aud` is the issuer as one string, not the address of an endpoint.")
        case .assertionTooOld:
            RefusalEntry(
                .portal, "The client assertion is expired, lives longer than five minutes or is from the future.",
                [.oauth(.invalidClient)],
                "Check the clock and `exp`.")
        case .assertionReplayed:
            RefusalEntry(
                .portal, "The `jti` of the client assertion was used before.", [.oauth(.invalidClient)],
                "A fresh assertion for each call; somebody may be replaying.")
        case .assertionHeader:
            RefusalEntry(
                .portal, "The header of the client's JWT brings a key or a key's address.", [.oauth(.invalidClient)],
                "Leave out `jwk`, `jku`, `x5c` and `x5u`: only registered keys count.")
        case .assertionAlgorithm:
            RefusalEntry(
                .portal, "The client's JWT is signed by an algorithm that is not allowed.", [.oauth(.invalidClient)],
                "Use the registered one; never `none` or HS256.")
        case .clientKeysUnreachable:
            RefusalEntry(
                .portal,
                "The document at the client's `jwks_uri` cannot be fetched and none younger than a day is known.",
                [.oauth(.invalidClient), .oauth(.temporarilyUnavailable)],
                "Look at the portal's `jwks_uri` and at `outbound` in the settings.")
        case .registrationTokenUnknown:
            RefusalEntry(
                .portal, "The initial or registration access token is unknown, used up, expired or of another client.",
                [.oauth(.invalidToken)],
                "Issue a new initial access token.")
        case .clientMetadataRefused:
            RefusalEntry(
                .portal, "The metadata of a registration cannot be honoured.",
                [.oauth(.invalidRedirectURI), .oauth(.invalidClientMetadata), .oauth(.unapprovedSoftwareStatement)],
                "The portal's developer reads the member in the description.")
        case .codeUnknown:
            RefusalEntry(
                .portal, "The code does not exist, or not at this endpoint.", [.oauth(.invalidGrant)],
                "Redeem the code that came with the callback.")
        case .codeReplayed:
            RefusalEntry(
                .portal, "The code was redeemed before; what came from it was revoked.", [.oauth(.invalidGrant)],
                "Redeem once. Without a fault of the portal somebody stole the code.")
        case .codeExpired:
            RefusalEntry(
                .portal, "The code is older than 60 seconds, or the device code is over.",
                [.oauth(.invalidGrant), .oauth(.expiredToken)],
                "Redeem at once.")
        case .codeOfOtherClient:
            RefusalEntry(
                .portal, "The code or token was made for another client.", [.oauth(.invalidGrant)],
                "Look for two portals that share settings; else somebody injects codes.")
        case .redirectURIMismatch:
            RefusalEntry(
                .portal, "`redirect_uri` at `/token` is not that of the authorization request.",
                [.oauth(.invalidGrant)],
                "Send the same URI twice.")
        case .codeVerifierMismatch:
            RefusalEntry(
                .portal, "`code_verifier` is missing or does not fit, or there was no challenge.",
                [.oauth(.invalidGrant)],
                "Keep the verifier in the session that began the login.")
        case .grantTypeNotAllowed:
            RefusalEntry(
                .portal, "The client may not use this grant.", [.oauth(.unauthorizedClient)],
                "List it in `grant_types`, if it should.")
        case .resourceNotAllowed:
            RefusalEntry(
                .portal, "The resource is missing, not granted or not allowed for the client.",
                [.oauth(.invalidTarget)],
                "List it in `resources`.")
        case .proofMissing:
            RefusalEntry(
                .portal, "A bound token or a client that must bind its tokens came without DPoP proof.",
                [.oauth(.invalidDPoPProof), .oauth(.invalidToken)],
                "Send the proof. A bound token without proof may be stolen.")
        case .proofKeyMismatch:
            RefusalEntry(
                .portal, "The DPoP proof is by another key than the grant or token.",
                [.oauth(.invalidGrant), .oauth(.invalidToken), .oauth(.invalidDPoPProof)],
                "Keep one key from the request to the last use of the token.")
        case .sessionOver:
            RefusalEntry(
                .person, "The session that the grant came from has ended.",
                [.oauth(.invalidGrant), .oauth(.invalidToken), .oauth(.invalidRequest)],
                "Nothing to mend: a new login is needed.")
        case .levelAboveProfile:
            RefusalEntry(
                .operator, "The client's profile no longer allows the level of the grant.", [.oauth(.invalidGrant)],
                "Follows from a change of the region; a new login gets what is allowed now.")
        case .refreshTokenUnknown:
            RefusalEntry(
                .portal, "The refresh token does not exist.", [.oauth(.invalidGrant)],
                "A new login is needed.")
        case .refreshTokenReplayed:
            RefusalEntry(
                .portal, "A rotated refresh token was used again after its grace; all of its family were revoked.",
                [.oauth(.invalidGrant)],
                "Store the newest token before use, in one place. Else somebody stole it.")
        case .refreshTokenExpired:
            RefusalEntry(
                .portal, "The refresh token is too old.", [.oauth(.invalidGrant)],
                "A new login is needed.")
        case .tokenOfOtherClient:
            RefusalEntry(
                .portal, "A client tried to revoke another client's token.", [.oauth(.invalidGrant)],
                "Look at which token the portal sends.")
        case .subjectTokenNotForClient:
            RefusalEntry(
                .portal, "The subject token of an exchange was not made for the calling service.",
                [.oauth(.invalidRequest)],
                "Exchange only tokens that name this service as their resource.")
        case .accessTokenMalformed:
            RefusalEntry(
                .portal, "What was sent is no JWT.", [.oauth(.invalidToken), .oauth(.invalidRequest)],
                "Send the access token, not the refresh token.")
        case .accessTokenSignature:
            RefusalEntry(
                .portal, "The access token is not signed by this provider, or is a token of another kind.",
                [.oauth(.invalidToken), .oauth(.invalidRequest)],
                "Send the access token, not the ID token.")
        case .accessTokenClaims:
            RefusalEntry(
                .portal, "The access token is for another audience.", [.oauth(.invalidToken), .oauth(.invalidRequest)],
                "Ask for a token without `resource` for `/userinfo`.")
        case .accessTokenExpired:
            RefusalEntry(
                .portal, "The access token is too old.", [.oauth(.invalidToken), .oauth(.invalidRequest)],
                "Refresh it.")
        case .grantRevoked:
            RefusalEntry(
                .person, "The grant was revoked: by the portal, a replay, or the end of an account.",
                [.oauth(.invalidToken), .oauth(.invalidRequest)],
                "Nothing to mend: a new login is needed.")
        case .bindingMessageMissing:
            RefusalEntry(
                .portal, "A FAPI client asked over the back channel without a `binding_message`.",
                [.oauth(.invalidRequest)], "Send a short text that the person can compare.")
        case .notificationTokenMissing:
            RefusalEntry(
                .portal, "A client in ping mode asked without a `client_notification_token`.",
                [.oauth(.invalidRequest)], "Make a fresh one of at least 128 random bits for each request.")
        case .hintTokenExpired:
            RefusalEntry(
                .portal, "The `login_hint_token` is too old.", [.oauth(.expiredLoginHintToken)],
                "Make a fresh one for each request.")
        case .budgetSpent:
            RefusalEntry(
                .portal, "The portal asks over the back channel more often than portals may.",
                [.oauth(.temporarilyUnavailable)], "Ask only while the person waits for it.")
        case .callCodeWrong:
            RefusalEntry(
                .person, "The digits of the call were wrong; after three tries the login ends.",
                [.problem(.wrongCallCode), .problem(.loginOver)],
                "The clerk reads the digits out again. A person who is not on the phone has none and reports.")
        case .callCodeMissing:
            RefusalEntry(
                .device, "A request over the back channel was approved before its digits were typed.",
                [.problem(.wrongCallCode)], "An error in the device's program.")
        case .linkMalformed:
            RefusalEntry(
                .device, "What was scanned is no link of this provider's form.", [.problem(.unknownLogin)],
                "A foreign QR code, or an app of another version.")
        case .linkForged:
            RefusalEntry(
                .device, "The MAC of the link is wrong.", [.problem(.unknownLogin)],
                "Somebody makes links. Many of these are an attack.")
        case .frameStale:
            RefusalEntry(
                .person, "The QR code is older than a few seconds.", [.problem(.scanAgain)],
                "Scan the screen, not a photograph.")
        case .loginUnknown:
            RefusalEntry(
                .person, "The login is over for long, or never was.", [.problem(.unknownLogin)],
                "Begin again in the browser.")
        case .loginOfOtherDevice:
            RefusalEntry(
                .device, "The login is held by another device, or by none yet.", [.problem(.unknownLogin)],
                "Begin again in the browser. Many of these are a device that tries names of others' logins.")
        case .loginOver:
            RefusalEntry(
                .person, "The login has ended.", [.problem(.loginOver)],
                "Begin again in the browser.")
        case .alreadyClaimed:
            RefusalEntry(
                .person, "Another device has taken this login.", [.problem(.alreadyClaimed)],
                "Begin again; somebody else may have scanned the screen.")
        case .tooManyLogins:
            RefusalEntry(
                .person, "The account has as many open logins as it may.", [.problem(.tooManyLogins)],
                "Wait for two minutes or refuse the others.")
        case .levelUnreachable:
            RefusalEntry(
                .person, "Device or account cannot reach the level that is needed.",
                [
                    .problem(.levelUnreachable), .oauth(.unmetAuthenticationRequirements), .oauth(.invalidGrant),
                    .oauth(.insufficientUserAuthentication), .oauth(.invalidToken), .oauth(.invalidRequest),
                ],
                "A device with stronger evidence, or proofing at the desk.")
        case .browserForgotten:
            RefusalEntry(
                .person, "The browser was forgotten while a login in it was under way.",
                [.problem(.loginOver), .oauth(.accessDenied)], "Begin again in the browser.")
        case .relayResistanceTooLow:
            RefusalEntry(
                .person, "What binds the phone to the browser is not enough for what the portal demands (`rr`).",
                [.problem(.relayResistanceTooLow), .oauth(.unmetAuthenticationRequirements)],
                "Log in on the phone itself or in a browser that it knows; the portal asks for what its way can have.")
        case .attestationSignature:
            RefusalEntry(
                .device, "The device's attestation is missing or not by this provider.",
                [.problem(.invalidAttestation)],
                "The device enrolled elsewhere, or before all keys were changed.")
        case .attestationExpired:
            RefusalEntry(
                .device, "The device's attestation is too old.", [.problem(.invalidAttestation)],
                "The device renews it by itself; look at its clock.")
        case .attestationKeyMismatch:
            RefusalEntry(
                .device, "The proof is by another key than the attestation names.", [.problem(.invalidAttestation)],
                "A copied attestation. Many of these are an attack.")
        case .proofMalformed:
            RefusalEntry(
                .device, "The DPoP proof is malformed or for another call.",
                [.problem(.invalidDPoPProof), .oauth(.invalidDPoPProof)],
                "Behind a proxy: is the address that callers use the issuer's?")
        case .proofNonce:
            RefusalEntry(
                .device, "The DPoP proof has no nonce or an old one.",
                [.problem(.useDPoPNonce), .oauth(.useDPoPNonce)],
                "Usual once in a while: the caller repeats with the new nonce.")
        case .proofReplayed:
            RefusalEntry(
                .device, "The DPoP proof was used before.", [.problem(.invalidDPoPProof), .oauth(.invalidDPoPProof)],
                "A fresh proof for each call; somebody may be replaying.")
        case .deviceUnknown:
            RefusalEntry(
                .device, "The device of the attestation does not exist.", [.problem(.invalidAttestation)],
                "The database is older than the device: was a backup restored?")
        case .deviceNotActive:
            RefusalEntry(
                .person, "The device waits for approval, is suspended, locked, revoked or too old.",
                [
                    .problem(.deviceSuspended), .problem(.deviceLocked), .oauth(.invalidGrant), .oauth(.invalidToken),
                    .oauth(.invalidRequest),
                ],
                "The person enrols anew at the desk.")
        case .accountNotActive:
            RefusalEntry(
                .person, "The account is locked, closing or closed.",
                [
                    .problem(.deviceSuspended), .problem(.unknownOffer), .oauth(.invalidGrant), .oauth(.invalidToken),
                    .oauth(.invalidRequest),
                ], "`citizen-id desk find` says why; `citizen-id desk reactivate` gives it back to its person.")
        case .responseMalformed:
            RefusalEntry(
                .device, "The answer is no statement that can be read: cut off, or with members that it may not have.",
                [.problem(.notAccepted)],
                "An error in the device's program, or a connection that cuts what is sent.")
        case .responseType:
            RefusalEntry(
                .device, "A statement of another kind was sent in the place of an answer.", [.problem(.notAccepted)],
                "An error in the device's program, or an attack.")
        case .responseKey:
            RefusalEntry(
                .device, "The answer names another key than the device's.", [.problem(.notAccepted)],
                "Wrong files on the device, or an attack.")
        case .responseSignature:
            RefusalEntry(
                .device, "The signature of the answer is not by the device's key, or the answer was changed.",
                [.problem(.notAccepted)], "Wrong files on the device, or an attack.")
        case .responseIssuer:
            RefusalEntry(
                .device, "The answer is for another provider.", [.problem(.statementRefused)],
                "A device that was shown another provider's request, or an attack.")
        case .responseAddress:
            RefusalEntry(
                .device, "The answer is for another login or device.", [.problem(.statementRefused)],
                "An error in the device's program, or an attack.")
        case .responseRequest:
            RefusalEntry(
                .device, "The answer is to another request than was sent.", [.problem(.statementRefused)],
                "An error in the device's program, or an attack.")
        case .responseText:
            RefusalEntry(
                .device, "The person was shown another text than was sent.", [.problem(.statementRefused)],
                "An error in the device's program, or an attack.")
        case .responseFlow:
            RefusalEntry(
                .device, "The answer says another flow than the login has.", [.problem(.statementRefused)],
                "A QR code relayed as a link, or an error in the device's program.")
        case .responseReturn:
            RefusalEntry(
                .device, "The challenge for the return is missing or does not belong into this flow.",
                [.problem(.statementRefused)],
                "An error in the device's program.")
        case .responseClaims:
            RefusalEntry(
                .device, "The claims or methods of the answer do not fit the request.", [.problem(.statementRefused)],
                "An error in the device's program.")
        case .responseContext:
            RefusalEntry(
                .device, "The answer chooses a context that was not offered, or none, or one without approving.",
                [.problem(.statementRefused)], "An error in the device's program.")
        case .contextUnavailable:
            RefusalEntry(
                .person,
                "The service is for people or companies, and the person cannot act as the one nor for one of the other.",
                [.problem(.contextUnavailable), .oauth(.accessDenied), .oauth(.invalidGrant), .oauth(.invalidToken)],
                "The company gives the person a mandate that covers service and town; then the person begins again.")
        case .responseTime:
            RefusalEntry(
                .device, "The times of the answer do not fit.", [.problem(.statementRefused)],
                "Look at the device's clock.")
        case .otherPersonExpected:
            RefusalEntry(
                .person, "Another person than the portal expects answered.", [.problem(.loginOver)],
                "The person of `id_token_hint` or `claims` must log in, or nobody in particular be asked for.")
        case .counterNotRising:
            RefusalEntry(
                .device, "The device's counter did not rise: there may be a copy. The device was suspended.",
                [.problem(.deviceCloned)],
                "Ask the person; enrol anew. A restored backup of the device does this, too.")
        case .pinProofWrong:
            RefusalEntry(
                .person, "The PIN was wrong.", [.problem(.notAccepted)],
                "The answer counts the tries that are left.")
        case .pinLocked:
            RefusalEntry(
                .person, "The PIN was wrong too often.", [.problem(.deviceLocked)],
                "The person enrols anew at the desk.")
        case .answeredAlready:
            RefusalEntry(
                .device, "The login or confirmation was answered before, otherwise.",
                [.problem(.loginOver), .problem(.confirmationOver)],
                "Two copies of an app, or somebody replays answers.")
        case .ticketUnknown:
            RefusalEntry(
                .person, "The ticket is unknown or used.", [.problem(.unknownTicket)],
                "Issue a new one at the desk.")
        case .ticketExpired:
            RefusalEntry(
                .person, "The ticket was shown after its time. The person hears what they hear of an unknown one.",
                [.problem(.unknownTicket)], "Issue a new one at the desk.")
        case .offerUnknown:
            RefusalEntry(
                .person, "The enrolment is unknown, used, expired or lost by a restart.", [.problem(.unknownOffer)],
                "Scan the ticket again.")
        case .registrationSignature:
            RefusalEntry(
                .device, "The registration is not signed by the key that it brings.", [.problem(.statementRefused)],
                "An error in the device's program, or an attack.")
        case .registrationAddress:
            RefusalEntry(
                .device, "The registration is for another provider, offer or time.", [.problem(.statementRefused)],
                "An error in the device's program, or an attack.")
        case .registrationProof:
            RefusalEntry(
                .device, "A key of the registration is not proved.", [.problem(.statementRefused)],
                "An error in the device's program.")
        case .registrationKeys:
            RefusalEntry(
                .device, "The keys of the registration are the same twice or not of the right kind.",
                [.problem(.statementRefused)],
                "An error in the device's program.")
        case .evidenceRefused:
            RefusalEntry(
                .device, "The evidence about the device's keys is missing, wrong or not trusted in this region.",
                [.problem(.evidenceRefused)],
                "Read the verdicts; add the root to the region, if it is to be trusted.")
        case .keyRegistered:
            RefusalEntry(
                .device, "One of the keys belongs to a device already.", [.problem(.keyAlreadyRegistered)],
                "The app makes new keys for each enrolment.")
        case .blockCodeUnknown:
            RefusalEntry(
                .person, "No device and no account has this block code.", [.problem(.unknownBlockCode)],
                "Compare with the paper; the desk can suspend the device, too.")
        case .confirmationUnknown:
            RefusalEntry(
                .device, "Nothing waits for a confirmation of this device, or something else does by now.",
                [.problem(.unknownConfirmation)],
                "Ask for the act again; a restart of the provider loses what waits.")
        case .confirmationOver:
            RefusalEntry(
                .person, "The confirmation came too late.", [.problem(.confirmationOver)],
                "Ask for the act again.")
        case .objectUnknown:
            RefusalEntry(
                .device, "The account has nothing of this name; what is another's looks the same.",
                [.problem(.notFound)],
                "List what there is. Many of these are somebody guessing.")
        case .companyUnknown, .invitationUnknown, .invitationOtherGuest, .companyRole, .lastAdministrator,
            .selfApproval, .approvedBefore,
            .companyState, .companyNotActive, .companyKnown, .companyConsent, .companyLevel, .companyEvidence,
            .companyRequest, .companyLimit, .companyUpstream, .companyRepresentative:
            companyEntry
        case .mandateUnknown, .mandateReach, .mandateDates, .mandateParty, .mandateDelegation, .mandateCircular,
            .mandateWider, .mandateOverlap:
            mandateEntry
        case .changeNotPossible:
            RefusalEntry(
                .person, "The device or the account is in a state in which this cannot happen.",
                [.problem(.notPossible)], "Look at the states in docs/domain.md; a desk can do more than a device.")
        case .digitsWrong:
            RefusalEntry(
                .person, "The digits that were typed in the browser are not the phone's.", [.loginPage],
                "Type what the phone shows. Many of them in a short time are somebody who guesses.")
        case .digitsLocked:
            RefusalEntry(
                .person, "The digits were wrong three times: the login has ended.", [.loginPage],
                "Begin again. Who read digits out to a stranger reports it on the phone.")
        case .returnWrong:
            RefusalEntry(
                .person,
                "The phone came back to the browser with another value than it had signed: the login has ended.",
                [.loginPage],
                "Begin again. Many of them are somebody who sends people links to log in with: see which portal's.")
        case .pageUnknown:
            RefusalEntry(
                .person, "The page's login is over, never was, or was begun in another browser.",
                [.page(.unknownLogin)], "Begin again at the portal; cookies must be allowed.")
        case .formForeign:
            RefusalEntry(
                .person, "A form came that this provider's page did not send.", [.page(.foreignForm)],
                "Load the page anew. Many of them are an attack on people's browsers.")
        case .loginCollected:
            RefusalEntry(
                .person, "The login's outcome was taken to the portal before.", [.page(.alreadyFinished)],
                "Go on at the portal, or begin again there.")
        case .overloaded:
            RefusalEntry(
                .operator,
                "The memory for logins, pushed requests or offers is full, or one town holds as much of it as is free.",
                [.problem(.overloaded), .oauth(.temporarilyUnavailable)],
                "A flood, or limits too low for the load.")
        case .statementTooLong:
            RefusalEntry(
                .operator, "What the person would have to read is longer than a phone takes.",
                [.problem(.serverError), .problem(.invalidRequest)],
                "In a login: shorten the names and texts of portal, town and service. In an act of the account, such as a "
                    + "mandate: name less at once.")
        case .rateLimited:
            RefusalEntry(
                .operator, "One network made too many calls that need no proof.",
                [.problem(.rateLimited), .oauth(.temporarilyUnavailable)],
                "Behind a proxy all callers are one network: raise `limits.logins_per_minute`, `limits.codes_per_minute` "
                    + "and `limits.connections_per_address`. Else leave it.")
        case .requestMalformed:
            RefusalEntry(
                .portal, "A parameter of an authorization request or of a logout is missing, malformed or too long.",
                [
                    .oauth(.invalidRequest), .oauth(.invalidScope), .oauth(.invalidTarget),
                    .oauth(.registrationNotSupported), .page(.loginRefused),
                ],
                "The description that the portal heard names the parameter; the scope must contain `openid`.")
        case .responseTypeUnsupported:
            RefusalEntry(
                .portal, "The portal asked for another response type than `code`.",
                [.oauth(.unsupportedResponseType)],
                "Set the portal's software to the code flow: not implicit, not hybrid.")
        case .responseModeNotAllowed:
            RefusalEntry(
                .portal, "The client may not have its answers by this `response_mode`.", [.oauth(.invalidRequest)],
                "List it in `response_modes`, or leave the parameter out.")
        case .codeChallengeMissing:
            RefusalEntry(
                .portal, "The request has no code challenge, which the client's profile demands.",
                [.oauth(.invalidRequest)],
                "Turn PKCE with S256 on in the portal's software (RFC 7636).")
        case .requestURIForeign:
            RefusalEntry(
                .portal, "`request_uri` is an address elsewhere; documents elsewhere are never fetched.",
                [.oauth(.requestURINotSupported)],
                "Push the request to `/par`, or send a signed one as `request`.")
        case .callMalformed:
            RefusalEntry(
                .portal,
                "A call of a portal or a device is not well-formed, or asks for a grant that does not exist.",
                [
                    .oauth(.invalidRequest), .oauth(.invalidClient), .oauth(.invalidGrant), .oauth(.invalidScope),
                    .oauth(.invalidTarget), .oauth(.unsupportedGrantType), .oauth(.invalidUserCode),
                    .oauth(.invalidBindingMessage), .oauth(.unknownUserIdentifier), .problem(.invalidRequest),
                    .problem(.tooLarge), .problem(.unsupportedMediaType),
                ],
                "The description that the portal heard names the parameter. A device's call is an error in its program."
            )
        case .decisionPending:
            RefusalEntry(
                .person, "A device or portal asked before the person had decided.", [.oauth(.authorizationPending)],
                "Nothing to mend: it asks again after `interval` seconds.")
        case .polledTooOften:
            RefusalEntry(
                .portal, "A device or portal asks for its tokens faster than it was told.", [.oauth(.slowDown)],
                "Wait `interval` seconds between two calls, and five more after each `slow_down`.")
        case .personRefused:
            RefusalEntry(
                .person, "The person refused what a device or portal waits for.", [.oauth(.accessDenied)],
                "Nothing to mend.")
        }
    }
}

extension RefusalEntry {
    init(_ side: ProblemDocument.Side, _ meaning: String, _ answers: [RefusalAnswer], _ remedy: String) {
        self.init(side: side, meaning: meaning, answers: answers, remedy: remedy)
    }
}
