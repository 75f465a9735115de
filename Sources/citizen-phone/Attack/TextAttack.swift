import DeviceAuthenticator
import OpenIDMessages

/// A portal under a name that acts on the terminal of whoever reads it (docs/protocol.md D-4.4.1).
extension AttackScene {
    /// What a name may hold that no name needs, and what it does to a terminal that shows it as it is.
    static let hostileCharacters: [(character: Unicode.Scalar, effect: String)] = [
        ("\u{1B}", "begins a command to the terminal, such as to clear the screen"),
        ("\u{9B}", "begins one in a single character"), ("\r", "writes over the line"),
        ("\n", "begins a line of its own"), ("\u{8}", "takes back what was written"),
        ("\u{202E}", "turns the order of what follows"), ("\u{E0041}", "is there and not seen"),
    ]

    func hostileText() async throws -> AttackOutcome {
        var log = AttackLog()
        var login = try await newLogin()
        // As it is at first: what is refused below is refused for the character alone.
        _ = try await claim(victim(), try login.qrLink())
        log.note("the victim scans the code of a portal whose name acts on terminals, one character after the other")
        for (character, effect) in Self.hostileCharacters {
            let name = TerminalText.codePoint(character)
            let wire = Wiretap(transport, answers: ("/claims", { Self.rename(&$0, with: character) }))
            let link = try login.qrLink()
            do throws(DeviceError) {
                guard case .awaitingCode(let digits, let portal) = try await claim(victim(through: wire), link) else {
                    continue
                }
                let shown = tell(digits, portal, Language(rawValue: language) ?? .english)
                log.goal(
                    shown.contains { $0.unicodeScalars.contains(character) },
                    "\(name) reaches the victim's terminal: it \(effect)", else: "\(name) is shown as text")
            } catch {
                guard case .unexpectedAnswer = error else { throw error }
                log.note("\(name) is in no name that the phone takes")
            }
        }
        _ = try await login.cancel()
        return log.outcome(.hostileText)
    }

    /// Puts a character into the names of town and portal.
    private static func rename(_ answer: inout JSONObject, with character: Unicode.Scalar) {
        guard var portal = answer["portal"]?.object else { return }
        for member in portal.members {
            if let name = member.value.string { portal[member.name] = .string(name + String(character)) }
        }
        answer["portal"] = .object(portal)
    }
}
