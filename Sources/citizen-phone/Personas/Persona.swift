import DeviceAuthenticator
import OpenIDMessages

/// A person who does not exist, and their simulated phone. docs/citizen-phone.md has the format of the files.
struct Persona: Equatable {
    /// Also the name of the phone's profile.
    let name: String
    let description: String
    /// What a clerk writes down of the person, as `citizen-id desk tickets` reads it.
    let person: JSONObject
    let phone: Phone

    struct Phone: Equatable {
        /// How the person calls it.
        var name: String?
        let evidence: EvidenceWord
        var keyStore: KeyStoreKind = .file
        /// Stands in a file that anybody may read: it opens nothing but this phone.
        let pin: [UInt8]
        var language: Language?
        /// Where its keys and identifiers come from; nil for the system's generator.
        var seed: UInt64?
        var faults: Faults?
    }
}

extension Persona {
    /// Reads the persona of a file, for an option of the command line.
    static func read(_ path: String) throws(ScenarioMistakesFound) -> Persona {
        let mistakes = ScenarioMistakes(file: path)
        guard let document = ScenarioFile.compose(try ScenarioFile.text(of: path), mistakes),
            let persona = PersonaReader.persona(document), mistakes.isEmpty
        else { throw ScenarioMistakesFound(mistakes: mistakes.sorted) }
        return persona
    }
}

extension SharedOptions {
    /// With the profile and the language of a persona where the command line names none.
    func playing(_ persona: Persona?) -> SharedOptions {
        var options = self
        options.profileName = profileName ?? persona?.name
        options.chosenLanguage = chosenLanguage ?? persona?.phone.language
        return options
    }
}

extension FaultOptions {
    /// With the faults of a persona where the command line names none.
    func playing(_ persona: Persona?) -> FaultOptions {
        var options = self
        options.fault = fault ?? persona?.phone.faults
        return options
    }
}
