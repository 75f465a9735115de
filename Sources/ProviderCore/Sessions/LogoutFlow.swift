internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// Logout at the wish of a portal or a person (OpenID Connect RP-Initiated Logout 1.0).
public struct LogoutFlow: Sendable {
    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let store: any SessionStore
    let clock: ProviderClock
    let forms: SessionForms
    let bell: LogoutBell

    /// How a logout goes on.
    public enum Answer: Sendable, Equatable {
        /// Nobody is signed in in this browser any more; on to the portal where it has proved its way back.
        case signedOut(LogoutReturn?)
        /// The person must say so: on the portal's word alone nobody is signed out.
        case confirm(formToken: String, portal: String?)
    }

    /// A portal sent the browser here.
    public func begin(_ parameters: FormParameters, cookie text: String?) async throws -> Answer {
        let request = try validate(parameters)
        guard let (cookie, session) = try await session(text) else {
            // Without a hint the way back is proved by nobody.
            return .signedOut(request.hint == nil ? nil : request.wayBack)
        }
        guard let hint = request.hint, hint.session == session.identifier.name(for: hint.subject) else {
            return .confirm(formToken: forms.token(for: cookie), portal: request.client?.client.name)
        }
        try await end(session)
        return .signedOut(request.wayBack)
    }

    /// The person said so on our page; nil when the form was not made for this browser's session.
    public func confirm(_ parameters: FormParameters, cookie text: String?, formToken: String?) async throws -> Answer?
    {
        let request = try validate(parameters)
        guard let (cookie, session) = try await session(text) else { return .signedOut(nil) }
        guard forms.isToken(formToken, for: cookie) else { return nil }
        try await end(session)
        return .signedOut(request.wayBack)
    }

    /// Throws `LogoutRefusal`.
    private func validate(_ parameters: FormParameters) throws -> ValidatedLogoutRequest {
        let request: LogoutRequest
        do { request = try LogoutRequest(parameters: parameters) } catch {
            throw LogoutRefusal(malformed: error)
        }
        return try LogoutRules(registry: registry) { text in
            IDTokenHint(verifying: text, keys: keys.ring, issuer: issuer, registry: registry)
        }.validate(request)
    }

    /// The browser's session, also one that was idle for too long: its portals may still be signed in.
    private func session(_ text: String?) async throws -> (OneTimeHandle, SessionRecord)? {
        guard let cookie = text.flatMap({ OneTimeHandle(parsing: $0, as: .session) }),
            let (session, _) = try await store.session(cookie: cookie.digest, now: clock.now())
        else { return nil }
        return (cookie, session)
    }

    private func end(_ session: SessionRecord) async throws {
        let event = SecurityEvent(
            .sessionEnded, time: clock.now(), object: session.identifier.rawValue, actor: .person,
            person: session.account)
        _ = try await store.end(session.identifier, of: session.account, event: event)
        bell.ring()
    }
}
