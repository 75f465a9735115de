import OpenIDMessages

extension ScenarioReport {
    /// Test Anything Protocol, version 14.
    var tap: [String] {
        var lines = ["TAP version 14", "1..\(outcomes.count)"]
        for (index, outcome) in outcomes.enumerated() {
            let title = "\(index + 1) - \(Self.escaped(outcome.scenario.name))"
            switch outcome.result {
            case .met: lines.append("ok \(title)")
            case .skipped(let reason): lines.append("ok \(title) # SKIP \(Self.escaped(reason))")
            case .failed(let failure):
                lines += ["not ok \(title)", "  ---"]
                let diagnosis: [(name: String, value: JSONValue)] = [
                    ("file", .string(outcome.scenario.file)), ("line", .integer(Int64(failure.step.line))),
                    ("step", .string(failure.step.text)), ("message", .string(failure.reasons.joined(separator: "; "))),
                ]
                // Every JSON text is YAML.
                lines += diagnosis.map { "  \($0.name): " + TerminalText.harmlessJSON($0.value.prettyText) }
                lines.append("  ...")
            }
        }
        return lines
    }

    /// A backslash and a hash mean something in a description.
    private static func escaped(_ text: String) -> String {
        TerminalText.visible(text).map { "\\#".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}
