import OpenIDMessages
import Testing

/// A person reads which check of a device's evidence failed.
@Suite("House rule: every check of a device's evidence has words for a person")
struct EvidenceWordsTests {
    @Test("each name that a verifier gives to a check has words in both languages, with the name behind them")
    func words() {
        let files = SourceTree.sources.filter { $0.path.hasPrefix("Sources/IdentityCrypto/Attestation/") }
        let names = Set(files.flatMap { $0.text.matches(of: /\.check\(\s*"([a-z_]+)"/).map { String($0.output.1) } })
        #expect(names.isSuperset(of: ["boot", "patch_level", "fixed_tpm", "counter"]) && names.count >= 25, "\(names)")
        for name in names.union(["format"]) {
            let words = EvidenceVerdict.words(for: name)
            #expect(words.german != words.english, "\(name)")
            #expect(words.german.hasSuffix(" (\(name))") && words.english.hasSuffix(" (\(name))"))
        }
        #expect(EvidenceVerdict.words(for: "new_check") == BilingualText(verbatim: "new_check"))
    }
}
