/// The stable codes of problem documents (docs/protocol.md §9), with status, side and one plain
/// sentence in each language. The provider sends the English one as `title`; a phone says the one of its person.
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
    case registeredRepresentative = "registered_representative"
    case approvedBefore = "approved_before"
    case companyNotActive = "company_not_active"
    case companyKnown = "company_known"
    case notInThisState = "not_in_this_state"
    case companyDataRefused = "company_data_refused"
    case companyUpstreamUnavailable = "company_upstream_unavailable"
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

    private struct Facts {
        let status: Int
        let side: ProblemDocument.Side
        let retry: Bool
        let title: BilingualText

        init(_ status: Int, _ side: ProblemDocument.Side, retry: Bool = false, _ german: String, _ english: String) {
            self.status = status
            self.side = side
            self.retry = retry
            title = BilingualText(german, english)
        }
    }

    private var facts: Facts {
        switch self {
        case .invalidRequest:
            Facts(400, .device, "Die Anfrage ist fehlerhaft.", "The request is malformed.")
        case .useDPoPNonce:
            Facts(
                401, .device, retry: true, "Dem Nachweis fehlt die Nonce des Servers.",
                "The proof needs the server's nonce.")
        case .invalidDPoPProof:
            Facts(
                401, .device, retry: true, "Der DPoP-Nachweis wird nicht angenommen.",
                "The DPoP proof is not acceptable.")
        case .invalidAttestation:
            Facts(
                401, .device, retry: true, "Die Bescheinigung dieses Geräts wird nicht angenommen.",
                "The device's attestation is not acceptable.")
        case .notAccepted:
            Facts(
                403, .person, retry: true, "Die Antwort wurde nicht angenommen.",
                "The answer was not accepted.")
        case .wrongCallCode:
            Facts(
                403, .person, retry: true, "Die vier Ziffern des Anrufs fehlen oder sind falsch.",
                "The four digits of the call are missing or wrong.")
        case .deviceLocked:
            Facts(
                403, .person, "Das Gerät ist nach zu vielen falschen PINs gesperrt.",
                "The device is locked after too many wrong PINs.")
        case .deviceSuspended:
            Facts(403, .person, "Das Gerät ist nicht aktiv.", "The device is not active.")
        case .deviceCloned:
            Facts(
                403, .device, "Vielleicht gibt es eine Kopie des Geräts; es wurde gesperrt.",
                "A copy of the device may exist; it was suspended.")
        case .levelUnreachable:
            Facts(
                403, .person, "Dieses Gerät erreicht das Niveau nicht, das der Dienst braucht.",
                "This device cannot reach the level that the service needs.")
        case .relayResistanceTooLow:
            Facts(
                403, .person,
                "Der Dienst will diese Anmeldung in einem Browser auf dem Telefon selbst oder in einem, "
                    + "der Sie kennt.",
                "The service wants this login in a browser on the phone itself, or in one that knows you.")
        case .contextUnavailable:
            Facts(
                403, .person, "Sie können diesen Dienst zurzeit weder für sich selbst noch für ein Unternehmen nutzen.",
                "You cannot use this service for yourself or for a company now.")
        case .unknownLogin:
            Facts(404, .device, "Diese Anmeldung gibt es nicht.", "There is no such login.")
        case .unknownConfirmation:
            Facts(404, .device, "Auf diese Bestätigung wartet nichts.", "Nothing waits for this confirmation.")
        case .notFound:
            Facts(404, .device, "In diesem Konto gibt es das nicht.", "There is no such thing in this account.")
        case .unknownTicket:
            Facts(
                404, .person, "Die Einladung ist unbekannt, benutzt oder abgelaufen; lassen Sie sich eine neue geben.",
                "The ticket is unknown, used or expired; ask for a new one.")
        case .unknownOffer:
            Facts(
                404, .person, "Die Einrichtung ist unbekannt, benutzt oder abgelaufen.",
                "The enrolment is unknown, used or expired.")
        case .unknownBlockCode:
            Facts(404, .person, "Der Sperrcode ist unbekannt.", "The block code is unknown.")
        case .notPossible:
            Facts(
                409, .person, "Das ist im jetzigen Zustand nicht möglich.",
                "This cannot be done in the present state.")
        case .scanAgain:
            Facts(
                409, .person, retry: true, "Der Code auf dem Bildschirm ist zu alt. Scannen Sie ihn noch einmal.",
                "The code on the screen is too old. Scan it again.")
        case .alreadyClaimed:
            Facts(
                409, .person, "Ein anderes Gerät hat diese Anmeldung übernommen.",
                "Another device has taken this login.")
        case .loginOver:
            Facts(
                409, .person, "Die Anmeldung ist vorbei; beginnen Sie im Browser neu.",
                "The login is over; begin again in the browser.")
        case .confirmationOver:
            Facts(409, .person, "Die Bestätigung ist vorbei.", "The confirmation is over.")
        case .keyAlreadyRegistered:
            Facts(
                409, .device, "Einer der Schlüssel ist schon registriert.",
                "One of the keys is registered already.")
        case .tooLarge:
            Facts(413, .device, "Die Anfrage ist zu groß.", "The request is too large.")
        case .unsupportedMediaType:
            Facts(415, .device, "Der Inhaltstyp wird nicht unterstützt.", "The content type is not supported.")
        case .statementRefused:
            Facts(
                422, .device, "Die unterschriebene Erklärung passt nicht.",
                "The signed statement does not fit.")
        case .evidenceRefused:
            Facts(
                422, .device, "Der Nachweis über die Schlüssel des Geräts wird nicht angenommen.",
                "The evidence about the device's keys is not acceptable.")
        case .tooManyLogins:
            Facts(429, .person, retry: true, "Es sind zu viele Anmeldungen offen.", "Too many logins are open.")
        case .rateLimited:
            Facts(
                429, .person, retry: true, "Zu viele Anfragen. Versuchen Sie es später noch einmal.",
                "Too many requests. Try again later.")
        case .unknownCompany:
            Facts(
                404, .person, "Dieses Unternehmen, dieses Mitglied oder diese Einladung gibt es nicht.",
                "There is no such company, member or invitation.")
        case .unknownInvitation:
            Facts(
                404, .person, "Die Einladung ist unbekannt, benutzt, vorbei oder für jemand anderen.",
                "The invitation is unknown, used, over or for somebody else.")
        case .roleNotEnough:
            Facts(
                403, .person, "Ihre Rolle im Unternehmen erlaubt das nicht.",
                "Your role in the company does not allow that.")
        case .selfApproval:
            Facts(
                403, .person, "Niemand stimmt dem zu, was die eigenen Rechte erweitert.",
                "Nobody approves what raises their own rights.")
        case .consentNeeded:
            Facts(
                409, .person, retry: true,
                "Sie müssen zustimmen, dass Ihre Identität für das Unternehmen verwendet wird.",
                "You must agree that your identity is used for the company.")
        case .registeredRepresentative:
            Facts(
                403, .person,
                "Das Register nennt diese Person als vertretungsberechtigt. Das können nur andere ändern, die es auch nennt, "
                    + "oder ein neuer Auszug.",
                "The register names this person as a representative. Only others whom it names as well can do that, or a "
                    + "new extract.")
        case .lastAdministrator:
            Facts(
                409, .person,
                "Das Unternehmen hätte niemanden mehr, der es verwaltet: Lassen Sie eine Nachfolge "
                    + "annehmen, schließen Sie das Unternehmen, oder bitten Sie das Amt der Stadt, es einzufrieren.",
                "The company would have no administrator: let a successor accept, close the company, or "
                    + "ask the town's office to freeze it.")
        case .approvedBefore:
            Facts(
                409, .person, "Sie oder dieses Gerät haben schon zugestimmt. Jemand anderes muss zustimmen.",
                "You or this device have agreed before. Somebody else must.")
        case .companyNotActive:
            Facts(
                409, .person, "Das Konto des Unternehmens ist nicht aktiv.",
                "The company's account is not active.")
        case .companyKnown:
            Facts(
                409, .person, "Dieses Unternehmen hat schon ein Konto. Fragen Sie die, die es verwalten.",
                "This company has an account already. Ask its administrators.")
        case .notInThisState:
            Facts(
                409, .person, "Das ist nicht mehr oder noch nicht möglich.",
                "That is not possible any more, or not yet.")
        case .companyDataRefused:
            Facts(
                422, .person, "Die Angaben zum Unternehmen passen nicht.",
                "What was said about the company does not fit.")
        case .companyUpstreamUnavailable:
            Facts(
                503, .operator,
                "Hier ist kein anderes Konto für Unternehmen angeschlossen, oder es antwortet nicht.",
                "No other account for companies is connected here, or it does not answer.")
        case .tooManyOpen:
            Facts(
                429, .person, retry: true,
                "Davon sind zu viele offen. Bringen Sie einige zu Ende, oder ziehen Sie sie zurück.",
                "Too many of these are open. Finish or withdraw some.")
        case .unknownMandate:
            Facts(404, .person, "Diese Vollmacht gibt es nicht.", "There is no such mandate.")
        case .mandateReach:
            Facts(
                422, .person, "Einen Zweck, eine Stadt oder eine Betriebsstätte der Vollmacht gibt es nicht.",
                "A scope, town or establishment of the mandate does not exist.")
        case .mandateDates:
            Facts(
                422, .person,
                "Die Vollmacht muss heute oder innerhalb eines Jahres beginnen und höchstens drei Jahre gelten.",
                "The mandate must begin today or within a year and last at most three years.")
        case .mandateParty:
            Facts(
                409, .person, "Wer sie erhalten soll, ist nicht aktiv oder gehört zu einem anderen Unternehmen.",
                "The holder is not active, or belongs to another company.")
        case .mandateDelegation:
            Facts(
                403, .person, "Diese Vollmacht kann nicht oder nicht weiter übertragen werden.",
                "This mandate cannot be delegated, or not further.")
        case .mandateCircular:
            Facts(
                422, .person, "Die Vollmacht würde dahin zurückführen, woher sie kommt.",
                "The mandate would lead back to where it comes from.")
        case .mandateWider:
            Facts(
                403, .person, "Eine übertragene Vollmacht darf nicht weiter gehen als die, aus der sie kommt.",
                "A delegated mandate must not go beyond the one that it comes from.")
        case .mandateOverlap:
            Facts(
                409, .person,
                "Eine andere Vollmacht umfasst diese oder würde von ihr umfasst: Nutzen oder ersetzen Sie sie.",
                "Another mandate covers this one, or would be covered: use or replace it.")
        case .serverError:
            Facts(500, .operator, retry: true, "Hier ist etwas schiefgegangen.", "Something went wrong here.")
        case .overloaded:
            Facts(
                503, .operator, retry: true, "Der Dienst ist ausgelastet. Versuchen Sie es gleich noch einmal.",
                "The service is busy. Try again shortly.")
        }
    }

    public var status: Int { facts.status }

    /// The refusal in one plain sentence.
    public var title: BilingualText { facts.title }

    public func problem(traceIdentifier: String, triesLeft: Int? = nil) -> ProblemDocument {
        let facts = facts
        return ProblemDocument(
            code: rawValue, status: facts.status, title: facts.title.english, side: facts.side, retry: facts.retry,
            traceIdentifier: traceIdentifier, triesLeft: triesLeft)
    }
}
