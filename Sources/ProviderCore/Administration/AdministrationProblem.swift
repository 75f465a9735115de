public import OpenIDMessages

/// The stable codes of problem documents at `/admin/v1`, with status and one plain sentence.
public enum AdministrationProblem: String, Error, Sendable, Hashable, CaseIterable {
    case invalidRequest = "invalid_request"
    case unknownLevel = "unknown_level"
    case notSignedIn = "not_signed_in"
    case useDPoPNonce = "use_dpop_nonce"
    case loginTooWeak = "login_too_weak"
    case crossDeviceLogin = "cross_device_login"
    case notAllowed = "not_allowed"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case roleNotGrantable = "role_not_grantable"
    case scopeExceeded = "scope_exceeded"
    case ownAssignment = "own_assignment"
    case conflictingDuty = "conflicting_duty"
    case wrongDates = "wrong_dates"
    case unknownAdministrator = "unknown_administrator"
    case ticketUnknown = "unknown_ticket"
    case twoPeopleNeeded = "two_people_needed"
    case nobodyToTell = "nobody_to_tell"
    case possibleDuplicate = "possible_duplicate"
    case nothingToDecide = "nothing_to_decide"
    case accountNotOpen = "account_not_open"
    case deskRefused = "desk_refused"
    case templateRefused = "template_refused"
    case tenantNotActive = "tenant_not_active"
    case notPossibleNow = "not_possible_now"
    case wrongCompanyState = "wrong_company_state"
    case companyKnown = "company_known"
    case companyAdministratorMissing = "company_administrator_missing"
    case companyEvidenceRefused = "company_evidence_refused"
    case appointmentRefused = "appointment_refused"
    case ownCompany = "own_company"
    case changedMeanwhile = "changed_meanwhile"
    case tooLarge = "too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case preconditionRequired = "precondition_required"
    case overloaded = "overloaded"
    case serverError = "server_error"

    public var status: Int { facts.status }
    public var title: String { facts.title }

    private var facts: (status: Int, side: ProblemDocument.Side, retry: Bool, title: String) {
        switch self {
        case .invalidRequest: (400, .person, false, "The request is malformed.")
        case .unknownLevel: (400, .person, false, "The level is normal or substantiell.")
        case .notSignedIn:
            (
                401, .person, false,
                "No administrator's login is live here: log in with citizen-id admin login. A program sends an access token of "
                    + "such a login, with DPoP."
            )
        case .useDPoPNonce: (401, .person, true, "The proof needs the server's nonce.")
        case .loginTooWeak: (403, .person, false, "The login does not reach what administration needs.")
        case .crossDeviceLogin:
            (403, .person, false, "Administrators log in on the device that holds their key, not by a QR code.")
        case .notAllowed: (403, .person, false, "The administrator's role does not allow this.")
        case .notFound: (404, .person, false, "There is no such thing.")
        case .methodNotAllowed: (405, .person, false, "The address does not take this method.")
        case .roleNotGrantable: (403, .person, false, "The administrator's role does not give this role.")
        case .scopeExceeded: (403, .person, false, "The role reaches further than the administrator's own.")
        case .ownAssignment: (403, .person, false, "Nobody gives a role to themselves.")
        case .conflictingDuty:
            (
                409, .person, false,
                "Nobody has a role for the region and one that sees a town's people at the same time."
            )
        case .wrongDates:
            (
                422, .person, false,
                "The role begins too late, ends too early or lasts too long, or lies outside of the operator's assignment."
            )
        case .unknownAdministrator:
            (422, .person, false, "Nobody has logged in to administration under this name.")
        case .ticketUnknown: (404, .person, false, "The ticket is unknown, used or expired.")
        case .twoPeopleNeeded: (403, .person, false, "Another person must approve.")
        case .nobodyToTell:
            (
                409, .person, false,
                "The town has neither a data protection officer nor an administrator who would hear of it. Appoint one first."
            )
        case .possibleDuplicate:
            (
                409, .person, false,
                "There is somebody with these names and this birth date. Compare, then say same_person or new."
            )
        case .nothingToDecide:
            (409, .person, false, "Nobody was shown who looks like this person. Leave the decision out.")
        case .accountNotOpen:
            (409, .person, false, "The person's account is locked or closing; the desk gives it back first.")
        case .deskRefused: (409, .person, false, "The desk cannot do this; detail says why.")
        case .templateRefused: (422, .person, false, "The template or its terms cannot be taken; detail says why.")
        case .tenantNotActive: (409, .person, false, "The tenant is not active.")
        case .notPossibleNow: (409, .person, false, "It is over or was decided before.")
        case .wrongCompanyState: (409, .person, false, "The company is not in a state in which this can happen.")
        case .companyKnown:
            (409, .person, false, "A verified company has one of the company's identifiers.")
        case .companyAdministratorMissing:
            (409, .person, false, "The company has no administrator whose rights count.")
        case .companyEvidenceRefused: (422, .person, false, "The evidence does not prove this company.")
        case .appointmentRefused:
            (422, .person, false, "The person cannot be appointed as the company's administrator.")
        case .ownCompany: (403, .person, false, "Nobody decides at an office about their own company.")
        case .changedMeanwhile: (412, .person, true, "It was changed meanwhile. Read it again.")
        case .tooLarge: (413, .person, false, "The request is too large.")
        case .unsupportedMediaType: (415, .person, false, "The content type is not supported.")
        case .preconditionRequired: (428, .person, true, "If-Match is needed, with the ETag of what was read.")
        case .overloaded: (503, .operator, true, "The service is busy. Try again shortly.")
        case .serverError: (500, .operator, true, "Something went wrong here.")
        }
    }

    public func problem(traceIdentifier: String) -> ProblemDocument {
        let facts = facts
        return ProblemDocument(
            code: rawValue, status: facts.status, title: facts.title, side: facts.side, retry: facts.retry,
            traceIdentifier: traceIdentifier)
    }
}
