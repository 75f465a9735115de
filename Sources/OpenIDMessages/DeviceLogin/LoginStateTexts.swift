/// What a person reads about a state of a login.
public struct LoginStateText: Sendable, Hashable {
    public let title: String
    public let explanation: String
    /// What to do next, where there is something to do.
    public let remedy: String?

    init(_ title: String, _ explanation: String, remedy: String? = nil) {
        self.title = title
        self.explanation = explanation
        self.remedy = remedy
    }
}

/// Where a person reads: the browser that asked, or the phone that answers.
public enum LoginSide: Sendable, Hashable, CaseIterable {
    case browser, phone
    /// The browser in which somebody lets another device log in: there is no portal to go on to.
    case browserForDevice
    /// The phone, where a portal asked by itself: there is no browser in which it could go on.
    case phoneWithoutBrowser
}

extension LoginState {
    /// The one table of citizens' texts: provider and phone read the same.
    public func text(for side: LoginSide, language: Language) -> LoginStateText {
        switch (side, language) {
        case (.browser, .german): germanInBrowser(again: "Kehren Sie zum Portal zurück und beginnen Sie dort neu.")
        case (.browser, .english): englishInBrowser(again: "Go back to the portal and start again there.")
        case (.browserForDevice, .german): germanForDevice
        case (.browserForDevice, .english): englishForDevice
        case (.phone, .german): germanOnPhone
        case (.phone, .english): englishOnPhone
        case (.phoneWithoutBrowser, .german): germanWithoutBrowser
        case (.phoneWithoutBrowser, .english): englishWithoutBrowser
        }
    }

    /// - Parameter again: where somebody begins anew.
    private func germanInBrowser(again: String) -> LoginStateText {
        switch self {
        case .created:
            LoginStateText(
                "Wie möchten Sie sich anmelden?", "Sie brauchen Ihr Telefon mit der CitizenID-App und Ihre PIN.")
        case .claimed: LoginStateText("Telefon gefunden", "Die Anmeldung wird vorbereitet. Einen Moment bitte.")
        case .awaitingCode:
            LoginStateText(
                "Code vom Telefon eingeben", "Ihr Telefon zeigt jetzt acht Ziffern. Geben Sie diese Ziffern hier ein.")
        case .awaitingUser:
            LoginStateText(
                "Bestätigen Sie auf dem Telefon",
                "Ihr Telefon zeigt, wer fragt und welche Daten weitergegeben werden. Bestätigen Sie dort mit Ihrer PIN.",
                remedy: "Haben Sie diese Anmeldung nicht selbst begonnen? Dann lehnen Sie auf dem Telefon ab.")
        case .awaitingReturn:
            LoginStateText(
                "Fast fertig", "Sie haben bestätigt. Die CitizenID-App öffnet gleich wieder diesen Browser.",
                remedy: "Geschieht nichts? Dann öffnen Sie die CitizenID-App noch einmal.")
        case .complete:
            LoginStateText(
                "Anmeldung erfolgreich", "Sie werden zum Portal weitergeleitet.",
                remedy: "Geht es nicht von selbst weiter? Dann wählen Sie „Weiter zum Portal“.")
        case .expired:
            LoginStateText(
                "Die Zeit ist abgelaufen",
                "Die Anmeldung wurde nicht rechtzeitig fertig. Es wurden keine Daten weitergegeben.", remedy: again)
        case .cancelled:
            LoginStateText(
                "Anmeldung abgebrochen", "Sie sind nicht angemeldet. Es wurden keine Daten weitergegeben.",
                remedy: again)
        case .failed:
            LoginStateText(
                "Anmeldung nicht möglich", "Die Anmeldung hat nicht geklappt. Es wurden keine Daten weitergegeben.",
                remedy: again + " Klappt es wieder nicht? Dann fragen Sie bitte Ihr Bürgerbüro.")
        case .denied:
            LoginStateText(
                "Auf dem Telefon abgelehnt",
                "Sie haben die Anmeldung auf dem Telefon abgelehnt. Es wurden keine Daten weitergegeben.",
                remedy: "War das ein Versehen? " + again)
        case .reported:
            LoginStateText(
                "Als verdächtig gemeldet",
                "Diese Anmeldung wurde auf dem Telefon als verdächtig gemeldet. Es wurden keine Daten weitergegeben.",
                remedy: "War das ein Versehen? " + again)
        case .deviceCloned:
            LoginStateText(
                "Ihr Telefon wurde gesperrt",
                "Der Schlüssel Ihres Telefons ist vielleicht kopiert worden. Zu Ihrem Schutz ist das Telefon gesperrt.",
                remedy: "Lassen Sie Ihr Telefon im Bürgerbüro neu einrichten.")
        case .codeLocked:
            LoginStateText(
                "Der Code war dreimal falsch", "Zu Ihrem Schutz wurde die Anmeldung beendet.",
                remedy: again + " Das Telefon zeigt dann andere Ziffern.")
        case .returnMismatch:
            LoginStateText(
                "Das war ein anderer Browser",
                "Die Bestätigung gehört nicht zu diesem Browser. Zu Ihrem Schutz wurde die Anmeldung beendet.",
                remedy: "Beginnen Sie im Portal neu und bleiben Sie im selben Browser. "
                    + "Hat Ihnen jemand einen Link zum Anmelden geschickt? Dann öffnen Sie ihn nicht.")
        }
    }

    private func englishInBrowser(again: String) -> LoginStateText {
        switch self {
        case .created:
            LoginStateText("How would you like to log in?", "You need your phone with the CitizenID app and your PIN.")
        case .claimed: LoginStateText("Phone found", "Your login is being prepared. One moment, please.")
        case .awaitingCode:
            LoginStateText(
                "Enter the code from your phone", "Your phone now shows eight digits. Enter these digits here.")
        case .awaitingUser:
            LoginStateText(
                "Confirm on your phone",
                "Your phone shows who is asking and which data will be passed on. Confirm there with your PIN.",
                remedy: "Did you not start this login yourself? Then refuse it on the phone.")
        case .awaitingReturn:
            LoginStateText(
                "Almost done", "You have confirmed. The CitizenID app is about to open this browser again.",
                remedy: "Nothing happens? Then open the CitizenID app once more.")
        case .complete:
            LoginStateText(
                "You are logged in", "You are being taken to the portal.",
                remedy: "Nothing happens? Then choose “Continue to the portal”.")
        case .expired:
            LoginStateText(
                "The time is up", "The login was not finished in time. No data were passed on.", remedy: again)
        case .cancelled:
            LoginStateText("Login cancelled", "You are not logged in. No data were passed on.", remedy: again)
        case .failed:
            LoginStateText(
                "Login not possible", "The login did not work. No data were passed on.",
                remedy: again + " If it fails again, please ask your citizens’ office.")
        case .denied:
            LoginStateText(
                "Refused on the phone", "You refused the login on your phone. No data were passed on.",
                remedy: "Was that a mistake? " + again)
        case .reported:
            LoginStateText(
                "Reported as suspicious", "This login was reported as suspicious on the phone. No data were passed on.",
                remedy: "Was that a mistake? " + again)
        case .deviceCloned:
            LoginStateText(
                "Your phone has been blocked",
                "Your phone’s key may have been copied. The phone is blocked for your protection.",
                remedy: "Have your phone set up again at your citizens’ office.")
        case .codeLocked:
            LoginStateText(
                "The code was wrong three times", "The login was ended for your protection.",
                remedy: again + " Your phone will then show other digits.")
        case .returnMismatch:
            LoginStateText(
                "That was another browser",
                "The confirmation does not belong to this browser. The login was ended for your protection.",
                remedy: "Start again at the portal and stay in the same browser. "
                    + "Did someone send you a link to log in? Then do not open it.")
        }
    }

    private var germanForDevice: LoginStateText {
        let again = "Lassen Sie sich am Gerät einen neuen Code zeigen."
        let elsewhere = germanInBrowser(again: again)
        return switch self {
        case .complete:
            LoginStateText(
                "Anmeldung erfolgreich", "Das Gerät bekommt jetzt Ihre Antwort.",
                remedy: "Geht es nicht von selbst weiter? Dann wählen Sie „Weiter“.")
        case .returnMismatch:
            LoginStateText(
                elsewhere.title, elsewhere.explanation,
                remedy: again + " Bleiben Sie dann im selben Browser. "
                    + "Hat Ihnen jemand den Code geschickt? Dann geben Sie ihn nicht ein.")
        default: elsewhere
        }
    }

    private var englishForDevice: LoginStateText {
        let again = "Have the device show you a new code."
        let elsewhere = englishInBrowser(again: again)
        return switch self {
        case .complete:
            LoginStateText(
                "Login successful", "The device gets your answer now.",
                remedy: "Nothing happens? Then choose “Continue”.")
        case .returnMismatch:
            LoginStateText(
                elsewhere.title, elsewhere.explanation,
                remedy: again + " Then stay in the same browser. "
                    + "Did someone send you the code? Then do not enter it.")
        default: elsewhere
        }
    }
}
