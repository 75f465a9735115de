extension LoginState {
    var germanOnPhone: LoginStateText {
        let again = "Beginnen Sie die Anmeldung im Browser neu."
        return switch self {
        case .created:
            LoginStateText(
                "Noch nicht verbunden", "Ihr Telefon hat diese Anmeldung noch nicht übernommen.",
                remedy: "Scannen Sie den QR-Code, den der Browser gerade zeigt.")
        case .claimed: LoginStateText("Verbunden", "Die Anmeldung wird vorbereitet. Einen Moment bitte.")
        case .awaitingCode:
            LoginStateText(
                "Code im Browser eingeben", "Geben Sie diese acht Ziffern im Browser ein.",
                remedy: "Tun Sie das nur dort, wo Sie die Anmeldung selbst begonnen haben. "
                    + "Sagen oder schicken Sie die Ziffern niemandem.")
        case .awaitingUser:
            LoginStateText(
                "Möchten Sie sich anmelden?", "Prüfen Sie, wer fragt und welche Daten weitergegeben werden.",
                remedy: "Haben Sie diese Anmeldung nicht selbst begonnen? Dann lehnen Sie ab oder melden Sie sie.")
        case .awaitingReturn:
            LoginStateText(
                "Zurück zum Browser", "Sie haben bestätigt. Die Anmeldung wird im Browser fertig.",
                remedy: "Öffnen Sie den Browser, in dem Sie begonnen haben.")
        case .complete:
            LoginStateText("Anmeldung erfolgreich", "Sie sind angemeldet. Im Browser geht es weiter.")
        case .expired:
            LoginStateText(
                "Die Zeit ist abgelaufen",
                "Die Anmeldung wurde nicht rechtzeitig fertig. Es wurden keine Daten weitergegeben.", remedy: again)
        case .cancelled:
            LoginStateText(
                "Im Browser abgebrochen",
                "Die Anmeldung wurde im Browser abgebrochen. Es wurden keine Daten weitergegeben.", remedy: again)
        case .failed:
            LoginStateText(
                "Anmeldung nicht möglich", "Die Anmeldung hat nicht geklappt. Es wurden keine Daten weitergegeben.",
                remedy: again + " Klappt es wieder nicht? Dann fragen Sie bitte Ihr Bürgerbüro.")
        case .denied: LoginStateText("Abgelehnt", "Sie sind nicht angemeldet. Es wurden keine Daten weitergegeben.")
        case .reported:
            LoginStateText(
                "Gemeldet", "Danke. Die Anmeldung ist beendet. Es wurden keine Daten weitergegeben.",
                remedy: "Geben Sie niemandem Ihre PIN oder Ziffern aus der App, auch nicht am Telefon.")
        case .deviceCloned:
            LoginStateText(
                "Dieses Telefon ist gesperrt",
                "Der Schlüssel dieses Telefons ist vielleicht kopiert worden. Zu Ihrem Schutz ist es gesperrt.",
                remedy: "Lassen Sie Ihr Telefon im Bürgerbüro neu einrichten.")
        case .codeLocked:
            LoginStateText(
                "Der Code war dreimal falsch", "Im Browser wurden dreimal falsche Ziffern eingegeben.",
                remedy: again + " Haben Sie sie nicht selbst eingegeben? Dann müssen Sie nichts tun.")
        case .returnMismatch:
            LoginStateText(
                "Das war ein anderer Browser",
                "Die Bestätigung kam nicht in dem Browser an, der die Anmeldung begonnen hat.",
                remedy: again + " Hat Ihnen jemand einen Link zum Anmelden geschickt? Dann öffnen Sie ihn nicht.")
        }
    }

    var englishOnPhone: LoginStateText {
        let again = "Start the login again in the browser."
        return switch self {
        case .created:
            LoginStateText(
                "Not connected yet", "Your phone has not taken this login yet.",
                remedy: "Scan the QR code that the browser shows now.")
        case .claimed: LoginStateText("Connected", "Your login is being prepared. One moment, please.")
        case .awaitingCode:
            LoginStateText(
                "Enter the code in the browser", "Enter these eight digits in the browser.",
                remedy: "Do so only where you started the login yourself. Never tell or send anyone these digits.")
        case .awaitingUser:
            LoginStateText(
                "Do you want to log in?", "Check who is asking and which data will be passed on.",
                remedy: "Did you not start this login yourself? Then refuse or report it.")
        case .awaitingReturn:
            LoginStateText(
                "Back to the browser", "You have confirmed. The login is finished in the browser.",
                remedy: "Open the browser in which you started.")
        case .complete: LoginStateText("You are logged in", "Continue in the browser.")
        case .expired:
            LoginStateText(
                "The time is up", "The login was not finished in time. No data were passed on.", remedy: again)
        case .cancelled:
            LoginStateText(
                "Cancelled in the browser", "The login was cancelled in the browser. No data were passed on.",
                remedy: again)
        case .failed:
            LoginStateText(
                "Login not possible", "The login did not work. No data were passed on.",
                remedy: again + " If it fails again, please ask your citizens’ office.")
        case .denied: LoginStateText("Refused", "You are not logged in. No data were passed on.")
        case .reported:
            LoginStateText(
                "Reported", "Thank you. The login has been ended. No data were passed on.",
                remedy: "Never give anyone your PIN or digits from the app, not even on the telephone.")
        case .deviceCloned:
            LoginStateText(
                "This phone is blocked", "This phone’s key may have been copied. It is blocked for your protection.",
                remedy: "Have your phone set up again at your citizens’ office.")
        case .codeLocked:
            LoginStateText(
                "The code was wrong three times", "Wrong digits were entered three times in the browser.",
                remedy: again + " If you did not enter them yourself, there is nothing to do.")
        case .returnMismatch:
            LoginStateText(
                "That was another browser", "The confirmation did not reach the browser that started the login.",
                remedy: again + " Did someone send you a link to log in? Then do not open it.")
        }
    }
}
