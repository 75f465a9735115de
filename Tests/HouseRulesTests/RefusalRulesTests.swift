import Foundation
import ProviderCore
import Testing

/// A reason that no test names could be given for anything.
@Suite("House rule: each reason of the operator's log is asserted")
struct RefusalRulesTests {
    @Test("every Refusal is named by a test, as `.name` or as the word in the log")
    func named() {
        let words = SourceTree.tests.reduce(into: Set<String>()) { $0.formUnion(Self.words(in: $1.text)) }
        #expect(Refusal.allCases.map(\.rawValue).filter { !words.contains($0) } == [])
    }

    @Test("the rule bites")
    func selfTest() {
        #expect(Self.words(in: "(.loginOver, x.y) \"proofNonce\" [.a") == ["loginOver", "y", "proofNonce", "a"])
        #expect(Self.words(in: "loginOver \"proofNonce.\" \" x\"").isEmpty)
    }

    /// Words behind a point, and those that quotes enclose.
    private static func words(in text: String) -> Set<String> {
        var words: Set<String> = []
        let bytes = Array(text.utf8)
        var start: Int?
        for index in 0...bytes.count {
            let byte = index < bytes.count ? bytes[index] : UInt8(ascii: " ")
            if isLetter(byte) {
                if start == nil { start = index }
                continue
            }
            if let begin = start, begin > 0, begin < index {
                let before = bytes[begin - 1]
                let isQuoted = before == UInt8(ascii: "\"") && byte == before
                if before == UInt8(ascii: ".") || isQuoted {
                    words.insert(String(decoding: bytes[begin..<index], as: UTF8.self))
                }
            }
            start = nil
        }
        return words
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }
}
