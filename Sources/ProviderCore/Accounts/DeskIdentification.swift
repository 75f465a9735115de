internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Who stands at a desk, and which account is theirs.
struct DeskIdentification: Sendable {
    let store: any AccountStore
    let hashes: PersonHashes
    let clock: ProviderClock

    /// Accounts whose person has the same names and birth date, or the same upstream identity.
    func similar(to visit: DeskVisit) async throws -> [AccountProfile] {
        var profiles: [AccountProfile] = []
        if let likeness = hashes.likeness(of: visit.person) { profiles = try await store.accounts(like: likeness) }
        if let linked = try await linked(visit), !profiles.contains(where: { $0.identifier == linked.identifier }) {
            profiles.insert(linked, at: 0)
        }
        return profiles
    }

    func linked(_ visit: DeskVisit) async throws -> AccountProfile? {
        guard let link = visit.link else { return nil }
        return try await store.account(linkedBy: hashes.link(link))
    }

    /// The account, if its person stands here and was identified at the account's level or above. A refusal is in the trail.
    ///
    /// - Parameter died: its person died: another one brings the proof, and no level of theirs is asked.
    /// - Throws: `DeskRefusal`.
    func profile(of account: AccountIdentifier, in visit: DeskVisit, died: Bool = false) async throws -> AccountProfile
    {
        guard let profile = try await store.profile(of: account) else { throw DeskRefusal.unknownAccount }
        let isPerson = try await similar(to: visit).contains { $0.identifier == account }
        guard isPerson, died || visit.level >= profile.level else {
            try await store.record(visit.event(.proofingFailed, now: clock.now()))
            throw isPerson ? DeskRefusal.levelTooLow(needed: profile.level) : .otherPerson
        }
        return profile
    }
}
