import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import RelyingParty

@Suite("Logout at the provider (OpenID Connect RP-Initiated Logout 1.0)")
struct LogoutTests {
    let portal = FakePortal()

    private func parameters(_ logout: PendingLogout) throws -> FormParameters {
        let parts = logout.logoutURL.split(separator: "?")
        #expect(parts.first == "https://id.example.test/logout")
        return try FormParameters(parsing: #require(parts.last).utf8)
    }

    @Test func `§2: hint, client, way back, state and languages are in the URL`() async throws {
        let party = try portal.party { $0.postLogoutRedirectURI = FakePortal.goodbye }
        let login = try await portal.logIn(party)
        let logout = try await party.beginLogout(of: login, uiLocales: ["de", "en"])
        let parameters = try parameters(logout)
        #expect(
            parameters.names == ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"])
        let hint = try CompactJWS(parsing: #require(parameters["id_token_hint"]))
        #expect(hint.unverifiedPayload == login.idToken)
        #expect(parameters["client_id"] == "portal")
        #expect(parameters["post_logout_redirect_uri"] == FakePortal.goodbye.rawValue)
        #expect(parameters["state"] == logout.state?.rawValue && logout.state?.rawValue.utf8.count == 43)
        #expect(parameters["ui_locales"] == "de en")
        #expect(try await party.beginLogout(of: login).state != logout.state)
        #expect(!"\(logout)".contains(login.signedIDToken))
    }

    @Test func `§3: without a way back there is no state, and nobody's return is right`() async throws {
        let party = try portal.party()
        let logout = try await party.beginLogout(of: portal.logIn(party))
        #expect(try parameters(logout).names == ["id_token_hint", "client_id"])
        for query in ["", "state=x"] {
            #expect(throws: RelyingPartyError.unacceptableLogoutReturn(.stateMissing)) {
                try party.finishLogout(returnQuery: Array(query.utf8), pending: logout)
            }
        }
    }

    @Test func `Core §3.1.2.1: the hint of an encrypted ID token is the signed token inside`() async throws {
        let key = try DecryptionKey.make(.p256)
        let party = try portal.party { $0.decryptionKey = key }
        let pending = try await party.beginLogin()
        let signed = try portal.provider.state.withLock { state in
            state.claims["nonce"] = .string(pending.nonce.rawValue)
            let signed = try state.key.sign(type: "JWT", payload: state.claims)
            state.tokenMembers["id_token"] = .string(
                try CompactJWE.encrypt(Array(signed.utf8), to: key.publicKey, contentType: "JWT"))
            return signed
        }
        let login = try await party.finishLogin(callbackQuery: portal.callback(pending), pending: pending)
        #expect(try await parameters(party.beginLogout(of: login))["id_token_hint"] == signed)
    }

    static let defects: [(String, CallbackDefect)] = [
        ("", .stateMissing), ("state=", .stateMissing), ("state=other", .stateMismatch), ("State=STATE", .stateMissing),
        ("state=STATE&state=STATE", .duplicateParameter), ("state=STATE%", .malformed),
        ("state=STATEx", .stateMismatch),
    ]

    @Test(arguments: defects)
    func `§3: a return that is not this browser's is refused`(query: String, defect: CallbackDefect) async throws {
        let party = try portal.party { $0.postLogoutRedirectURI = FakePortal.goodbye }
        let logout = try await party.beginLogout(of: portal.logIn(party))
        let state = try #require(logout.state?.rawValue)
        try party.finishLogout(returnQuery: Array("state=\(state)".utf8), pending: logout)
        let bytes = Array(query.replacing("STATE", with: state).utf8)
        #expect(throws: RelyingPartyError.unacceptableLogoutReturn(defect)) {
            try party.finishLogout(returnQuery: bytes, pending: logout)
        }
    }

    @Test func `§2.1: a provider without the endpoint is told so`() async throws {
        portal.provider.state.withLock { $0.metadata["end_session_endpoint"] = nil }
        let party = try portal.party()
        let login = try await portal.logIn(party)
        await #expect(throws: RelyingPartyError.unusableMetadata(.missing("end_session_endpoint"))) {
            try await party.beginLogout(of: login)
        }
    }
}
