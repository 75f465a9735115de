public import AccountDirectory
public import OpenIDMessages

/// The text that the phone shows and signs.
enum LoginTexts {
    static func request(
        portal: String, tenant: String, service: Service?, prompt: BackChannelPrompt?,
        remembered browser: BrowserContext? = nil, leavesOutCompanies: Bool = false, language: Language
    ) -> String {
        let question =
            question(portal: portal, tenant: tenant, service: service, language: language)
            + (browser.map { remembering($0, language) } ?? "") + (leavesOutCompanies ? more(language) : "")
        guard let prompt else { return question }
        // Nobody began this in a browser: the person must know who asks before reading what.
        let call =
            switch language {
            case .german: "Das Portal fragt von sich aus, etwa weil Sie mit dem Amt telefonieren. "
            case .english: "The portal asks by itself, for example because you are on the phone with the office. "
            }
        let message = prompt.message.map { message in
            switch language {
            case .german: " Nachricht des Portals: \(message.rawValue.inGermanQuotes)"
            case .english: " Message of the portal: \(message.rawValue.inEnglishQuotes)"
            }
        }
        return call + question + (message ?? "")
    }

    /// Whoever types digits into a page of somebody else must be able to see here what follows from it.
    private static func remembering(_ browser: BrowserContext, _ language: Language) -> String {
        switch language {
        case .german:
            " Wenn Sie zustimmen, merkt sich die CitizenID den Browser \(browser.description.inGermanQuotes) (\(browser.area)): "
                + "Anmeldungen dort brauchen künftig keine Ziffern mehr. Ist es nicht Ihr eigener, lehnen Sie ab."
        case .english:
            " If you approve, CitizenID remembers the browser \(browser.description.inEnglishQuotes) (\(browser.area)): logins there "
                + "need no digits in future. If it is not your own, refuse."
        }
    }

    /// The choice is the person's (invariant I20), also among more companies than a request holds.
    private static func more(_ language: Language) -> String {
        switch language {
        case .german:
            " Sie können noch für andere Unternehmen handeln, die hier keinen Platz haben. Ist das richtige nicht dabei, lehnen "
                + "Sie ab, und sagen Sie dem Portal zuerst, für welches Sie sich anmelden."
        case .english:
            " You may act for further companies, for which there is no room here. If the right one is missing, refuse, and "
                + "first tell the portal for which one you log in."
        }
    }

    private static func question(portal: String, tenant: String, service: Service?, language: Language) -> String {
        guard let service else {
            return switch language {
            case .german: "Möchten Sie sich bei \(portal.inGermanQuotes) (\(tenant)) anmelden?"
            case .english: "Do you want to log in to \(portal.inEnglishQuotes) (\(tenant))?"
            }
        }
        let title = service.title.text(language)
        let purpose = service.purpose?.text(language)
        return switch language {
        case .german:
            "Möchten Sie sich bei \(portal.inGermanQuotes) (\(tenant)) für \(title.inGermanQuotes) anmelden?"
                + (purpose.map { " Wofür Ihre Angaben gebraucht werden: \($0)" } ?? "")
        case .english:
            "Do you want to log in to \(portal.inEnglishQuotes) (\(tenant)) for \(title.inEnglishQuotes)?"
                + (purpose.map { " What your data are needed for: \($0)" } ?? "")
        }
    }
}

extension LocalizedText {
    /// The text in a language; German where there is no other.
    public func text(_ language: Language) -> String { language == .english ? english ?? german : german }
}
