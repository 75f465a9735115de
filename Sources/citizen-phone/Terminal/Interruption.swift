import Dispatch
import Glibc
import Synchronization

/// What a command does before Ctrl-C or SIGTERM ends it, with the status `declined`.
final class Interruption: Sendable {
    /// Whether this program is about to end.
    private final class Leaving: Sendable {
        private let hasBegun = Mutex(false)

        var isUnderWay: Bool { hasBegun.withLock(\.self) }

        /// True for the first one.
        func begin() -> Bool {
            hasBegun.withLock { hasBegun in
                defer { hasBegun = true }
                return !hasBegun
            }
        }
    }

    private let leaving: Leaving
    private let sources: Mutex<[any DispatchSourceSignal]>

    /// - Parameter leave: what is left to be done; whoever presses Ctrl-C once more does not wait for it.
    init(_ leave: @escaping @Sendable () async -> Void) {
        let leaving = Leaving()
        self.leaving = leaving
        sources = Mutex(
            [SIGINT, SIGTERM].map { number in
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler {
                    guard leaving.begin() else { exit(ExitStatus.declined.rawValue) }
                    Task {
                        await leave()
                        exit(ExitStatus.declined.rawValue)
                    }
                }
                source.activate()
                return source
            })
    }

    /// Does not come back once this program is about to end: what fails then has been told.
    func standAside() async {
        while leaving.isUnderWay { try? await Task.sleep(for: .seconds(60)) }
    }
}
