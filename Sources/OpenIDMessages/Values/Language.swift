/// Languages of citizens' texts, by their BCP 47 tags.
public enum Language: String, Sendable, CaseIterable {
    case german = "de"
    case english = "en"

    /// What an `Accept-Language` header prefers (RFC 9110 §12.5.4); German when it says nothing that helps.
    ///
    /// Only the primary subtag counts: `en-GB` asks for English. Of equally preferred languages the first listed wins,
    /// which the RFC leaves open and browsers mean.
    public init(acceptLanguage: String?) {
        var anyOther = 0
        var preferences: [(language: Language, quality: Int)] = []
        for element in (acceptLanguage ?? "").split(separator: ",") {
            guard let (range, quality) = Self.weighted(element) else { continue }
            if range == "*" { anyOther = max(anyOther, quality) }
            if let language = Language(rawValue: range) { preferences.append((language, quality)) }
        }
        // `*` stands for every language that is not listed.
        for language in Self.allCases where !preferences.contains(where: { $0.language == language }) {
            preferences.append((language, anyOther))
        }
        var best = (language: Language.german, quality: 0)
        for preference in preferences where preference.quality > best.quality { best = preference }
        self = best.language
    }

    /// The primary subtag in small letters and the quality in thousandths; nil when the element is not well-formed.
    private static func weighted(_ element: Substring) -> (range: String, quality: Int)? {
        let parts = element.split(separator: ";", omittingEmptySubsequences: false).map { part in
            String(part.filter { $0 != " " && $0 != "\t" }).lowercased()
        }
        guard let range = parts[0].split(separator: "-").first.map(String.init) else { return nil }
        guard parts.count > 1 else { return (range, 1000) }
        guard parts.count == 2, parts[1].hasPrefix("q="), let quality = thousandths(parts[1].dropFirst(2)) else {
            return nil
        }
        return (range, quality)
    }

    /// RFC 9110 §12.4.2: `0` or `1` with up to three decimals, at most 1.
    private static func thousandths(_ text: Substring) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts[0] == "0" || parts[0] == "1" else { return nil }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard decimals.utf8.count <= 3, decimals.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let padded = String(decimals) + String(repeating: "0", count: 3 - decimals.utf8.count)
        guard let fraction = Int(padded) else { return nil }
        let quality = (parts[0] == "1" ? 1000 : 0) + fraction
        return quality <= 1000 ? quality : nil
    }
}
