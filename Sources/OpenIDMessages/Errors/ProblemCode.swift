/// The stable codes of problem documents (docs/protocol.md §9), with status, side and plain words in each language: what is
/// refused and, but for what only a faulty program meets, what a person can do. The provider sends the English ones as `title`;
/// a phone says those of its person.
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
    case otherGuest = "other_guest"
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
                401, .device, retry: true,
                "Der DPoP-Nachweis wird nicht angenommen. Versuchen Sie es noch einmal.",
                "The DPoP proof is not acceptable. Try again.")
        case .invalidAttestation:
            Facts(
                401, .device, retry: true,
                "Die Bescheinigung dieses Geräts wird nicht angenommen. Versuchen Sie es noch einmal; hilft "
                    + "das nicht, lassen Sie es im Bürgerbüro neu einrichten.",
                "The device's attestation is not acceptable. Try again; if that does not help, have the "
                    + "device set up anew at the citizens' office.")
        case .notAccepted:
            Facts(
                403, .person, retry: true,
                "Die Antwort wurde nicht angenommen. Meist ist die PIN falsch: Geben Sie sie noch einmal ein.",
                "The answer was not accepted. As a rule the PIN is wrong: type it again.")
        case .wrongCallCode:
            Facts(
                403, .person, retry: true,
                "Die vier Ziffern des Anrufs fehlen oder sind falsch. Lassen Sie sie sich noch einmal "
                    + "vorlesen; hat niemand Sie angerufen, melden Sie die Anfrage.",
                "The four digits of the call are missing or wrong. Have them read out again; if nobody "
                    + "called you, report the request.")
        case .deviceLocked:
            Facts(
                403, .person,
                "Das Gerät ist nach zu vielen falschen PINs gesperrt. Lassen Sie es im Bürgerbüro neu "
                    + "einrichten, oder nehmen Sie ein anderes Ihrer Geräte.",
                "The device is locked after too many wrong PINs. Have it set up anew at the citizens' "
                    + "office, or use another device of yours.")
        case .deviceSuspended:
            Facts(
                403, .person,
                "Das Gerät ist nicht aktiv. Es wartet darauf, dass ein anderes Ihrer Geräte es zulässt, oder "
                    + "es wurde gesperrt oder entfernt: Sehen Sie auf einem anderen nach, oder fragen Sie im "
                    + "Bürgerbüro.",
                "The device is not active. It waits to be let in by another device of yours, or it was "
                    + "suspended or removed: look with another one, or ask at the citizens' office.")
        case .deviceCloned:
            Facts(
                403, .device,
                "Vielleicht gibt es eine Kopie des Geräts; es wurde gesperrt. Lassen Sie es im Bürgerbüro "
                    + "neu einrichten.",
                "A copy of the device may exist; it was suspended. Have it set up anew at the citizens' "
                    + "office.")
        case .levelUnreachable:
            Facts(
                403, .person,
                "Ihre Anmeldung mit diesem Gerät erreicht das Niveau nicht, das der Dienst braucht: wegen des Geräts oder wegen des "
                    + "Nachweises Ihrer Identität. Nehmen Sie ein anderes "
                    + "Ihrer Geräte, oder fragen Sie im Bürgerbüro, womit Sie es erreichen.",
                "Your login with this device does not reach the level that the service needs: because of the device, or of how "
                    + "your identity was proved. Use another device of yours, or "
                    + "ask at the citizens' office what would reach it.")
        case .relayResistanceTooLow:
            Facts(
                403, .person,
                "Der Dienst will diese Anmeldung in einem Browser auf dem Telefon selbst oder in einem, der "
                    + "Sie kennt. Beginnen Sie dort neu.",
                "The service wants this login in a browser on the phone itself, or in one that knows you. "
                    + "Begin again there.")
        case .contextUnavailable:
            Facts(
                403, .person,
                "Sie können diesen Dienst zurzeit weder für sich selbst noch für ein Unternehmen nutzen. "
                    + "Fragen Sie das Portal, für wen er ist, oder Ihr Unternehmen nach einer Vollmacht.",
                "You cannot use this service for yourself or for a company now. Ask the portal whom it is "
                    + "for, or your company for a mandate.")
        case .unknownLogin:
            Facts(
                404, .device,
                "Diese Anmeldung gibt es nicht. Beginnen Sie im Browser neu.",
                "There is no such login. Begin again in the browser.")
        case .unknownConfirmation:
            Facts(
                404, .device,
                "Auf diese Bestätigung wartet nichts. Geben Sie den Auftrag noch einmal.",
                "Nothing waits for this confirmation. Ask for the act again.")
        case .notFound:
            Facts(
                404, .device,
                "In diesem Konto gibt es das nicht. Vergleichen Sie die Kennung mit den Listen Ihres Kontos.",
                "There is no such thing in this account. Compare the identifier with the lists of your "
                    + "account.")
        case .unknownTicket:
            Facts(
                404, .person,
                "Die Einladung ist unbekannt, benutzt oder abgelaufen. Lassen Sie sich eine neue geben.",
                "The ticket is unknown, used or expired. Ask for a new one.")
        case .unknownOffer:
            Facts(
                404, .person,
                "Die Einrichtung ist unbekannt, benutzt oder abgelaufen. Öffnen Sie die Einladung noch "
                    + "einmal, oder lassen Sie sich eine neue geben.",
                "The enrolment is unknown, used or expired. Open the link again, or ask for a new one.")
        case .unknownBlockCode:
            Facts(
                404, .person,
                "Der Sperrcode ist unbekannt; es wurde nichts gesperrt. Vergleichen Sie jede Ziffer mit dem, "
                    + "was Sie aufgeschrieben haben, oder lassen Sie das Gerät im Bürgerbüro sperren.",
                "The block code is unknown; nothing was blocked. Compare each digit with what you wrote "
                    + "down, or have the device suspended at the citizens' office.")
        case .notPossible:
            Facts(
                409, .person,
                "Das ist im jetzigen Zustand nicht möglich. Sehen Sie nach, wie es jetzt steht; im "
                    + "Bürgerbüro geht mehr.",
                "This cannot be done in the present state. Look at how it stands now; the citizens' office "
                    + "can do more.")
        case .scanAgain:
            Facts(
                409, .person, retry: true, "Der Code auf dem Bildschirm ist zu alt. Scannen Sie ihn noch einmal.",
                "The code on the screen is too old. Scan it again.")
        case .alreadyClaimed:
            Facts(
                409, .person,
                "Ein anderes Gerät hat diese Anmeldung übernommen. War das nicht Ihres, beginnen Sie im "
                    + "Browser neu.",
                "Another device has taken this login. If that was not yours, begin again in the browser.")
        case .loginOver:
            Facts(
                409, .person,
                "Die Anmeldung ist vorbei. Wollten Sie sich in einem Browser anmelden, beginnen Sie dort neu.",
                "The login is over. If you were logging in with a browser, begin again there.")
        case .confirmationOver:
            Facts(
                409, .person,
                "Die Bestätigung ist vorbei. Sehen Sie nach, ob der Auftrag ausgeführt ist; sonst geben Sie "
                    + "ihn noch einmal.",
                "The confirmation is over. See whether the act was done; else ask for it again.")
        case .keyAlreadyRegistered:
            Facts(
                409, .device,
                "Einer der Schlüssel ist schon registriert. Richten Sie das Gerät mit neuen Schlüsseln ein.",
                "One of the keys is registered already. Enrol the device with new keys.")
        case .tooLarge:
            Facts(413, .device, "Die Anfrage ist zu groß.", "The request is too large.")
        case .unsupportedMediaType:
            Facts(415, .device, "Der Inhaltstyp wird nicht unterstützt.", "The content type is not supported.")
        case .statementRefused:
            Facts(
                422, .device,
                "Die unterschriebene Erklärung passt nicht. Prüfen Sie die Uhr dieses Geräts, und versuchen "
                    + "Sie es noch einmal.",
                "The signed statement does not fit. Check this device's clock, and try again.")
        case .evidenceRefused:
            Facts(
                422, .device,
                "Der Nachweis über die Schlüssel des Geräts wird nicht angenommen. Bringen Sie sein System "
                    + "auf den neuesten Stand, oder nehmen Sie ein anderes Gerät.",
                "The evidence about the device's keys is not acceptable. Update the device's system, or use "
                    + "another device.")
        case .tooManyLogins:
            Facts(
                429, .person, retry: true,
                "Es sind zu viele Anmeldungen offen. Beantworten Sie die offenen, oder warten Sie einige "
                    + "Minuten.",
                "Too many logins are open. Answer those that are open, or wait some minutes.")
        case .rateLimited:
            Facts(
                429, .person, retry: true, "Zu viele Anfragen. Versuchen Sie es später noch einmal.",
                "Too many requests. Try again later.")
        case .unknownCompany:
            Facts(
                404, .person,
                "Dieses Unternehmen, dieses Mitglied oder diese Einladung gibt es nicht. Vergleichen Sie die "
                    + "Kennung mit der Liste Ihrer Unternehmen.",
                "There is no such company, member or invitation. Compare the identifier with the list of "
                    + "your companies.")
        case .unknownInvitation:
            Facts(
                404, .person,
                "Die Einladung ist unbekannt, benutzt, vorbei oder für jemand anderen. Bitten Sie das "
                    + "Unternehmen um eine neue.",
                "The invitation is unknown, used, over or for somebody else. Ask the company for a new one.")
        case .roleNotEnough:
            Facts(
                403, .person,
                "Ihre Rolle im Unternehmen erlaubt das nicht. Bitten Sie jemanden, der es verwaltet.",
                "Your role in the company does not allow that. Ask somebody who administers it.")
        case .selfApproval:
            Facts(
                403, .person,
                "Niemand stimmt dem zu, was die eigenen Rechte erweitert. Das muss jemand anderes im "
                    + "Unternehmen tun.",
                "Nobody approves what raises their own rights. Somebody else in the company must.")
        case .consentNeeded:
            Facts(
                409, .person, retry: true,
                "Sie müssen zustimmen, dass Ihre Identität für das Unternehmen verwendet wird. Geben Sie "
                    + "zuerst diese Einwilligung.",
                "You must agree that your identity is used for the company. Give that consent first.")
        case .registeredRepresentative:
            Facts(
                403, .person,
                "Das Register nennt diese Person als vertretungsberechtigt. Das können nur andere ändern, die es auch nennt, "
                    + "oder ein neuer Auszug.",
                "The register names this person as a representative. Only others whom it names as well can do that, or a "
                    + "new extract.")
        case .otherGuest:
            Facts(
                422, .person,
                "Die Einladung ist für jemand anderen. Vergleichen Sie Vornamen, Familiennamen und Geburtstag mit dem, was "
                    + "Sie von der Einladung wissen.",
                "The invitation is for somebody else. Compare given name, family name and day of birth with what you know "
                    + "of the invitation.")
        case .lastAdministrator:
            Facts(
                409, .person,
                "Das Unternehmen hätte niemanden mehr, der es verwaltet. Lassen Sie eine Nachfolge annehmen, "
                    + "schließen Sie das Unternehmen, oder bitten Sie das Amt der Stadt, es einzufrieren. Fehlt jemand, der "
                    + "dem zustimmen müsste, so nehmen Sie Ihre Einwilligung für das Unternehmen zurück: Dann ist es "
                    + "eingefroren, und Sie können gehen.",
                "The company would have no administrator. Let a successor accept, close the company, or ask "
                    + "the town's office to freeze it. Where somebody is missing who would have to agree to that, withdraw "
                    + "your consent for the company: that freezes it, and you can leave.")
        case .approvedBefore:
            Facts(
                409, .person, "Sie oder dieses Gerät haben schon zugestimmt. Jemand anderes muss zustimmen.",
                "You or this device have agreed before. Somebody else must.")
        case .companyNotActive:
            Facts(
                409, .person,
                "Das Konto des Unternehmens ist nicht aktiv. Sehen Sie nach, in welchem Zustand es ist; ein "
                    + "eingefrorenes gibt das Amt der Stadt wieder frei.",
                "The company's account is not active. Look at its state; the town's office releases "
                    + "one that is frozen.")
        case .companyKnown:
            Facts(
                409, .person, "Dieses Unternehmen hat schon ein Konto. Fragen Sie die, die es verwalten.",
                "This company has an account already. Ask its administrators.")
        case .notInThisState:
            Facts(
                409, .person,
                "Das ist nicht mehr oder noch nicht möglich. Sehen Sie nach, wie es jetzt steht.",
                "That is not possible any more, or not yet. Look at how it stands now.")
        case .companyDataRefused:
            Facts(
                422, .person,
                "Die Angaben zum Unternehmen passen nicht. Vergleichen Sie sie mit dem Auszug aus dem "
                    + "Register.",
                "What was said about the company does not fit. Compare it with the register's extract.")
        case .companyUpstreamUnavailable:
            Facts(
                503, .operator,
                "Hier ist kein anderes Konto für Unternehmen angeschlossen, oder es antwortet nicht. "
                    + "Versuchen Sie es später, oder lassen Sie das Amt der Stadt den Auszug des Registers prüfen.",
                "No other account for companies is connected here, or it does not answer. Try again later, "
                    + "or have the town's office check the register's extract.")
        case .tooManyOpen:
            Facts(
                429, .person, retry: true,
                "Davon sind zu viele offen. Bringen Sie einige zu Ende, oder ziehen Sie sie zurück.",
                "Too many of these are open. Finish or withdraw some.")
        case .unknownMandate:
            Facts(
                404, .person,
                "Diese Vollmacht oder dieses Unternehmen gibt es für Sie nicht. Vergleichen Sie die Kennung mit der Liste Ihrer "
                    + "Vollmachten und Unternehmen.",
                "There is no such mandate or company for you. Compare the identifier with the lists of your mandates and "
                    + "companies.")
        case .mandateReach:
            Facts(
                422, .person,
                "Einen Zweck, eine Stadt oder eine Betriebsstätte der Vollmacht gibt es nicht. Nennen Sie "
                    + "nur, was es gibt.",
                "A scope, town or establishment of the mandate does not exist. Name only what there is.")
        case .mandateDates:
            Facts(
                422, .person,
                "Die Vollmacht muss heute oder innerhalb eines Jahres beginnen und höchstens drei Jahre "
                    + "gelten. Wählen Sie andere Tage.",
                "The mandate must begin today or within a year and last at most three years. Choose other "
                    + "days.")
        case .mandateParty:
            Facts(
                409, .person,
                "Wer sie erhalten soll, ist nicht aktiv oder gehört zu einem anderen Unternehmen. Wählen Sie "
                    + "ein aktives Mitglied oder ein aktives Unternehmen.",
                "The holder is not active, or belongs to another company. Choose an active member or an "
                    + "active company.")
        case .mandateDelegation:
            Facts(
                403, .person,
                "Diese Vollmacht kann nicht oder nicht weiter übertragen werden. Bitten Sie das Unternehmen, "
                    + "von dem sie kommt, um eine andere.",
                "This mandate cannot be delegated, or not further. Ask the company that it comes from for "
                    + "another one.")
        case .mandateCircular:
            Facts(
                422, .person,
                "Die Vollmacht würde dahin zurückführen, woher sie kommt. Wählen Sie jemand anderen.",
                "The mandate would lead back to where it comes from. Choose another holder.")
        case .mandateWider:
            Facts(
                403, .person,
                "Eine übertragene Vollmacht darf nicht weiter gehen als die, aus der sie kommt. Übertragen "
                    + "Sie höchstens, was jene umfasst.",
                "A delegated mandate must not go beyond the one that it comes from. Delegate no more than "
                    + "that one covers.")
        case .mandateOverlap:
            Facts(
                409, .person,
                "Eine andere Vollmacht umfasst diese oder würde von ihr umfasst. Nutzen oder ersetzen Sie "
                    + "sie.",
                "Another mandate covers this one, or would be covered. Use or replace it.")
        case .serverError:
            Facts(
                500, .operator, retry: true,
                "Hier ist etwas schiefgegangen. Versuchen Sie es später noch einmal.",
                "Something went wrong here. Try again later.")
        case .overloaded:
            Facts(
                503, .operator, retry: true, "Der Dienst ist ausgelastet. Versuchen Sie es gleich noch einmal.",
                "The service is busy. Try again shortly.")
        }
    }

    public var status: Int { facts.status }

    /// What is refused, and what to do.
    public var title: BilingualText { facts.title }

    public func problem(traceIdentifier: String, triesLeft: Int? = nil) -> ProblemDocument {
        let facts = facts
        return ProblemDocument(
            code: rawValue, status: facts.status, title: facts.title.english, side: facts.side, retry: facts.retry,
            traceIdentifier: traceIdentifier, triesLeft: triesLeft)
    }
}
