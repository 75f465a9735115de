/// An identifier that a person typed, on its way into an address.
enum PathPart {
    /// The text, if it can be an identifier and nothing else in an address.
    static func checked(_ text: String) throws(CommandFailure) -> String {
        let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~")
        guard (1...64).contains(text.count), text.allSatisfy(allowed.contains), text != ".", text != ".." else {
            throw CommandFailure(
                .usage, "„\(text)“ ist keine Kennung. Die Listen zeigen sie.",
                "'\(text)' is no identifier. The lists show them.")
        }
        return text
    }
}
