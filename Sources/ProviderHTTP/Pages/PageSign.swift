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

    /// A small globe before an address: it promises nothing, as a padlock would.
    static let globe: HTML = #"""
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false" fill="none" \#
        stroke="currentColor" stroke-width="1.3"><circle cx="8" cy="8" r="6.3"/><ellipse cx="8" cy="8" rx="2.7" ry="6.3"/>\#
        <path d="M1.8 8h12.4"/></svg>
        """#
}
