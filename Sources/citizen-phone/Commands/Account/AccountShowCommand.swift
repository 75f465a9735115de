import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone account show`
struct AccountShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is recorded about you, and to which level it is proved.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, console) in
            let answer = try await phone.accountView("/profile")
            return Report(json: answer, lines: Self.lines(answer, console.language))
        }
    }

    /// A row for each fact that is there.
    static func lines(_ profile: JSONObject, _ language: Language) -> [String] {
        let person = profile["person"]?.object ?? [:]
        let address = person["address"]?.object ?? [:]
        let places = [
            words(address, "street", "house_number"), address.shown("addition"),
            words(address, "postal_code", "locality"), address.shown("country"),
        ]
        let lines = [
            ("Name", "Name", words(person, "title", "given_name", "family_name")),
            ("Geburtsname", "Birth name", person.shown("birth_family_name")),
            ("Geboren", "Born", person.shown("birthdate")),
            ("In", "In", person.shown("place_of_birth")),
            ("Nationalität", "Nationality", person.shown("nationalities")),
            ("Anschrift", "Address", places.filter { !$0.isEmpty }.joined(separator: ", ")),
            ("E-Mail", "E-mail", person.shown("email")), ("Telefon", "Phone", person.shown("phone_number")),
            ("Niveau", "Level", RequestText.level(profile.shown("acr"), language)),
        ]
        return lines.filter { !$0.2.isEmpty }.map { language.row($0.0, $0.1, $0.2) }
    }

    private static func words(_ object: JSONObject, _ names: String...) -> String {
        names.map { object.shown($0) }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
