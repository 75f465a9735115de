extension Report {
    /// What somebody waits for, in milliseconds by round: median and p99 alone, and beside something that is in the way.
    func addWaits(_ name: String, _ alone: String, _ floors: [[Double]], _ beside: String, _ rounds: [[Double]]) {
        for (title, part) in [("median", 0.5), ("p99", 0.99)] {
            let floor = Spread(floors.map { $0.limit(of: part) })
            add(Figure(name: "\(name), \(alone), \(title)", unit: "ms", spread: floor))
            add(
                Figure(
                    name: "  \(beside), \(title)", unit: "ms", spread: Spread(rounds.map { $0.limit(of: part) }),
                    floor: floor.median, floorMeaning: alone))
        }
    }
}

extension [Double] {
    /// The value within which this part of them lies; 0 when there are none.
    func limit(of part: Double) -> Double {
        guard !isEmpty else { return 0 }
        return sorted()[Swift.min(count - 1, Int((Double(count) * part).rounded(.down)))]
    }
}
