extension LoginFlow {
    /// How the phone that answers in this flow speaks of a state.
    public var phone: LoginSide {
        switch self {
        case .qr, .link: .phone
        case .backChannel: .phoneWithoutBrowser
        }
    }
}

extension LoginState {
    var germanWithoutBrowser: LoginStateText {
        let again = "Bitten Sie die Stelle, die gefragt hat, noch einmal zu fragen."
        return switch self {
        case .awaitingCode:
            LoginStateText(
                "Vier Ziffern eingeben", "Geben Sie die vier Ziffern ein, die Ihnen jemand am Telefon vorliest.",
                remedy: "Hat niemand Sie angerufen? Dann melden Sie die Anfrage.")
        case .awaitingUser:
            LoginStateText(
                "Möchten Sie zustimmen?", "Prüfen Sie, wer fragt und welche Daten weitergegeben werden.",
                remedy: "Wissen Sie nicht, warum gefragt wird? Dann lehnen Sie ab oder melden Sie die Anfrage.")
        case .complete:
            LoginStateText(
                "Bestätigt", "Wer gefragt hat, bekommt jetzt Ihre Antwort. Sie müssen nichts weiter tun.")
        case .expired:
            LoginStateText(
                "Die Zeit ist abgelaufen",
                "Die Anfrage wurde nicht rechtzeitig beantwortet. Es wurden keine Daten weitergegeben.", remedy: again)
        case .cancelled:
            LoginStateText(
                "Abgebrochen", "Die Anfrage wurde abgebrochen. Es wurden keine Daten weitergegeben.", remedy: again)
        case .failed:
            LoginStateText(
                "Nicht möglich", "Die Anfrage hat nicht geklappt. Es wurden keine Daten weitergegeben.",
                remedy: again + " Klappt es wieder nicht? Dann fragen Sie bitte Ihr Bürgerbüro.")
        case .denied: LoginStateText("Abgelehnt", "Es wurden keine Daten weitergegeben.")
        case .reported:
            LoginStateText(
                "Gemeldet",
                "Danke. Dieses Portal fragt Sie von selbst nicht mehr. Es wurden keine Daten weitergegeben.",
                remedy: "Geben Sie niemandem Ihre PIN oder Ziffern aus der App, auch nicht am Telefon.")
        case .codeLocked:
            LoginStateText(
                "Die Ziffern waren dreimal falsch", "Zu Ihrem Schutz ist die Anfrage beendet.", remedy: again)
        // The states of what begins in a browser, and one that has nothing to do with it.
        case .created, .claimed, .awaitingReturn, .deviceCloned, .returnMismatch: germanOnPhone
        }
    }

    var englishWithoutBrowser: LoginStateText {
        let again = "Ask whoever asked you to ask again."
        return switch self {
        case .awaitingCode:
            LoginStateText(
                "Enter four digits", "Enter the four digits that somebody reads out to you on the telephone.",
                remedy: "Did nobody call you? Then report the request.")
        case .awaitingUser:
            LoginStateText(
                "Do you want to approve?", "Check who is asking and which data will be passed on.",
                remedy: "Do you not know why you are asked? Then refuse or report the request.")
        case .complete: LoginStateText("Approved", "Whoever asked gets your answer now. There is nothing more to do.")
        case .expired:
            LoginStateText(
                "The time is up", "The request was not answered in time. No data were passed on.", remedy: again)
        case .cancelled:
            LoginStateText("Cancelled", "The request was cancelled. No data were passed on.", remedy: again)
        case .failed:
            LoginStateText(
                "Not possible", "The request did not work. No data were passed on.",
                remedy: again + " If it fails again, please ask your citizens’ office.")
        case .denied: LoginStateText("Refused", "No data were passed on.")
        case .reported:
            LoginStateText(
                "Reported", "Thank you. This portal asks you by itself no more. No data were passed on.",
                remedy: "Never give anyone your PIN or digits from the app, not even on the telephone.")
        case .codeLocked:
            LoginStateText(
                "The digits were wrong three times", "The request was ended for your protection.", remedy: again)
        case .created, .claimed, .awaitingReturn, .deviceCloned, .returnMismatch: englishOnPhone
        }
    }
}
