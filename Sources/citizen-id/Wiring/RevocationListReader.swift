internal import Foundation
internal import IdentityCrypto
internal import Logging
internal import ProviderCore
internal import ServiceLifecycle

/// Reads the list of revoked attestation certificates, at the start and whenever its file changes.
struct RevocationListReader: ServiceLifecycle.Service {
    static let interval = Duration.seconds(5)

    let path: String
    let review: EvidenceReview
    let logger: Logger
    private let first: Stamp

    init(path: String, review: EvidenceReview, logger: Logger) {
        self.path = path
        self.review = review
        self.logger = logger
        // Taken before the file is read: a change in between is seen.
        first = Stamp(path)
    }

    /// Reads the file once.
    func read() async throws {
        let data = FileManager.default.contents(atPath: path)
        let list = data.flatMap { try? RevocationList(parsing: Array($0)) }
        let changed = try await review.adopt(list)
        if let list {
            logger.notice(
                "revocation list read", metadata: ["serials": "\(list.serials.count)", "devices_lowered": "\(changed)"])
        } else {
            logger.error(
                "the revocation list cannot be read: evidence that needs one is refused until it can",
                metadata: ["file": "\(path)"])
        }
    }

    func run() async throws {
        var last = first
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            let now = Stamp(path)
            if last != now {
                do {
                    try await read()
                    last = now
                } catch {
                    logger.error("review failed", metadata: ["fault": "\(String(reflecting: type(of: error)))"])
                }
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }

    /// What tells one version of the file from another; all nil when there is none.
    private struct Stamp: Equatable {
        let time: Date?
        let length: Int?
        let number: Int?

        init(_ path: String) {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            time = attributes?[.modificationDate] as? Date
            length = attributes?[.size] as? Int
            number = attributes?[.systemFileNumber] as? Int
        }
    }
}
