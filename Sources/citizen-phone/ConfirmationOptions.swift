import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// Options of commands whose act the person confirms (docs/protocol.md §10).
struct ConfirmationOptions: ParsableArguments {
    @OptionGroup var pinOptions: PINOptions

    @Flag(help: "Do not ask whether the text is right. The PIN is needed all the same.")
    var yes = false

    /// Shows what would happen, asks for consent and PIN, and has it done.
    ///
    /// - Parameter pin: the PIN where it is known; else it is read now, after the consent.
    func perform(
        _ act: AccountAct, with phone: DeviceAuthenticator, _ console: Console, pin: PIN? = nil
    ) async throws -> JSONObject {
        let shown = try await phone.propose(act)
        console.note(console.language.row("Bestätigen", "Confirm", shown.request.text))
        if !yes, try !Consent.ask(console.language) {
            throw CommandFailure(
                .declined, "Nicht bestätigt. Es wurde nichts getan.", "Not confirmed. Nothing was done.")
        }
        return try await phone.confirm(shown, pin: try pin ?? pinOptions.read())
    }
}
