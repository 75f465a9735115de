import Testing

@testable import OutboundHTTP

/// Admission as a reference: `#expect` calls nothing that changes a value.
private final class Door {
    private var admission: Admission

    init(_ limits: Admission.Limits = Admission.Limits()) { admission = Admission(limits) }

    func ask(_ host: String, now: ContinuousClock.Instant) -> Admission.Answer { admission.ask(host, now: now) }
    func leave(_ host: String, _ outcome: Admission.Outcome, now: ContinuousClock.Instant) -> [Admission.Ticket: Bool] {
        admission.leave(host, outcome, now: now)
    }
    func giveUp(_ ticket: Admission.Ticket) -> Bool { admission.giveUp(ticket) }
}

@Suite("Who may go out now")
struct AdmissionTests {
    let start = ContinuousClock.now

    private func failing(_ admission: Door, times: Int, at now: ContinuousClock.Instant) {
        for _ in 0..<times {
            #expect(admission.ask("a", now: now) == .enter)
            #expect(admission.leave("a", .failed, now: now) == [:])
        }
    }

    @Test("two to one host, four wait, the seventh is refused; another host has its own places")
    func places() {
        let admission = Door()
        answered("a", by: admission)
        let answers = (0..<7).map { _ in admission.ask("a", now: start) }
        #expect(answers == [.enter, .enter, .wait(0), .wait(1), .wait(2), .wait(3), .refuse])
        #expect(admission.ask("b", now: start) == .enter)
    }

    @Test("a host that has not answered has one place, and its second when it has")
    func firstAnswer() {
        let admission = Door()
        #expect(admission.ask("a", now: start) == .enter)
        #expect(admission.ask("a", now: start) == .wait(0))
        #expect(admission.ask("a", now: start) == .wait(1))
        #expect(admission.leave("a", .answered, now: start) == [0: true, 1: true])
    }

    @Test("32 in all; who leaves lets the first enter that has room")
    func total() {
        let admission = Door()
        for host in 0..<16 { answered("\(host)", by: admission) }
        for host in 0..<16 {
            #expect(admission.ask("\(host)", now: start) == .enter)
            #expect(admission.ask("\(host)", now: start) == .enter)
        }
        #expect(admission.ask("0", now: start) == .wait(0))
        #expect(admission.ask("new", now: start) == .wait(1))
        #expect(admission.leave("1", .answered, now: start) == [1: true])
        #expect(admission.leave("0", .answered, now: start) == [0: true])
    }

    private func answered(_ host: String, by admission: Door) {
        #expect(admission.ask(host, now: start) == .enter)
        #expect(admission.leave(host, .answered, now: start) == [:])
    }

    @Test("those who have not answered take 24 places at most; who has answered finds one")
    func strangers() {
        let admission = Door()
        answered("known", by: admission)
        for host in 0..<24 { #expect(admission.ask("\(host)", now: start) == .enter) }
        #expect(admission.ask("stranger", now: start) == .wait(0))
        #expect(admission.ask("known", now: start) == .enter)
        // Who fails is a stranger again; who answers makes room among the strangers.
        #expect(admission.leave("known", .failed, now: start) == [:])
        #expect(admission.ask("known", now: start) == .wait(1))
        #expect(admission.leave("0", .answered, now: start) == [0: true])
        #expect(admission.ask("0", now: start) == .enter)
        #expect(admission.leave("1", .failed, now: start) == [1: true])
    }

    @Test("who gives up does not enter later")
    func givingUp() {
        let admission = Door()
        answered("a", by: admission)
        for _ in 0..<3 { _ = admission.ask("a", now: start) }
        #expect(admission.giveUp(0))
        #expect(!admission.giveUp(0))
        #expect(admission.leave("a", .answered, now: start) == [:])
    }

    @Test("three failures in a row begin a pause of ten seconds, and those who wait are refused")
    func pause() {
        let admission = Door()
        failing(admission, times: 2, at: start)
        for answer in [Admission.Answer.enter, .wait(0)] { #expect(admission.ask("a", now: start) == answer) }
        #expect(admission.leave("a", .failed, now: start) == [0: false])
        #expect(admission.ask("a", now: start + .milliseconds(9999)) == .refuse)
        #expect(admission.ask("b", now: start) == .enter)
    }

    @Test("an answer between failures starts the count anew")
    func answerBetween() {
        let admission = Door()
        failing(admission, times: 2, at: start)
        #expect(admission.ask("a", now: start) == .enter)
        _ = admission.leave("a", .answered, now: start)
        failing(admission, times: 2, at: start)
        #expect(admission.ask("a", now: start) == .enter)
    }

    @Test("after the pause one tries; its failure doubles the pause up to five minutes, its answer ends it")
    func trial() {
        let admission = Door()
        failing(admission, times: 3, at: start)
        var now = start
        for seconds in [10, 20, 40, 80, 160, 300, 300] {
            #expect(admission.ask("a", now: now + .seconds(seconds) - .milliseconds(1)) == .refuse)
            now += .seconds(seconds)
            #expect(admission.ask("a", now: now) == .enter)
            #expect(admission.ask("a", now: now) == .refuse)
            _ = admission.leave("a", .failed, now: now)
        }
        now += .seconds(300)
        #expect(admission.ask("a", now: now) == .enter)
        _ = admission.leave("a", .answered, now: now)
        #expect(admission.ask("a", now: now) == .enter)
        #expect(admission.ask("a", now: now) == .enter)
    }

    @Test("a cancelled request neither fails nor answers")
    func cancelled() {
        let admission = Door()
        failing(admission, times: 2, at: start)
        #expect(admission.ask("a", now: start) == .enter)
        _ = admission.leave("a", .unknown, now: start)
        failing(admission, times: 1, at: start)
        #expect(admission.ask("a", now: start) == .refuse)
    }

    @Test("when too many hosts are remembered, those are forgotten whose pause is over, and no other")
    func memory() {
        var limits = Admission.Limits()
        limits.hosts = 1
        let admission = Door(limits)
        failing(admission, times: 3, at: start)
        #expect(admission.ask("b", now: start + .seconds(9)) == .enter)
        #expect(admission.ask("a", now: start + .seconds(9)) == .refuse)
        #expect(admission.ask("c", now: start + .seconds(11)) == .enter)
        // Forgotten: the second waits, which a trial would not let it.
        #expect(admission.ask("a", now: start + .seconds(11)) == .enter)
        #expect(admission.ask("a", now: start + .seconds(11)) == .wait(0))
    }
}
