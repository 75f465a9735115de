import Foundation
import IdentityCrypto
import OpenIDMessages
import RelyingParty
import Testing

/// A portal of Marl that asks without a browser, for the commands that play one.
extension Installation {
    /// The options by which a command is that portal and knows the phone's person. The client is registered when it is asked
    /// for first.
    nonisolated func callCentre(asking phone: Phone) async throws -> [String] {
        let secret = "a secret of the call centre, long enough"
        let file = try folder.write(
            "call-centre.yaml",
            """
            clients:
              - id: call-centre
                tenant: marl
                name: Buergertelefon Marl
                profile: baseline
                authentication: client_secret_basic
                secret_sha256: \(Base64URL.encode(SecretDigest(of: secret).bytes))
                grant_types: ["urn:openid:params:grant-type:ciba"]
                backchannel_token_delivery_mode: poll
                scopes: [openid, person]

            """)
        let applied = try await Program.run(
            Place.program("citizen-id"), ["region", "apply", "--yes", "--data", data] + regionFiles + [file])
        try #require(applied.status == 0, "\(applied)")
        return [
            "--backchannel-client", "call-centre", "--backchannel-secret-file",
            try folder.write("call-centre.secret", secret + "\n"), "--backchannel-subject",
            try await subject(of: phone),
        ]
    }

    /// The `sub` by which Marl's portals know the phone's person, who logs in for it.
    nonisolated func subject(of phone: Phone) async throws -> String {
        var subject = ""
        try await withTestPortal { portal in
            let pending = try await portal.beginLogin()
            let query = try await phone.callbackQuery(at: pending.authorizationURL)
            subject = try await portal.finishLogin(callbackQuery: query, pending: pending).subject.rawValue
        }
        return subject
    }
}
