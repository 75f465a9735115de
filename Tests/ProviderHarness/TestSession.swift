import OpenIDMessages
import ProviderCore
import SQLiteStore

/// What a login leaves at portal and browser.
public struct SignedIn: Sendable {
    /// The answer of the token endpoint.
    public let tokens: JSONObject
    /// The browser's session.
    public let cookie: String
}

extension TestProvider {
    /// A whole login in a browser that may have a session, by phone or by that session, below HTTP.
    ///
    /// - Parameter answer: changes what the phone approves before it signs.
    public func signIn(
        at portal: TestPortal, phone: TestPhone, cookie: String? = nil, _ changes: [String: String?] = [:],
        context: ContextName? = nil, answer change: (inout LoginResponseStatement) -> Void = { _ in }
    ) async throws -> SignedIn {
        let request = try await provider.authorization.authorize(FormParameters(portal.request(changes)))
        let code: String
        var session = cookie
        switch try await provider.sessions.enter(request, cookie: cookie) {
        case .code(let made): code = made
        case .refused(let error, _): throw error
        case .login(let start):
            let login = try begin(request, start: start)
            let device = try await verified(phone)
            let statement = try await claimed(login, by: device)
            try await answer(
                statement, try phone.response(to: statement, now: now, context: context, change), by: device)
            guard let outcome = try login.outcome(), case .redirect(let location) = outcome.response,
                let made = ReturnedParameters(location)["code"]
            else { throw Unexpected.noLocation }
            code = made
            session = outcome.session
        }
        guard let session else { throw Unexpected.noLocation }
        return SignedIn(tokens: try await redeem(code, at: portal), cookie: session)
    }

    /// The sessions of the phone's account.
    public func sessions(of phone: TestPhone) async throws -> [SessionRecord] {
        try await store.sessions(of: try await verified(phone).account.identifier, now: now)
    }

    /// The person signs out in this browser.
    public func signOut(_ cookie: String?) async throws {
        let none = FormParameters()
        guard case .confirm(let token, _) = try await provider.logout.begin(none, cookie: cookie),
            try await provider.logout.confirm(none, cookie: cookie, formToken: token) != nil
        else { throw Unexpected.noLocation }
    }
}
