import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import Synchronization

/// A real store of which one call fails: before it did anything, or after it did everything and the answer was lost.
public final class FaultyStore: ProviderStore {
    public struct Fault: Error {}

    public enum Moment: Sendable, CaseIterable { case before, after }

    private let store: any ProviderStore
    private let plan = Mutex<(callsLeft: Int, moment: Moment)?>(nil)

    public init(_ store: any ProviderStore) { self.store = store }

    /// The call with this number, counted from 1, will fail.
    public func fail(_ number: Int, _ moment: Moment) { plan.withLock { $0 = (number, moment) } }

    /// No call fails any more; true when one has.
    public func heal() -> Bool {
        plan.withLock { plan in
            defer { plan = nil }
            return plan.map { $0.callsLeft <= 0 } ?? false
        }
    }

    private func call<Result>(_ body: () async throws -> Result) async throws -> Result {
        let moment = plan.withLock { plan -> Moment? in
            plan?.callsLeft -= 1
            return plan?.callsLeft == 0 ? plan?.moment : nil
        }
        if moment == .before { throw Fault() }
        let result = try await body()
        if moment == .after { throw Fault() }
        return result
    }
}

extension FaultyStore {
    public func register(_ account: AccountRecord, ticket: TicketRecord, events: [SecurityEvent]) async throws {
        try await call { try await store.register(account, ticket: ticket, events: events) }
    }

    public func ticket(_ digest: SecretDigest) async throws -> (TicketRecord, AccountRecord)? {
        try await call { try await store.ticket(digest) }
    }

    public func enrol(
        _ device: DeviceRecordRow, ticket: SecretDigest, event: SecurityEvent
    ) async throws -> EnrolmentOutcome {
        try await call { try await store.enrol(device, ticket: ticket, event: event) }
    }

    public func device(_ identifier: DeviceIdentifier) async throws -> (DeviceRecordRow, AccountRecord)? {
        try await call { try await store.device(identifier) }
    }

    public func devices(of account: AccountIdentifier) async throws -> [DeviceRecordRow] {
        try await call { try await store.devices(of: account) }
    }

    public func block(_ digest: SecretDigest, time: Timestamp) async throws -> Bool {
        try await call { try await store.block(digest, time: time) }
    }
}

extension FaultyStore {
    public func accept(_ confirmation: DeviceAnswer) async throws -> LoginAnswerOutcome {
        try await call { try await store.accept(confirmation) }
    }

    public func rename(
        _ device: DeviceIdentifier, of account: AccountIdentifier, to name: String, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.rename(device, of: account, to: name, event: event) }
    }

    public func suspend(
        _ device: DeviceIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.suspend(device, of: account, event: event) }
    }
}

extension FaultyStore {
    public func accept(_ answer: LoginAnswer) async throws -> LoginAnswerOutcome {
        try await call { try await store.accept(answer) }
    }

    public func grant(
        _ grant: AuthorizationGrant, sector: SubjectSector, session cookie: HandleDigest, now: Timestamp
    ) async throws -> SubjectIdentifier? {
        try await call { try await store.grant(grant, sector: sector, session: cookie, now: now) }
    }

    public func redeem(
        _ code: HandleDigest, client: ClientIdentifier, refreshToken: NewRefreshToken?, now: Timestamp
    ) async throws -> GrantRedemption {
        try await call { try await store.redeem(code, client: client, refreshToken: refreshToken, now: now) }
    }

    public func refresh(
        _ token: HandleDigest, client: ClientIdentifier, successor: HandleDigest, expiresAt: Timestamp, grace: Int64,
        now: Timestamp
    ) async throws -> RefreshOutcome {
        try await call {
            try await store.refresh(
                token, client: client, successor: successor, expiresAt: expiresAt, grace: grace, now: now)
        }
    }

    public func refreshToken(_ token: HandleDigest, now: Timestamp) async throws -> (RefreshTokenRecord, LiveGrant)? {
        try await call { try await store.refreshToken(token, now: now) }
    }

    public func liveGrant(
        _ transaction: TransactionIdentifier, token: TokenIdentifier, now: Timestamp
    ) async throws -> LiveGrant? {
        try await call { try await store.liveGrant(transaction, token: token, now: now) }
    }

    public func login(_ transaction: TransactionIdentifier) async throws -> LoginFacts? {
        try await call { try await store.login(transaction) }
    }

    public func revoke(_ transaction: TransactionIdentifier, event: SecurityEvent) async throws {
        try await call { try await store.revoke(transaction, event: event) }
    }
}

extension FaultyStore {
    public func session(cookie: HandleDigest, now: Timestamp) async throws -> (SessionRecord, AccountRecord)? {
        try await call { try await store.session(cookie: cookie, now: now) }
    }

    public func sessions(of account: AccountIdentifier, now: Timestamp) async throws -> [SessionRecord] {
        try await call { try await store.sessions(of: account, now: now) }
    }

    public func portals(of session: SessionIdentifier) async throws -> [SessionPortal] {
        try await call { try await store.portals(of: session) }
    }

    public func end(
        _ session: SessionIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.end(session, of: account, event: event) }
    }

    public func subject(
        of account: AccountIdentifier, in sector: SubjectSector, as context: ContextName
    ) async throws -> SubjectIdentifier? {
        try await call { try await store.subject(of: account, in: sector, as: context) }
    }

    public func dueLogouts(now: Timestamp, limit: Int) async throws -> [LogoutDelivery] {
        try await call { try await store.dueLogouts(now: now, limit: limit) }
    }

    public func save(_ delivery: LogoutDelivery) async throws {
        try await call { try await store.save(delivery) }
    }

    public func logouts(to client: ClientIdentifier, limit: Int) async throws -> [LogoutDelivery] {
        try await call { try await store.logouts(to: client, limit: limit) }
    }
}

extension FaultyStore {
    public func release(for key: ReleaseKey) async throws -> ClaimRelease? {
        try await call { try await store.release(for: key) }
    }

    public func releases(of account: AccountIdentifier) async throws -> [ClaimRelease] {
        try await call { try await store.releases(of: account) }
    }

    public func withdraw(
        _ release: ReleaseIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.withdraw(release, of: account, event: event) }
    }
}

extension FaultyStore {
    public func verifiedAttributes(of account: AccountIdentifier) async throws -> [VerifiedAttribute] {
        try await call { try await store.verifiedAttributes(of: account) }
    }

    public func record(_ evidence: Evidence, for claims: [String], event: SecurityEvent) async throws {
        try await call { try await store.record(evidence, for: claims, event: event) }
    }

    public func makeStale(_ claims: [String], of account: AccountIdentifier, event: SecurityEvent) async throws {
        try await call { try await store.makeStale(claims, of: account, event: event) }
    }
}

extension FaultyStore {
    public func clientRegistrations() async throws -> [ClientRegistration] {
        try await call { try await store.clientRegistrations() }
    }

    public func save(_ token: InitialAccessToken, event: SecurityEvent) async throws {
        try await call { try await store.save(token, event: event) }
    }

    public func initialAccessToken(_ handle: HandleDigest, now: Timestamp) async throws -> InitialAccessToken? {
        try await call { try await store.initialAccessToken(handle, now: now) }
    }

    public func register(
        _ registration: ClientRegistration, with token: HandleDigest, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.register(registration, with: token, now: now, event: event) }
    }

    public func replace(
        _ registration: ClientRegistration, previous: HandleDigest, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.replace(registration, previous: previous, event: event) }
    }

    public func removeRegistration(_ client: ClientIdentifier, event: SecurityEvent) async throws -> Bool {
        try await call { try await store.removeRegistration(client, event: event) }
    }
}

extension FaultyStore {
    public func use(_ value: String, class: OneTimeClass, expiresAt: Timestamp) async throws -> Bool {
        try await call { try await store.use(value, class: `class`, expiresAt: expiresAt) }
    }

    public func isUsed(_ value: String, class: OneTimeClass) async throws -> Bool {
        try await call { try await store.isUsed(value, class: `class`) }
    }

    public func sweep(now: Timestamp) async throws { try await call { try await store.sweep(now: now) } }

    public func signingKeys() async throws -> [StoredSigningKey] {
        try await call { try await store.signingKeys() }
    }

    public func replaceSigningKeys(_ keys: [StoredSigningKey], event: SecurityEvent?) async throws {
        try await call { try await store.replaceSigningKeys(keys, event: event) }
    }

    public func secret(_ name: String, fresh: [UInt8]) async throws -> [UInt8] {
        try await call { try await store.secret(name, fresh: fresh) }
    }

    public func regionDocument() async throws -> String? { try await call { try await store.regionDocument() } }

    public func saveRegionDocument(_ document: String, event: SecurityEvent) async throws {
        try await call { try await store.saveRegionDocument(document, event: event) }
    }
}
