internal import IdentityCrypto

/// Keys and secrets as the store has them: sealed under the master key.
struct SealedKeys: Sendable {
    let masterKey: [UInt8]
    let store: any KeyStore

    func load() async throws -> [SigningKeyRing.Entry] { try await store.signingKeys().map(open) }

    func save(_ ring: SigningKeyRing, events: [SecurityEvent]) async throws {
        let stored = try ring.entries.map { entry in
            StoredSigningKey(
                thumbprint: entry.key.thumbprint, algorithm: entry.key.algorithm, stage: entry.stage,
                since: entry.since, sealed: try SealedBox.seal(entry.key.derRepresentation, with: .key(masterKey)))
        }
        try await store.replaceSigningKeys(stored, events: events)
    }

    /// The secret of this name; the first call makes it.
    func secret(_ name: String) async throws -> [UInt8] {
        let fresh = try SealedBox.seal(RandomBytes.make(32), with: .key(masterKey))
        guard let secret = try? SealedBox.open(await store.secret(name, fresh: fresh), with: .key(masterKey)) else {
            throw KeyCustodian.Fault.wrongMasterKey
        }
        return secret
    }

    private func open(_ stored: StoredSigningKey) throws -> SigningKeyRing.Entry {
        guard let der = try? SealedBox.open(stored.sealed, with: .key(masterKey)),
            let key = try? SigningKey(stored.algorithm, derRepresentation: der), key.thumbprint == stored.thumbprint
        else { throw KeyCustodian.Fault.wrongMasterKey }
        return SigningKeyRing.Entry(key: key, stage: stored.stage, since: stored.since)
    }
}
