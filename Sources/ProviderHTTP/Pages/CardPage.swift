internal import OpenIDMessages

/// A page with one card: a sign that shows the mood, a title, and what the page says.
struct CardPage {
    /// The `id` of the `main` element.
    let name: HTML
    let title: String
    let sign: PageSign
    let language: Language
    let security: PageSecurity
    var head: HTML = ""
    var script: HTML?
    let says: HTML

    var text: String {
        PageFrame(
            title: title, language: language, languagePath: nil, security: security, head: head, script: script,
            main: """
                <main id="\(name)" data-language="\(language.rawValue)">
                <div class="narrow">
                <section class="card mood">
                \(sign.html)
                <div class="says">
                <h1>\(title)</h1>
                \(says)</div>
                </section>
                </div>
                </main>
                """
        ).text
    }
}
