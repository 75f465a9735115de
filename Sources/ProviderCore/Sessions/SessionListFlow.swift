internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Where a person is signed in, as the person sees it.
public struct SessionList: Sendable {
    /// One browser.
    public struct Entry: Sendable {
        public let identifier: SessionIdentifier
        /// Browser and system in plain words.
        public let browser: String
        /// Seconds since the first login and since the last use.
        public let age: Int64
        public let idle: Int64
        /// Names from the registry.
        public let portals: [String]
        /// True for the browser that asks.
        public let isThisBrowser: Bool
    }

    /// A browser that the person had remembered: logins by QR code need no digits there (docs/protocol.md §12).
    public struct RememberedBrowser: Sendable {
        public let identifier: BrowserIdentifier
        /// Browser and system in plain words.
        public let name: String
        /// Seconds since it was remembered and since the last use.
        public let age: Int64
        public let idle: Int64
    }

    /// The latest first.
    public let entries: [Entry]
    /// The one that was used last first.
    public let rememberedBrowsers: [RememberedBrowser]
    public let formToken: String
}

/// "Where am I signed in": the sessions of the person whose session the browser has.
public struct SessionListFlow: Sendable {
    let registry: ClientRegistry
    let store: any SessionStore & KnownBrowserStore
    let clock: ProviderClock
    let forms: SessionForms
    let bell: LogoutBell

    /// Nil when nobody is signed in in this browser.
    public func list(cookie text: String?) async throws -> SessionList? {
        guard let (cookie, own) = try await session(text) else { return nil }
        let now = clock.now()
        var entries: [SessionList.Entry] = []
        for session in try await store.sessions(of: own.account, now: now) {
            entries.append(
                SessionList.Entry(
                    identifier: session.identifier, browser: session.browser,
                    age: max(0, now.seconds - session.startedAt.seconds),
                    idle: max(0, now.seconds - session.lastUsedAt.seconds),
                    portals: try await store.portals(of: session.identifier).map(name),
                    isThisBrowser: session.identifier == own.identifier))
        }
        let browsers = try await store.knownBrowsers(of: own.account, now: now).map { browser in
            SessionList.RememberedBrowser(
                identifier: browser.identifier, name: browser.name,
                age: max(0, now.seconds - browser.createdAt.seconds),
                idle: max(0, now.seconds - browser.lastUsedAt.seconds))
        }
        return SessionList(entries: entries, rememberedBrowsers: browsers, formToken: forms.token(for: cookie))
    }

    /// How the wish to have a browser forgotten was received.
    public enum Forgetting: Sendable, Equatable {
        case forgotten
        /// It was forgotten, or it is not this person's: both look alike.
        case unknown
        /// Nobody is signed in here, or the form was not made for this browser's session.
        case refused
    }

    /// Has a browser forgotten of the person whose session the browser has; the next login there needs digits again.
    public func forget(_ identifier: String, cookie text: String?, formToken: String?) async throws -> Forgetting {
        guard let own = try await session(text, formToken: formToken) else { return .refused }
        let event = event(.browserForgotten, identifier, of: own)
        guard let identifier = BrowserIdentifier(rawValue: identifier),
            try await store.forget(identifier, of: own.account, event: event)
        else { return .unknown }
        return .forgotten
    }

    /// How the wish to end a session was received.
    public enum Ending: Sendable, Equatable {
        case ended(isThisBrowser: Bool)
        /// It was over, or it is not this person's: both look alike.
        case unknown
        /// Nobody is signed in here, or the form was not made for this browser's session.
        case refused
    }

    /// Ends a session of the person whose session the browser has.
    public func end(_ identifier: String, cookie text: String?, formToken: String?) async throws -> Ending {
        guard let own = try await session(text, formToken: formToken) else { return .refused }
        let event = event(.sessionEnded, identifier, of: own)
        guard let identifier = SessionIdentifier(rawValue: identifier),
            try await store.end(identifier, of: own.account, event: event)
        else { return .unknown }
        bell.ring()
        return .ended(isThisBrowser: identifier == own.identifier)
    }

    /// The session of a browser that sends a form made for it.
    private func session(_ text: String?, formToken: String?) async throws -> SessionRecord? {
        guard let (cookie, own) = try await session(text), forms.isToken(formToken, for: cookie) else { return nil }
        return own
    }

    private func event(_ kind: SecurityEvent.Kind, _ object: String, of own: SessionRecord) -> SecurityEvent {
        SecurityEvent(kind, time: clock.now(), object: object, actor: .person, person: own.account)
    }

    private func session(_ text: String?) async throws -> (OneTimeHandle, SessionRecord)? {
        let now = clock.now()
        guard let cookie = text.flatMap({ OneTimeHandle(parsing: $0, as: .session) }),
            let (session, _) = try await store.session(cookie: cookie.digest, now: now),
            SessionRules.isWithinLimits(session, now: now)
        else { return nil }
        return (cookie, session)
    }

    /// A portal as people know it; one that serves several towns with the town.
    private func name(of portal: SessionPortal) -> String {
        guard let client = registry.resolve(portal.client)?.client else { return portal.client.rawValue }
        guard client.isOneForAll, let town = registry.tenant(portal.tenant) else { return client.name }
        return "\(client.name) (\(town.officialName))"
    }
}
