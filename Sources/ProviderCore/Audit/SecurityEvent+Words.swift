internal import AccountDirectory
public import OpenIDMessages

extension AuditEntry {
    /// What happened, in one sentence for the person whom it concerns; of a lock also why.
    public var what: BilingualText {
        guard let kind = SecurityEvent.Kind(rawValue: kind) else { return BilingualText(verbatim: kind) }
        if kind == .subjectSeen, object == SecurityEvent.Kind.emergency {
            return BilingualText(
                "Jemand sah mit einem Notfallzugriff an, was hier über Sie bekannt ist.",
                "Somebody looked with emergency access at what is known of you here.")
        }
        guard kind == .accountLocked, let reason = object.flatMap(LockReason.init(rawValue:)) else { return kind.words }
        let notice = NoticeKind.locked(for: reason)
        return BilingualText(notice.text(.german), notice.text(.english))
    }

    /// What happened, for a person who may have done it in administration: what they did there to somebody else is not said
    /// as if it had happened to them.
    ///
    /// - Parameter name: under which the reader stands in the chain.
    public func what(for name: AuditPseudonym?) -> BilingualText {
        guard isAct(of: name), person != name else { return what }
        switch SecurityEvent.Kind(rawValue: kind) {
        case .subjectSeen?:
            return BilingualText(
                "Sie sahen an, was hier über jemanden bekannt ist.", "You looked at what is known of somebody here.")
        case let kind? where kind.isSaidToThePerson:
            return BilingualText(
                "Sie handelten für jemanden (\(kind.rawValue)).", "You acted for somebody (\(kind.rawValue)).")
        default: return what
        }
    }

    /// True for what this administrator did.
    ///
    /// - Parameter name: under which the administrator stands in the chain.
    public func isAct(of name: AuditPseudonym?) -> Bool { name != nil && administrator == name }
}

extension SecurityEvent.Kind {
    /// What happened, in one sentence for the person whom it concerns. Who did it and where stands beside it.
    public var words: BilingualText {
        account ?? device ?? login ?? administration ?? company ?? BilingualText(verbatim: rawValue)
    }

    /// The same for what somebody did for a company, whose name the person knows; nil for what no company's name belongs to.
    func words(company: String) -> BilingualText? {
        switch self {
        case .contextChosen:
            BilingualText("Sie handelten für \(company.inGermanQuotes).", "You acted for \(company.inEnglishQuotes).")
        case .contextSwitched:
            BilingualText(
                "Sie wechselten die Rolle und handelten für \(company.inGermanQuotes).",
                "You switched the role and acted for \(company.inEnglishQuotes).")
        case .mandateUsed:
            BilingualText(
                "Für \(company.inGermanQuotes) wurde gehandelt.", "Somebody acted for \(company.inEnglishQuotes).")
        case .membershipRolesChanged:
            BilingualText(
                "Eine Zugehörigkeit zu \(company.inGermanQuotes) hat andere Rollen.",
                "A membership of \(company.inEnglishQuotes) has other roles.")
        case .membershipSuspended:
            BilingualText(
                "Eine Zugehörigkeit zu \(company.inGermanQuotes) ruht.",
                "A membership of \(company.inEnglishQuotes) rests.")
        case .membershipResumed:
            BilingualText(
                "Eine Zugehörigkeit zu \(company.inGermanQuotes) gilt wieder.",
                "A membership of \(company.inEnglishQuotes) counts again.")
        case .membershipEnded:
            BilingualText(
                "Eine Zugehörigkeit zu \(company.inGermanQuotes) endete.",
                "A membership of \(company.inEnglishQuotes) ended.")
        default: nil
        }
    }

    /// Kinds that say who has seen data of the person, or got them: the answer to "who has seen my data".
    public static let looks: [SecurityEvent.Kind] = [
        .subjectSeen, .companySeen, .mandateSeen, .tokenIssued, .tokenRefreshed, .tokenExchanged,
    ]

    /// Changes of a membership, which its member reads whoever made them. Not what waits for somebody's agreement.
    public static let changesOfMemberships: [SecurityEvent.Kind] = [
        .membershipRolesChanged, .membershipSuspended, .membershipResumed, .membershipEnded,
    ]

    /// A look of an office at what concerns a company.
    public var isLookAtCompany: Bool { self == .companySeen || self == .mandateSeen }

    /// The object of a look by the right of an emergency (`Administrator.lookObject`).
    static let emergency = "emergency"

    /// True when the words speak to the person whom it concerns.
    fileprivate var isSaidToThePerson: Bool { account != nil || device != nil || login != nil }

    private var account: BilingualText? {
        switch self {
        case .accountRegistered: BilingualText("Ihr Konto wurde angelegt.", "Your account was made.")
        case .accountActivated: BilingualText("Ihr Konto ist aktiv.", "Your account is active.")
        case .accountLocked: BilingualText("Ihr Konto wurde gesperrt.", "Your account was locked.")
        case .accountUnlocked: BilingualText("Ihr Konto wurde entsperrt.", "Your account was unlocked.")
        case .accountCloseRequested: BilingualText("Ihr Konto wird geschlossen.", "Your account is being closed.")
        case .accountCloseCancelled:
            BilingualText("Ihr Konto wird doch nicht geschlossen.", "Your account is not closed after all.")
        case .accountClosed: BilingualText("Ihr Konto wurde geschlossen.", "Your account was closed.")
        case .accountErased: BilingualText("Ihr Konto wurde gelöscht.", "Your account was erased.")
        case .accountUnused:
            BilingualText(
                "Sie wurden daran erinnert, dass Ihr Konto lange unbenutzt ist.",
                "You were reminded that your account has not been used for long.")
        case .accountContactChanged:
            BilingualText("Ihre Kontaktdaten wurden geändert.", "Your contact data were changed.")
        case .accountBlockCodeReplaced:
            BilingualText("Ihr Konto hat einen neuen Sperrcode.", "Your account has a new block code.")
        case .requestReceived:
            BilingualText("Ein Antrag zu Ihren Daten ging ein.", "A request about your data was received.")
        case .requestIdentityChecked:
            BilingualText(
                "Zu einem Antrag wurde Ihre Identität geprüft.", "Your identity was checked for a request.")
        case .requestRunning:
            BilingualText("Ein Antrag zu Ihren Daten wird bearbeitet.", "A request about your data is being worked on.")
        case .requestDone:
            BilingualText("Ein Antrag zu Ihren Daten ist erledigt.", "A request about your data is done.")
        case .requestRefused:
            BilingualText("Ein Antrag zu Ihren Daten endete ohne Erfolg.", "A request about your data was not granted.")
        case .proofingStarted: BilingualText("Ihre Identität wird geprüft.", "Your identity is being checked.")
        case .proofingFailed:
            BilingualText("Eine Prüfung Ihrer Identität misslang.", "A check of your identity failed.")
        case .proofingExpired:
            BilingualText(
                "Ein Nachweis Ihrer Identität ist abgelaufen.", "Evidence of your identity has expired.")
        case .duplicateAnswered:
            BilingualText(
                "Es wurde entschieden, ob Sie schon ein Konto haben.",
                "It was decided whether you have an account already.")
        case .ticketIssued:
            BilingualText(
                "Ihre Identität wurde bestätigt; ein Gerät darf eingerichtet werden.",
                "Your identity was confirmed; a device may be set up.")
        case .attributeVerified: BilingualText("Eine Angabe zu Ihnen wurde geprüft.", "A fact about you was verified.")
        case .attributeStale:
            BilingualText("Eine Angabe zu Ihnen muss neu geprüft werden.", "A fact about you must be verified anew.")
        default: nil
        }
    }

    private var device: BilingualText? {
        switch self {
        case .deviceAdded: BilingualText("Ein Gerät wartet auf Zustimmung.", "A device waits for approval.")
        case .deviceActivated: BilingualText("Ein Gerät gilt jetzt.", "A device counts now.")
        case .deviceSuspended: BilingualText("Ein Gerät wurde gesperrt.", "A device was blocked.")
        case .deviceLocked:
            BilingualText("Ein Gerät ist nach falschen PINs gesperrt.", "A device is locked after wrong PINs.")
        case .deviceRevoked: BilingualText("Ein Gerät wurde entfernt.", "A device was taken away.")
        case .deviceExpired: BilingualText("Ein Gerät ist zu alt geworden.", "A device has become too old.")
        case .keyCreated: BilingualText("Neue Schlüssel gelten.", "New keys are there.")
        case .keyRevoked:
            BilingualText("Die Schlüssel eines Geräts gelten nie mehr.", "A device's keys never count again.")
        case .keyCompromised:
            BilingualText("Jemand anderes hat die Schlüssel eines Geräts.", "Somebody else has the keys of a device.")
        case .deviceRenamed: BilingualText("Ein Gerät heißt jetzt anders.", "A device has another name now.")
        case .deviceEvidenceRevoked:
            BilingualText(
                "Der Nachweis über die Sicherheit eines Geräts gilt nicht mehr.",
                "The proof that a device is secure no longer counts.")
        case .browserRemembered: BilingualText("Ein Browser ist jetzt gemerkt.", "A browser is remembered now.")
        case .browserForgotten: BilingualText("Ein Browser wurde vergessen.", "A browser was forgotten.")
        case .actConfirmed:
            BilingualText("Eine Handlung wurde mit der PIN bestätigt.", "An act was confirmed with the PIN.")
        default: nil
        }
    }

    private var login: BilingualText? {
        switch self {
        case .loginApproved: BilingualText("Einer Anmeldung wurde zugestimmt.", "A login was approved.")
        case .loginDenied: BilingualText("Eine Anmeldung wurde abgelehnt.", "A login was denied.")
        case .loginReported:
            BilingualText("Eine Anmeldung wurde abgelehnt und gemeldet.", "A login was denied and reported.")
        case .reportWithdrawn:
            BilingualText("Ein gemeldetes Portal darf wieder fragen.", "A reported portal may ask again.")
        case .loginFailed:
            BilingualText("Eine Antwort auf eine Anmeldung galt nicht.", "An answer to a login did not count.")
        case .replayRejected:
            BilingualText("Eine Wiederholung wurde zurückgewiesen.", "Something sent again was rejected.")
        case .tokenIssued:
            BilingualText("Ein Portal bekam, was Sie freigegeben haben.", "A portal got what you released.")
        case .tokenRefreshed:
            BilingualText("Ein Portal bekam Ihre Freigabe erneut.", "A portal got what you released once more.")
        case .tokenExchanged:
            BilingualText(
                "Ein Portal bekam für einen Dienst dahinter, was Sie freigegeben haben.",
                "A portal got what you released for a service behind it.")
        case .tokenRevoked:
            BilingualText(
                "Der Zugriff eines Portals auf Ihre Freigabe endete.", "A portal's access to your release ended.")
        case .releaseGranted:
            BilingualText("Angaben wurden für ein Portal freigegeben.", "Data were released to a portal.")
        case .releaseWithdrawn: BilingualText("Eine Freigabe wurde zurückgenommen.", "A release was taken back.")
        case .contextChosen: BilingualText("Sie handelten in dieser Rolle.", "You acted in this role.")
        case .contextSwitched: BilingualText("Sie wechselten die Rolle.", "You switched the role.")
        case .sessionCreated: BilingualText("Eine Sitzung begann.", "A session began.")
        case .sessionSteppedUp:
            BilingualText("Eine Sitzung erreicht jetzt ein höheres Niveau.", "A session reaches a higher level now.")
        case .sessionReused: BilingualText("Eine Sitzung wurde wieder benutzt.", "A session was used again.")
        case .sessionEnded: BilingualText("Eine Sitzung endete.", "A session ended.")
        case .clientTokenIssued:
            BilingualText(
                "Jemand darf Portale der Kommune anmelden.", "Somebody was let register portals of the town.")
        case .clientTokenRevoked:
            BilingualText(
                "Das Recht, Portale der Kommune anzumelden, wurde beendet.",
                "The right to register portals of the town was ended.")
        case .clientRegistered: BilingualText("Ein Portal wurde angemeldet.", "A portal was registered.")
        case .clientChanged: BilingualText("Ein Portal wurde geändert.", "A portal was changed.")
        case .clientRemoved: BilingualText("Ein Portal wurde entfernt.", "A portal was removed.")
        default: nil
        }
    }

    private var administration: BilingualText? {
        switch self {
        case .keyRotated: BilingualText("Ein Signaturschlüssel wurde gewechselt.", "A signing key was rotated.")
        case .regionApplied:
            BilingualText("Die Einrichtung der Region wurde geändert.", "The region's setup was changed.")
        case .tenantChanged: BilingualText("Die Einrichtung einer Stadt wurde geändert.", "A town's setup was changed.")
        case .tenantArchived: BilingualText("Eine Stadt gehört nicht mehr zur Region.", "A town left the region.")
        case .tenantRemoved:
            BilingualText("Der Eintrag einer Stadt wurde entfernt.", "A town's entry was removed.")
        case .regionChanged:
            BilingualText("Angaben zur Region wurden geändert.", "What the region says of itself was changed.")
        case .operatorAdded: BilingualText("Ein Betreiber kam dazu.", "An operator was added.")
        case .operatorChanged:
            BilingualText("Angaben zu einem Betreiber wurden geändert.", "What is known of an operator was changed.")
        case .operatorRemoved: BilingualText("Ein Betreiber wurde entfernt.", "An operator was removed.")
        case .serviceAdded: BilingualText("Ein Dienst kam dazu.", "A service was added.")
        case .serviceChanged: BilingualText("Ein Dienst wurde geändert.", "A service was changed.")
        case .serviceRemoved: BilingualText("Ein Dienst wurde entfernt.", "A service was removed.")
        case .templatePublished:
            BilingualText("Eine Dienstvorlage wurde veröffentlicht.", "A service template was published.")
        case .templateProposed:
            BilingualText(
                "Die Übernahme einer Dienstvorlage wurde vorgeschlagen.", "A template was proposed for adoption.")
        case .templateApproved: BilingualText("Einer Übernahme wurde zugestimmt.", "An adoption was agreed to.")
        case .templateAdopted: BilingualText("Eine Dienstvorlage wurde übernommen.", "A service template was adopted.")
        case .templateUpdateAvailable:
            BilingualText("Eine Dienstvorlage hat eine neue Fassung.", "A service template has a new version.")
        case .templateUpgraded:
            BilingualText(
                "Die neue Fassung einer Dienstvorlage gilt.", "The new version of a service template is in force.")
        case .templateDeclined: BilingualText("Eine neue Fassung wurde abgelehnt.", "A new version was declined.")
        case .templateWithdrawn:
            BilingualText("Eine Dienstvorlage gilt nicht mehr.", "A service template was withdrawn.")
        case .templateRemoved:
            BilingualText("Eine Fassung einer Dienstvorlage wurde entfernt.", "A template's version was removed.")
        case .bootstrapTicketIssued:
            BilingualText(
                "Ein Recht auf die erste Verwaltung wurde vergeben.", "A right to the first administration was given.")
        case .administratorLogin:
            BilingualText("Sie meldeten sich bei der Verwaltung an.", "You logged in to administration.")
        case .administratorGranted:
            BilingualText("Eine Verwaltungsrolle wurde vergeben.", "A role in administration was given.")
        case .administratorRevoked: BilingualText("Eine Verwaltungsrolle endete.", "A role in administration ended.")
        case .crossTenantProbe:
            BilingualText(
                "Jemand fragte nach etwas, das einer anderen Stadt gehört.",
                "Somebody asked for what is another town's.")
        case .administrationRefused:
            BilingualText("Die Verwaltung verweigerte eine Handlung.", "Administration refused an act.")
        case .subjectSeen:
            BilingualText(
                "Jemand sah an, was hier über Sie bekannt ist.", "Somebody looked at what is known of you here.")
        case .emergencyRequested:
            BilingualText("Ein Notfallzugriff wurde beantragt.", "Emergency access was asked for.")
        case .emergencyApproved: BilingualText("Ein Notfallzugriff wurde erlaubt.", "Emergency access was allowed.")
        case .emergencyRefused: BilingualText("Ein Notfallzugriff wurde verweigert.", "Emergency access was refused.")
        case .auditVerified: BilingualText("Das Protokoll wurde geprüft.", "The trail was verified.")
        case .auditSealed:
            BilingualText("Alte Einträge des Protokolls wurden entfernt.", "Old entries of the trail went.")
        default: nil
        }
    }

    private var company: BilingualText? {
        switch self {
        case .companySeen: BilingualText("Jemand sah ein Unternehmen an.", "Somebody looked at a company.")
        case .companyCreated: BilingualText("Ein Unternehmen wurde angelegt.", "A company was made.")
        case .companySubmitted: BilingualText("Ein Unternehmen wurde zur Prüfung gegeben.", "A company was handed in.")
        case .companyEvidenceRecorded:
            BilingualText("Ein Nachweis zu einem Unternehmen wurde erfasst.", "Evidence about a company was recorded.")
        case .companyPowersRecorded:
            BilingualText("Wer ein Unternehmen vertritt, wurde erfasst.", "Who represents a company was recorded.")
        case .companySigned:
            BilingualText("Für ein Unternehmen wurde unterschrieben.", "Somebody signed for a company.")
        case .companyRated: BilingualText("Das Niveau eines Unternehmens wurde bestimmt.", "A company's level was set.")
        case .companyVerified: BilingualText("Ein Unternehmen ist geprüft.", "A company is verified.")
        case .companyFrozen: BilingualText("Ein Unternehmen ist eingefroren.", "A company is frozen.")
        case .companyCured: BilingualText("Ein Unternehmen ist wieder handlungsfähig.", "A company can act again.")
        case .companyClosingApproved:
            BilingualText("Dem Ende eines Unternehmens wurde zugestimmt.", "A company's end was agreed to.")
        case .companyClosing: BilingualText("Ein Unternehmen wird geschlossen.", "A company is being closed.")
        case .companyChanged:
            BilingualText(
                "Angaben zu einem Unternehmen wurden nach dem Register geändert.",
                "What is known of a company was changed after the register.")
        case .companyClosed: BilingualText("Ein Unternehmen ist geschlossen.", "A company is closed.")
        case .companyAbandoned:
            BilingualText("Ein Antrag eines Unternehmens ist verfallen.", "A company's application lapsed.")
        case .companyErased:
            BilingualText("Angaben eines Unternehmens wurden gelöscht.", "A company's facts were erased.")
        case .companyEstablishmentAdded: BilingualText("Eine Betriebsstätte kam dazu.", "An establishment was added.")
        case .companyEstablishmentClosed:
            BilingualText("Eine Betriebsstätte wurde geschlossen.", "An establishment was closed.")
        case .invitationCreated: BilingualText("Jemand wurde eingeladen.", "Somebody was invited.")
        case .invitationApproved: BilingualText("Einer Einladung wurde zugestimmt.", "An invitation was agreed to.")
        case .invitationSent: BilingualText("Eine Einladung wurde verschickt.", "An invitation was sent.")
        case .invitationOpened: BilingualText("Eine Einladung wurde geöffnet.", "An invitation was opened.")
        case .invitationAccepted: BilingualText("Eine Einladung wurde angenommen.", "An invitation was accepted.")
        case .invitationDeclined: BilingualText("Eine Einladung wurde abgelehnt.", "An invitation was declined.")
        case .invitationWithdrawn: BilingualText("Eine Einladung wurde zurückgezogen.", "An invitation was withdrawn.")
        case .invitationExpired: BilingualText("Eine Einladung ist abgelaufen.", "An invitation expired.")
        case .membershipCreated: BilingualText("Eine Zugehörigkeit begann.", "A membership began.")
        case .membershipRolesChanged:
            BilingualText("Eine Zugehörigkeit hat andere Rollen.", "A membership has other roles.")
        case .membershipSuspended: BilingualText("Eine Zugehörigkeit ruht.", "A membership rests.")
        case .membershipResumed: BilingualText("Eine Zugehörigkeit gilt wieder.", "A membership counts again.")
        case .membershipEnded: BilingualText("Eine Zugehörigkeit endete.", "A membership ended.")
        case .membershipRemovalApproved:
            BilingualText("Dem Ende einer Zugehörigkeit wurde zugestimmt.", "A membership's end was agreed to.")
        case .mandateProposed: BilingualText("Eine Vollmacht wurde vorgeschlagen.", "A mandate was proposed.")
        case .mandateCosigned: BilingualText("Einer Vollmacht wurde zugestimmt.", "A mandate was agreed to.")
        case .mandateActivated: BilingualText("Eine Vollmacht gilt.", "A mandate is in force.")
        case .mandateSuspended: BilingualText("Eine Vollmacht ruht.", "A mandate rests.")
        case .mandateRevoked: BilingualText("Eine Vollmacht wurde widerrufen.", "A mandate was revoked.")
        case .mandateExpired: BilingualText("Eine Vollmacht ist abgelaufen.", "A mandate expired.")
        case .mandateSuperseded: BilingualText("Eine Vollmacht wurde ersetzt.", "A mandate was replaced.")
        case .mandateUsed: BilingualText("Mit einer Vollmacht wurde gehandelt.", "Somebody acted under a mandate.")
        case .mandateSeen: BilingualText("Jemand sah eine Vollmacht an.", "Somebody looked at a mandate.")
        default: nil
        }
    }
}
