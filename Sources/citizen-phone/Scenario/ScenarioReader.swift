import Yams

/// Understands a scenario's document, and checks that its steps can follow each other.
enum ScenarioReader {
    static let keys = ["name", "description", "persona", "ends_device", "steps"]

    static func scenario(_ document: ScenarioNode, _ mistakes: ScenarioMistakes) -> Scenario? {
        guard let members = document.members(keys) else { return nil }
        let name = document.required("name", in: members).flatMap(Self.name)
        let description = document.required("description", in: members).flatMap { $0.text() }
        let persona = members["persona"].map { self.persona($0, mistakes) }
        let endsDevice = members["ends_device"].map { $0.bool() } ?? false
        guard let list = document.required("steps", in: members), let nodes = list.elements() else { return nil }
        let steps = nodes.map { (node: $0, step: ScenarioStepReader.step($0)) }
        // A step that could not be read may be the one that another step needs.
        if !steps.contains(where: { $0.step == nil }) { checkOrder(steps.compactMap(\.step), list, mistakes) }
        if case .some(.none) = persona { return nil }
        guard let name, let description, let endsDevice else { return nil }
        return Scenario(
            file: mistakes.file, name: name, description: description, persona: persona ?? nil, endsDevice: endsDevice,
            steps: steps.compactMap(\.step))
    }

    /// The persona of a file, whose path begins at the scenario's own folder.
    private static func persona(_ node: ScenarioNode, _ mistakes: ScenarioMistakes) -> Persona? {
        guard let path = node.text() else { return nil }
        let folder = mistakes.file.lastIndex(of: "/").map { mistakes.file[...$0] } ?? ""
        do throws(ScenarioMistakesFound) { return try Persona.read(path.hasPrefix("/") ? path : folder + path) } catch {
            mistakes.add(error.mistakes)
            return nil
        }
    }

    /// 1 to 60 lower-case letters, digits and hyphens.
    private static func name(_ node: ScenarioNode) -> String? {
        guard let text = node.text() else { return nil }
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        guard text.count <= 60, text.allSatisfy(allowed.contains) else {
            return node.refused("a name has at most 60 lower-case letters, digits and hyphens")
        }
        return text
    }

    /// What can be known before anything runs.
    private static func checkOrder(
        _ steps: [Scenario.Step], _ list: ScenarioNode, _ mistakes: ScenarioMistakes
    ) {
        guard let last = steps.last else { return list.refuse("the list must not be empty") }
        var (opened, hasAnswered, hasCopy, hasAsked, isRemembered) = (0, false, false, false, false)
        for step in steps {
            switch step.action {
            case .open(.again) where opened == 0:
                mistakes.add(step.line, "needs a browser: `open: portal` must come before")
            case .open(.known) where !isRemembered:
                mistakes.add(step.line, "needs a browser that is known: `type` with `remember: true` must come before")
            case .open: opened += 1
            case .ask: hasAsked = true
            case .copyDevice: hasCopy = true
            case .device(.copy) where !hasCopy: mistakes.add(step.line, "needs `copy: device` before")
            case .wait, .device, .suspend, .revoke: break
            case .receive, .call, .collect:
                if !hasAsked { mistakes.add(step.line, "needs a request: `ask: portal` must come before") }
            case .browser(let number) where number > opened:
                mistakes.add(step.line, "only \(opened) browsers are open here")
            case let action where opened == 0 && (!hasAsked || action.needsBrowser):
                mistakes.add(step.line, "needs a login: `open: portal` must come before")
            case .type(_, let remembers): isRemembered = isRemembered || remembers
            case .answer: hasAnswered = true
            case .resend where !hasAnswered:
                mistakes.add(step.line, "needs an answer before: `approve`, `deny` or `report`")
            default: break
            }
        }
        if case .expect = last.action { return }
        mistakes.add(last.line, "nothing is expected of the last step: end with `expect`")
    }
}
