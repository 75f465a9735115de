/// For whom the tokens of a login are good.
public enum TokenBinding: Sendable, Equatable {
    /// For everybody who has them (RFC 6750).
    case bearer
    /// Only with proofs by a key (DPoP, RFC 9449): each login makes an ES256 key of its own, which stands in `PendingLogin` and
    /// then in `LoggedIn`, and lives as long as the portal's session. Profile `fapi2` demands it.
    case keyOfEachLogin
}
