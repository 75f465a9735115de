internal import IdentityCrypto
public import OpenIDMessages

/// Token revocation (RFC 7009). A refresh token ends its whole grant; an access token ends alone.
public struct RevocationFlow: Sendable {
    let grants: any GrantStore
    let uses: any OneTimeUseStore
    let accessTokens: AccessTokenVerifier
    let clock: ProviderClock
    /// Makes the successor of each refresh token.
    let successorKey: [UInt8]

    /// Returns also for tokens that are unknown, malformed or over: the client's wish is fulfilled (RFC 7009 §2.2).
    public func revoke(_ inquiry: TokenInquiry, by client: AuthenticatedClient) async throws {
        if let handle = OneTimeHandle(parsing: inquiry.token, as: .refreshToken) {
            try await revoke(handle, client)
            // Whoever lost the answer of a rotation has the token before: its family ends as well.
            try await revoke(handle.successor(key: successorKey), client)
        } else if let token = try? accessTokens.read(inquiry.token) {
            guard token.client == client.identifier else { throw Self.foreign }
            _ = try await uses.use(
                token.identifier.rawValue, class: .revokedAccessToken, expiresAt: token.expiresAt)
        }
    }

    private func revoke(_ handle: OneTimeHandle, _ client: AuthenticatedClient) async throws {
        let now = clock.now()
        guard let (record, live) = try await grants.refreshToken(handle.digest, now: now) else { return }
        guard record.client == client.identifier else { throw Self.foreign }
        try await grants.revoke(
            record.transaction,
            event: SecurityEvent(
                .tokenRevoked, time: now, tenant: live.grant.tenant, object: record.client.rawValue,
                transaction: record.transaction, actor: .portal, person: live.grant.account))
    }

    private static let foreign = ClientRefusal(
        .invalidGrant, "the token was issued to another client", .tokenOfOtherClient)
}
