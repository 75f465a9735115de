internal import HTTPTypes

/// What a caller accepts, and how gladly (RFC 9110 §12.5.1).
struct AcceptedMediaTypes {
    /// By range as it was written, in lower case: a type, `application/*` or `*/*`.
    private let weights: [String: Double]

    init(_ headers: HTTPFields) {
        var weights: [String: Double] = [:]
        for range in headers[values: .accept].flatMap({ $0.split(separator: ",") }) {
            let parts = range.split(separator: ";").map { $0.trimmingSpaces().lowercased() }
            guard let type = parts.first else { continue }
            weights[type] = max(weights[type] ?? 0, Self.weight(parts.dropFirst()))
        }
        self.weights = weights
    }

    /// True when `type` is named, and no less welcome than `other`.
    func names(_ type: String, besides other: String) -> Bool {
        guard let weight = weights[type], weight > 0 else { return false }
        return weight >= self.weight(of: other)
    }

    /// That of the most specific range that the type is in.
    private func weight(of type: String) -> Double {
        let group = String(type.prefix { $0 != "/" }) + "/*"
        return weights[type] ?? weights[group] ?? weights["*/*"] ?? 0
    }

    /// RFC 9110 §12.4.2; what is no weight is none.
    private static func weight(_ parameters: ArraySlice<String>) -> Double {
        guard let text = parameters.first(where: { $0.hasPrefix("q=") })?.dropFirst(2) else { return 1 }
        guard let weight = Double(text), (0...1).contains(weight) else { return 0 }
        return weight
    }
}
