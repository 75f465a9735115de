public import OpenIDMessages

/// What a release is for: one person in one context, one portal, one of its services with one purpose.
public struct ReleaseKey: Sendable, Hashable {
    public var account: AccountIdentifier
    public var context: ContextName
    public var client: ClientIdentifier
    /// The town of the login: one portal may serve several, and each gets what was released to it. Nil for a release of an
    /// older version whose town is not known any more.
    public var tenant: TenantIdentifier?
    /// Nil for a login that is for no service in particular.
    public var service: ServiceIdentifier?
    /// The version of the purpose that the person read; empty without a service.
    public var purposeVersion: String

    public init(
        account: AccountIdentifier, context: ContextName, client: ClientIdentifier, tenant: TenantIdentifier?,
        service: ServiceIdentifier?, purposeVersion: String
    ) {
        self.account = account
        self.context = context
        self.client = client
        self.tenant = tenant
        self.service = service
        self.purposeVersion = purposeVersion
    }
}

/// A person's decision which claims a portal gets (Freigabe): names of claims, never their values.
public struct ClaimRelease: Sendable, Equatable {
    /// The life of a release. What is only asked is not kept: a decision is `granted` when it is first written.
    public enum State: String, StateMachine {
        case asked, granted
        /// The person took it back: nothing more goes out on its ground.
        case withdrawn
        /// Another purpose was released in its place.
        case superseded
        /// Its time was over.
        case expired

        public enum Event: CaseIterable, Hashable, Sendable {
            case grant, withdraw, supersede, expire
        }

        public static let initial = State.asked
        public static let table: [Transition<State>] = [
            Transition(.asked, .grant, .granted), Transition(.asked, .expire, .expired),
            // Decided again about the same purpose: the same release with its new decision.
            Transition(.granted, .grant, .granted), Transition(.granted, .withdraw, .withdrawn),
            Transition(.granted, .supersede, .superseded), Transition(.granted, .expire, .expired),
        ]
    }

    public var identifier: ReleaseIdentifier
    public var key: ReleaseKey
    /// Every claim that the person was asked for, so that nobody is asked twice for what was kept back.
    public var asked: [String]
    public var released: [String]
    public var grantedAt: Timestamp
    public var state: State
    /// When it ended; nil while it is granted.
    public var endedAt: Timestamp?

    public init(
        identifier: ReleaseIdentifier, key: ReleaseKey, asked: [String], released: [String],
        grantedAt: Timestamp, state: State = .granted, endedAt: Timestamp? = nil
    ) {
        self.identifier = identifier
        self.key = key
        self.asked = asked
        self.released = released
        self.grantedAt = grantedAt
        self.state = state
        self.endedAt = endedAt
    }
}

/// What a release allows. Values in, decision out.
public enum ReleaseRules {
    /// What a silent login may release on the ground of an earlier decision; nil when the person must be asked: something
    /// is asked for the first time, something essential was kept back, or the purpose is another (invariants I32, I37).
    public static func silently(
        asked: [String], essential: [String], purposeVersion: String, earlier: ClaimRelease?
    ) -> [String]? {
        guard let earlier, earlier.state == .granted, earlier.key.purposeVersion == purposeVersion,
            Set(asked).isSubset(of: earlier.asked), Set(essential).isSubset(of: earlier.released)
        else { return nil }
        return asked.filter(earlier.released.contains)
    }

    /// What a grant still stands for when its release is as it is now: what was withdrawn or kept back since then is not
    /// given any more.
    public static func remaining(_ granted: [String], of release: ClaimRelease.State, released: [String]) -> [String] {
        switch release {
        case .granted, .superseded: granted == released ? granted : granted.filter(released.contains)
        case .asked, .withdrawn, .expired: []
        }
    }

    /// The decision after another one: a claim that was asked for anew has its new answer, others keep theirs.
    public static func merged(
        _ earlier: ClaimRelease?, asked: [String], released: [String]
    ) -> (asked: [String], released: [String]) {
        (
            asked: (earlier?.asked ?? []).filter { !asked.contains($0) } + asked,
            released: (earlier?.released ?? []).filter { !asked.contains($0) } + released
        )
    }
}
