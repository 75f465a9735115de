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
            return "Das Niveau ist \(level.title.german), das niedrigste von allem, worauf die Anmeldung beruht. "
                + "Begrenzt wird es durch: \(names.joined(separator: ", "))." + simulated
        case .english:
            return "The level is \(level.title.english), the lowest of all that the login rests on. "
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

extension AssuranceExplanation {
    /// What a bound rests on, in a few words made from its facts; nil where the facts say nothing more than its name.
    public func basis(of reason: Reason, _ language: Language) -> String? {
        let today = reason.facts["level_today"]?.string.map { (language == .german ? "heute " : "today ") + $0 }
        let parts = [foundation(of: reason, language), today].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private func foundation(of reason: Reason, _ language: Language) -> String? {
        switch reason.kind {
        case .proofing:
            if let day = Self.day(reason.facts["expired"], language) {
                return language == .german ? "Nachweis abgelaufen am \(day)" : "evidence expired on \(day)"
            }
            guard let method = reason.facts["method"]?.string.flatMap(Evidence.Method.init(rawValue:)) else {
                return nil
            }
            // The day is enough for a person; the facts have the minute.
            let day = Self.day(reason.facts["time"], language)
            return [method.words(language), reason.facts["performer"]?.string, day].compactMap(\.self)
                .joined(separator: ", ")
        case .device:
            let keys = reason.facts["keys_in_hardware"]?.bool.map { Self.keys(inHardware: $0, language) }
            let device = ["model", "system"].compactMap { reason.facts[$0]?.string }
            let words = [isSimulated ? Self.simulated(language) : keys].compactMap(\.self) + device
            return words.isEmpty ? nil : words.joined(separator: ", ")
        case .binding:
            let since = language == .german ? "seit " : "since "
            return Self.day(reason.facts["day"], language).map { since + $0 }
        case .company:
            guard let method = reason.facts["method"]?.string.flatMap(CompanyEvidence.Method.init(rawValue:)) else {
                return nil
            }
            return [method.words(language), reason.facts["performer"]?.string, Self.day(reason.facts["day"], language)]
                .compactMap(\.self).joined(separator: ", ")
        case .authenticator: return nil
        }
    }

    /// The day of a fact, which may be a time, as people write it.
    private static func day(_ fact: JSONValue?, _ language: Language) -> String? {
        guard let text = fact?.string else { return nil }
        return CalendarDate(rawValue: String(text.prefix(10)))?.text(language) ?? text
    }

    private static func simulated(_ language: Language) -> String {
        language == .german ? "ein simuliertes Gerät" : "a simulated device"
    }

    private static func keys(inHardware: Bool, _ language: Language) -> String {
        switch (inHardware, language) {
        case (true, .german): "Schlüssel in geschützter Hardware"
        case (true, .english): "keys in protected hardware"
        case (false, .german): "Schlüssel, die sich kopieren ließen"
        case (false, .english): "keys that could be copied"
        }
    }
}

extension Evidence.Method {
    /// How identity was proved, as people say it.
    fileprivate func words(_ language: Language) -> String {
        switch (self, language) {
        case (.counter, .german): "am Schalter mit Ausweis"
        case (.counter, .english): "at a counter with a document"
        case (.eid, .german): "mit dem elektronischen Ausweis"
        case (.eid, .english): "with an electronic identity card"
        case (.upstream, .german): "durch ein anderes Konto"
        case (.upstream, .english): "by another account"
        case (.letter, .german): "mit einem Brief an die Meldeadresse"
        case (.letter, .english): "by a letter to the registered address"
        }
    }
}

extension CompanyEvidence.Method {
    /// How a company was verified, as people say it.
    fileprivate func words(_ language: Language) -> String {
        switch (self, language) {
        case (.registerExtract, .german): "durch einen Registerauszug"
        case (.registerExtract, .english): "by an extract of the register"
        case (.desk, .german): "durch ein Gewerbeamt"
        case (.desk, .english): "by a trade office"
        case (.upstream, .german): "durch ein anderes Unternehmenskonto"
        case (.upstream, .english): "by another account for organisations"
        }
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
        case (.device, .german):
            "Lassen Sie an einem Bürgerbüro ein Telefon einrichten, das seine Schlüssel in geschützter Hardware hält; ist es schon "
                + "dieses, so lassen Sie es neu einrichten."
        case (.device, .english):
            "At a town's counter have a phone set up that keeps its keys in protected hardware; if it is this one already, have it "
                + "set up anew."
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
        var object: JSONObject = [
            "kind": .string(reason.kind.rawValue), "level": .string(reason.level.name),
            "limits": .bool(reason.level == level), "facts": .object(reason.facts),
            "name": .object(["de": .string(reason.kind.name(.german)), "en": .string(reason.kind.name(.english))]),
        ]
        if let german = basis(of: reason, .german), let english = basis(of: reason, .english) {
            object["basis"] = .object(["de": .string(german), "en": .string(english)])
        }
        return object
    }
}
