public import OpenIDMessages

extension AssuranceExplanation {
    /// The level and what holds it there, in one sentence.
    public func summary(_ language: Language) -> String {
        let names = limiting.map { $0.name(language) }
        let simulated =
            switch (isSimulated, language) {
            case (false, _): ""
            case (true, .german): " Das Gerät ist simuliert: Die Anmeldung taugt nur für Tests."
            case (true, .english): " The device is simulated: the login is good for tests only."
            }
        switch language {
        case .german:
            return "Das Niveau ist \(level.name), das niedrigste von allem, worauf die Anmeldung beruht. "
                + "Begrenzt wird es durch: \(names.joined(separator: ", "))." + simulated
        case .english:
            return "The level is \(level.name), the lowest of all that the login rests on. "
                + "It is held there by: \(names.joined(separator: ", "))." + simulated
        }
    }

    /// What would lift the level, in one sentence; nil when nothing that the region has would.
    public func advice(_ language: Language) -> String? {
        let steps = limiting.compactMap { $0.step(language) }
        guard steps.count == limiting.count, !steps.isEmpty else { return nil }
        return steps.joined(separator: " ")
    }
}

extension AssuranceExplanation.Kind {
    /// The name as people read it.
    public func name(_ language: Language) -> String {
        switch (self, language) {
        case (.proofing, .german): "die Prüfung Ihrer Identität"
        case (.proofing, .english): "how your identity was proved"
        case (.authenticator, .german): "das Anmeldemittel aus Schlüssel und PIN"
        case (.authenticator, .english): "the means of login, key and PIN"
        case (.device, .german): "das Gerät und wie es seine Schlüssel hält"
        case (.device, .english): "the device and how it keeps its keys"
        case (.binding, .german): "Ihre Aufnahme in das Unternehmen"
        case (.binding, .english): "how you joined the company"
        case (.company, .german): "die Prüfung des Unternehmens"
        case (.company, .english): "how the company was verified"
        }
    }

    /// What lifts this bound; nil when nothing here does.
    func step(_ language: Language) -> String? {
        switch (self, language) {
        case (.proofing, .german): "Weisen Sie sich an einem Bürgerbüro mit Ausweis aus."
        case (.proofing, .english): "Prove your identity with a document at a town's counter."
        case (.authenticator, _): nil
        case (.device, .german): "Nehmen Sie ein Telefon, das seine Schlüssel in geschützter Hardware hält."
        case (.device, .english): "Use a phone that keeps its keys in protected hardware."
        case (.binding, .german): "Lassen Sie sich nach einer Anmeldung auf höherem Niveau erneut aufnehmen."
        case (.binding, .english): "Join the company again after a login at a higher level."
        case (.company, .german): "Das Unternehmen muss auf höherem Niveau geprüft werden."
        case (.company, .english): "The company must be verified to a higher level."
        }
    }
}

extension AssuranceExplanation {
    /// The explanation as a portal's administrator, an auditor or a program reads it: no value of a claim.
    public var json: JSONObject {
        var object: JSONObject = [
            "acr": .string(context.acr), "level": .string(level.name), "simulated": .bool(isSimulated),
            "reasons": .array(reasons.map { .object(json(of: $0)) }),
            "summary": .object([
                "de": .string(summary(.german)), "en": .string(summary(.english)),
            ]),
        ]
        if let german = advice(.german), let english = advice(.english) {
            object["advice"] = .object(["de": .string(german), "en": .string(english)])
        }
        return object
    }

    private func json(of reason: Reason) -> JSONObject {
        [
            "kind": .string(reason.kind.rawValue), "level": .string(reason.level.name),
            "limits": .bool(reason.level == level), "facts": .object(reason.facts),
            "name": .object(["de": .string(reason.kind.name(.german)), "en": .string(reason.kind.name(.english))]),
        ]
    }
}
