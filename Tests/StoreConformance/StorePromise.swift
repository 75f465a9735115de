public import ProviderCore

/// Something that every store promises, checked on a fresh store.
///
/// A library cannot use Swift Testing's `#expect`: a broken promise is thrown as a `ConformanceFailure`.
public struct StorePromise: Sendable, CustomStringConvertible {
    /// The promise as a sentence.
    public let description: String
    public let check: @Sendable (any ProviderStore) async throws -> Void

    init(_ description: String, _ check: @escaping @Sendable (any ProviderStore) async throws -> Void) {
        self.description = description
        self.check = check
    }

    /// Every promise.
    public static let all =
        enrolment + devices + distrusting + answers + redemption + racing + grants + refreshing + sessions + townsApart
        + continuing
        + ending
        + deliveries + registrations + sweeping + oneTimeUse + keys + region
        + selfService + companies + companyOffices + audit + mandates + mandateOffices + templates + accounts
        + administration + releases + backChannel + knownBrowsers
}

/// A broken promise.
public struct ConformanceFailure: Error, CustomStringConvertible {
    public let description: String
}

/// Throws unless the claim holds.
public func require(_ claim: Bool, _ what: String, line: Int = #line, file: String = #fileID) throws {
    guard claim else { throw ConformanceFailure(description: "\(what) (\(file):\(line))") }
}

/// Throws unless both are equal.
public func requireEqual<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: String = "", line: Int = #line, file: String = #fileID
) throws {
    try require(actual == expected, "\(what): \(actual), not \(expected)", line: line, file: file)
}

/// Throws unless `body` throws.
public func requireFault(
    _ what: String, line: Int = #line, file: String = #fileID, _ body: () async throws -> Void
) async throws {
    do { try await body() } catch { return }
    throw ConformanceFailure(description: "\(what): no fault (\(file):\(line))")
}
