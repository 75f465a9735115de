/// Asks at the controlling terminal whether something is to be done; only a clear yes is one.
enum Consent {
    static func ask(language: String) throws(CommandFailure) -> Bool {
        let answer = try TerminalQuestion.ask(
            language == "en" ? "Is this what you want? [yes/no] " : "Wollen Sie das? [ja/nein] ",
            withoutTerminal: "Somebody must confirm this and there is no terminal. Use --yes.")
        return ["j", "ja", "y", "yes"].contains(answer.lowercased())
    }
}
