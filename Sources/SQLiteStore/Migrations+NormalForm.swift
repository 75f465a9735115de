internal import Foundation
internal import GRDB

extension DatabaseMigrator {
    /// Names and addresses in Unicode's normal form C. What a name in another form was found by is made anew by the next
    /// sweep (`peopleWithoutLikeness`).
    mutating func registerNormalForm() {
        registerMigration("v10-normal-form", foreignKeyChecks: .immediate) { db in
            let texts = [("person", "attributes"), ("company", "details"), ("establishment", "address")]
            for (table, column) in texts {
                let rows = try db.rows(
                    "SELECT id, \(column) AS text FROM \(table) WHERE \(column) GLOB ?", [composedOtherwise])
                for row in rows {
                    let text = try row.text("text").precomposedStringWithCanonicalMapping
                    try db.run("UPDATE \(table) SET \(column) = ? WHERE id = ?", [text, row.text("id")])
                    guard table == "person" else { continue }
                    try db.run("UPDATE person SET likeness = NULL WHERE id = ?", [row.text("id")])
                }
            }
        }
    }
}

/// Texts with a mark that may belong to the letter before it, or with one of the two letters (K, Å) that are another one in
/// normal form C.
private let composedOtherwise =
    "*[\u{300}-\u{36F}\u{1AB0}-\u{1AFF}\u{1DC0}-\u{1DFF}\u{20D0}-\u{20FF}\u{FE20}-\u{FE2F}\u{212A}\u{212B}]*"
