public import OpenIDMessages

/// What a person is told about their account, on every device.
public enum NoticeKind: String, Sendable, Hashable, CaseIterable {
    case devicePending = "device_pending"
    case deviceAdded = "device_added"
    case deviceRefused = "device_refused"
    case deviceSuspended = "device_suspended"
    case deviceLocked = "device_locked"
    case deviceFound = "device_found"
    case deviceRevoked = "device_revoked"
    case deviceExpired = "device_expired"
    case deviceLowered = "device_lowered"
    case browserRemembered = "browser_remembered"
    /// As old notices have it, without a reason.
    case accountLocked = "account_locked"
    case lockedWithoutDevice = "locked_no_authenticator"
    case lockedByWish = "locked_self"
    case lockedForAttribute = "locked_attribute_invalid"
    case lockedForFraud = "locked_fraud"
    case lockedByOrder = "locked_authority"
    case lockedAfterDeath = "locked_deceased"
    case accountUnlocked = "account_unlocked"
    case closingBegun = "closing_begun"
    case closingCancelled = "closing_cancelled"
    case attributesChanged = "attributes_changed"
    case proofingExpired = "proofing_expired"
    case contactChanged = "contact_changed"
    case notUsed = "not_used"
    case exported
    case requestDecided = "request_decided"
    case blockCodeReplaced = "block_code_replaced"
    case mandateEndedByOffice = "mandate_ended_by_office"
    case companyClosedByOffice = "company_closed_by_office"
    case directorSigned = "director_signed"
    case companyFrozen = "company_frozen"
    case companyActiveAgain = "company_active_again"
    case companyChanged = "company_changed"
    case administratorAppointed = "administrator_appointed"
    case administratorJoined = "administrator_joined"
    /// What others did to the person's own membership.
    case membershipSuspended = "membership_suspended"
    case membershipResumed = "membership_resumed"
    case membershipEnded = "membership_ended"
    case rolesChanged = "roles_changed"
    case mandateEnded = "mandate_ended"
    /// A role in administration, of the person themself; which one stands beside it.
    case roleGiven = "role_given"
    case roleEnded = "role_ended"
    /// To those who answer for a town: the region gave somebody a role there.
    case roleGivenByRegion = "role_given_by_region"
    /// To the data protection officers of the town, or its administrators where there are none: access to its personal data
    /// in an emergency.
    case emergencyRequested = "emergency_requested"
    case emergencyApproved = "emergency_approved"

    /// That the account was locked, for this reason.
    public static func locked(for reason: LockReason) -> NoticeKind {
        switch reason {
        case .noAuthenticator: .lockedWithoutDevice
        case .own: .lockedByWish
        case .attributeInvalid: .lockedForAttribute
        case .fraud: .lockedForFraud
        case .authority: .lockedByOrder
        case .deceased: .lockedAfterDeath
        }
    }

    /// True for what is about a company or a mandate, which then stands beside the sentence.
    public var isOfCompany: Bool {
        switch self {
        case .mandateEndedByOffice, .companyClosedByOffice, .directorSigned, .companyFrozen, .companyActiveAgain,
            .companyChanged, .administratorAppointed, .administratorJoined, .membershipSuspended, .membershipResumed,
            .membershipEnded, .rolesChanged, .mandateEnded:
            true
        default: false
        }
    }

    /// One plain sentence; where a device, a mandate or a company is meant its name is shown beside it.
    public func text(_ language: Language) -> String {
        switch language {
        case .german: german
        case .english: english
        }
    }

    private var german: String {
        switch self {
        case .devicePending: "Ein weiteres Gerät wartet. Kennen Sie es nicht, lehnen Sie es ab."
        case .deviceAdded: "Ein Gerät gehört jetzt zu Ihrem Konto."
        case .deviceRefused: "Ein wartendes Gerät wurde abgelehnt."
        case .deviceSuspended: "Ein Gerät wurde gesperrt."
        case .deviceLocked: "Ein Gerät ist nach zu vielen falschen PINs gesperrt."
        case .deviceFound: "Ein gesperrtes Gerät kann wieder benutzt werden."
        case .deviceRevoked: "Ein Gerät gehört nicht mehr zu Ihrem Konto."
        case .deviceExpired: "Ein Gerät ist zu alt geworden und muss neu eingerichtet werden."
        case .deviceLowered:
            "Der Nachweis über die Sicherheit eines Geräts gilt nicht mehr. Anmeldungen damit haben nur noch das Niveau normal."
        case .browserRemembered:
            "Ein Browser ist jetzt gemerkt: Anmeldungen dort brauchen keine Ziffern. Ist es nicht Ihrer, lassen Sie ihn vergessen."
        case .accountLocked: "Ihr Konto wurde gesperrt."
        case .lockedWithoutDevice: "Ihr Konto wurde gesperrt, weil kein Gerät mehr dafür gilt."
        case .lockedByWish:
            "Ihr Konto wurde gesperrt, wie Sie es wollten: mit dem Sperrcode, einem Gerät oder am Schalter."
        case .lockedForAttribute: "Ihr Konto wurde gesperrt, weil eine geprüfte Angabe zu Ihnen falsch war."
        case .lockedForFraud:
            "Ihr Konto wurde gesperrt, weil Missbrauch vermutet wird. Die Geräte von vorher gelten nicht mehr."
        case .lockedByOrder: "Ihr Konto wurde gesperrt, weil eine Behörde oder ein Gericht es angeordnet hat."
        case .lockedAfterDeath: "Das Konto wurde gesperrt, weil ein Todesfall gemeldet wurde."
        case .accountUnlocked: "Ihr Konto wurde entsperrt."
        case .closingBegun: "Ihr Konto wird geschlossen."
        case .closingCancelled: "Ihr Konto wird doch nicht geschlossen."
        case .attributesChanged: "Ihre Personendaten wurden nach einer neuen Prüfung geändert."
        case .proofingExpired:
            "Ein Nachweis Ihrer Identität ist abgelaufen. Was er belegte, gilt nicht mehr als geprüft; das Niveau kann gefallen "
                + "sein. Ein Schalter prüft es neu."
        case .contactChanged: "Ihre Kontaktdaten wurden geändert."
        case .notUsed: "Sie haben sich lange nicht angemeldet. Ohne Anmeldung wird Ihr Konto geschlossen."
        case .exported: "Eine Auskunft über Ihre Daten wurde erstellt."
        case .requestDecided: "Ein Antrag zu Ihren Daten ist entschieden. Wie, steht bei Ihren Anträgen."
        case .blockCodeReplaced: "Ihr Konto hat einen neuen Sperrcode; der frühere gilt nicht mehr."
        case .mandateEndedByOffice:
            "Ein Amt hat eine Vollmacht beendet, die Sie oder Ihr Unternehmen betrifft. Fragen Sie dort nach dem Grund."
        case .companyClosedByOffice:
            "Das Amt schließt ein Unternehmen, dem Sie angehören. Niemand handelt mehr für es, und in \(Self.daysOfGrace) "
                + "Tagen endet Ihre Zugehörigkeit."
        case .directorSigned:
            "Jemand, den das Register neu nennt, hat für Ihr Unternehmen unterschrieben und verwaltet es jetzt mit."
        case .companyFrozen:
            "Ein Unternehmen, dem Sie angehören, ist eingefroren: Niemand handelt für es, und seine Vollmachten ruhen."
        case .companyActiveAgain: "Ein Unternehmen, dem Sie angehören, ist nicht mehr eingefroren."
        case .companyChanged: "Das Register nennt Ihr Unternehmen anders als bisher, und so steht es jetzt im Konto."
        case .administratorAppointed:
            "Das Amt hat jemanden bestellt, der ein Unternehmen verwaltet, dem Sie angehören: Es hatte niemanden mehr."
        case .administratorJoined: "Jemand verwaltet ein Unternehmen jetzt mit Ihnen. Wer, steht beim Unternehmen."
        case .membershipSuspended: "Sie können für ein Unternehmen vorerst nicht mehr handeln."
        case .membershipResumed: "Sie können für ein Unternehmen wieder handeln."
        case .membershipEnded: "Sie gehören einem Unternehmen nicht mehr an; was Sie für es durften, ist zu Ende."
        case .rolesChanged: "Ihre Rollen in einem Unternehmen sind jetzt andere. Welche, steht beim Unternehmen."
        case .mandateEnded: "Eine Vollmacht, die Sie hatten, ist beendet."
        case .roleGiven: "Sie haben jetzt eine Rolle in der Verwaltung."
        case .roleEnded: "Eine Ihrer Rollen in der Verwaltung wurde beendet."
        case .roleGivenByRegion:
            "Die Region hat jemandem eine Rolle in der Stadt gegeben, für die Sie in der Verwaltung antworten. Sehen Sie nach, "
                + "ob Sie davon wissen."
        case .emergencyRequested:
            "Jemand aus der Verwaltung beantragt Notfallzugriff auf die Personendaten der Stadt, für die Sie in der "
                + "Verwaltung antworten. Er gilt, sobald eine zweite Person zustimmt."
        case .emergencyApproved:
            "Der Notfallzugriff auf die Personendaten der Stadt, für die Sie in der Verwaltung antworten, gilt jetzt für "
                + "einige Stunden."
        }
    }

    private var english: String {
        switch self {
        case .devicePending: "Another device is waiting. If you do not know it, refuse it."
        case .deviceAdded: "A device belongs to your account now."
        case .deviceRefused: "A waiting device was refused."
        case .deviceSuspended: "A device was blocked."
        case .deviceLocked: "A device is locked after too many wrong PINs."
        case .deviceFound: "A blocked device can be used again."
        case .deviceRevoked: "A device no longer belongs to your account."
        case .deviceExpired: "A device has become too old and must be set up anew."
        case .deviceLowered:
            "The proof that a device is secure no longer counts. Logins with it reach the level normal and no more."
        case .browserRemembered:
            "A browser is remembered now: logins there need no digits. If it is not yours, have it forgotten."
        case .accountLocked: "Your account was locked."
        case .lockedWithoutDevice: "Your account was locked because no device counts for it any more."
        case .lockedByWish: "Your account was locked as you wanted: by the block code, a device or at a desk."
        case .lockedForAttribute: "Your account was locked because a verified fact about you was wrong."
        case .lockedForFraud:
            "Your account was locked because misuse is suspected. The devices of before no longer count."
        case .lockedByOrder: "Your account was locked because an authority or a court ordered it."
        case .lockedAfterDeath: "The account was locked because a death was reported."
        case .accountUnlocked: "Your account was unlocked."
        case .closingBegun: "Your account will be closed."
        case .closingCancelled: "Your account will not be closed after all."
        case .attributesChanged: "Your personal data were changed after a new check."
        case .proofingExpired:
            "Evidence of your identity has expired. What it proved is verified no more, and the level may have fallen. A desk "
                + "checks it anew."
        case .contactChanged: "Your contact data were changed."
        case .notUsed: "You have not logged in for a long time. Without a login your account will be closed."
        case .exported: "A report of your data was made."
        case .requestDecided: "A request about your data is decided. What was decided stands with your requests."
        case .blockCodeReplaced: "Your account has a new block code; the earlier one no longer counts."
        case .mandateEndedByOffice:
            "An office has ended a mandate that concerns you or your company. Ask there for the reason."
        case .companyClosedByOffice:
            "The office closes a company that you belong to. Nobody acts for it any more, and in \(Self.daysOfGrace) days "
                + "your membership ends."
        case .directorSigned:
            "Somebody whom the register names anew has signed for your company, and administers it as well now."
        case .companyFrozen: "A company that you belong to is frozen: nobody acts for it, and its mandates rest."
        case .companyActiveAgain: "A company that you belong to is frozen no more."
        case .companyChanged: "The register describes your company otherwise than before, and so does its account now."
        case .administratorAppointed:
            "The office has appointed somebody to administer a company that you belong to: it had nobody any more."
        case .administratorJoined: "Somebody administers a company with you now. Who it is stands with the company."
        case .membershipSuspended: "For now you cannot act for a company any more."
        case .membershipResumed: "You can act for a company again."
        case .membershipEnded: "You no longer belong to a company; what you could do for it is over."
        case .rolesChanged: "Your roles in a company are others now. Which, stands with the company."
        case .mandateEnded: "A mandate that you had is ended."
        case .roleGiven: "You have a role in administration now."
        case .roleEnded: "One of your roles in administration was ended."
        case .roleGivenByRegion:
            "The region gave somebody a role in the town for which you answer in administration. See whether you know of it."
        case .emergencyRequested:
            "Somebody in administration asks for emergency access to the personal data of the town for which you answer in "
                + "administration. It begins when a second person agrees."
        case .emergencyApproved:
            "Emergency access to the personal data of the town for which you answer in administration is open now, for some "
                + "hours."
        }
    }

    private static var daysOfGrace: Int64 { CompanyRules.closingGrace / 86_400 }
}
