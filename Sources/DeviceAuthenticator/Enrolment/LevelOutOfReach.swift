public import OpenIDMessages

/// Why a device would not reach a level, and what would (D-6.2.4).
public struct LevelOutOfReach: Error, Sendable, Equatable {
    public let wanted: AssuranceLevel
    /// What this device would reach; nil where the provider accepts no evidence of its key store.
    public let reached: AssuranceLevel?
    /// The level to which the person's identity was proved.
    public let identity: AssuranceLevel
    /// Evidence that would be enough, in the provider's order of preference.
    public let enough: [EvidenceCeiling]

    /// What is wrong and how to mend it.
    public var text: BilingualText { found + unspent + remedy }

    private var found: BilingualText {
        guard let reached else {
            return BilingualText(
                "Der Anbieter nimmt keinen Nachweis dieses Schlüsselspeichers an. ",
                "The provider accepts no evidence of this key store. ")
        }
        return BilingualText(
            "Dieses Gerät käme nur auf das Niveau \(reached.title.german); verlangt ist \(wanted.title.german). ",
            "This device would reach the level \(reached.title.english) only; \(wanted.title.english) is wanted. ")
    }

    private var unspent: BilingualText {
        BilingualText(
            "Es wurde noch nichts eingerichtet, und die Einladung gilt noch. ",
            "Nothing was enrolled, and the link is still good. ")
    }

    private var remedy: BilingualText {
        if identity < wanted {
            return BilingualText(
                "Ihre Identität ist nur bis \(identity.title.german) belegt: Weisen Sie sich bei einer Behörde aus, oder nehmen "
                    + "Sie ein niedrigeres Niveau (--level).",
                "Your identity is proved to \(identity.title.english) only: prove it at a desk, or take a lower level (--level)."
            )
        }
        let (german, english) = (Self.list(enough, .german), Self.list(enough, .english))
        return enough.isEmpty
            ? BilingualText(
                "Bei diesem Anbieter reicht dafür kein Gerät: Nehmen Sie ein niedrigeres Niveau (--level).",
                "No device is enough for it at this provider: take a lower level (--level).")
            : BilingualText(
                "Es reicht ein Nachweis von: \(german). Wer dieses Gerät trotzdem einrichten will, nimmt ein niedrigeres Niveau "
                    + "(--level).",
                "Enough is evidence of: \(english). Whoever wants this device all the same takes a lower level (--level)."
            )
    }

    /// What a person can choose: formats, and where the keys are in each.
    public static func list(_ ceilings: [EvidenceCeiling], _ language: Language) -> String {
        ceilings.map { ceiling in
            let place =
                ceiling.keyStore == SimulatorAttestation.KeyStore.software.rawValue
                ? BilingualText("Datei", "file") : BilingualText(verbatim: ceiling.keyStore)
            return ceiling.format == ceiling.keyStore ? ceiling.format : "\(ceiling.format) (\(place.text(language)))"
        }.joined(separator: ", ")
    }
}
