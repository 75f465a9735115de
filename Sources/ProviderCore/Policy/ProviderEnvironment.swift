public import OpenIDMessages

/// The time as the provider sees it.
public struct ProviderClock: Sendable {
    public let now: @Sendable () -> Timestamp

    public init(now: @escaping @Sendable () -> Timestamp) { self.now = now }
}

/// How long things live, in seconds.
public enum Lifetime {
    /// A pushed request, to be used (FAPI 2.0 §5.3.2.2-12 allows less than 600; the checklist 90).
    public static let pushedRequest: Int64 = 60
    /// A login, to be claimed by a phone.
    public static let unclaimedLogin: Int64 = 120
    /// A login from the claim to the answer.
    public static let claimedLogin: Int64 = 180
    /// An act that waits for its confirmation.
    public static let confirmation: Int64 = 180
    /// A code from the acceptance of the phone's answer (FAPI 2.0 §5.3.2.1-11).
    public static let code: Int64 = 60
    /// A signed authorization response (JARM §2.1 wants at most 600).
    public static let authorizationResponse: Int64 = 300
    /// What a finished login can still be asked for.
    public static let finishedLogin: Int64 = 300
    public static let idToken: Int64 = 300
    public static let accessToken: Int64 = 300
    /// A refresh token, from its last use; it never outlives its session.
    public static let refreshToken: Int64 = 8 * 3600
    /// How long the answer to a rotation may be asked for again.
    public static let refreshGrace: Int64 = 30
    /// A device code (RFC 8628 §3.2).
    public static let deviceCode: Int64 = 600
    /// A request over the back channel, unless its client wants another time within `backChannelRequests`.
    public static let backChannelRequest: Int64 = 180
    public static let backChannelRequests: ClosedRange<Int64> = 10...600
    public static let ticket: Int64 = 600
    /// A ticket for the first administrator (checklist R1).
    public static let bootstrapTicket: Int64 = 900
    public static let offer: Int64 = 300
    public static let clientAttestation: Int64 = 86_400
    /// The longest `exp` of a client assertion that is accepted.
    public static let clientAssertion: Int64 = 300
    /// A signing key is published for at least so long before it signs: longer than portals keep the key set.
    public static let keyPublication: Int64 = 86_400
    /// A signing key signs for so long; then the next one takes over.
    public static let keyUse: Int64 = 90 * 86_400
    /// A retired signing key stays published for longer than anything that it signed.
    public static let retiredKey: Int64 = 2 * 86_400
}
