public import AccountDirectory
public import OpenIDMessages

/// Who does something, at which town's desk and in which login: what each event of it says.
public struct Author: Sendable, Equatable {
    public let actor: SecurityEvent.Actor
    /// The town whose office does it; nil when none does.
    public let tenant: TenantIdentifier?
    /// The login in which it happens, the person's or the administrator's.
    public let transaction: TransactionIdentifier?

    public init(
        _ actor: SecurityEvent.Actor, at tenant: TenantIdentifier? = nil, in transaction: TransactionIdentifier? = nil
    ) {
        self.actor = actor
        self.tenant = tenant
        self.transaction = transaction
    }

    /// The person whose account or device it is.
    public static let person = Author(.person)
    /// The provider by itself.
    public static let system = Author(.system)

    /// The provider, because of what this author does.
    public var consequence: Author { Author(.system, at: tenant, in: transaction) }

    /// The event of what the author does.
    public func event(
        _ kind: SecurityEvent.Kind, object: String? = nil, person: AccountIdentifier? = nil, time: Timestamp
    ) -> SecurityEvent {
        SecurityEvent(
            kind, time: time, tenant: tenant, object: object, transaction: transaction, actor: actor, person: person)
    }
}
