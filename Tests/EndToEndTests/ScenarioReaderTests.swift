import OpenIDMessages
import Testing

@testable import citizen_phone

@Suite("citizen-phone run: reading scenarios", .inTurn, .endsInTime)
struct ScenarioReaderTests {
    private static func mistakes(_ text: String) -> [String] {
        do throws(ScenarioMistakesFound) {
            _ = try ScenarioFile.parse(text, file: "a.yaml")
            return []
        } catch { return error.mistakes.map(\.description) }
    }

    private static func mistakes(inSteps steps: String) -> [String] {
        mistakes("name: a\ndescription: b\nsteps:\n" + steps)
    }

    @Test func `every kind of step is read as it is written`() throws {
        let scenario = try ScenarioFile.parse(
            """
            name: everything
            description: "All: of it"
            ends_device: true
            steps:
              - open: portal
              - open: again
              - browser: 1
              - copy: device
              - device: copy
              - claim: qr
              - claim: link
              - type: right
              - type: 01234567
              - type: {digits: wrong, remember: true}
              - open: known
              - ask: portal
              - receive
              - call: "0123"
              - collect
              - suspend: device
              - revoke: evidence
              - approve
              - approve: {pin: wrong, release: [email, phone_number], context: "Muster GmbH"}
              - lose: acknowledgement
              - deny:
              - report
              - resend
              - return: other-browser
              - cancel
              - wait: 10s
              - finish
              - expect:
                  page: none
                  phone: awaiting_user
                  notice: device_lowered
                  error: scan_again
                  callback: access_denied
                  tokens: granted
                  tries_left: 2
                  status: 404
            """, file: "a.yaml")
        #expect(scenario.name == "everything" && scenario.description == "All: of it" && scenario.endsDevice)
        #expect(
            scenario.steps.map(\.action) == [
                .open(.portal), .open(.again), .browser(1), .copyDevice, .device(.copy), .claim(.qr), .claim(.link),
                .type(.right, remembers: false), .type(.these("01234567"), remembers: false),
                .type(.wrong, remembers: true), .open(.known), .ask, .receive, .call(.these("0123")), .collect,
                .suspend, .revoke,
                .answer(.approve(isPINRight: true, released: nil, context: nil)),
                .answer(
                    .approve(isPINRight: false, released: ["email", "phone_number"], context: "Muster GmbH")),
                .lose, .answer(.deny), .answer(.report), .resend, .comeBack(.otherBrowser), .cancel, .wait(10), .finish,
                .expect(
                    Scenario.Expectation(
                        page: "none", phone: "awaiting_user", notice: "device_lowered", error: "scan_again",
                        callback: "access_denied",
                        tokens: "granted", triesLeft: 2, status: 404)),
            ])
        #expect(scenario.steps.map(\.line) == Array(5...32))
        #expect(
            scenario.steps[18].text == "approve: {pin: wrong, release: [email, phone_number], context: Muster GmbH}")
    }

    @Test(arguments: [
        ("  - open: portall", "a.yaml:4: unknown value `portall`; known are `portal`"),
        ("  - opne: portal", "a.yaml:4: unknown step `opne`"), ("  - open", "a.yaml:4: `open` needs a value"),
        ("  - {open: portal, wait: 1s}", "a.yaml:4: a step has one key; this one has 2"),
        ("  - [open]", "a.yaml:4: a step is a word or a mapping with one key"),
        ("  - open: portal\n  - deny: now\n  - expect: {page: denied}", "a.yaml:5: `deny` takes no value"),
        ("  - open: portal\n  - claim: backchannel", "a.yaml:5: unknown value `backchannel`; known are `qr`, `link`"),
        ("  - open: portal\n  - claim: nfc\n  - expect: {page: none}", "a.yaml:5: unknown value `nfc`"),
        (
            "  - open: portal\n  - type: 1234567\n  - expect: {page: none}",
            "a.yaml:5: must be `right`, `wrong` or eight"
        ),
        ("  - open: portal\n  - approve: {pin: \"1234\"}\n  - expect: {page: none}", "a.yaml:5: unknown value `1234`"),
        ("  - open: portal\n  - approve: {pni: right}\n  - expect: {page: none}", "a.yaml:5: unknown key `pni`"),
        ("  - open: portal\n  - approve: {release: email}\n  - expect: {page: none}", "a.yaml:5: must be a list"),
        ("  - open: portal\n  - wait: 10\n  - expect: {page: none}", "a.yaml:5: must be a number of seconds"),
        ("  - open: portal\n  - wait: 301s\n  - expect: {page: none}", "a.yaml:5: must be a number of seconds"),
        ("  - open: portal\n  - expect: {}", "a.yaml:5: expects nothing"),
        ("  - open: portal\n  - expect: {page: awaiting_cod}", "a.yaml:5: unknown value `awaiting_cod`"),
        ("  - open: portal\n  - expect: {callback: acess_denied}", "a.yaml:5: unknown value `acess_denied`"),
        ("  - open: portal\n  - expect: {error: too_many}", "a.yaml:5: unknown value `too_many`"),
        ("  - open: portal\n  - expect: {tries_left: two}", "a.yaml:5: must be a number from 0 to 10"),
        (
            "  - open: portal\n  - type: {digit: right}\n  - expect: {page: none}",
            "a.yaml:5: unknown key `digit`"
        ),
        ("  - open: again\n  - expect: {page: none}", "a.yaml:4: needs a browser: `open: portal`"),
        (
            "  - open: portal\n  - type: right\n  - open: known\n  - expect: {page: none}",
            "a.yaml:6: needs a browser that is known"
        ),
        ("  - ask: portal\n  - call: 12345\n  - expect: {tokens: none}", "a.yaml:5: must be `right`, `wrong` or four"),
        ("  - receive\n  - expect: {tokens: none}", "a.yaml:4: needs a request: `ask: portal`"),
        ("  - ask: portal\n  - expect: {page: none}", "a.yaml:5: needs a login: `open: portal`"),
        ("  - ask: portal\n  - claim: qr\n  - expect: {tokens: none}", "a.yaml:5: needs a login: `open: portal`"),
        ("  - ask: portal\n  - expect: {tokens: given}", "a.yaml:5: unknown value `given`"),
        ("  - claim: qr\n  - expect: {page: none}", "a.yaml:4: needs a login: `open: portal` must come before"),
        ("  - open: portal\n  - browser: 2\n  - expect: {page: none}", "a.yaml:5: only 1 browsers are open here"),
        ("  - device: copy\n  - open: portal\n  - expect: {page: none}", "a.yaml:4: needs `copy: device` before"),
        ("  - open: portal\n  - resend\n  - expect: {page: none}", "a.yaml:5: needs an answer before"),
        ("  - open: portal\n  - cancel", "a.yaml:5: nothing is expected of the last step"),
        ("  []", "a.yaml:4: the list must not be empty"),
        ("  - &a open: portal", "a.yaml:4: `*` and `&` begin YAML aliases"),
        ("  - {open: portal}}", "a.yaml:4: not YAML"), ("  - {page: a, page: b}", "a.yaml:4: duplicate key `page`"),
    ])
    func `a mistake in a step is told with its line`(steps: String, mistake: String) {
        let mistakes = Self.mistakes(inSteps: steps)
        #expect(mistakes.contains { $0.hasPrefix(mistake) }, "\(mistakes)")
    }

    @Test(arguments: [
        ("", "a.yaml:1: the file is empty"), ("- a", "a.yaml:1: must be a mapping"),
        ("name: A b\ndescription: b\nsteps: []", "a.yaml:1: a name has at most 60 lower-case letters"),
        ("name: a\ndescription:\nsteps: []", "a.yaml:2: must not be empty"),
        ("name: a\ndescription: b", "a.yaml:1: missing key `steps`"),
        ("name: a\ndescription: b\nsteps: 1", "a.yaml:3: must be a list"),
        ("name: a\ndescription: b\nends_device: yes\nsteps: []", "a.yaml:3: unknown value `yes`"),
        ("name: a\ntitle: b\nsteps: []", "a.yaml:2: unknown key `title`"),
    ])
    func `a mistake around the steps is told with its line`(text: String, mistake: String) {
        let mistakes = Self.mistakes(text)
        #expect(mistakes.contains { $0.hasPrefix(mistake) }, "\(mistakes)")
    }

    @Test func `all mistakes of a file are told at once, in their order`() {
        let mistakes = Self.mistakes(
            """
            name: Bad Name
            description: b
            steps:
              - open: portal
              - claim: nfc
              - type: 123
              - expect: {page: gone, callback: maybe}
            """)
        #expect(mistakes.map { $0.split(separator: ":")[1] } == ["1", "5", "6", "7", "7"], "\(mistakes)")
    }

    @Test(arguments: [
        "name: &a b", "name: b\r\nx: &a c\r\n", "# x\r\nname: &a b", "# x\rname: &a b", "# x\u{85}name: &a b",
        "# x\u{2028}name: &a b", "x: [\"#\", *a]", "x: [\" #\", *a]", "x: [' #', *a]", "x: [\"b\n # c\", *a]",
        "x: {b: 1,*a : 2}", "x: {\"b\":*a}", "x: [*a]", "- *a", "? *a", "*a : b", "x: !!str &a b", "\u{FEFF}&a b: c",
        "x: b#c *a",
        "x: *\u{301}",
    ])
    func `an alias or an anchor is refused before YAML is read, wherever it stands`(text: String) {
        let mistakes = Self.mistakes(text)
        #expect(!mistakes.isEmpty && mistakes.allSatisfy { $0.contains("begin YAML aliases") }, "\(mistakes)")
    }

    @Test func `the line of an alias is counted as YAML counts lines`() {
        #expect(Self.mistakes("name: a\r\n# b\r\nx: *a\r\n").map { $0.prefix(9) } == ["a.yaml:3:"])
    }

    @Test(arguments: ["\n", "\r\n"])
    func `a star or an ampersand in a text or a comment is none of an alias`(newline: String) throws {
        let lines = [
            "name: a # *b", "description: \"Q & A, 2*3, #1\" # &c", "steps: # *", "  - open: portal",
            "  - expect: {page: created}",
        ]
        #expect(try ScenarioFile.parse(lines.joined(separator: newline), file: "a").description == "Q & A, 2*3, #1")
    }
}
