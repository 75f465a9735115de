import AccountDirectory
import OpenIDMessages

extension YAMLValue {
    /// An identifier of a region, an operator or a tenant.
    func slug<Value: WireValue>(_ type: Value.Type) -> Value? { wire(type, Self.slugForm) }

    static let slugForm = "1 to 63 lower-case letters, digits and inner hyphens"

    /// A level that the region offers.
    func level() -> AssuranceLevel? {
        guard let text = text() else { return nil }
        let offered = AssuranceLevel.offered.map(\.name)
        guard let level = AssuranceLevel(name: text), level != .undefined else {
            return refused("unknown level \(quoted(text)); known are \(offered.joined(separator: ", "))")
        }
        guard offered.contains(text) else {
            return refused("level `\(text)` is not offered; offered are \(offered.joined(separator: ", "))")
        }
        return level
    }

    /// A scope of the catalogue.
    func catalogueScope() -> String? {
        guard let text = text() else { return nil }
        guard ClaimCatalogue.contains(scope: text) else {
            let known = ClaimCatalogue.scopes.map(\.scope)
            return refused("unknown scope \(quoted(text)); known are \(known.joined(separator: ", "))")
        }
        return text
    }

    /// A list of scopes with `openid` (OpenID Connect Core §3.1.2.1).
    func scopes() -> [String] {
        let scopes = distinct { $0.catalogueScope() }
        if isList, !scopes.contains(Scope.openID) { refuse("the list must contain `openid`") }
        return scopes
    }

    /// A URI to which browsers are sent.
    func redirectURI() -> RedirectURI? {
        guard let text = text() else { return nil }
        return RedirectURI(rawValue: text)
            ?? refused("\(quoted(text)) cannot be a redirect URI: \(RedirectURIRefusal.reason(text))")
    }

    /// A URL that the provider itself calls.
    func outboundURL() -> OutboundURL? {
        guard let text = text() else { return nil }
        return OutboundURL(registered: text)
            ?? refused("\(quoted(text)) cannot be called: write `https://`, a host in lower case, and a path")
    }

    /// A protected resource.
    func resource() -> ResourceURI? {
        wire(ResourceURI.self, "an absolute URI without fragment, at most 512 characters (RFC 8707 §2)")
    }

    /// A day of the calendar.
    func day() -> CalendarDate? { wire(CalendarDate.self, "a day is YYYY-MM-DD, as in `2026-01-31`") }

    /// A number of seconds up to a year.
    func seconds() -> Int64? {
        guard let text = text() else { return nil }
        guard let seconds = Int64(text), String(seconds) == text, (0...31_536_000).contains(seconds) else {
            return refused("\(quoted(text)) is no number of seconds from 0 to 31536000")
        }
        return seconds
    }

    /// A host name in lower case, without scheme and port.
    func host() -> String? {
        guard let text = text() else { return nil }
        guard RedirectURI(rawValue: "https://\(text)/")?.host == text else {
            return refused(
                "\(quoted(text)) is not a host: write a name like `portal.town.example`, in lower case, "
                    + "without `https://`, port and path")
        }
        return text
    }

    /// The text of the file that the value names, and the name.
    func file() -> (name: String, text: String)? {
        guard let path = text() else { return nil }
        switch FileText.read(FileText.resolve(path, in: source.directory)) {
        case .success(let text): return (path, text)
        case .failure(let refusal): return refused("\(quoted(path)): \(refusal.message)")
        }
    }
}
