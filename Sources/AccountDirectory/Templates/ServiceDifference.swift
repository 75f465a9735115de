internal import OpenIDMessages

/// One thing that is another one in a service than before, as people read it who decide about it.
public struct ServiceDifference: Sendable, Equatable {
    /// As documents name it, e.g. `required_level`.
    public let member: String
    /// Nil where there was nothing.
    public let before: String?
    /// Nil where there is nothing any more.
    public let after: String?

    public init(_ member: String, before: String?, after: String?) {
        self.member = member
        self.before = before
        self.after = after
    }

    /// Everything that differs, in the order of documents; for a service that is new, all of it.
    public static func all(from old: AdoptedService?, to new: AdoptedService) -> [ServiceDifference] {
        let before = Dictionary(old?.facts ?? []) { first, _ in first }
        let after = new.facts
        let gone = (old?.facts ?? []).filter { name, _ in !after.contains { $0.0 == name } }
        return after.filter { before[$0.0] != $0.1 }.map { ServiceDifference($0.0, before: before[$0.0], after: $0.1) }
            + gone.map { ServiceDifference($0.0, before: $0.1, after: nil) }
    }
}

extension AdoptedService {
    /// What the service is, by member; what it does not have is left out.
    fileprivate var facts: [(String, String)] {
        let facts: [(String, String?)] = [
            ("version", service.version), ("title", service.title.shown),
            ("contexts", shown(service.contexts.map(\.rawValue))),
            ("required_level", service.requiredLevel?.name), ("mandate_scope", service.mandateScope),
            ("amount", service.amount.map(ServiceAmount.text)), ("claims", shown(service.claims)),
            ("purpose", service.purpose?.shown), ("purpose_version", String(service.purposeVersion)),
            ("legal_basis", service.legalBasis), ("leika_key", service.leikaKey), ("contact", service.contact),
            ("privacy_uri", privacyURI?.rawValue), ("initiate_login_uri", initiateLoginURI?.rawValue),
        ]
        return facts.compactMap { name, value in value.map { (name, $0) } }
    }

    private func shown(_ words: [String]) -> String? { words.isEmpty ? nil : words.joined(separator: " ") }
}

extension LocalizedText {
    fileprivate var shown: String { [german, english].compactMap(\.self).joined(separator: " / ") }
}
