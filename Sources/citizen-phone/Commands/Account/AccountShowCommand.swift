import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone account show`
struct AccountShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what is recorded about you, and to which level it is proved.")

    @OptionGroup var shared: SharedOptions

    func run() async throws {
        try await shared.run { (phone, _, _) in
            let answer = try await phone.accountView("/profile")
            let person = answer["person"]?.object ?? [:]
            let address = person["address"]?.object ?? [:]
            let lines = [
                (
                    "Name",
                    JSONObject.line(person.shown("title"), person.shown("given_name"), person.shown("family_name"))
                ),
                ("Birth name", person.shown("birth_family_name")), ("Born", person.shown("birthdate")),
                ("In", person.shown("place_of_birth")),
                ("Address", JSONObject.line(address.shown("street"), address.shown("house_number"))),
                ("", JSONObject.line(address.shown("postal_code"), address.shown("locality"))),
                ("E-mail", person.shown("email")), ("Phone", person.shown("phone_number")),
                ("Level", JSONObject.line(answer.shown("level"), answer.shown("acr"))),
            ]
            return Report(
                json: answer,
                lines: lines.filter { !$0.1.isEmpty }.map { RequestText.row($0.0, $0.1) })
        }
    }
}
