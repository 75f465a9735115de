internal import OpenIDMessages

/// The words of the login page that belong to no state; those of the states are in `LoginState.text(for:language:)`.
struct LoginPageWords: Sendable {
    let heading: String
    let asking: String
    let checkHost: String
    let otherDevice: String
    let steps: [String]
    let qrLabel: String
    let thisDevice: String
    let thisDeviceHint: String
    let thisDeviceButton: String
    let onlyThisDevice: String
    let codeLabel: String
    let codeHint: String
    let codeWarning: String
    let codeButton: String
    let remember: String
    let rememberHint: String
    let waiting: String
    let waitingForCode: String
    let moving: String
    let timeLeft: String
    let minutes: String
    let cancel: String
    let goOn: String
    let goOnWithoutPortal: String
    let goBack: String
    let legalBasis: String
    let privacy: String
    let questions: String
    let collected: (title: String, text: String)
    let wrongCode: @Sendable (_ triesLeft: Int) -> String

    static func words(in language: Language) -> LoginPageWords {
        switch language {
        case .german: german
        case .english: english
        }
    }

    private static let german = LoginPageWords(
        heading: "Anmelden mit der CitizenID", asking: "Sie melden sich an bei",
        checkHost: "Kommen Sie von dieser Adresse? Wenn nicht, brechen Sie bitte ab.",
        otherDevice: "Mit dem Telefon scannen",
        steps: [
            "Öffnen Sie die CitizenID-App auf Ihrem Telefon.", "Scannen Sie diesen QR-Code.",
            "Folgen Sie den Hinweisen auf dem Telefon.",
        ],
        qrLabel: "QR-Code für die CitizenID-App", thisDevice: "Ist die CitizenID-App auf diesem Gerät?",
        thisDeviceHint: "Dann brauchen Sie keinen QR-Code. Die App öffnet sich und bringt Sie danach hierher zurück.",
        thisDeviceButton: "Auf diesem Gerät anmelden",
        onlyThisDevice:
            "Hier ist die Anmeldung nur auf dem Gerät möglich, auf dem Ihre CitizenID-App ist. Öffnen Sie das "
            + "Portal dort, wenn Sie gerade an einem anderen Gerät sind.",
        codeLabel: "Die acht Ziffern von Ihrem Telefon",
        codeHint: "Sie stehen in der CitizenID-App unter „Code im Browser eingeben“.",
        codeWarning: "Geben Sie den Code nur ein, wenn Sie selbst diese Anmeldung begonnen haben.",
        codeButton: "Weiter", remember: "Diesen Browser merken: Hier brauche ich künftig keine Ziffern mehr.",
        rememberHint: "Nur bei Ihrem eigenen Gerät. Auf dem Telefon können Sie den Browser jederzeit vergessen lassen.",
        waiting: "Wir warten auf Ihr Telefon …", waitingForCode: "Wir warten auf Ihren Code.",
        moving: "Einen Moment bitte, es geht weiter …", timeLeft: "Noch", minutes: "Minuten",
        cancel: "Anmeldung abbrechen", goOn: "Weiter zum Portal", goOnWithoutPortal: "Weiter",
        goBack: "Zurück zum Portal",
        legalBasis: "Rechtsgrundlage", privacy: "Datenschutzhinweise zu diesem Dienst", questions: "Fragen?",
        collected: (
            "Diese Anmeldung ist abgeschlossen", "Es ist schon weitergegangen. Sie können diese Seite schließen."
        ),
        wrongCode: { triesLeft in
            let tries = triesLeft == 1 ? "einen Versuch" : "\(triesLeft) Versuche"
            return "Diese Ziffern stimmen nicht. Sie haben noch \(tries)."
        })

    private static let english = LoginPageWords(
        heading: "Log in with CitizenID", asking: "You are logging in to",
        checkHost: "Did you come from this address? If not, please cancel.", otherDevice: "Scan with your phone",
        steps: [
            "Open the CitizenID app on your phone.", "Scan this QR code.", "Follow the instructions on your phone.",
        ],
        qrLabel: "QR code for the CitizenID app", thisDevice: "Is the CitizenID app on this device?",
        thisDeviceHint: "Then you need no QR code. The app opens and brings you back here afterwards.",
        thisDeviceButton: "Log in on this device",
        onlyThisDevice: "Here you can only log in on the device that has your CitizenID app. If you are using another "
            + "device now, open the portal there.",
        codeLabel: "The eight digits from your phone",
        codeHint: "You find them in the CitizenID app under “Enter the code in the browser”.",
        codeWarning: "Enter the code only if you started this login yourself.", codeButton: "Continue",
        remember: "Remember this browser: I need no digits here in future.",
        rememberHint: "Only on your own device. On your phone you can have the browser forgotten at any time.",
        waiting: "We are waiting for your phone …", waitingForCode: "We are waiting for your code.",
        moving: "One moment, please …", timeLeft: "", minutes: "minutes left", cancel: "Cancel login",
        goOn: "Continue to the portal", goOnWithoutPortal: "Continue", goBack: "Back to the portal",
        legalBasis: "Legal basis",
        privacy: "Privacy notice for this service", questions: "Questions?",
        collected: ("This login is finished", "It has already gone on. You can close this page."),
        wrongCode: { triesLeft in
            "These digits are not right. You have \(triesLeft == 1 ? "one more try" : "\(triesLeft) more tries")."
        })
}
