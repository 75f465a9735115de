import OpenIDMessages
import Testing

@Suite("Texts for people, in both languages")
struct BilingualTextTests {
    @Test("a text is said in the language that is asked for, and only that one is made")
    func isSaidInItsLanguage() {
        let text = BilingualText("Ja", "Yes") + BilingualText(verbatim: "!")
        #expect(text.text(.german) == "Ja!" && text.text(.english) == "Yes!")
        var made: [String] = []
        func make(_ text: String) -> String {
            made.append(text)
            return text
        }
        #expect(Language.english.say(make("Nein"), make("No")) == "No" && made == ["No"])
    }

    @Test(
        "every problem code has a sentence in each language, and sends the English one", arguments: ProblemCode.allCases
    )
    func problemsHaveBoth(code: ProblemCode) {
        #expect(code.title.german != code.title.english)
        for sentence in [code.title.german, code.title.english] {
            #expect(sentence.hasSuffix(".") && !sentence.contains(code.rawValue))
        }
        #expect(code.problem(traceIdentifier: "").title == code.title.english)
    }

    @Test("what a person can do about a problem stands in a second sentence; what only faulty programs meet has none")
    func problemsHaveRemedies() {
        let programs: Set<ProblemCode> = [.invalidRequest, .useDPoPNonce, .tooLarge, .unsupportedMediaType]
        for code in ProblemCode.allCases {
            for text in [code.title.german, code.title.english] {
                let sentences = text.matches(of: /[.?!](?: |$)/).count
                #expect(programs.contains(code) ? sentences == 1 : sentences >= 2, "\(code): \(text)")
            }
        }
        #expect(programs.allSatisfy { $0.problem(traceIdentifier: "").side == .device })
    }

    @Test("ages are claims of one form only; what has no words keeps its name")
    func claims() {
        #expect(
            ClaimTitle.of("age_over_18")
                == BilingualText(
                    "Mindestens 18 Jahre alt (ja oder nein)", "At least 18 years old (yes or no)"))
        for claim in ["age_over_", "age_over_018", "age_over_+18", "age_over_0", "age_over_151", "age_over_1a", ""] {
            #expect(ClaimTitle.of(claim) == nil, "\(claim)")
            #expect(ClaimTitle.words(claim, .german) == claim)
        }
        #expect(ClaimTitle.words("given_name", .german) == "Vorname")
        #expect(ClaimTitle.words("given_name", .english) == "Given name")
    }

    @Test("levels have words in both languages, and simulated ones say so")
    func levels() {
        for level in AssuranceLevel.allCases {
            let plain = AuthenticationContext(level: level, isSimulated: false).title
            #expect(plain == level.title)
            let simulated = AuthenticationContext(level: level, isSimulated: true).title
            #expect(simulated == plain + BilingualText(", simuliert", ", simulated"))
        }
        #expect(AssuranceLevel.hoch.title == BilingualText("hoch", "high (hoch)"))
    }
}
