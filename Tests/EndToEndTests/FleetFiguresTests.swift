import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("The figures of a fleet", .inTurn, .endsInTime)
struct FleetFiguresTests {
    @Test func `percentiles are those of all logins, to three digits, and what failed is among its own`() {
        let figures = FleetFigures()
        for milliseconds in 1...1000 {
            figures.began(late: .zero)
            figures.succeeded(sinceDue: .milliseconds(milliseconds), sinceBegin: .milliseconds(1))
        }
        figures.began(late: .zero)
        figures.failed("overloaded", sinceDue: .seconds(30))
        let summary = figures.summary
        #expect(summary.succeeded == 1000 && summary.failures == ["overloaded": 1] && summary.inFlight == 0)
        let wanted: [UInt64] = [500_000, 900_000, 990_000, 999_000, 1_000_000]
        for (found, wanted) in zip(summary.sinceDue.microseconds, wanted) {
            #expect(found >= wanted && found <= wanted + wanted / 500, "\(found) for \(wanted)")
        }
        #expect(summary.sinceDue.microseconds.count == wanted.count)
        #expect(summary.sinceBegin.microseconds.allSatisfy { (1000...1002).contains($0) })
        #expect(summary.failedSinceDue.microseconds.allSatisfy { $0 >= 30_000_000 }, "its slow ones are told")
    }

    @Test func `a login that waited for its turn is late, and its waiting counts`() {
        let figures = FleetFigures()
        figures.began(late: .milliseconds(100))
        figures.began(late: .milliseconds(101))
        #expect(figures.summary.mostInFlight == 2 && figures.summary.latecomers == 1)
        figures.succeeded(sinceDue: .milliseconds(600), sinceBegin: .milliseconds(5))
        let summary = figures.summary
        #expect(summary.inFlight == 1)
        #expect((summary.sinceDue.microseconds.last ?? 0) >= 600_000)
        #expect((summary.sinceBegin.microseconds.last ?? 0) < 6_000)
        #expect(summary.timeLines.count == 2 && summary.timeLines.allSatisfy { $0.contains(" p50 ") })
    }

    @Test func `before the first login there are no times, and the line for who looks on says so`() {
        let summary = FleetFigures().summary
        #expect(summary.sinceDue.microseconds.isEmpty && summary.sinceDue.json.members.isEmpty)
        #expect(summary.timeLines == [])
        #expect(summary.line(after: 0) == "0 s: 0 logged in, 0 failed, 0 under way, 0/s")
    }
}
