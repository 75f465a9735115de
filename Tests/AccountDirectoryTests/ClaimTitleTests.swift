import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Claims in plain words")
struct ClaimTitleTests {
    @Test("every claim that a portal can ask for has words in both languages, and no two the same")
    func everyClaimHasWords() {
        var seen: Set<BilingualText> = []
        for claim in ClaimCatalogue.all {
            guard let title = ClaimTitle.of(claim) else {
                Issue.record("\(claim) has no words")
                continue
            }
            #expect(!title.german.isEmpty && !title.english.isEmpty && !title.german.contains("_"))
            #expect(seen.insert(title).inserted, "\(claim)")
        }
        #expect(seen.count == ClaimCatalogue.all.count)
    }
}
