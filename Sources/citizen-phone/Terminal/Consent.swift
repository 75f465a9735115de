import OpenIDMessages

/// Asks at the controlling terminal whether something is to be done; only a clear yes is one.
enum Consent {
    static func ask(_ language: Language) throws(CommandFailure) -> Bool {
        let answer = try TerminalQuestion.ask(
            language.say("Wollen Sie das? [ja/nein] ", "Is this what you want? [yes/no] "),
            withoutTerminal: BilingualText(
                "Jemand muss das bestätigen, und es gibt kein Terminal. Nehmen Sie --yes.",
                "Somebody must confirm this and there is no terminal. Use --yes."))
        return ["j", "ja", "y", "yes"].contains(answer.lowercased())
    }
}
