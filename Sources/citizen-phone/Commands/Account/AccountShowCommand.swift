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
            let language = console.language
            let answer = try await phone.accountView("/profile")
            let person = answer["person"]?.object ?? [:]
            let address = person["address"]?.object ?? [:]
            let lines = [
                (
                    "Name", "Name",
                    JSONObject.line(person.shown("title"), person.shown("given_name"), person.shown("family_name"))
                ),
                ("Geburtsname", "Birth name", person.shown("birth_family_name")),
                ("Geboren", "Born", person.shown("birthdate")),
                ("In", "In", person.shown("place_of_birth")),
                ("Anschrift", "Address", JSONObject.line(address.shown("street"), address.shown("house_number"))),
                ("", "", JSONObject.line(address.shown("postal_code"), address.shown("locality"))),
                ("E-Mail", "E-mail", person.shown("email")), ("Telefon", "Phone", person.shown("phone_number")),
                ("Niveau", "Level", RequestText.level(answer.shown("acr"), language)),
            ]
            return Report(
                json: answer,
                lines: lines.filter { !$0.2.isEmpty }.map { language.row($0.0, $0.1, $0.2) })
        }
    }
}
