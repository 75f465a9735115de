import OpenIDMessages

/// Tells a person the steps of a login as they happen, and how long each took.
final class JourneySteps {
    private let console: Console?
    private let showsTimings: Bool
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var last: ContinuousClock.Instant
    private(set) var json: JSONObject = [:]

    /// - Parameter console: nil when nobody looks on.
    init(console: Console?, showsTimings: Bool) {
        self.console = console
        self.showsTimings = showsTimings
        start = clock.now
        last = start
    }

    /// A step is done; the texts may hold text of others.
    func done(_ name: String, _ german: String, _ english: String) {
        let now = clock.now
        let milliseconds = Int64((now - last) / .milliseconds(1))
        json[name] = .integer(milliseconds)
        json["total"] = nil
        json["total"] = .integer(Int64((now - start) / .milliseconds(1)))
        last = now
        guard let console else { return }
        let text = TerminalText.visible(console.language.say(german, english))
        console.note(text + (showsTimings ? "  [\(milliseconds) ms]" : ""))
    }
}
