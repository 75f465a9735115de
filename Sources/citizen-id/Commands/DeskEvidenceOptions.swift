internal import ArgumentParser
internal import OpenIDMessages

/// What a clerk looked at. Nothing of the document itself is recorded.
struct DeskEvidenceOptions: ParsableArguments {
    @Option(help: "How the identity was proved: counter, eid or letter.")
    var method: String?

    @Option(help: "The document: idcard, passport or residence_permit.")
    var document: String?

    @Option(help: "The country that issued it, two letters.")
    var documentCountry = "DE"

    @Option(help: "The document's last day, YYYY-MM-DD: then what it proved must be checked anew.")
    var documentExpires: String?

    func validate() throws {
        if document == nil, documentExpires != nil { throw ValidationError("--document-expires is of a --document.") }
        try Self.check(method, "--method", Self.methods)
        try Self.check(document, "--document", Self.documents)
    }

    private static let methods = ["counter", "eid", "letter"]
    private static let documents = ["idcard", "passport", "residence_permit"]

    private static func check(_ word: String?, _ option: String, _ words: [String]) throws {
        guard let word, !words.contains(word) else { return }
        throw ValidationError("\(option) is one of \(words.joined(separator: ", ")).")
    }

    /// The member `evidence`; nil when nothing was said.
    var object: JSONValue? {
        guard method != nil || document != nil else { return nil }
        var object = JSONObject()
        object["method"] = method.map { .string($0) }
        if let document {
            var papers: JSONObject = ["type": .string(document), "country": .string(documentCountry)]
            papers["expires_on"] = documentExpires.map { .string($0) }
            object["document"] = .object(papers)
        }
        return .object(object)
    }
}
