import GRDB

extension Database {
    /// `first`, and, again and again, those of `tables` that refer to one of them.
    func withReferrers(_ first: Set<String>, among tables: [String]) throws -> Set<String> {
        var found = first
        var size = 0
        while size < found.count {
            size = found.count
            for table in tables
            where try foreignKeys(on: table).contains(where: { found.contains($0.destinationTable) }) {
                found.insert(table)
            }
        }
        return found
    }
}
