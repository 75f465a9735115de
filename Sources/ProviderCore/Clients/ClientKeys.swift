internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages
internal import Synchronization

/// Gets a JSON document of a client; how, and what it refuses to call, the outer rooms say.
public typealias DocumentFetch = @Sendable (OutboundURL) async throws -> JSONValue

/// A provider that calls nobody: clients have no keys at a `jwks_uri` and no `sector_identifier_uri`.
public struct NoDocuments: Error {
    public static let fetch: DocumentFetch = { _ in throw NoDocuments() }
}

/// The keys of clients: those that they handed in, and those that they publish at their `jwks_uri`.
///
/// Published keys are kept for ten minutes. A key that is not among them is looked for again, at most once a minute. While
/// the portal cannot be reached, its keys count for up to a day. Whoever needs the same keys at the same time shares one
/// fetch, and a portal that hangs delays only those who wait for its keys.
final class ClientKeys: Sendable {
    private enum Limit {
        /// For so long keys are used without a look at the portal, in seconds.
        static let fresh: Int64 = 600
        /// For so long they are used when the portal does not answer.
        static let stale: Int64 = 86_400
        /// Between two fetches for the sake of an unknown key.
        static let unknownKey: Int64 = 60
        /// Between two fetches after one that failed.
        static let failure: Int64 = 10
        static let portals = 10_000
    }

    private struct Entry {
        var keys: ClientKeySet?
        var fetchedAt: Timestamp?
        var triedAt: Timestamp
        var fetch: Task<Void, Never>?
    }

    private let fetch: DocumentFetch
    private let clock: ProviderClock
    private let entries = Mutex<[OutboundURL: Entry]>([:])

    init(clock: ProviderClock, fetch: @escaping DocumentFetch) {
        self.clock = clock
        self.fetch = fetch
    }

    /// The keys with which a client can have signed by `algorithm`.
    ///
    /// - Parameter identifier: the `kid` that is wanted.
    func verificationKeys(
        for client: RegisteredClient, algorithm: SignatureAlgorithm, identifier: String?
    ) async throws(ClientRefusal) -> VerificationKeySet {
        guard let url = client.client.keysURI else { return client.keys.verificationKeys(algorithm) }
        let keys = try await published(at: url) { known in
            guard let identifier else { return !known.verificationKeys(algorithm).isEmpty }
            return known.verificationKeys(algorithm).key(identifier: identifier) != nil
        }
        return keys.verificationKeys(algorithm)
    }

    /// Headers with which a token would bring or name its own key (RFC 8725 §3.10).
    private static let keyHeaders = ["jku", "jwk", "x5u", "x5c"]

    /// Verifies what a client signed: the algorithm comes from the registration, the key from where the client keeps its
    /// keys. Throws a `Refusal`, or the `ClientRefusal` of keys out of reach.
    func verify(
        _ token: CompactJWS, by client: RegisteredClient, registered: SignatureAlgorithm?
    ) async throws -> VerifiedJWS {
        guard !Self.keyHeaders.contains(where: { token.header[$0] != nil }) else { throw Refusal.assertionHeader }
        guard let algorithm = token.header["alg"]?.string.flatMap(SignatureAlgorithm.init(rawValue:)),
            registered.map({ $0 == algorithm }) ?? (client.client.profile != .fapi2 || algorithm.isAllowedInFAPI)
        else { throw Refusal.assertionAlgorithm }
        let known = try await verificationKeys(for: client, algorithm: algorithm, identifier: token.keyIdentifier)
        do { return try known.verify(token, type: nil) } catch {
            throw error == .unknownKey ? Refusal.clientKeyUnknown : .assertionSignature
        }
    }

    /// The key of a client to which a token is encrypted. Without one the client gets nothing.
    func encryptionKey(
        for client: RegisteredClient, algorithm: EncryptionAlgorithm
    ) async throws(ClientRefusal) -> RecipientKey {
        var keys = client.keys
        if let url = client.client.keysURI { keys = try await published(at: url) { $0.recipientKey(algorithm) != nil } }
        guard let key = keys.recipientKey(algorithm) else {
            throw ClientRefusal(.invalidRequest, "the client has no key to encrypt to", .clientKeyUnknown)
        }
        return key
    }

    private func published(
        at url: OutboundURL, has: (ClientKeySet) -> Bool
    ) async throws(ClientRefusal) -> ClientKeySet {
        let (known, running) = entries.withLock { entries in look(at: url, in: &entries, has: has) }
        guard let running else { return try usable(known) }
        await running.value
        return try usable(entries.withLock { $0[url] })
    }

    /// What is known, and the fetch to wait for when that is not enough.
    private func look(
        at url: OutboundURL, in entries: inout [OutboundURL: Entry], has: (ClientKeySet) -> Bool
    ) -> (Entry?, Task<Void, Never>?) {
        let now = clock.now()
        var entry = entries[url]
        if let known = entry {
            let isFresh = known.fetchedAt.map { now < $0 + Limit.fresh } ?? false
            if isFresh, let keys = known.keys, has(keys) { return (known, nil) }
            if let running = known.fetch { return (known, running) }
            // After a fetch that failed, as after one that brought other keys, the portal is left alone for a while.
            let pause = isFresh ? Limit.unknownKey : known.fetchedAt == known.triedAt ? 0 : Limit.failure
            guard now >= known.triedAt + pause else { return (known, nil) }
        } else if entries.count >= Limit.portals, let oldest = entries.min(by: { $0.value.triedAt < $1.value.triedAt })
        {
            entries[oldest.key] = nil
        }
        let task = Task { await refresh(url) }
        entry = Entry(keys: entry?.keys, fetchedAt: entry?.fetchedAt, triedAt: now, fetch: task)
        entries[url] = entry
        return (entry, task)
    }

    private func refresh(_ url: OutboundURL) async {
        var keys: ClientKeySet?
        var wasAsked = true
        do { keys = ClientKeySet(published: try await fetch(url)) } catch {
            // Our own crowding says nothing about the portal: whoever comes next tries again.
            wasAsked = error as? OutboundFailure != .busy
        }
        entries.withLock { entries in
            guard var entry = entries[url] else { return }
            entry.fetch = nil
            if let keys {
                entry.keys = keys
                entry.fetchedAt = entry.triedAt
            } else if !wasAsked {
                entry.triedAt = entry.fetchedAt ?? Timestamp(seconds: 0)
            }
            entries[url] = entry
        }
    }

    private func usable(_ entry: Entry?) throws(ClientRefusal) -> ClientKeySet {
        guard let keys = entry?.keys, let fetchedAt = entry?.fetchedAt, clock.now() < fetchedAt + Limit.stale else {
            throw ClientRefusal(.temporarilyUnavailable, "the client's keys cannot be fetched", .clientKeysUnreachable)
        }
        return keys
    }
}
