/// The round signs beside a message; they only repeat what the text says.
enum PageSign {
    case phone, good, bad

    var html: HTML {
        let path: HTML =
            switch self {
            case .phone: #"<rect x="6.5" y="2" width="11" height="20" rx="2.5"/><path d="M11 18.5h2"/>"#
            case .good: #"<path d="m4.5 12.5 5 5 10-11"/>"#
            case .bad: #"<path d="M12 4.5v9M12 18.5v.5"/>"#
            }
        let mood: HTML =
            switch self {
            case .phone: "pulse"
            case .good: "is-good"
            case .bad: "is-bad"
            }
        return """
            <div class="sign \(mood)" aria-hidden="true"><svg viewBox="0 0 24 24" fill="none" stroke="currentColor" \
            stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round" focusable="false">\(path)</svg></div>
            """
    }

    /// A small padlock before an address.
    static let lock: HTML = #"""
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" fill="currentColor">\#
        <path d="M4.5 7V5a3.5 3.5 0 0 1 7 0v2h.5a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 12 15H4a1.5 1.5 0 0 1-1.5-1.5v-5A1.5 1.5 0 0 1 4 7zm1.8 0h3.4V5a1.7 1.7 0 0 0-3.4 0z"/></svg>
        """#
}
