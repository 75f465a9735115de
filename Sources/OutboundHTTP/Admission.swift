/// Who may go out now, as rules over the requests under way.
///
/// Each host has a few places of its own and may not take all, so that a hanging party slows nobody else. Those that have
/// not answered lately have one each and may not take all together either: many that hang do not slow one that answers. After
/// some failures in a row a host is left alone for a pause that grows; then one request tries whether it is back.
///
/// A host is meant with its port here: whoever runs several portals under one name runs them at several ports.
struct Admission {
    struct Limits: Sendable {
        /// Requests under way at once, in all and to one host.
        var underWay = 32
        var underWayPerHost = 2
        /// The same to a host that has not answered lately.
        var underWayPerStranger = 1
        /// Requests under way at once to hosts that have not answered lately.
        var underWayToStrangers = 24
        /// Requests that wait for their turn.
        var waiting = 32
        var waitingPerHost = 4
        /// Failures in a row that are put up with.
        var failures = 3
        var firstPause: Duration = .seconds(10)
        var longestPause: Duration = .seconds(300)
        /// Hosts that are remembered; beyond, those are forgotten whose pause is over.
        var hosts = 1024
        /// Hosts that answered lately.
        var known = 1024
    }

    enum Outcome: Sendable {
        /// The host did its part in time, whatever it said.
        case answered
        case failed
        /// The request ended before the host could show anything.
        case unknown
    }

    typealias Ticket = Int
    typealias Instant = ContinuousClock.Instant

    enum Answer: Equatable {
        case enter
        case wait(Ticket)
        case refuse
    }

    private struct Party {
        var underWay = 0
        var failures = 0
        var pausedUntil: Instant?
        /// Requests that entered before the host had answered.
        var asStranger = 0
    }

    private let limits: Limits
    private var parties: [String: Party] = [:]
    private var queue: [(ticket: Ticket, host: String)] = []
    private var nextTicket = 0
    private var underWay = 0
    private var underWayToStrangers = 0
    /// The last thing that these did was to answer; the newest at the end.
    private var known: [String] = []

    init(_ limits: Limits) { self.limits = limits }

    mutating func ask(_ host: String, now: Instant) -> Answer {
        guard !isLeftAlone(host, now: now) else { return .refuse }
        if hasRoom(for: host) {
            enter(host, now: now)
            return .enter
        }
        guard queue.count < limits.waiting, queue.count(where: { $0.host == host }) < limits.waitingPerHost else {
            return .refuse
        }
        defer { nextTicket += 1 }
        queue.append((nextTicket, host))
        return .wait(nextTicket)
    }

    /// Ends a request that entered. What becomes of those who waited: true for those who enter.
    mutating func leave(_ host: String, _ outcome: Outcome, now: Instant) -> [Ticket: Bool] {
        underWay -= 1
        var party = parties[host] ?? Party()
        party.underWay -= 1
        if party.asStranger > 0 {
            party.asStranger -= 1
            underWayToStrangers -= 1
        }
        switch outcome {
        case .answered:
            (party.failures, party.pausedUntil) = (0, nil)
            remember(host)
        case .failed:
            known.removeAll { $0 == host }
            party.failures += 1
            if party.failures >= limits.failures { party.pausedUntil = now + pause(after: party.failures) }
        case .unknown: break
        }
        parties[host] = party.underWay == 0 && party.failures == 0 ? nil : party
        return callNext(now: now)
    }

    /// Takes a request from the queue; false when its turn has come already.
    mutating func giveUp(_ ticket: Ticket) -> Bool {
        guard let index = queue.firstIndex(where: { $0.ticket == ticket }) else { return false }
        queue.remove(at: index)
        return true
    }

    private mutating func callNext(now: Instant) -> [Ticket: Bool] {
        var called: [Ticket: Bool] = [:]
        for (ticket, host) in queue {
            if isLeftAlone(host, now: now) {
                called[ticket] = false
            } else if hasRoom(for: host) {
                enter(host, now: now)
                called[ticket] = true
            }
        }
        queue.removeAll { called[$0.ticket] != nil }
        return called
    }

    private func isLeftAlone(_ host: String, now: Instant) -> Bool {
        guard let party = parties[host], let end = party.pausedUntil else { return false }
        return now < end || party.underWay > 0
    }

    private func hasRoom(for host: String) -> Bool {
        guard underWay < limits.underWay else { return false }
        let own = parties[host]?.underWay ?? 0
        guard !known.contains(host) else { return own < limits.underWayPerHost }
        return own < limits.underWayPerStranger && underWayToStrangers < limits.underWayToStrangers
    }

    private mutating func remember(_ host: String) {
        guard known.last != host else { return }
        known.removeAll { $0 == host }
        known.append(host)
        if known.count > limits.known { known.removeFirst() }
    }

    private mutating func enter(_ host: String, now: Instant) {
        if parties.count >= limits.hosts, parties[host] == nil {
            parties = parties.filter { $0.value.underWay > 0 || now < ($0.value.pausedUntil ?? now) }
        }
        underWay += 1
        parties[host, default: Party()].underWay += 1
        guard !known.contains(host) else { return }
        underWayToStrangers += 1
        parties[host, default: Party()].asStranger += 1
    }

    private func pause(after failures: Int) -> Duration {
        // Beyond 2^16 the longest pause is reached, whatever the first was.
        min(limits.firstPause * (1 << min(failures - limits.failures, 16)), limits.longestPause)
    }
}
