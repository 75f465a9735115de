public import AccountDirectory
public import OpenIDMessages

/// What the store judges of every answer of a device: counter, PIN tries, and that it is the first.
public struct DeviceAnswer: Sendable {
    public var transaction: TransactionIdentifier
    public var device: DeviceIdentifier
    public var decision: LoginDecision
    public var responseDigest: ContentDigest
    public var counter: Int64
    /// For `approve`: whether the PIN proof was right.
    public var isPINProved: Bool
    /// The level that device and account must still reach; nil where any does.
    public var level: AssuranceLevel?
    /// The known browser that an approval rests on.
    public var browser: BrowserIdentifier?
    /// The tenant at whose portal somebody logs in; nil for an act on the person's own account.
    public var tenant: TenantIdentifier?
    public var time: Timestamp

    public init(
        transaction: TransactionIdentifier, device: DeviceIdentifier, decision: LoginDecision,
        responseDigest: ContentDigest, counter: Int64, isPINProved: Bool, level: AssuranceLevel? = nil,
        browser: BrowserIdentifier? = nil, tenant: TenantIdentifier?, time: Timestamp
    ) {
        self.transaction = transaction
        self.device = device
        self.decision = decision
        self.responseDigest = responseDigest
        self.counter = counter
        self.isPINProved = isPINProved
        self.level = level
        self.browser = browser
        self.tenant = tenant
        self.time = time
    }

    public init(_ answer: LoginAnswer) {
        self.init(
            transaction: answer.transaction, device: answer.device, decision: answer.decision,
            responseDigest: answer.responseDigest, counter: answer.counter, isPINProved: answer.isPINProved,
            level: answer.approval.map { max($0.session.context.level, $0.grant.context.level) },
            browser: answer.approval?.browser, tenant: answer.tenant, time: answer.time)
    }
}

/// What a person does with the account from the phone. Each call is one transaction with its audit events.
public protocol SelfServiceStore: Sendable {
    /// Decides about a confirmation by the rules of a login's answer: first answer, active device, rising counter, PIN.
    func accept(_ confirmation: DeviceAnswer) async throws -> LoginAnswerOutcome

    /// Gives a device of this account another name; false when there is none.
    func rename(
        _ device: DeviceIdentifier, of account: AccountIdentifier, to name: String, event: SecurityEvent
    ) async throws -> Bool

    /// Suspends a device of this account and ends its sessions; one that waits is refused for good, one that is suspended
    /// or locked stays so. Gives its state after that; nil when there is none.
    func suspend(
        _ device: DeviceIdentifier, of account: AccountIdentifier, event: SecurityEvent
    ) async throws -> DeviceState?
}
