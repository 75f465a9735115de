internal import HTTPTypes
internal import Hummingbird
internal import OpenIDMessages

/// The language of a page: German unless the person or the browser prefers English.
struct Language: Sendable {
    enum Tag: String, Sendable { case de, en }

    let tag: Tag
    /// True when the person chose it by a link; links then carry it on.
    let isChosen: Bool

    var code: String { tag.rawValue }
    var other: Language { Language(tag: tag == .de ? .en : .de, isChosen: true) }

    init(tag: Tag, isChosen: Bool) {
        self.tag = tag
        self.isChosen = isChosen
    }

    /// `?lang=` decides, then `Accept-Language`.
    init(of request: Request) {
        let query = try? FormParameters(parsing: Array((request.uri.query ?? "").utf8))
        if let tag = query?["lang"].flatMap(Tag.init(rawValue:)) {
            self.init(tag: tag, isChosen: true)
        } else {
            self.init(tag: Self.preferred(request.headers[.acceptLanguage] ?? ""), isChosen: false)
        }
    }

    /// A path of the portal in this language.
    func link(_ path: String) -> String { isChosen ? "\(path)?lang=\(code)" : path }

    /// The one of the two languages with the higher weight (RFC 9110 §12.5.4); the first of equals.
    static func preferred(_ header: String) -> Tag {
        var best: (tag: Tag, weight: Double)?
        for part in header.prefix(512).split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let range = pieces.first, let tag = Tag(rawValue: String(range.prefix { $0 != "-" })) else {
                continue
            }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }
            let weight = quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best?.weight ?? 0 { best = (tag, weight) }
        }
        return best?.tag ?? .de
    }
}
