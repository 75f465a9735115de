import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import Synchronization

/// A real store of which one call fails: before it did anything, or after it did everything and the answer was lost.
public final class FaultyStore: ProviderStore {
    public struct Fault: Error {}

    public enum Moment: Sendable, CaseIterable { case before, after }

    let store: any ProviderStore
    private let plan = Mutex<Plan?>(nil)
    private let interruption = Mutex<(callsLeft: Int, action: @Sendable () async throws -> Void)?>(nil)
    private let beforeEnrolment = Mutex<(@Sendable () async throws -> Void)?>(nil)

    private struct Plan {
        var callsLeft: Int
        let moment: Moment
        /// The calls that count; nil for all.
        let name: String?
    }

    public init(_ store: any ProviderStore) { self.store = store }

    /// Does this once, when an enrolment has been judged and is not written yet.
    public func beforeEnrolment(_ act: @escaping @Sendable () async throws -> Void) {
        beforeEnrolment.withLock { $0 = act }
    }

    /// The call with this number, counted from 1, will fail.
    public func fail(_ number: Int, _ moment: Moment) {
        plan.withLock { $0 = Plan(callsLeft: number, moment: moment, name: nil) }
    }

    /// The next call of this name will fail.
    public func fail(_ name: String, _ moment: Moment) {
        plan.withLock { $0 = Plan(callsLeft: 1, moment: moment, name: name) }
    }

    /// Before the call with this number, counted from 1, something else happens.
    public func interrupt(_ number: Int, _ action: @escaping @Sendable () async throws -> Void) {
        interruption.withLock { $0 = (number, action) }
    }

    /// No call fails any more; true when one has.
    public func heal() -> Bool {
        plan.withLock { plan in
            defer { plan = nil }
            return plan.map { $0.callsLeft <= 0 } ?? false
        }
    }

    /// - Parameter function: the call, as in `redeem(_:client:refreshToken:now:)`.
    func call<Result>(
        _ function: String = #function, _ body: () async throws -> Result
    ) async throws -> Result {
        let action = interruption.withLock { interruption -> (@Sendable () async throws -> Void)? in
            interruption?.callsLeft -= 1
            return interruption?.callsLeft == 0 ? interruption?.action : nil
        }
        try await action?()
        let moment = plan.withLock { plan -> Moment? in
            if let name = plan?.name, function.prefix(while: { $0 != "(" }) != name { return nil }
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
    public func register(_ new: NewAccount, events: [SecurityEvent]) async throws -> RegistrationOutcome {
        try await call { try await store.register(new, events: events) }
    }

    public func ticket(_ digest: SecretDigest) async throws -> (TicketRecord, AccountRecord)? {
        try await call { try await store.ticket(digest) }
    }

    public func enrol(
        _ device: DeviceRecordRow, ticket: SecretDigest, event: SecurityEvent
    ) async throws -> EnrolmentOutcome {
        let act = beforeEnrolment.withLock { act in
            defer { act = nil }
            return act
        }
        try await act?()
        return try await call { try await store.enrol(device, ticket: ticket, event: event) }
    }

    public func device(_ identifier: DeviceIdentifier) async throws -> (DeviceRecordRow, AccountRecord)? {
        try await call { try await store.device(identifier) }
    }

    public func devices(of account: AccountIdentifier) async throws -> [DeviceRecordRow] {
        try await call { try await store.devices(of: account) }
    }

    public func block(_ digest: SecretDigest, time: Timestamp) async throws -> Blocked? {
        try await call { try await store.block(digest, time: time) }
    }

    public func devices(
        certifiedBy serials: Set<String>, leftTo distrust: Distrust?
    ) async throws -> [CertifiedDevice] {
        try await call { try await store.devices(certifiedBy: serials, leftTo: distrust) }
    }

    public func certificates(of device: DeviceIdentifier) async throws -> [String] {
        try await call { try await store.certificates(of: device) }
    }

    public func distrust(
        _ device: DeviceIdentifier, of account: AccountIdentifier, _ distrust: Distrust, time: Timestamp
    ) async throws -> Bool {
        try await call { try await store.distrust(device, of: account, distrust, time: time) }
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
    ) async throws -> DeviceState? {
        try await call { try await store.suspend(device, of: account, event: event) }
    }
}

extension FaultyStore {
    public func remember(_ browser: KnownBrowser, tenant: TenantIdentifier) async throws -> Bool {
        try await call { try await store.remember(browser, tenant: tenant) }
    }

    public func knownBrowser(_ key: KeyThumbprint, now: Timestamp) async throws -> KnownBrowser? {
        try await call { try await store.knownBrowser(key, now: now) }
    }

    public func knownBrowsers(of account: AccountIdentifier, now: Timestamp) async throws -> [KnownBrowser] {
        try await call { try await store.knownBrowsers(of: account, now: now) }
    }

    public func forget(
        _ browser: BrowserIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.forget(browser, of: account, event: event) }
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

    public func login(_ transaction: TransactionIdentifier, in scope: TenantScope) async throws -> LoginFacts? {
        try await call { try await store.login(transaction, in: scope) }
    }

    public func revoke(_ transaction: TransactionIdentifier, event: SecurityEvent) async throws {
        try await call { try await store.revoke(transaction, event: event) }
    }
}

extension FaultyStore {
    public func session(cookie: HandleDigest, now: Timestamp) async throws -> (SessionRecord, AccountRecord)? {
        try await call { try await store.session(cookie: cookie, now: now) }
    }

    public func context(
        in session: SessionIdentifier, at client: ClientIdentifier, for tenant: TenantIdentifier
    ) async throws -> ContextName? {
        try await call { try await store.context(in: session, at: client, for: tenant) }
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

    public func clientsWithDueLogouts(now: Timestamp) async throws -> [ClientIdentifier] {
        try await call { try await store.clientsWithDueLogouts(now: now) }
    }

    public func dueLogouts(to client: ClientIdentifier, now: Timestamp, limit: Int) async throws -> [LogoutDelivery] {
        try await call { try await store.dueLogouts(to: client, now: now, limit: limit) }
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

    public func recipient(
        _ subject: SubjectIdentifier, in sector: SubjectSector, of client: ClientIdentifier
    ) async throws -> BackChannelRecipient? {
        try await call { try await store.recipient(subject, in: sector, of: client) }
    }

    public func stops(of account: AccountIdentifier) async throws -> [BackChannelStop] {
        try await call { try await store.stops(of: account) }
    }

    public func lift(
        _ client: ClientIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.lift(client, of: account, event: event) }
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
    public func evidence(of account: AccountIdentifier) async throws -> [Evidence] {
        try await call { try await store.evidence(of: account) }
    }

    public func verifiedAttributes(of account: AccountIdentifier) async throws -> [VerifiedAttribute] {
        try await call { try await store.verifiedAttributes(of: account) }
    }
}

extension FaultyStore {
    public func clientRegistrations() async throws -> [ClientRegistration] {
        try await call { try await store.clientRegistrations() }
    }

    public func save(_ token: InitialAccessToken, in scope: TenantScope, event: SecurityEvent) async throws {
        try await call { try await store.save(token, in: scope, event: event) }
    }

    public func initialAccessToken(_ handle: HandleDigest, now: Timestamp) async throws -> InitialAccessToken? {
        try await call { try await store.initialAccessToken(handle, now: now) }
    }

    public func initialAccessTokens(in scope: TenantScope, now: Timestamp) async throws -> [InitialAccessToken] {
        try await call { try await store.initialAccessTokens(in: scope, now: now) }
    }

    public func revokeInitialAccessToken(
        _ name: RegistrationTokenIdentifier, in scope: TenantScope, now: Timestamp, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.revokeInitialAccessToken(name, in: scope, now: now, event: event) }
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

    public func removeRegistration(
        _ client: ClientIdentifier, holding token: HandleDigest, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.removeRegistration(client, holding: token, event: event) }
    }

    public func removeRegistration(
        _ client: ClientIdentifier, in scope: TenantScope, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.removeRegistration(client, in: scope, event: event) }
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

    public func replaceSigningKeys(_ keys: [StoredSigningKey], events: [SecurityEvent]) async throws {
        try await call { try await store.replaceSigningKeys(keys, events: events) }
    }

    public func secret(_ name: String, fresh: [UInt8]) async throws -> [UInt8] {
        try await call { try await store.secret(name, fresh: fresh) }
    }

    public func regionDocument() async throws -> String? { try await call { try await store.regionDocument() } }

    public func sectorHolders() async throws -> [SectorIdentifier: TenantIdentifier] {
        try await call { try await store.sectorHolders() }
    }

    public func apply(_ change: RegionChange) async throws -> Bool {
        try await call { try await store.apply(change) }
    }

    public func publishedTemplates() async throws -> [PublishedTemplate] {
        try await call { try await store.publishedTemplates() }
    }

    public func adoptions() async throws -> [StoredAdoption] { try await call { try await store.adoptions() } }

    public func adoptions(in scope: TenantScope) async throws -> [StoredAdoption] {
        try await call { try await store.adoptions(in: scope) }
    }

    public func publish(
        _ template: PublishedTemplate, beside others: Int, moving adoptions: [StoredAdoption], events: [SecurityEvent]
    ) async throws -> Bool {
        try await call { try await store.publish(template, beside: others, moving: adoptions, events: events) }
    }

    public func save(
        _ adoption: StoredAdoption, in scope: TenantScope, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.save(adoption, in: scope, event: event) }
    }
}

extension FaultyStore {
    public func profile(of account: AccountIdentifier) async throws -> AccountProfile? {
        try await call { try await store.profile(of: account) }
    }

    public func accounts(like likeness: SecretDigest) async throws -> [AccountProfile] {
        try await call { try await store.accounts(like: likeness) }
    }

    public func account(linkedBy digest: SecretDigest) async throws -> AccountProfile? {
        try await call { try await store.account(linkedBy: digest) }
    }

    public func openCase(
        like likeness: SecretDigest, in scope: TenantScope, event: SecurityEvent
    ) async throws -> DuplicateCase {
        try await call { try await store.openCase(like: likeness, in: scope, event: event) }
    }

    public func answerCase(
        like likeness: SecretDigest, in scope: TenantScope, as state: DuplicateCase.State, event: SecurityEvent
    ) async throws -> Bool {
        try await call { try await store.answerCase(like: likeness, in: scope, as: state, event: event) }
    }

    public func openCases(in scope: TenantScope) async throws -> [DuplicateCase] {
        try await call { try await store.openCases(in: scope) }
    }

    public func issue(_ ticket: TicketRecord, event: SecurityEvent) async throws -> AccountChange {
        try await call { try await store.issue(ticket, event: event) }
    }

    public func lock(
        _ account: AccountIdentifier, for reason: LockReason, by author: Author, time: Timestamp
    ) async throws -> AccountChange {
        try await call { try await store.lock(account, for: reason, by: author, time: time) }
    }

    public func reactivate(
        _ from: AccountProfile, as reactivation: AccountRules.Reactivation, found: DeviceIdentifier?,
        ticket: TicketRecord, by author: Author, time: Timestamp
    ) async throws -> AccountChange {
        try await call {
            try await store.reactivate(from, as: reactivation, found: found, ticket: ticket, by: author, time: time)
        }
    }

    public func change(
        _ device: DeviceIdentifier, of account: AccountIdentifier, by event: DeviceState.Event,
        approval: AssuranceLevel?, author: Author, time: Timestamp
    ) async throws -> DeviceChange {
        try await call {
            try await store.change(
                device, of: account, by: event, approval: approval, author: author, time: time)
        }
    }

    public func supersede(
        _ from: AccountProfile, by person: PersonRecord, likeness: SecretDigest?, change: AttributeChange,
        evidence: Evidence, link: IdentityLink?, ticket: TicketRecord?, events: [SecurityEvent], time: Timestamp
    ) async throws -> AccountChange {
        try await call {
            try await store.supersede(
                from, by: person, likeness: likeness, change: change, evidence: evidence, link: link, ticket: ticket,
                events: events, time: time)
        }
    }

    public func changeContact(
        of account: AccountIdentifier, email: String?, phoneNumber: String?, time: Timestamp
    ) async throws -> AccountChange {
        try await call {
            try await store.changeContact(of: account, email: email, phoneNumber: phoneNumber, time: time)
        }
    }

    public func replaceBlockCode(
        of account: AccountIdentifier, with digest: SecretDigest, by author: Author, time: Timestamp
    ) async throws -> AccountChange {
        try await call { try await store.replaceBlockCode(of: account, with: digest, by: author, time: time) }
    }

    public func notices(of account: AccountIdentifier, limit: Int) async throws -> [NoticeRecord] {
        try await call { try await store.notices(of: account, limit: limit) }
    }

    public func markRead(
        _ notice: NoticeIdentifier, of account: AccountIdentifier, time: Timestamp
    ) async throws -> Bool {
        try await call { try await store.markRead(notice, of: account, time: time) }
    }
}

extension FaultyStore {
    public func requestClosing(
        of from: AccountProfile, liftsOrder: Bool, eraseAt: Timestamp, request: DataSubjectRequest?, by author: Author,
        time: Timestamp
    ) async throws -> AccountChange {
        try await call {
            try await store.requestClosing(
                of: from, liftsOrder: liftsOrder, eraseAt: eraseAt, request: request, by: author, time: time)
        }
    }

    public func dueErasures(now: Timestamp, limit: Int) async throws -> [AccountIdentifier] {
        try await call { try await store.dueErasures(now: now, limit: limit) }
    }

    public func relations(of account: AccountIdentifier) async throws -> AccountRelations {
        try await call { try await store.relations(of: account) }
    }

    public func erase(
        _ account: AccountIdentifier, telling notices: [PurgeNotice], time: Timestamp
    ) async throws -> Bool {
        try await call { try await store.erase(account, telling: notices, time: time) }
    }

    public func cleanFile(ifErasedBefore time: Timestamp) async throws -> Bool {
        try await call { try await store.cleanFile(ifErasedBefore: time) }
    }

    public func personalData(of account: AccountIdentifier) async throws -> [PersonalSection] {
        try await call { try await store.personalData(of: account) }
    }

    public func applyRetention(_ policy: RetentionPolicy, now: Timestamp) async throws -> RetentionReport {
        try await call { try await store.applyRetention(policy, now: now) }
    }

    public func peopleWithoutLikeness(limit: Int) async throws -> [(PersonIdentifier, PersonRecord)] {
        try await call { try await store.peopleWithoutLikeness(limit: limit) }
    }

    public func save(likeness: SecretDigest, of person: PersonIdentifier) async throws {
        try await call { try await store.save(likeness: likeness, of: person) }
    }

    public func open(
        _ request: DataSubjectRequest, mostOpen: Int, by author: Author, time: Timestamp
    ) async throws -> Bool {
        try await call { try await store.open(request, mostOpen: mostOpen, by: author, time: time) }
    }

    public func requests(of account: AccountIdentifier) async throws -> [DataSubjectRequest] {
        try await call { try await store.requests(of: account) }
    }

    public func request(_ identifier: DataSubjectRequestIdentifier) async throws -> DataSubjectRequest? {
        try await call { try await store.request(identifier) }
    }

    public func request(
        _ identifier: DataSubjectRequestIdentifier, in scope: TenantScope
    ) async throws -> DataSubjectRequest? {
        try await call { try await store.request(identifier, in: scope) }
    }

    public func requests(ended: Bool, page: PageRequest) async throws -> [DataSubjectRequest] {
        try await call { try await store.requests(ended: ended, page: page) }
    }

    public func requests(in scope: TenantScope, ended: Bool, page: PageRequest) async throws -> [DataSubjectRequest] {
        try await call { try await store.requests(in: scope, ended: ended, page: page) }
    }

    public func advance(
        _ request: DataSubjectRequestIdentifier, by events: [DataSubjectRequestState.Event],
        refusal: DataSubjectRefusal?,
        author: Author, time: Timestamp
    ) async throws -> DataSubjectRequest? {
        try await call {
            try await store.advance(request, by: events, refusal: refusal, author: author, time: time)
        }
    }
}

extension FaultyStore {
    public func found(_ company: CompanyRecord, founder: MembershipRecord) async throws -> CompanyRefusal? {
        try await call { try await store.found(company, founder: founder) }
    }

    public func change(
        _ company: CompanyIdentifier, concerning concern: CompanyConcern, by actor: CompanyActor, now: Timestamp,
        _ decide: @escaping @Sendable (CompanySnapshot) -> CompanyDecision
    ) async throws -> CompanyDecision? {
        try await call {
            try await store.change(company, concerning: concern, by: actor, now: now, decide)
        }
    }

    public func snapshot(
        of company: CompanyIdentifier, concerning concern: CompanyConcern
    ) async throws -> CompanySnapshot? {
        try await call { try await store.snapshot(of: company, concerning: concern) }
    }

    public func companies(of account: AccountIdentifier) async throws -> [CompanyOfPerson] {
        try await call { try await store.companies(of: account) }
    }

    public func name(of company: CompanyIdentifier) async throws -> String? {
        try await call { try await store.name(of: company) }
    }

    public func file(of company: CompanyIdentifier) async throws -> CompanyFile? {
        try await call { try await store.file(of: company) }
    }

    public func company(with identity: CompanyIdentity) async throws -> CompanyRecord? {
        try await call { try await store.company(with: identity) }
    }

    public func invitation(code: ContentDigest) async throws -> InvitationRecord? {
        try await call { try await store.invitation(code: code) }
    }
}

extension FaultyStore {
    public func record(_ events: [SecurityEvent]) async throws { try await call { try await store.record(events) } }

    public func auditHeads() async throws -> [AuditHead] { try await call { try await store.auditHeads() } }

    public func auditEntries(of chain: AuditChain, after number: Int64, limit: Int) async throws -> [AuditEntry] {
        try await call { try await store.auditEntries(of: chain, after: number, limit: limit) }
    }

    public func auditPage(
        of reach: AuditReach, _ filter: AuditFilter, before cursor: Int64?, limit: Int
    ) async throws -> AuditPage {
        try await call { try await store.auditPage(of: reach, filter, before: cursor, limit: limit) }
    }

    public func auditPage(
        of account: AccountIdentifier, onlyLooks: Bool, before cursor: Int64?, limit: Int
    ) async throws -> AuditPage {
        try await call { try await store.auditPage(of: account, onlyLooks: onlyLooks, before: cursor, limit: limit) }
    }

    public func auditPage(
        of company: CompanyIdentifier, before cursor: Int64?, limit: Int
    ) async throws -> CompanyAuditPage {
        try await call { try await store.auditPage(of: company, before: cursor, limit: limit) }
    }

    public func cutAudit(_ cut: AuditCut) async throws -> Bool { try await call { try await store.cutAudit(cut) } }

    public func removeCutAudit(of chain: AuditChain, limit: Int) async throws -> Int {
        try await call { try await store.removeCutAudit(of: chain, limit: limit) }
    }
}

extension FaultyStore {
    public func mandate(
        _ identifier: MandateIdentifier, for account: AccountIdentifier
    ) async throws -> MandateRecord? {
        try await call { try await store.mandate(identifier, for: account) }
    }

    public func mandates(heldBy account: AccountIdentifier) async throws -> [MandateRecord] {
        try await call { try await store.mandates(heldBy: account) }
    }

    public func mandates(of company: CompanyIdentifier) async throws -> [MandateRecord] {
        try await call { try await store.mandates(of: company) }
    }

    public func mandates(
        actingFor company: CompanyIdentifier, page: PageRequest
    ) async throws -> [MandateRecord] {
        try await call { try await store.mandates(actingFor: company, page: page) }
    }

    public func mandate(_ identifier: MandateIdentifier) async throws -> MandateRecord? {
        try await call { try await store.mandate(identifier) }
    }

    public func mandate(_ identifier: MandateIdentifier, in scope: TenantScope) async throws -> MandateRecord? {
        try await call { try await store.mandate(identifier, in: scope) }
    }

    public func revoke(
        _ mandate: MandateIdentifier, by office: CompanyActor, at time: Timestamp
    ) async throws -> MandateOutcome<MandateRecord> {
        try await call { try await store.revoke(mandate, by: office, at: time) }
    }

    public func actor(
        _ account: AccountIdentifier, in company: CompanyIdentifier, now: Timestamp
    ) async throws -> MandateActor? {
        try await call { try await store.actor(account, in: company, now: now) }
    }

    public func parties(
        to proposal: MandateProposal, by account: AccountIdentifier, now: Timestamp
    ) async throws -> ProposalParties? {
        try await call { try await store.parties(to: proposal, by: account, now: now) }
    }

    public func propose(
        _ proposal: MandateProposal, by account: AccountIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (ProposalParties) -> MandateOutcome<NewMandate>
    ) async throws -> MandateOutcome<MandateRecord> {
        try await call { try await store.propose(proposal, by: account, at: time, rule) }
    }

    public func approve(
        _ mandate: MandateIdentifier, by account: AccountIdentifier, on device: DeviceIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (MandateSituation) -> MandateOutcome<ApprovalDecision>
    ) async throws -> MandateOutcome<MandateRecord> {
        try await call { try await store.approve(mandate, by: account, on: device, at: time, rule) }
    }

    public func move(
        _ mandate: MandateIdentifier, _ event: MandateState.Event, by account: AccountIdentifier, at time: Timestamp,
        _ rule: @escaping @Sendable (MandateSituation) -> MandateOutcome<Void>
    ) async throws -> MandateOutcome<MandateRecord> {
        try await call { try await store.move(mandate, event, by: account, at: time, rule) }
    }

    public func authority(
        of membership: MembershipIdentifier, for company: CompanyIdentifier, now: Timestamp
    ) async throws -> AuthorityFacts? {
        try await call { try await store.authority(of: membership, for: company, now: now) }
    }

    public func authorities(of account: AccountIdentifier, now: Timestamp) async throws -> [AuthorityFacts] {
        try await call { try await store.authorities(of: account, now: now) }
    }

    public func parties(
        of membership: MembershipIdentifier, for company: CompanyIdentifier
    ) async throws -> RepresentationParties? {
        try await call { try await store.parties(of: membership, for: company) }
    }

    public func use(
        _ authorityCase: AuthorityCase, _ rule: @escaping @Sendable (AuthorityFacts) -> AuthorityDecision
    ) async throws -> AuthorityDecision? {
        try await call { try await store.use(authorityCase, rule) }
    }

    public func establishment(
        _ activity: String, of company: CompanyIdentifier
    ) async throws -> EstablishmentIdentifier? {
        try await call { try await store.establishment(activity, of: company) }
    }

    public func membership(
        of subject: SubjectIdentifier, in sector: SubjectSector
    ) async throws -> MembershipIdentifier? {
        try await call { try await store.membership(of: subject, in: sector) }
    }

    public func company(of subject: CompanySubject, in sector: SubjectSector) async throws -> CompanyIdentifier? {
        try await call { try await store.company(of: subject, in: sector) }
    }

    public func subject(of company: CompanyIdentifier, in sector: SubjectSector) async throws -> CompanySubject {
        try await call { try await store.subject(of: company, in: sector) }
    }
}

extension FaultyStore {
    public func companies(page: PageRequest) async throws -> [CompanyRecord] {
        try await call { try await store.companies(page: page) }
    }

    public func companies(in scope: TenantScope, page: PageRequest) async throws -> [CompanyRecord] {
        try await call { try await store.companies(in: scope, page: page) }
    }

    public func company(_ identifier: CompanyIdentifier, in scope: TenantScope) async throws -> CompanyRecord? {
        try await call { try await store.company(identifier, in: scope) }
    }
}
