internal import OpenIDMessages
internal import ProviderCore

/// The pages of `/device`. A simulated browser reads them: the form `device-form` is a contract.
enum DeviceGrantPage {
    /// What went wrong with the last try.
    enum Notice {
        case unknownCode, overloaded
    }

    static func html(
        code: String?, asker: DeviceGrantFlow.Asker?, notice: Notice?, language: Language, security: PageSecurity
    ) -> String {
        let words = DeviceGrantWords.words(in: language)
        let who: HTML? = asker.map {
            "<p>\(words.asker): <strong><bdi>\($0.portal)</bdi></strong> (<bdi>\($0.tenant)</bdi>)</p>\n"
        }
        let complaint: HTML? = notice.map { notice in
            "<p class=\"notice\" role=\"alert\">\(notice == .unknownCode ? words.unknownCode : words.overloaded)</p>\n"
        }
        return CardPage(
            name: "device", title: words.question.title, sign: .phone, language: language, security: security,
            says: """
                <p>\(words.question.text)</p>
                \(complaint)\(who)<form id="device-form" method="post" action="/device">
                <p><label for="user_code">\(words.label)</label>
                <input class="digits" id="user_code" name="user_code" value="\(code ?? "")" required maxlength="16" \
                autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="BCDF-GHJK"></p>
                <button class="button" type="submit">\(words.button)</button></form>
                <p>\(words.warning)</p>

                """
        ).text
    }

    static func done(isApproved: Bool, language: Language, security: PageSecurity) -> String {
        let words = DeviceGrantWords.words(in: language)
        let text = isApproved ? words.approved : words.refused
        return CardPage(
            name: "device", title: text.title, sign: isApproved ? .good : .bad, language: language,
            security: security, says: "<p>\(text.text)</p>\n"
        ).text
    }
}

/// The words of the pages for devices.
struct DeviceGrantWords: Sendable {
    let question: (title: String, text: String)
    let approved: (title: String, text: String)
    let refused: (title: String, text: String)
    let asker: String
    let label: String
    let button: String
    let warning: String
    let unknownCode: String
    let overloaded: String

    static func words(in language: Language) -> DeviceGrantWords {
        switch language {
        case .german: german
        case .english: english
        }
    }

    private static let german = DeviceGrantWords(
        question: ("Ein Gerät anmelden", "Geben Sie den Code ein, den das Gerät vor Ihnen anzeigt."),
        approved: ("Das Gerät ist angemeldet", "Sie können dieses Fenster schließen und am Gerät weitermachen."),
        refused: ("Das Gerät ist nicht angemeldet", "Sie können dieses Fenster schließen."),
        asker: "Es fragt", label: "Code des Geräts", button: "Weiter",
        warning:
            "Hat Ihnen jemand diesen Code geschickt? Dann brechen Sie ab: Er meldet dessen Gerät in Ihrem Namen an.",
        unknownCode: "Mit diesem Code wartet kein Gerät.",
        overloaded: "Gerade melden sich sehr viele Menschen an. Bitte versuchen Sie es gleich noch einmal.")

    private static let english = DeviceGrantWords(
        question: ("Sign in a device", "Enter the code that the device in front of you shows."),
        approved: ("The device is signed in", "You can close this window and go on at the device."),
        refused: ("The device is not signed in", "You can close this window."),
        asker: "Asked by", label: "Code of the device", button: "Continue",
        warning: "Did somebody send you this code? Then stop: it signs in their device in your name.",
        unknownCode: "No device is waiting with this code.",
        overloaded: "Very many people are signing in right now. Please try again in a moment.")
}
