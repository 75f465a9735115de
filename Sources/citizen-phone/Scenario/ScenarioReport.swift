import ArgumentParser
import OpenIDMessages

/// The forms in which the outcomes of scenarios are told.
enum ScenarioOutput: String, CaseIterable, ExpressibleByArgument {
    case text, json, tap, junit
}

/// Tells how scenarios ended.
struct ScenarioReport {
    let outcomes: [ScenarioOutcome]

    private func count(_ matches: (ScenarioOutcome.Result) -> Bool) -> Int { outcomes.count { matches($0.result) } }
    var met: Int { count { $0 == .met } }
    var failed: Int {
        count { result in
            if case .failed = result { true } else { false }
        }
    }
    var skipped: Int { outcomes.count - met - failed }

    /// What came of all of them. Where nothing was played nothing is known, and nobody may take that for good.
    private var status: ExitStatus { failed > 0 ? .findings : met == 0 ? .notTested : .ok }

    /// What the command prints, with the status that says what came of all.
    func report(as output: ScenarioOutput) -> Report {
        let lines =
            switch output {
            case .text: text
            case .json: [String]()
            case .tap: tap
            case .junit: junit
            }
        return Report(json: json, lines: lines, status: status, isForPrograms: output != .text)
    }

    private var text: [String] {
        var lines: [String] = []
        for outcome in outcomes {
            let name = outcome.scenario.name
            switch outcome.result {
            case .met: lines.append("met      \(name)  (\(ScenarioOutcome.seconds(outcome.milliseconds)) s)")
            case .failed:
                lines.append("NOT MET  \(name)")
                lines.append("         " + TerminalText.visible(outcome.complaint ?? ""))
            case .skipped(let reason): lines.append("skipped  \(name): \(reason)")
            }
            if outcome.leftOpen > 0 {
                lines.append("         left \(outcome.leftOpen) open; cancelled afterwards")
            }
        }
        return lines + ["", "met \(met), not met \(failed), skipped \(skipped)"]
    }

    private var json: JSONObject {
        [
            "scenarios": .array(outcomes.map { .object(Self.json($0)) }), "met": .integer(Int64(met)),
            "not_met": .integer(Int64(failed)), "skipped": .integer(Int64(skipped)),
        ]
    }

    private static func json(_ outcome: ScenarioOutcome) -> JSONObject {
        let scenario = outcome.scenario
        var json: JSONObject = [
            "name": .string(scenario.name), "description": .string(scenario.description),
            "file": .string(scenario.file), "steps": .integer(Int64(scenario.steps.count)),
            "left_open": .integer(Int64(outcome.leftOpen)), "milliseconds": .integer(outcome.milliseconds),
        ]
        switch outcome.result {
        case .met: json["result"] = "met"
        case .skipped(let reason):
            json["result"] = "skipped"
            json["reason"] = .string(reason)
        case .failed(let failure):
            json["result"] = "not_met"
            json["failure"] = .object([
                "step": .integer(Int64(failure.number)), "line": .integer(Int64(failure.step.line)),
                "text": .string(failure.step.text), "reasons": .strings(failure.reasons),
            ])
        }
        return json
    }
}
