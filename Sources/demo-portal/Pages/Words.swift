/// The words of the pages, both languages beside each other so that neither lacks one.
enum Words {
    typealias Pair = (de: String, en: String)

    static let table: KeyValuePairs<String, Pair> = [
        "skip": ("Zum Inhalt", "Skip to content"),
        "portal": ("Serviceportal", "Service portal"),
        "languages": ("Sprache", "Language"),
        "otherLanguage": ("English", "Deutsch"),
        "login": ("Anmelden", "Log in"),
        "logout": ("Abmelden", "Log out"),
        "logoutHint": (
            "Sie werden auch beim Anmeldedienst abgemeldet; er sagt es den anderen Portalen.",
            "You are logged out of the login service as well; it tells the other portals."
        ),
        "again": ("Noch einmal versuchen", "Try again"),
        "toHome": ("Zur Startseite", "To the start page"),
        "myAccount": ("Mein Konto", "My account"),
        "homeTitle": ("Ihre Verwaltung, online", "Your town hall, online"),
        "homeLead": (
            "Melden Sie sich mit Ihrem Smartphone an und erledigen Sie Behördengänge von zu Hause aus.",
            "Log in with your smartphone and deal with your town hall from home."
        ),
        "loginHint": (
            "Ihr Anmeldeschlüssel bleibt auf Ihrem Telefon. Sie brauchen kein Passwort.",
            "Your login key stays on your phone. You need no password."
        ),
        "services": ("Beliebte Dienste", "Popular services"),
        "service1": ("Wohnsitz ummelden", "Change of address"),
        "service1Text": (
            "Neue Adresse melden, ohne Termin im Bürgerbüro.", "Register your new address without an appointment."
        ),
        "service2": ("Führungszeugnis", "Certificate of conduct"),
        "service2Text": (
            "Beantragen und direkt nach Hause schicken lassen.", "Apply and have it sent to your home."
        ),
        "service3": ("Kita-Platz", "Nursery place"),
        "service3Text": ("Kind vormerken und den Stand verfolgen.", "Register your child and follow the progress."),
        "demo": ("Vorführung", "Demo"),
        "footer": (
            "Dies ist ein Vorführportal. Die gezeigten Dienste nehmen keine Anträge an.",
            "This is a demonstration. The services shown accept no applications."
        ),
        "accountTitle": ("Sie sind angemeldet", "You are logged in"),
        "greeting": ("Guten Tag", "Hello"),
        "yourLogin": ("Ihre Anmeldung", "Your login"),
        "level": ("Vertrauensniveau", "Level of assurance"),
        "simulated": ("simuliert", "simulated"),
        "simulatedText": (
            "Diese Anmeldung kam von einem simulierten Telefon. Sie gilt nur für Tests und weist niemanden aus.",
            "This login came from a simulated phone. It is for tests only and proves nobody's identity."
        ),
        "subject": ("Ihre Kennung in diesem Portal", "Your identifier in this portal"),
        "subjectText": (
            "Andere Portale sehen eine andere Kennung.", "Other portals see another identifier."
        ),
        "provider": ("Angemeldet über", "Logged in through"),
        "claims": ("Freigegebene Daten", "Released data"),
        "noClaims": (
            "Sie haben keine weiteren Daten freigegeben.", "You have released no further data."
        ),
        "idToken": ("Technische Ansicht: geprüftes ID-Token", "Technical view: the verified ID token"),
        "details": ("Für Fachleute", "For experts"),
    ]

    /// The words of one language, for templates.
    static func of(_ language: Language) -> [String: String] {
        Dictionary(uniqueKeysWithValues: table.map { ($0.key, language.choose($0.value)) })
    }
}

extension Language {
    func choose(_ pair: Words.Pair) -> String { tag == .de ? pair.de : pair.en }
}
