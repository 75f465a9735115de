import IdentityCrypto
import OpenIDMessages
import RelyingParty
import Testing

/// One after another: they share a phone.
@Suite("The library of portals at the real provider, in profile fapi2", .serialized, .inTurn, .endsInTime)
struct FAPI2PortalTests {
    static let installation = Task { try await Installation.start(withPortal: false) }
    private static let citizen = Task { try await installation.value.enrolledPhone() }

    private func logIn(_ portal: RelyingParty, _ phone: Phone, _ more: [String] = []) async throws -> LoggedIn {
        let pending = try await portal.beginLogin()
        let result = try await phone.run(
            ["login", pending.authorizationURL, "--pin-file", phone.pinFile, "--json", "--stop-at-callback"] + more,
            atOnce: true)
        try #require(result.status == 0, "\(result)")
        return try await portal.finishLogin(callbackQuery: Phone.query(ofCallback: result), pending: pending)
    }

    /// Expects that the provider refuses a request of the portal with this error.
    private func expectRefusal(
        _ code: String, at endpoint: BackChannelEndpoint, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async {
        await #expect(sourceLocation: sourceLocation) {
            try await body()
        } throws: { error in
            switch error as? RelyingPartyError {
            case .requestRefused(endpoint, let refusal)?: refusal.code == code
            case .codeRefused(let refusal)?, .grantEnded(let refusal)?: endpoint == .token && refusal.code == code
            default: false
            }
        }
    }

    @Test func `PAR, private_key_jwt and DPoP: login, userinfo, refresh after a restart, revocation`() async throws {
        let phone = try await Self.citizen.value
        var kept: [UInt8] = []
        try await phone.here.withFAPI2Portal { portal in
            let login = try await logIn(portal, phone)
            #expect(login.proofKey != nil && login.session != nil && login.accessTokenExpiresAt != nil)
            #expect(try await portal.userinfo(of: login)["family_name"] == "Mustermann")
            kept = login.serialized
        }
        // Another process of the portal: it has no nonce yet, and the key from its own memory.
        try await phone.here.withFAPI2Portal { portal in
            let login = try LoggedIn(serialized: kept)
            let refreshed = try await portal.refresh(login)
            #expect(!refreshed.isRotated, "a bound refresh token stays (FAPI 2.0 Security Profile §5.3.2.1)")
            #expect(refreshed.login.accessToken != login.accessToken)
            #expect(refreshed.login.subject == login.subject && refreshed.login.session == login.session)
            #expect(try await portal.userinfo(of: refreshed.login)["family_name"] == "Mustermann")

            try await portal.revoke(refreshed.login)
            await expectRefusal("invalid_grant", at: .token) { _ = try await portal.refresh(refreshed.login) }
            await expectRefusal("invalid_token", at: .userinfo) { _ = try await portal.userinfo(of: refreshed.login) }
            // RFC 7009 §2.2: once more is no error.
            try await portal.revoke(refreshed.login)
        }
    }

    @Test func `RFC 9449 §7.1: tokens without their key are good for nothing`() async throws {
        let phone = try await Self.citizen.value
        try await phone.here.withFAPI2Portal { portal in
            let login = try await logIn(portal, phone)
            var json = try StrictJSON.parseObject(login.serialized)
            json["key"] = .object([
                "alg": "ES256", "der": .string(Base64URL.encode(SigningKey.makeES256().derRepresentation)),
            ])
            let stolen = try LoggedIn(serialized: json.serialized)
            await expectRefusal("invalid_token", at: .userinfo) { _ = try await portal.userinfo(of: stolen) }
            await expectRefusal("invalid_grant", at: .token) { _ = try await portal.refresh(stolen) }
            json["key"] = nil
            let bare = try LoggedIn(serialized: json.serialized)
            await expectRefusal("invalid_token", at: .userinfo) { _ = try await portal.userinfo(of: bare) }
            #expect(try await portal.userinfo(of: login)["family_name"] == "Mustermann", "the owner's still are")
        }
    }

    @Test func `a login for another key than the pushed request's is refused (RFC 9449 §10.1)`() async throws {
        let phone = try await Self.citizen.value
        try await phone.here.withFAPI2Portal { portal in
            let begun = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: begun.authorizationURL)
            let other = PendingLogin(
                state: begun.state, nonce: begun.nonce, verifier: begun.verifier, servedTenant: nil,
                proofKey: .makeES256(), authorizationURL: begun.authorizationURL, startedAt: begun.startedAt)
            await expectRefusal("invalid_grant", at: .token) {
                _ = try await portal.finishLogin(callbackQuery: query, pending: other)
            }
        }
    }

    @Test func `a logout at the provider: back with state, and a logout token that the library accepts once`()
        async throws
    {
        let phone = try await Self.citizen.value
        let here = phone.here
        let receiver = try await NotificationReceiver(here: here)
        try await here.withFAPI2Portal { portal in
            let browser = try Browser(here)
            let login = try await logIn(portal, phone, ["--cookie-jar", browser.jar])
            let elsewhere = try await logIn(portal, phone)
            let logout = try await portal.beginLogout(of: login, uiLocales: ["de"])
            let goodbye = try await browser.load(logout.logoutURL)
            let parts = goodbye.address.split(separator: "?")
            #expect(parts.first == "\(here.portalURL)/fapi2/goodbye", "\(goodbye)")
            try portal.finishLogout(returnQuery: Array(try #require(parts.last).utf8), pending: logout)

            let body = try #require(try await receiver.body(to: "/fapi2/backchannel-logout"))
            let notice = try await portal.logoutNotice(form: Array(body.utf8))
            #expect(notice.ends(login) && !notice.ends(elsewhere) && !notice.isAccountPurged)
            await #expect(throws: RelyingPartyError.unacceptableLogoutToken(.replayed)) {
                try await portal.logoutNotice(form: Array(body.utf8))
            }
            await expectRefusal("invalid_grant", at: .token) { _ = try await portal.refresh(login) }
            _ = try await portal.refresh(elsewhere)
        }
        try await receiver.stop()
    }
}
