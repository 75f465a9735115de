public import OpenIDMessages

/// The stable codes of problem documents (docs/protocol.md §9), with status, side and one plain sentence.
public enum ProblemCode: String, Sendable, Hashable, CaseIterable {
    case invalidRequest = "invalid_request"
    case useDPoPNonce = "use_dpop_nonce"
    case invalidDPoPProof = "invalid_dpop_proof"
    case invalidAttestation = "invalid_attestation"
    case notAccepted = "not_accepted"
    case deviceLocked = "device_locked"
    case deviceSuspended = "device_suspended"
    case deviceCloned = "device_cloned"
    case levelUnreachable = "level_unreachable"
    case relayResistanceTooLow = "relay_resistance_too_low"
    case contextUnavailable = "context_unavailable"
    case unknownLogin = "unknown_login"
    case unknownConfirmation = "unknown_confirmation"
    case notFound = "not_found"
    case unknownTicket = "unknown_ticket"
    case unknownOffer = "unknown_offer"
    case unknownBlockCode = "unknown_block_code"
    case notPossible = "not_possible"
    case scanAgain = "scan_again"
    case alreadyClaimed = "already_claimed"
    case loginOver = "login_over"
    case confirmationOver = "confirmation_over"
    case keyAlreadyRegistered = "key_already_registered"
    case tooLarge = "too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case statementRefused = "statement_refused"
    case evidenceRefused = "evidence_refused"
    case tooManyLogins = "too_many_logins"
    case wrongCallCode = "wrong_call_code"
    case rateLimited = "rate_limited"
    case unknownCompany = "unknown_company"
    case unknownInvitation = "unknown_invitation"
    case roleNotEnough = "role_not_enough"
    case selfApproval = "self_approval"
    case consentNeeded = "consent_needed"
    case lastAdministrator = "last_administrator"
    case approvedBefore = "approved_before"
    case companyNotActive = "company_not_active"
    case companyKnown = "company_known"
    case notInThisState = "not_in_this_state"
    case companyDataRefused = "company_data_refused"
    case tooManyOpen = "too_many_open"
    case unknownMandate = "unknown_mandate"
    case mandateReach = "mandate_reach"
    case mandateDates = "mandate_dates"
    case mandateParty = "mandate_party"
    case mandateDelegation = "mandate_delegation"
    case mandateCircular = "mandate_circular"
    case mandateWider = "mandate_wider"
    case mandateOverlap = "mandate_overlap"
    case serverError = "server_error"
    case overloaded = "overloaded"

    private var facts: (status: Int, side: ProblemDocument.Side, retry: Bool, title: String) {
        switch self {
        case .invalidRequest: (400, .device, false, "The request is malformed.")
        case .useDPoPNonce: (401, .device, true, "The proof needs the server's nonce.")
        case .invalidDPoPProof: (401, .device, true, "The DPoP proof is not acceptable.")
        case .invalidAttestation: (401, .device, true, "The device's attestation is not acceptable.")
        case .notAccepted: (403, .person, true, "The answer was not accepted.")
        case .wrongCallCode: (403, .person, true, "The four digits of the call are missing or wrong.")
        case .deviceLocked: (403, .person, false, "The device is locked after too many wrong PINs.")
        case .deviceSuspended: (403, .person, false, "The device is not active.")
        case .deviceCloned: (403, .device, false, "A copy of the device may exist; it was suspended.")
        case .levelUnreachable: (403, .person, false, "This device cannot reach the level that the service needs.")
        case .relayResistanceTooLow:
            (
                403, .person, false,
                "The service wants this login in a browser on the phone itself, or in one that knows you."
            )
        case .contextUnavailable:
            (403, .person, false, "You cannot use this service for yourself or for a company now.")
        case .unknownLogin: (404, .device, false, "There is no such login.")
        case .unknownConfirmation: (404, .device, false, "Nothing waits for this confirmation.")
        case .notFound: (404, .device, false, "There is no such thing in this account.")
        case .unknownTicket: (404, .person, false, "The ticket is unknown, used or expired; ask for a new one.")
        case .unknownOffer: (404, .person, false, "The enrolment is unknown, used or expired.")
        case .unknownBlockCode: (404, .person, false, "The block code is unknown.")
        case .notPossible: (409, .person, false, "This cannot be done in the present state.")
        case .scanAgain: (409, .person, true, "The code on the screen is too old. Scan it again.")
        case .alreadyClaimed: (409, .person, false, "Another device has taken this login.")
        case .loginOver: (409, .person, false, "The login is over; begin again in the browser.")
        case .confirmationOver: (409, .person, false, "The confirmation is over.")
        case .keyAlreadyRegistered: (409, .device, false, "One of the keys is registered already.")
        case .tooLarge: (413, .device, false, "The request is too large.")
        case .unsupportedMediaType: (415, .device, false, "The content type is not supported.")
        case .statementRefused: (422, .device, false, "The signed statement does not fit.")
        case .evidenceRefused: (422, .device, false, "The evidence about the device's keys is not acceptable.")
        case .tooManyLogins: (429, .person, true, "Too many logins are open.")
        case .rateLimited: (429, .person, true, "Too many requests. Try again later.")
        case .unknownCompany: (404, .person, false, "There is no such company, member or invitation.")
        case .unknownInvitation: (404, .person, false, "The invitation is unknown, used, over or for somebody else.")
        case .roleNotEnough: (403, .person, false, "Your role in the company does not allow that.")
        case .selfApproval: (403, .person, false, "Nobody approves what raises their own rights.")
        case .consentNeeded:
            (409, .person, true, "You must agree that your identity is used for the company.")
        case .lastAdministrator:
            (
                409, .person, false,
                "The company would have no administrator: let a successor accept, close the company, or ask the town's "
                    + "office to freeze it."
            )
        case .approvedBefore: (409, .person, false, "You or this device have agreed before. Somebody else must.")
        case .companyNotActive: (409, .person, false, "The company's account is not active.")
        case .companyKnown: (409, .person, false, "This company has an account already. Ask its administrators.")
        case .notInThisState: (409, .person, false, "That is not possible any more, or not yet.")
        case .companyDataRefused: (422, .person, false, "What was said about the company does not fit.")
        case .tooManyOpen: (429, .person, true, "Too many of these are open. Finish or withdraw some.")
        case .unknownMandate: (404, .person, false, "There is no such mandate.")
        case .mandateReach:
            (422, .person, false, "A scope, town or establishment of the mandate does not exist.")
        case .mandateDates:
            (422, .person, false, "The mandate must begin today or within a year and last at most three years.")
        case .mandateParty: (409, .person, false, "The holder is not active, or belongs to another company.")
        case .mandateDelegation: (403, .person, false, "This mandate cannot be delegated, or not further.")
        case .mandateCircular: (422, .person, false, "The mandate would lead back to where it comes from.")
        case .mandateWider:
            (403, .person, false, "A delegated mandate must not go beyond the one that it comes from.")
        case .mandateOverlap:
            (409, .person, false, "Another mandate covers this one, or would be covered: use or replace it.")
        case .serverError: (500, .operator, true, "Something went wrong here.")
        case .overloaded: (503, .operator, true, "The service is busy. Try again shortly.")
        }
    }

    public var status: Int { facts.status }

    public func problem(traceIdentifier: String, triesLeft: Int? = nil) -> ProblemDocument {
        let facts = facts
        return ProblemDocument(
            code: rawValue, status: facts.status, title: facts.title, side: facts.side, retry: facts.retry,
            traceIdentifier: traceIdentifier, triesLeft: triesLeft)
    }
}
