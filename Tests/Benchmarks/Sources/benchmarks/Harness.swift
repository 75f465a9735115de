import Foundation
import OpenIDMessages

/// Median and range of several rounds.
struct Spread: Sendable {
    let median: Double
    let low: Double
    let high: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        low = sorted.first ?? 0
        high = sorted.last ?? 0
    }

    func scaled(_ factor: Double) -> Spread { Spread([low * factor, median * factor, high * factor]) }
}

/// One measured figure beside what bounds it.
struct Figure: Sendable {
    let name: String
    let unit: String
    let spread: Spread
    /// What the figure could be at best, or must not exceed, in the same unit.
    var floor: Double?
    /// What the floor is.
    var floorMeaning = ""
    var isRate = false

    /// How near the figure is to its floor: 1 is as good as it.
    var ratio: Double? {
        guard let floor, floor > 0, spread.median > 0 else { return nil }
        return isRate ? spread.median / floor : floor / spread.median
    }

    var line: String {
        var text = name.padding(toLength: 46, withPad: " ", startingAt: 0)
        text +=
            Self.number(spread.median).leftPadded(10) + " \(unit)".padding(toLength: 10, withPad: " ", startingAt: 0)
        text += " (\(Self.number(spread.low))–\(Self.number(spread.high)))"
        guard let floor, let ratio else { return text }
        return text + "  \(floorMeaning) \(Self.number(floor)); ratio \(Self.number(ratio))"
    }

    var json: JSONObject {
        var object: JSONObject = [
            "name": .string(name), "unit": .string(unit), "median": .number(spread.median),
            "low": .number(spread.low), "high": .number(spread.high),
        ]
        if let floor, let ratio {
            object["floor"] = .number(floor)
            object["floor_meaning"] = .string(floorMeaning)
            object["ratio"] = .number(ratio)
        }
        return object
    }

    static func number(_ value: Double) -> String {
        let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
        return String(format: "%.\(digits)f", value)
    }
}

extension String {
    func leftPadded(_ length: Int) -> String { String(repeating: " ", count: max(0, length - count)) + self }
}

/// How long and how often is measured.
struct Effort: Sendable {
    var rounds: Int
    /// Seconds of one round of a primitive, and of one round of logins.
    var primitiveSeconds: Double
    var loginSeconds: Double
    /// Seconds of one round of an endpoint.
    var endpointSeconds: Double
    var starts: Int

    static let full = Effort(rounds: 5, primitiveSeconds: 0.2, loginSeconds: 4, endpointSeconds: 1, starts: 10)
    static let quick = Effort(rounds: 3, primitiveSeconds: 0.05, loginSeconds: 1, endpointSeconds: 0.3, starts: 3)
}

/// Collects figures and prints them as they come.
final class Report {
    let isJSON: Bool
    private(set) var sections: [(title: String, figures: [Figure])] = []
    private(set) var notes: [String] = []

    init(isJSON: Bool) { self.isJSON = isJSON }

    func section(_ title: String) {
        sections.append((title, []))
        if !isJSON { print("\n\(title)") }
    }

    func add(_ figure: Figure) {
        sections[sections.count - 1].figures.append(figure)
        if !isJSON { print("  " + figure.line) }
    }

    func note(_ text: String) {
        notes.append(text)
        if !isJSON { print("  " + text) }
    }

    var json: JSONObject {
        [
            "sections": .array(
                sections.map {
                    .object(["title": .string($0.title), "figures": .array($0.figures.map { .object($0.json) })])
                }), "notes": .strings(notes),
        ]
    }
}

/// Says on stderr what is being measured.
func progress(_ text: String) { FileHandle.standardError.write(Data("benchmarks: \(text)\n".utf8)) }

/// The compiler must not see that nobody wants a result.
@inline(never) func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }

/// Microseconds of processor time that `body` costs, over several rounds after one that warms up.
func microseconds(_ effort: Effort, _ body: () throws -> Void) rethrows -> Spread {
    func seconds(_ times: Int) throws -> Double {
        let start = ProcessorTime.thread
        for _ in 0..<times { try body() }
        return ProcessorTime.thread - start
    }
    var times = 16
    while try seconds(times) < effort.primitiveSeconds / 4, times < 1 << 24 { times *= 2 }
    times *= 4
    var values: [Double] = []
    for _ in 0..<effort.rounds { values.append(try seconds(times) / Double(times) * 1e6) }
    return Spread(values)
}

/// Runs `body` in `tasks` tasks at once; the sum of what they count.
func countTogether(_ tasks: Int, _ body: @escaping @Sendable () async throws -> Int) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<tasks { group.addTask { try await body() } }
        return try await group.reduce(0, +)
    }
}
