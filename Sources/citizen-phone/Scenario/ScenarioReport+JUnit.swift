extension ScenarioReport {
    /// The XML that Jenkins, GitLab and others read as test results of JUnit.
    var junit: [String] {
        let total = outcomes.reduce(0) { $0 + $1.milliseconds }
        let counts =
            "tests=\"\(outcomes.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(skipped)\" "
            + "time=\"\(ScenarioOutcome.seconds(total))\""
        return [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(counts)>",
            "  <testsuite name=\"citizen-phone run\" \(counts)>",
        ] + outcomes.flatMap(Self.testCase) + ["  </testsuite>", "</testsuites>"]
    }

    private static func testCase(_ outcome: ScenarioOutcome) -> [String] {
        let head =
            "    <testcase classname=\"\(escaped(outcome.scenario.file))\" name=\"\(escaped(outcome.scenario.name))\" "
            + "time=\"\(ScenarioOutcome.seconds(outcome.milliseconds))\""
        switch outcome.result {
        case .met: return [head + "/>"]
        case .skipped(let reason):
            return [head + ">", "      <skipped message=\"\(escaped(reason))\"/>", "    </testcase>"]
        case .failed(let failure):
            let message = escaped(failure.reasons.joined(separator: "; "))
            return [
                head + ">",
                "      <failure message=\"\(message)\">\(escaped(outcome.complaint ?? ""))</failure>",
                "    </testcase>",
            ]
        }
    }

    /// Text for an XML attribute or element. What XML 1.0 §2.2 cannot hold is made visible, as at a terminal.
    private static func escaped(_ text: String) -> String {
        TerminalText.visible(text).map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&apos;"
            default: String(character)
            }
        }.joined()
    }
}
