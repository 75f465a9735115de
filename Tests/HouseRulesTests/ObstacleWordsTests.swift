import AccountDirectory
import OpenIDMessages
import Testing

/// A person reads why no company is offered at a login.
@Suite("House rule: every reason why a login is refused for a company has words for a person")
struct ObstacleWordsTests {
    /// A login names neither establishment nor amount of an act, and only an own company's reason is told.
    private static let ofActs: Set<AuthorityRefusal> = [
        .unknown, .establishmentUnknown, .establishmentRequired, .establishmentNotCovered, .amountRequired,
    ]

    @Test("each reason of a login has a sentence in both languages, with the company's name and without the code")
    func words() {
        var sentences: Set<BilingualText> = []
        for refusal in AuthorityRefusal.allCases where !Self.ofActs.contains(refusal) {
            let text = ActingObstacle(reason: refusal.rawValue, company: "Muster „Bau“ GmbH").text
            #expect(text.german.contains("„Muster ’Bau’ GmbH“") && text.english.contains("“Muster ’Bau’ GmbH”"))
            #expect(!text.german.contains("_") && text.german.hasSuffix(".") && text.english.hasSuffix("."))
            #expect(text.german != text.english, "\(refusal)")
            sentences.insert(text)
        }
        #expect(sentences.count == AuthorityRefusal.allCases.count - Self.ofActs.count)
    }

    @Test("a limit and a price are named where they are the reason; a new reason is its code")
    func amounts() {
        let obstacle = ActingObstacle(
            reason: "amount_exceeded", company: "Muster GmbH", limit: "200.00 EUR", price: "250.00 EUR")
        #expect(
            obstacle.text
                == BilingualText(
                    "Ihre Vollmacht von „Muster GmbH“ geht bis 200,00 EUR; der Dienst kostet 250,00 EUR.",
                    "Your mandate of “Muster GmbH” goes up to 200.00 EUR; the service costs 250.00 EUR."))
        let new = ActingObstacle(reason: "new_reason", company: "Muster GmbH")
        #expect(new.text == BilingualText("„Muster GmbH“: new_reason.", "“Muster GmbH”: new_reason."))
    }
}
