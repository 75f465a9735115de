import Logging
import Synchronization

/// An operator's log that a test reads.
final class OperatorLog: LogHandler, Sendable {
    private let kept = Mutex<[Logger.Metadata]>([])

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        guard event.message == "refused" else { return }
        kept.withLock { $0.append(event.metadata ?? [:]) }
    }

    /// The reasons since the last look.
    func takeRefusals() -> [Refused] {
        kept.withLock { kept in
            defer { kept = [] }
            return kept.map { line in
                Refused(
                    trace: line["trace_id"].map { "\($0)" }, error: line["error"].map { "\($0)" },
                    reason: line["reason"].map { "\($0)" })
            }
        }
    }

    struct Refused: Equatable {
        let trace: String?
        let error: String?
        let reason: String?
    }
}
