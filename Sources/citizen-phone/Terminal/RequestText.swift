import DeviceAuthenticator
import OpenIDMessages

/// A login as a person reads it before answering (D-4.4.1).
enum RequestText {
    static func lines(_ request: LoginRequestStatement, _ language: Language) -> [String] {
        var lines = [
            language.row("Stadt", "Town", request.portal.tenantName),
            language.row("Portal", "Portal", "\(request.portal.name) (\(request.portal.host))"),
        ]
        if let service = request.service {
            lines.append(language.row("Dienst", "Service", service.title))
            if let purpose = service.purpose, let version = service.purposeVersion {
                lines.append(
                    language.row("Zweck", "Purpose", purpose + language.say(" (Fassung ", " (version ") + version + ")")
                )
            }
            lines += [
                service.legalBasis.map { language.row("Recht", "Law", $0) },
                service.privacyURI.map { language.row("Datenschutz", "Privacy", $0) },
                service.contact.map { language.row("Fragen an", "Questions", $0) },
            ].compactMap(\.self)
        }
        lines += [
            language.row("Text", "Text", request.text),
            language.row("Braucht", "Needs", claims(request.essentialClaims, language)),
            language.row("Hätte gern", "Would like", claims(request.voluntaryClaims, language)),
            language.row("Niveau", "Level", level(request.acr, language)), origin(request, language),
        ]
        if let familiarity = familiarity(request, language) {
            lines.append(language.row("Bekannt", "Known", familiarity))
        }
        lines += [
            language.row("Begonnen", "Begun", LocalTime.text(request.initiator.startedAt, language)),
            language.row("Gültig bis", "Valid until", LocalTime.text(request.expiresAt, language)),
        ]
        lines += request.contexts.map { context($0, language) }
        if request.acr.hasPrefix("sim:") { lines.append(simulated.text(language)) }
        return lines
    }

    /// Where the login began.
    private static func origin(_ request: LoginRequestStatement, _ language: Language) -> String {
        guard request.flow != .backChannel else {
            return language.row(
                "Gefragt von", "Asked by",
                language.say("dem Portal selbst, ohne Browser", "the portal itself, without a browser"))
        }
        let initiator = request.initiator
        let network =
            initiator.sameNetwork
            ? language.say("im selben Netz wie dieses Gerät", "the same network as this device")
            : language.say("in einem ANDEREN NETZ als dieses Gerät", "ANOTHER NETWORK than this device")
        // The provider's word for an address of its own machine.
        let area = initiator.area == "local" ? language.say("lokal", "local") : initiator.area
        return language.row("Browser", "Browser", "\(initiator.browser), \(area), \(network)")
    }

    /// Whether the person had the browser remembered that began, as the provider signed it; nil where none did.
    ///
    /// On the same device nobody looks: there the phone leads back to the browser that began, whichever it is.
    static func familiarity(_ request: LoginRequestStatement, _ language: Language) -> String? {
        switch request.binding {
        case .knownBrowser:
            let since = request.initiator.knownSince.map { LocalTime.text($0, language) }
            return language.say(
                "ja, Sie haben sich diesen Browser merken lassen" + (since.map { " (\($0))" } ?? "")
                    + "; dort sind keine Ziffern nötig",
                "yes, you had this browser remembered" + (since.map { " (\($0))" } ?? "") + "; it needs no digits")
        case .code:
            return language.say(
                "NEIN, diesen Browser haben Sie sich nicht merken lassen. Stimmen Sie nur zu, wenn Sie die Ziffern dort "
                    + "selbst eingegeben haben",
                "NO, you did not have this browser remembered. Approve only if you typed the digits there yourself")
        case .return:
            return language.say(
                "nicht geprüft: Dieses Gerät führt zu dem Browser zurück, der begonnen hat, und zu keinem anderen",
                "not looked at: this device leads back to the browser that began, and to no other")
        case .callCode, .none: return nil
        }
    }

    /// For whom the person can act, and what goes out with that choice.
    private static func context(_ context: ContextDescription, _ language: Language) -> String {
        let level = language.say("Niveau ", "level ") + level(context.acr, language)
        guard let name = context.name else {
            return language.row(
                "Handeln als", "Act as", language.say("Privatperson (citizen), ", "citizen, ") + level)
        }
        let told =
            context.claims.isEmpty
            ? ""
            : language.say("; teilt dem Portal mit: ", "; tells the portal: ") + claims(context.claims, language)
        return language.row("Handeln für", "Act for", "\(name) (\(context.context)), \(level)\(told)")
    }

    private static let simulated = BilingualText(
        "(Eine simulierte Anmeldung: gut für Tests und für sonst nichts.)",
        "(A simulated login: good for tests and for nothing else.)")

    /// The three answers, equally easy to reach.
    static let answers = BilingualText(
        "Antworten Sie mit: citizen-phone approve (ja) | citizen-phone deny (nein) | citizen-phone report (das war ich nicht)",
        "Answer with: citizen-phone approve | citizen-phone deny | citizen-phone report")

    /// A person whom nobody called has no digits: then this is a stranger's request.
    static let callCode = BilingualText(
        "Zum Zustimmen sind die vier Ziffern nötig, die Ihnen jemand im Amt vorliest: --call-code."
            + "\nSind Sie nicht mit dem Amt am Telefon, melden Sie die Anfrage.",
        "To approve, the four digits are needed that somebody at the office reads out to you: --call-code."
            + "\nIf you are not on the phone with them, report it.")

    static func lines(code: String, portal: ClaimedPortal, _ language: Language) -> [String] {
        let hint = language.say(
            "   (im Browser, wenn Sie diese Anmeldung begonnen haben)", "   (into the browser, if you began this login)"
        )
        return [
            language.row("Stadt", "Town", portal.tenantName),
            language.row("Portal", "Portal", "\(portal.name) (\(portal.host))"),
            language.row("Eintippen", "Type this", "\(code.prefix(4)) \(code.suffix(4))" + hint),
        ]
    }

    /// A level in plain words, and behind them as portals read it.
    static func level(_ acr: String, _ language: Language) -> String {
        guard let context = AuthenticationContext(acr: acr) else { return acr }
        return "\(context.title.text(language)) [\(acr)]"
    }

    /// Claims in plain words, in the order in which they were asked for.
    static func claims(_ names: [String], _ language: Language) -> String {
        names.isEmpty
            ? language.say("nichts", "nothing")
            : names.map { ClaimTitle.words($0, language) }.joined(separator: ", ")
    }
}
