internal import AccountDirectory
internal import OpenIDMessages

/// The text that the phone shows and signs.
enum LoginTexts {
    static func request(portal: String, tenant: String, language: Language) -> String {
        switch language {
        case .german: "Möchten Sie sich bei „\(portal)“ (\(tenant)) anmelden?"
        case .english: "Do you want to log in to “\(portal)” (\(tenant))?"
        }
    }
}
