/// How long texts of others may be that a phone shows, in bytes of UTF-8 (docs/protocol.md §2).
public enum ShownText {
    /// A name, a title or another text of a region's files, where it has at most 500 characters.
    public static let configured = 2000
    /// The name of a company, which has at most 200 characters.
    public static let company = 400
    /// How an office and its town are reached: three texts.
    public static let contact = 4096
    /// Who began a login: a browser and its system, or a portal.
    public static let initiator = 512
    /// The whole question.
    public static let question = 8192
}
