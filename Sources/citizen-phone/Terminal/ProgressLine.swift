import Glibc
import Synchronization

/// Shows how far something is: on a terminal in one line that changes, elsewhere a line now and then.
final class ProgressLine: Sendable {
    private struct Contents {
        var width = 0
        var shown: ContinuousClock.Instant?
    }

    private let console: Console
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let contents = Mutex(Contents())

    init(_ console: Console) { self.console = console }

    /// - Parameters:
    ///   - text: plain text of this program.
    ///   - isLast: shown in any case.
    func show(_ text: String, isLast: Bool = false) {
        let isDue = contents.withLock { contents in
            let pause: Duration = isTerminal ? .milliseconds(200) : .seconds(10)
            guard isLast || contents.shown.map({ .now - $0 >= pause }) ?? true else { return false }
            contents.shown = .now
            return true
        }
        guard isDue else { return }
        guard isTerminal else { return console.note(text) }
        let padding = contents.withLock { contents in
            defer { contents.width = text.count }
            return String(repeating: " ", count: max(0, contents.width - text.count))
        }
        console.noteInPlace(text + padding)
    }

    /// What comes next begins on a line of its own.
    func end() {
        if isTerminal, contents.withLock({ $0.shown != nil }) { console.note("") }
    }
}
