import OpenIDMessages
import Yams

/// Understands one step: a word, or a mapping with one key.
enum ScenarioStepReader {
    private enum Word: String, CaseIterable {
        case open, browser, copy, device, claim, type, ask, receive, call, collect, suspend, revoke, approve, deny,
            report
        case lose, resend
        case comeBack = "return"
        case cancel, wait, finish, expect

        /// True when the word may stand alone.
        var standsAlone: Bool {
            switch self {
            case .approve, .deny, .report, .resend, .cancel, .finish, .receive, .collect: true
            default: false
            }
        }
    }

    static func step(_ node: ScenarioNode) -> Scenario.Step? {
        if node.scalar != nil { return alone(node) }
        guard let pairs = node.pairs, let (key, value) = pairs.first else {
            return node.refused("a step is a word or a mapping with one key, e.g. `claim: qr`")
        }
        guard pairs.count == 1 else { return node.refused("a step has one key; this one has \(pairs.count)") }
        guard let word = word(key) else { return nil }
        guard let action = action(word, value) else { return nil }
        let text = word.rawValue + (value.flow.isEmpty ? "" : ": " + value.flow)
        return Scenario.Step(line: node.line, text: text, action: action)
    }

    private static func alone(_ node: ScenarioNode) -> Scenario.Step? {
        guard let word = word(node) else { return nil }
        guard word.standsAlone else { return node.refused("`\(word.rawValue)` needs a value") }
        let action: Scenario.Action? =
            switch word {
            case .approve: .answer(.approve(isPINRight: true, released: nil, context: nil))
            default: plain(word)
            }
        return action.map { Scenario.Step(line: node.line, text: word.rawValue, action: $0) }
    }

    private static func word(_ node: ScenarioNode) -> Word? {
        guard let text = node.text() else { return nil }
        return Word(rawValue: text)
            ?? node.refused(
                "unknown step \(ScenarioMistakes.quoted(text)); known are "
                    + ScenarioMistakes.list(Word.allCases.map(\.rawValue)))
    }

    /// Steps that take no value.
    private static func plain(_ word: Word) -> Scenario.Action? {
        switch word {
        case .deny: .answer(.deny)
        case .report: .answer(.report)
        case .resend: .resend
        case .cancel: .cancel
        case .finish: .finish
        case .receive: .receive
        case .collect: .collect
        default: nil
        }
    }

    private static func action(_ word: Word, _ value: ScenarioNode) -> Scenario.Action? {
        if let action = plain(word) {
            return value.scalar == "" ? action : value.refused("`\(word.rawValue)` takes no value")
        }
        switch word {
        case .open:
            let words = Scenario.Visitor.allCases.map(\.rawValue)
            return value.word(among: words).flatMap(Scenario.Visitor.init).map { .open($0) }
        case .browser: return value.number(1...20).map { .browser($0) }
        case .copy: return value.word(among: ["device"]).map { _ in .copyDevice }
        case .device:
            let words = Scenario.Device.allCases.map(\.rawValue)
            return value.word(among: words).flatMap(Scenario.Device.init).map { .device($0) }
        case .claim:
            // The flows that have a link to claim.
            let words = [LoginFlow.qr, .link].map(\.rawValue)
            return value.word(among: words).flatMap(LoginFlow.init).map { .claim($0) }
        case .type: return typing(value)
        case .ask: return value.word(among: ["portal"]).map { _ in .ask }
        case .call: return digits(value, count: 4).map { .call($0) }
        case .suspend: return value.word(among: ["device"]).map { _ in .suspend }
        case .revoke: return value.word(among: ["evidence"]).map { _ in .revoke }
        case .approve: return approval(value).map { .answer($0) }
        case .lose: return value.word(among: ["acknowledgement"]).map { _ in .lose }
        case .comeBack:
            let words = Scenario.Return.allCases.map(\.rawValue)
            return value.word(among: words).flatMap(Scenario.Return.init).map { .comeBack($0) }
        case .wait: return seconds(value).map { .wait($0) }
        case .expect: return expectation(value).map { .expect($0) }
        default: return nil
        }
    }

    /// `right`, or `{digits: right, remember: true}`.
    private static func typing(_ value: ScenarioNode) -> Scenario.Action? {
        guard value.pairs != nil else { return digits(value, count: 8).map { .type($0, remembers: false) } }
        guard let members = value.members(["digits", "remember"]) else { return nil }
        let remembers = members["remember"].map { $0.bool() } ?? false
        guard let digits = value.required("digits", in: members).flatMap({ Self.digits($0, count: 8) }), let remembers
        else { return nil }
        return .type(digits, remembers: remembers)
    }

    private static func digits(_ value: ScenarioNode, count: Int) -> Scenario.Digits? {
        guard let text = value.text() else { return nil }
        switch text {
        case "right": return .right
        case "wrong": return .wrong
        default:
            guard text.utf8.count == count, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return value.refused("must be `right`, `wrong` or \(count == 8 ? "eight" : "four") digits")
            }
            return .these(text)
        }
    }

    private static func approval(_ value: ScenarioNode) -> Scenario.Answer? {
        guard let members = value.members(["pin", "release", "context"]) else { return nil }
        let pin = members["pin"].map { $0.word(among: ["right", "wrong"]) } ?? "right"
        let context = members["context"].map { $0.text() }
        let released = members["release"].map { $0.elements()?.map { $0.text() } }
        guard let pin else { return nil }
        // Nil inside is a mistake that was reported.
        if case .some(.none) = context { return nil }
        if let released, released?.contains(nil) ?? true { return nil }
        return .approve(
            isPINRight: pin == "right", released: released?.map { $0.compactMap(\.self) }, context: context ?? nil)
    }

    /// `10s`, one second to five minutes.
    private static func seconds(_ value: ScenarioNode) -> Int64? {
        guard let text = value.text() else { return nil }
        guard text.hasSuffix("s"), let seconds = Int64(text.dropLast()), (1...300).contains(seconds) else {
            return value.refused("must be a number of seconds from `1s` to `300s`")
        }
        return seconds
    }

    private static func expectation(_ value: ScenarioNode) -> Scenario.Expectation? {
        let known = ["page", "phone", "notice", "error", "callback", "tokens", "tries_left", "status"]
        guard let members = value.members(known) else { return nil }
        guard !members.isEmpty else { return value.refused("expects nothing") }
        let states = LoginState.allCases.map(\.rawValue) + [Scenario.none]
        let callbacks = ["code", Scenario.none] + OAuthError.Code.allCases.map(\.rawValue)
        let tokens =
            [AskingPortal.Collected.tokens.word, Scenario.none] + OAuthError.Code.allCases.map(\.rawValue)
        // A member that cannot be read has reported its mistake; then nothing is played.
        return Scenario.Expectation(
            page: members["page"].flatMap { $0.word(among: states) },
            phone: members["phone"].flatMap { $0.word(among: states) },
            notice: members["notice"].flatMap { $0.text() },
            error: members["error"].flatMap { $0.word(among: Scenario.errors + [Scenario.none]) },
            callback: members["callback"].flatMap { $0.word(among: callbacks) },
            tokens: members["tokens"].flatMap { $0.word(among: tokens) },
            triesLeft: members["tries_left"].flatMap { $0.number(0...10) },
            status: members["status"].flatMap { $0.number(100...599) })
    }
}
