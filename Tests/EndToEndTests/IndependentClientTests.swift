import Foundation
import OpenIDMessages
import Testing

@Suite(
    "Independent clients: Authlib in profile baseline",
    .enabled(if: IndependentClient.isAuthlibInstalled, "python3-authlib is needed"), .inTurn, .endsInTime)
struct AuthlibTests {
    private static let client = Task {
        try await IndependentClient.start { here in
            let key = try await IndependentClient.makeKey("client-key.pem", here)
            var decryptionKey = try StrictJSON.parseObject(
                Array(try await IndependentClient.makeKey("decryption-key.pem", here).utf8))
            decryptionKey["use"] = "enc"
            decryptionKey["alg"] = nil
            return entry("authlib-portal", here, keys: key)
                + entry("authlib-encrypted", here, keys: key + ", " + decryptionKey.text)
                + "    id_token_encrypted_response_alg: ECDH-ES+A256KW\n"
        }
    }

    private static func entry(_ identifier: String, _ here: Installation, keys: String) -> String {
        """
          - id: \(identifier)
            tenant: marl
            name: Portal mit Authlib
            profile: baseline
            redirect_uris: ["\(here.portalURL)/callback"]
            jwks: {keys: [\(keys)]}
            grant_types: [authorization_code, refresh_token]
            scopes: [openid, person]
            post_logout_redirect_uris: ["\(here.portalURL)/goodbye"]
            backchannel_logout_uri: "\(here.portalURL)/logout"
            backchannel_logout_session_required: true

        """
    }

    private static let report = Task {
        try await client.value.report(of: "authlib_checks.py", python: "/usr/bin/python3", client: "authlib-portal")
    }

    /// After the other: the two listen on one port.
    private static let encryptedReport = Task {
        _ = await report.result
        return try await client.value.report(
            of: "authlib_checks.py", python: "/usr/bin/python3", client: "authlib-encrypted",
            ["decryption_key": .string(client.value.here.folder.path + "/decryption-key.pem")])
    }

    @Test(arguments: [
        "discovery", "code flow", "ID token validation", "userinfo", "refresh", "introspection", "revocation",
        "RP-initiated logout", "back-channel logout",
    ])
    func check(name: String) async throws {
        #expect(try await Self.report.value[name] == "passed")
    }

    @Test func `the same with encrypted ID tokens`() async throws {
        let report = try await Self.encryptedReport.value
        #expect(report.count == 9 && report.values.allSatisfy { $0 == "passed" }, "\(report)")
    }
}

@Suite("Independent clients: requests_oauth2client in profile fapi2", .inTurn, .endsInTime)
struct FAPI2ClientTests {
    /// Nil where PyPI cannot be reached.
    private static let report = Task<[String: String]?, any Error> {
        let client = try await IndependentClient.start { here in
            """
              - id: foreign-fapi2-portal
                tenant: marl
                name: Portal nach FAPI 2.0
                profile: fapi2
                redirect_uris: ["\(here.portalURL)/callback"]
                jwks: {keys: [\(try await IndependentClient.makeKey("client-key.pem", here))]}
                grant_types: [authorization_code, refresh_token]
                scopes: [openid, person]

            """
        }
        let folder = client.here.folder.path + "/venv"
        let made = try await Program.run(Place.source("Tests/Interop/make_venv.sh"), [folder], atOnce: true)
        guard made.status == 0 else { return nil }
        return try await client.report(
            of: "fapi2_checks.py", python: folder + "/bin/python3", client: "foreign-fapi2-portal")
    }

    /// One test, not one for each check: a test of many cases would not show that it was cancelled.
    @Test func `pushed request, code flow, ID token, bound tokens, refresh, introspection, revocation`() async throws {
        guard let report = try await Self.report.value else {
            try Test.cancel("python3-venv is missing or PyPI cannot be reached; no client of Debian's speaks DPoP")
        }
        for check in [
            "discovery", "code flow", "ID token validation", "userinfo", "a bound token without its key", "refresh",
            "introspection", "revocation",
        ] {
            #expect(report[check] == "passed", "\(check)")
        }
    }
}
