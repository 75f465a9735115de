/// Why a person may act for none of the own companies at a service (docs/protocol.md §9): that of the company that comes
/// nearest. Only the person's device hears it.
public struct ActingObstacle: Sendable, Equatable {
    /// A word of `POST /authority/check`, e.g. `amount_exceeded`.
    public var reason: String
    /// The company's name.
    public var company: String
    /// How far the nearest mandate goes, e.g. `200.00 EUR`; where the amount is the reason.
    public var limit: String?
    /// What the service costs; where the amount is the reason.
    public var price: String?

    public init(reason: String, company: String, limit: String? = nil, price: String? = nil) {
        self.reason = reason
        self.company = company
        self.limit = limit
        self.price = price
    }

    /// The members of a problem document.
    public var json: JSONObject {
        var object: JSONObject = ["reason": .string(reason), "company": .string(company)]
        object["limit"] = limit.map { .string($0) }
        object["price"] = price.map { .string($0) }
        return object
    }

    /// Reads the members of a problem document; nil where they are not there.
    init?(json: JSONObject) {
        guard let reason = json["reason"]?.string, let company = json["company"]?.string else { return nil }
        self.init(reason: reason, company: company, limit: json["limit"]?.string, price: json["price"]?.string)
    }
}
