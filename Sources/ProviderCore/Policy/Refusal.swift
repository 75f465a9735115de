public import OpenIDMessages

/// A typed reason for the operator's eyes. It holds no secret and no personal datum. What each means stands in
/// `RefusalCatalogue.swift`.
public enum Refusal: String, Error, Sendable, Hashable, CaseIterable {
    // The portal is at fault.
    case unknownClient, redirectURINotRegistered, pushedRequestRequired, pushedRequestUnknown, scopeNotAllowed
    case serviceNotAllowed, servedTenantUnusable, tenantNotServed
    case promptNone, levelUnknown, hintUnusable, logoutURINotRegistered, clientIdentifierMismatch
    case requestObjectSignature, requestObjectClaims, requestObjectTime, requestObjectReplayed, requestObjectRequired
    case clientMethodMismatch, clientSecretWrong, clientKeyUnknown, assertionSignature, assertionClaims
    case assertionTooOld, assertionReplayed, assertionHeader, assertionAlgorithm, clientKeysUnreachable
    case registrationTokenUnknown, clientMetadataRefused
    case bindingMessageMissing, notificationTokenMissing, hintTokenExpired, budgetSpent
    case codeUnknown, codeReplayed, codeExpired, codeOfOtherClient, redirectURIMismatch, codeVerifierMismatch
    case grantTypeNotAllowed, resourceNotAllowed, proofMissing, proofKeyMismatch, sessionOver, levelAboveProfile
    case refreshTokenUnknown, refreshTokenReplayed, refreshTokenExpired, tokenOfOtherClient, subjectTokenNotForClient
    case accessTokenMalformed, accessTokenSignature, accessTokenClaims, accessTokenExpired, grantRevoked
    // The device is at fault.
    case linkMalformed, linkForged, frameStale, loginUnknown, loginOfOtherDevice, loginOver, alreadyClaimed
    case tooManyLogins
    case levelUnreachable, relayResistanceTooLow, attestationSignature, attestationExpired, attestationKeyMismatch
    case proofMalformed, proofNonce, proofReplayed, deviceUnknown, deviceNotActive, accountNotActive
    case responseMalformed, responseType, responseKey, responseSignature, responseIssuer, responseAddress
    case responseRequest, responseText, responseFlow, responseReturn
    case callCodeWrong, callCodeMissing
    case browserForgotten
    case responseClaims, responseContext, contextUnavailable, responseTime, otherPersonExpected, counterNotRising,
        pinProofWrong, pinLocked, answeredAlready
    case ticketUnknown, ticketExpired, offerUnknown, registrationSignature, registrationAddress, registrationProof
    case registrationKeys, evidenceRefused, keyRegistered, blockCodeUnknown
    case confirmationUnknown, confirmationOver, objectUnknown
    // A person or somebody else at a page.
    case digitsWrong, digitsLocked, returnWrong, pageUnknown, formForeign, loginCollected
    // A person asks for something about a company that is not possible.
    case companyUnknown, invitationUnknown, invitationOtherGuest, companyRole, lastAdministrator, selfApproval,
        approvedBefore
    case companyState, companyNotActive, companyKnown, companyConsent, companyLevel, companyEvidence, companyRequest
    case companyLimit, companyUpstream, companyRepresentative
    // A person asks for a mandate that is not possible.
    case mandateUnknown, mandateReach, mandateDates, mandateParty, mandateDelegation, mandateCircular, mandateWider
    case mandateOverlap
    case changeNotPossible
    // The operator is at fault, or nobody.
    case overloaded, rateLimited, statementTooLong
    // What a portal sent is not well-formed or not for this client, or is asked for before there is an answer.
    case requestMalformed, responseTypeUnsupported, responseModeNotAllowed, codeChallengeMissing, requestURIForeign
    case callMalformed, decisionPending, polledTooOften, personRefused
}

/// Refusals of a device's call: what the device hears and what the operator reads.
public struct DeviceRefusal: Error, Sendable, Equatable {
    public let code: ProblemCode
    public let reason: Refusal
    /// Remaining tries for the PIN, where the answer counts them.
    public let triesLeft: Int?
    /// The verdicts that made evidence unacceptable.
    public let verdicts: [EvidenceVerdict]
    /// Why the person may act for no company, where a login needs that.
    public let obstacle: ActingObstacle?

    public init(
        _ code: ProblemCode, _ reason: Refusal, triesLeft: Int? = nil, verdicts: [EvidenceVerdict] = [],
        obstacle: ActingObstacle? = nil
    ) {
        self.code = code
        self.reason = reason
        self.triesLeft = triesLeft
        self.verdicts = verdicts
        self.obstacle = obstacle
    }
}

/// Refusals of a portal's call: the standard error and the operator's reason.
public struct ClientRefusal: Error, Sendable, Equatable {
    public let error: OAuthError
    public let reason: Refusal

    public init(_ error: OAuthError, _ reason: Refusal) {
        self.error = error
        self.reason = reason
    }

    public init(_ code: OAuthError.Code, _ description: String, _ reason: Refusal) {
        self.init(OAuthError(code, description), reason)
    }
}
