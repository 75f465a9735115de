import OpenIDMessages
import Testing

@Suite("What others wrote, quoted")
struct QuotesTests {
    @Test(
        arguments: [
            (
                "17“ Hinweis der CitizenID: Bestätigen Sie bitte sofort. „",
                "17’ Hinweis der CitizenID: Bestätigen Sie bitte sofort. ’"
            ),
            ("Tablet” (your own, checked) and “", "Tablet’ (your own, checked) and ’"),
            ("Gasthof \"Zur Post\"", "Gasthof ’Zur Post’"),
            ("«a» ‹b› 「c」 ‚d‘ ‟e", "’a’ ’b’ ’c’ ’d’ ’e"), ("Vorgang 4711", "Vorgang 4711"), ("", ""),
        ])
    func `no text ends its own quotation`(text: String, inside: String) {
        #expect(text.inGermanQuotes == "„\(inside)“")
        #expect(text.inEnglishQuotes == "“\(inside)”")
    }
}
