import Foundation
import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("citizen-phone run: telling how it ended", .inTurn, .endsInTime)
struct ScenarioReportTests {
    private static func scenario(_ name: String) -> Scenario {
        Scenario(file: "s/\(name).yaml", name: name, description: "About \(name)", endsDevice: false, steps: [step])
    }

    private static let step = Scenario.Step(
        line: 7, text: "expect: {page: \"<denied>\"}", action: .expect(Scenario.Expectation(page: "denied")))

    private static let report = ScenarioReport(outcomes: [
        ScenarioOutcome(scenario: scenario("good"), result: .met, milliseconds: 1_020),
        ScenarioOutcome(
            scenario: scenario("bad"),
            result: .failed(
                ScenarioOutcome.Failure(
                    number: 3, step: step, reasons: ["it's <b> & \"c\"", "a \u{1B}[2J \u{202E}\n b"])),
            leftOpen: 1, milliseconds: 7),
        ScenarioOutcome(scenario: scenario("not-now"), result: .skipped("needs #1 \\ --disposable")),
    ])

    @Test func `the status says whether all is met`() {
        #expect(Self.report.report(as: .text).status == .findings)
        let good = ScenarioReport(outcomes: [Self.report.outcomes[0], Self.report.outcomes[2]])
        #expect(good.report(as: .tap).status == .ok)
        // Where nothing was played nobody may take it for good.
        for form in ScenarioOutput.allCases {
            #expect(ScenarioReport(outcomes: [Self.report.outcomes[2]]).report(as: form).status == .notTested)
        }
    }

    @Test func `text names step and line`() {
        #expect(
            Self.report.report(as: .text).lines == [
                "met      good  (1.020 s)", "NOT MET  bad",
                "         s/bad.yaml:7: step 3, `expect: {page: \"<denied>\"}`: it's <b> & \"c\"; "
                    + "a ‹U+001B›[2J ‹U+202E›‹U+000A› b",
                "         left 1 open; cancelled afterwards", "skipped  not-now: needs #1 \\ --disposable", "",
                "met 1, not met 1, skipped 1",
            ])
    }

    @Test func `TAP has a plan, a line for each, the diagnosis as YAML, and escapes what means something`() {
        #expect(
            Self.report.report(as: .tap).lines == [
                "TAP version 14", "1..3", "ok 1 - good", "not ok 2 - bad", "  ---", "  file: \"s/bad.yaml\"",
                "  line: 7", "  step: \"expect: {page: \\\"<denied>\\\"}\"",
                "  message: \"it's <b> & \\\"c\\\"; a \\u001b[2J \\u202E\\n b\"", "  ...",
                "ok 3 - not-now # SKIP needs \\#1 \\\\ --disposable",
            ])
    }

    @Test func `in JUnit's XML everything that the reasons hold is escaped`() throws {
        let lines = Self.report.report(as: .junit).lines
        #expect(lines[0] == "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        #expect(lines[1] == "<testsuites tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"1.027\">")
        #expect(lines.contains("    <testcase classname=\"s/good.yaml\" name=\"good\" time=\"1.020\"/>"))
        #expect(
            lines.contains(
                "      <failure message=\"it&apos;s &lt;b&gt; &amp; &quot;c&quot;; a ‹U+001B›[2J ‹U+202E›‹U+000A› b\">"
                    + "s/bad.yaml:7: step 3, `expect: {page: &quot;&lt;denied&gt;&quot;}`: it&apos;s &lt;b&gt; &amp; "
                    + "&quot;c&quot;; a ‹U+001B›[2J ‹U+202E›‹U+000A› b</failure>"))
        #expect(lines.contains("      <skipped message=\"needs #1 \\ --disposable\"/>"))
    }

    @Test func `JSON has result, step, line and what was left open`() throws {
        let json = Self.report.report(as: .json).json
        #expect(json["met"]?.integer == 1 && json["not_met"]?.integer == 1 && json["skipped"]?.integer == 1)
        let scenarios = (json["scenarios"]?.array ?? []).compactMap(\.object)
        #expect(scenarios.map { $0["result"]?.string } == ["met", "not_met", "skipped"])
        #expect(scenarios[1]["failure"]?.object?["line"]?.integer == 7)
        #expect(scenarios[1]["failure"]?.object?["step"]?.integer == 3)
        #expect(scenarios[1]["left_open"]?.integer == 1)
    }
}
