import OpenIDMessages

/// A person's own name for a device, looked at before anything is sent or made.
enum DeviceName {
    /// - Parameter maximumLength: as the provider takes it, in bytes of UTF-8.
    static func checked(_ name: String, maximumLength: Int = 64) throws(CommandFailure) -> String {
        guard name.contains(where: { !$0.isWhitespace }), !DisplayText.hasHiddenCharacters(name),
            MemberReader.isText(name, maximumLength: maximumLength)
        else {
            throw CommandFailure(
                .usage,
                "So kann ein Gerät nicht heißen. Wählen Sie einen anderen Namen: 1 bis \(maximumLength) Zeichen (Umlaute "
                    + "zählen doppelt), und keine, die man nicht sieht.",
                "A device cannot be called that. Choose another name: 1 to \(maximumLength) characters (those that are not "
                    + "ASCII count more than once), and none that cannot be seen.")
        }
        return name
    }
}
