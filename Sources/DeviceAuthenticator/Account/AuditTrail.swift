public import OpenIDMessages

/// What the person's own audit trail at the provider says of one login or confirmation.
public struct AuditTrail: Sendable, Equatable {
    /// As the provider gives them (`GET /account/v1/audit`), the earliest first.
    public let events: [JSONObject]
    /// False when the trail was too long to be read to its end.
    public let isWhole: Bool
}

extension DeviceAuthenticator {
    /// The most pages that are read, of a hundred events each.
    static let trailPages = 100

    /// The clocks of phone and provider may differ by this much, in seconds.
    static let trailMargin: Int64 = 600

    /// Looks for a transaction in the person's audit trail, whichever of the person's devices it was on.
    ///
    /// - Parameters:
    ///   - transaction: the login, or the confirmed act.
    ///   - start: when it began by this device's clock, where that is known: nothing earlier is read.
    public func auditTrail(
        of transaction: TransactionIdentifier, from start: Timestamp? = nil
    ) async throws(DeviceError) -> AuditTrail {
        var found: [JSONObject] = []
        var cursor: Int64?
        for _ in 0..<Self.trailPages {
            let page = try await accountView("/audit", query: cursor.map { "?before=\($0)" } ?? "")
            let events = page["events"]?.array?.compactMap(\.object) ?? []
            found += events.filter { $0["txn"]?.string == transaction.rawValue }
            let isBefore = events.last?["time"]?.integer.map { seconds in
                start.map { seconds < $0.seconds - Self.trailMargin } ?? false
            }
            guard let next = page["next"]?.integer, isBefore != true else {
                return AuditTrail(events: found.reversed(), isWhole: true)
            }
            cursor = next
        }
        return AuditTrail(events: found.reversed(), isWhole: false)
    }
}
