/// How a scenario ended.
struct ScenarioOutcome: Equatable {
    enum Result: Equatable {
        case met
        case failed(Failure)
        /// It was not played, and why.
        case skipped(String)
    }

    /// The step at which it ended; what comes after it was not played.
    struct Failure: Equatable {
        /// From 1.
        let number: Int
        let step: Scenario.Step
        let reasons: [String]
    }

    let scenario: Scenario
    let result: Result
    /// The logins that its steps left open; they were cancelled afterwards.
    var leftOpen = 0
    var milliseconds: Int64 = 0

    /// `FILE:LINE: step 4 ‹expect: …›: reasons`; nil unless it failed. May hold text of others.
    var complaint: String? {
        guard case .failed(let failure) = result else { return nil }
        return "\(scenario.file):\(failure.step.line): step \(failure.number), `\(failure.step.text)`: "
            + failure.reasons.joined(separator: "; ")
    }

    /// Seconds with three places, whatever the language of the machine.
    static func seconds(_ milliseconds: Int64) -> String {
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
