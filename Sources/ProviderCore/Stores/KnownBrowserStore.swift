public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages

/// A browser that a person wanted to be remembered: its key is bound to the account of the login in which it was made.
public struct KnownBrowser: Sendable, Equatable {
    /// Seconds without use after which a browser is a stranger again.
    public static let idleLimit: Int64 = 90 * 86_400
    /// More than so many are not remembered: the one that was not used for longest goes.
    public static let limit: Int64 = 10

    public var identifier: BrowserIdentifier
    public var account: AccountIdentifier
    public var key: VerificationKey
    /// Browser and system in plain words.
    public var name: String
    /// The login that it was remembered by.
    public var transaction: TransactionIdentifier
    public var createdAt: Timestamp
    public var lastUsedAt: Timestamp

    public init(
        identifier: BrowserIdentifier, account: AccountIdentifier, key: VerificationKey, name: String,
        transaction: TransactionIdentifier, createdAt: Timestamp, lastUsedAt: Timestamp
    ) {
        self.identifier = identifier
        self.account = account
        self.key = key
        self.name = name
        self.transaction = transaction
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
    }
}

/// Browsers that people wanted to be remembered. They go when the account is locked, closed or erased, and when the person
/// reports a login.
public protocol KnownBrowserStore: Sendable {
    /// Writes the browser, if its login was approved by its account, which is active, and has remembered none before, and
    /// if the key is new; false, and nothing written, otherwise. The person hears of it.
    func remember(_ browser: KnownBrowser, tenant: TenantIdentifier) async throws -> Bool

    /// The browser with this key, unless it was not used for too long or its account is not active.
    func knownBrowser(_ key: KeyThumbprint, now: Timestamp) async throws -> KnownBrowser?

    /// Those of an account, the one that was used last first.
    func knownBrowsers(of account: AccountIdentifier, now: Timestamp) async throws -> [KnownBrowser]

    /// Forgets a browser of this account; false when there is none.
    func forget(_ browser: BrowserIdentifier, of account: AccountIdentifier, event: SecurityEvent) async throws -> Bool
}
