extension QRCode {
    /// The code in half blocks, two rows of modules to a line, each line ended by a line feed.
    ///
    /// The colours are the fixed black (16) and white (231) of the 256-colour cube. The sixteen named colours belong to
    /// the terminal's theme, which may turn the code light on dark, and common readers do not read that.
    public var terminalText: String {
        let border = -Self.quietZone..<(size + Self.quietZone)
        var text = ""
        for y in stride(from: border.lowerBound, to: border.upperBound, by: 2) {
            text += "\u{1B}[38;5;16;48;5;231m"
            for x in border { text.append(Self.halfBlock(upper: isDark(x, y), lower: isDark(x, y + 1))) }
            text += "\u{1B}[0m\n"
        }
        return text
    }

    private static func halfBlock(upper: Bool, lower: Bool) -> Character {
        switch (upper, lower) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
    }
}
