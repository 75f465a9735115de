import AccountDirectory
import OpenIDMessages

/// What a service is, wherever it is offered: the members that a service of the region and a template share.
struct ServiceEntry {
    static let keys = [
        "title", "contexts", "required_level", "mandate_scope", "amount", "claims", "purpose", "purpose_version",
        "legal_basis", "leika_key",
    ]

    let title: LocalizedText?
    let contexts: [Service.Context]?
    let requiredLevel: AssuranceLevel?
    let mandateScope: String?
    let amount: Int64?
    let claims: [String]
    let purpose: LocalizedText?
    let purposeVersion: Int64
    let legalBasis: String?
    let leikaKey: String?

    init(_ entry: YAMLMapping) {
        title = entry.required("title") { $0.localizedText() }
        contexts = entry.required("contexts") { $0.someDistinct { $0.choice(Service.Context.self) } }
        // A forgotten level must not make a service one that needs no login.
        if !entry.contains("required_level") {
            entry.mistakes.add(
                entry.place, "missing key `required_level`; write `null` when the service needs no login")
        }
        requiredLevel = entry["required_level"].flatMap { $0.level() }
        mandateScope = entry["mandate_scope"].flatMap(Self.mandateScope)
        amount = entry["amount"].flatMap(Self.amount)
        claims = entry.value("claims", default: []) { $0.distinct { $0.claim() } }
        purpose = entry["purpose"]?.localizedText()
        // Nobody can agree to a release without knowing what for.
        if entry["claims"] != nil, !claims.isEmpty, entry["purpose"] == nil {
            entry["claims"]?.refuse("a service with claims says why it wants them: add the key `purpose`")
        }
        purposeVersion = entry.value("purpose_version", default: 1) { $0.count(1...1_000_000) }
        legalBasis = entry["legal_basis"]?.text()
        leikaKey = entry["leika_key"].flatMap(Self.leikaKey)
    }

    private static func mandateScope(_ value: YAMLValue) -> String? {
        guard let text = value.text() else { return nil }
        let form = "words of small letters, digits, `_` and `-` with dots between them, like `parking.permit`"
        return MandateScope(rawValue: text) != nil ? text : value.refused("\(quoted(text)) is no scope: \(form)")
    }

    static func amount(_ value: YAMLValue) -> Int64? {
        guard let text = value.text() else { return nil }
        return ServiceAmount.cents(text)
            ?? value.refused("\(quoted(text)) is no amount: euros with two decimals up to 9999999.99, like `305.00`")
    }

    private static func leikaKey(_ value: YAMLValue) -> String? {
        guard let text = value.text() else { return nil }
        return ServiceDefinition.isLeikaKey(text)
            ? text : value.refused("\(quoted(text)) is no key of the Leistungskatalog: it has 14 digits")
    }
}

extension YAMLValue {
    /// A mapping with `de` and perhaps `en`.
    func localizedText() -> LocalizedText? {
        guard let texts = mapping(keys: ["de", "en"]) else { return nil }
        let german = texts.required("de") { $0.text() }
        let english = texts["en"]?.text()
        return german.map { LocalizedText(german: $0, english: english) }
    }

    /// A semantic version without suffixes: three numbers without leading zeros.
    func version() -> SemanticVersion? {
        guard let text = text() else { return nil }
        return SemanticVersion(rawValue: text)
            ?? refused("\(quoted(text)) is no version: write three numbers, like `1.0.0`")
    }

    /// A claim of the catalogue.
    func claim() -> String? {
        guard let text = text() else { return nil }
        guard ClaimCatalogue.all.contains(text) else {
            let nearest = Suggestion.phrase(for: text, among: ClaimCatalogue.all)
            let known = ClaimCatalogue.all.joined(separator: ", ")
            return refused("unknown claim \(quoted(text))" + (nearest.isEmpty ? "; known are \(known)" : nearest))
        }
        return text
    }

    /// A whole number of a range.
    func count(_ range: ClosedRange<Int64>) -> Int64? {
        guard let text = text() else { return nil }
        guard let number = Int64(text), String(number) == text, range.contains(number) else {
            return refused("\(quoted(text)) is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
