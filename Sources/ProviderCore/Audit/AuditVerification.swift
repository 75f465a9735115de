/// Where a chain is broken, and how.
public struct AuditBreak: Error, Sendable, Equatable {
    public enum Fault: String, Sendable, CaseIterable {
        /// There is no event with this number: it was removed, or the order was changed.
        case missing
        /// The event is not what was written: its hash does not fit its content.
        case changed
        /// The event was put in: the one before is not the one that it followed.
        case notLinked = "not_linked"
        /// The chain goes on, or ends otherwise, than its head says.
        case wrongHead = "wrong_head"
        /// There are events, and nothing says where the chain ends.
        case headMissing = "head_missing"
        /// What says where the chain begins is not what the provider sealed when it removed old events.
        case forgedCut = "forged_cut"
    }

    public var chain: AuditChain
    /// The number of the event at which it shows.
    public var number: Int64
    public var fault: Fault

    public init(chain: AuditChain, number: Int64, fault: Fault) {
        self.chain = chain
        self.number = number
        self.fault = fault
    }
}

/// Verifies one chain, event by event from the first that is kept. Values in, decision out.
public struct AuditVerification: Sendable {
    let chain: AuditChain
    private let head: (number: Int64, hash: [UInt8])
    private let first: Int64
    private var last: (number: Int64, hash: [UInt8]?)

    /// The number of the last event that was found right, or of the last one that went with time.
    public var position: Int64 { last.number }
    /// That event's hash; nil before the first.
    var hash: [UInt8]? { last.hash }
    /// How many events were found right.
    public var verified: Int64 { last.number - first }
    /// True when nothing is left to check.
    public var isComplete: Bool { last.number == head.number }

    /// Throws when head, anchor and events contradict each other before any event was read.
    public init(_ head: AuditHead, sealing: AuditSealing) throws(AuditBreak) {
        chain = head.chain
        let last = head.lastNumber ?? 0
        guard let number = head.number, let hash = head.hash else {
            throw AuditBreak(chain: chain, number: last, fault: .headMissing)
        }
        guard number >= 1, number >= last else {
            throw AuditBreak(chain: chain, number: max(0, number) + 1, fault: .wrongHead)
        }
        if let anchor = head.anchor {
            guard anchor.chain == chain, sealing.holds(anchor) else {
                throw AuditBreak(chain: chain, number: max(0, anchor.number), fault: .forgedCut)
            }
        }
        self.head = (number, hash)
        first = head.anchor?.number ?? 0
        self.last = (first, head.anchor?.hash)
        guard number >= first else { throw AuditBreak(chain: chain, number: number, fault: .wrongHead) }
    }

    /// Checks the next event. Events behind the head were written after it was read and are none of this check's.
    public mutating func check(_ entry: AuditEntry) throws(AuditBreak) {
        guard last.number < head.number else { return }
        let expected = last.number + 1
        guard entry.number == expected, entry.chain == chain else { throw broken(expected, .missing) }
        guard entry.hash == entry.contentHash else { throw broken(expected, .changed) }
        guard entry.previous == last.hash else { throw broken(expected, .notLinked) }
        last = (expected, entry.hash)
    }

    /// Checks the end, when there are no more events.
    public func finish() throws(AuditBreak) {
        guard last.number == head.number else { throw broken(last.number + 1, .missing) }
        guard last.hash == head.hash else { throw broken(last.number, .wrongHead) }
    }

    private func broken(_ number: Int64, _ fault: AuditBreak.Fault) -> AuditBreak {
        AuditBreak(chain: chain, number: number, fault: fault)
    }
}
