extension OutboundURL {
    /// An address that a client registers for the provider to call: as plain as a redirect URI, without patterns and
    /// without parts that two readers could resolve differently.
    public init?(registered text: String) {
        guard RedirectURI(rawValue: text) != nil else { return nil }
        self.init(rawValue: text)
    }
}
