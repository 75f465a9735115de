/// Finds the known word that somebody may have meant.
enum Suggestion {
    /// `; did you mean …?`, or nothing when no known word is near.
    static func phrase(for word: String, among known: some Collection<String>) -> String {
        nearest(to: word, among: known).map { "; did you mean `\($0)`?" } ?? ""
    }

    /// The nearest of `known`, when it takes few edits for its length. Long words and long lists are not searched.
    static func nearest(to word: String, among known: some Collection<String>) -> String? {
        guard word.utf8.count <= 64, known.count <= 500 else { return nil }
        let limit = (word.utf8.count + 2) / 3
        let ranked = known.sorted().filter { $0.utf8.count <= 64 }.map {
            (word: $0, edits: edits(Array(word.utf8), Array($0.utf8)))
        }
        guard let best = ranked.min(by: { $0.edits < $1.edits }), best.edits <= limit else { return nil }
        return best.word
    }

    /// The Levenshtein distance.
    private static func edits(_ from: [UInt8], _ to: [UInt8]) -> Int {
        var row = Array(0...to.count)
        for (line, byte) in from.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in to.enumerated() {
                let replaced = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[to.count]
    }
}
