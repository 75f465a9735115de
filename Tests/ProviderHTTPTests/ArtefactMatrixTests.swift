import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// Keycloak CVE-2026-4282, CVE-2026-11800, GHSA-7fpj: something of one class was good in the place of another.
@Suite("Every artefact at every place where any is taken (Keycloak CVE-2026-4282, CVE-2026-11800)")
struct ArtefactMatrixTests {
    /// Where a handle of each class stands among the artefacts. A new class does not compile without its place in the matrix.
    private static func name(of handleClass: HandleClass) -> String {
        switch handleClass {
        case .authorizationCode: "code"
        case .refreshToken: "refresh token"
        case .deviceCode: "device code"
        case .authenticationRequest: "auth_req_id"
        case .pushedRequest: "reference"
        case .session: "session"
        case .initialAccessToken: "initial access token"
        case .registrationAccessToken: "registration access token"
        case .bootstrapTicket: "bootstrap ticket"
        }
    }

    /// Names that stand in addresses and open nothing by themselves.
    private static let names: Set<String> = ["registered", "company", "act"]

    @Test("each is taken at its own place, and nowhere else")
    func matrix() async throws {
        try await Artefacts.serve { artefacts in
            let site = artefacts.site
            for handleClass in HandleClass.allCases {
                let text = try #require(artefacts.texts[Self.name(of: handleClass)])
                #expect(OneTimeHandle(parsing: text, as: handleClass) != nil, "\(handleClass)")
            }
            let doors = artefacts.doors
            for door in doors {
                for (name, text) in artefacts.texts.sorted(by: { $0.key < $1.key })
                where !door.own.contains(name) && !Self.names.contains(name) {
                    let isTaken = try await door.takes(text)
                    #expect(!isTaken, "\(name) at \(door.name)")
                }
            }
            // Revocation takes everything and ends nothing that is not a token of the client; of another's it says so.
            let own: Set = ["refresh token", "access token", "access token for a resource"]
            for (name, text) in artefacts.texts where !own.contains(name) {
                let response = try await site.post("/revoke", form: ["token": text], as: TestGrants.everything)
                let isOthers = ["access token for administration", "access token for a company"].contains(name)
                #expect(response.status == (isOthers ? .badRequest : .ok), "\(name)")
            }
            // Nothing of all this used anything up.
            for door in doors {
                // One login has two links: the first that is taken takes it.
                for name in door.own.sorted() where name != "link on the same device" {
                    let isTaken = try await door.takes(artefacts[name])
                    #expect(isTaken, "\(name) at its own place \(door.name)")
                }
            }
        }
    }
}

extension ArtefactMatrixTests {
    private static let device: Set<String> = ["attestation", "device's proof"]

    /// The doors of each route of the public listener, but for the account API's.
    private static let doorsOfRoutes: [String: Set<String>] = [
        "POST /par": ["client_assertion"],
        "POST /token": [
            "code", "refresh_token", "device_code", "auth_req_id", "subject_token", "portal's proof", "client_secret",
        ],
        "POST /introspect": ["introspection"], "POST /device_authorization": ["client_secret"],
        "POST /bc-authorize": ["back channel's id_token_hint", "login_hint_token", "back channel's request"],
        "POST /authority/check": ["access_token of an authority"],
        "GET /authorize": ["request_uri", "request", "id_token_hint", "session"],
        "POST /authorize": ["request_uri", "request", "id_token_hint"],
        "GET /logout": ["id_token_hint of a logout", "session"], "POST /logout": ["id_token_hint of a logout"],
        "POST /logout/confirm": ["session"], "GET /sessions": ["session"], "POST /sessions/end": ["session"],
        "POST /sessions/forget": ["session"], "GET /userinfo": ["userinfo"], "POST /userinfo": ["userinfo"],
        "POST /register": ["/register"], "GET /register/{client}": ["/register/{client}"],
        "PUT /register/{client}": ["/register/{client}"], "DELETE /register/{client}": ["/register/{client}"],
        "GET /device": ["user_code"], "POST /device": ["user_code"], "GET /login/{page}": ["login cookie"],
        "GET /login/{page}/state": ["login cookie"], "GET /login/{page}/events": ["login cookie"],
        "GET /login/{page}/return": ["login cookie"], "GET /login/{page}/finish": ["login cookie"],
        "POST /login/{page}/code": ["login cookie"], "POST /login/{page}/cancel": ["login cookie"],
        "POST /login/{page}/browser": ["login cookie", "known browsers' proofs"],
        "POST /login/{page}/remember": ["login cookie", "proof of a browser to be known"],
        "POST /device/v1/enrolments": ["ticket"], "POST /device/v1/enrolments/{offer}": ["an offer's name"],
        "POST /device/v1/blocks": ["block code"], "POST /device/v1/claims": device.union(["claim"]),
        "GET /device/v1/logins/{transaction}": device.union(["a login's name"]),
        "POST /device/v1/logins/{transaction}/response": device.union(["answer to a login"]),
        "POST /device/v1/logins/{transaction}/call-code": device, "POST /device/v1/attestation": device,
        "GET /device/v1/devices": device, "GET /device/v1/requests": device,
    ]

    /// Routes to which nobody shows a secret, and why each is no door.
    private static let open: [String: String] = [
        "POST /revoke": "every text is answered alike: the end of the matrix",
        "GET /.well-known/openid-configuration": "public", "GET /.well-known/oauth-authorization-server": "public",
        "GET /jwks": "public", "GET /health": "public", "GET /logos/{tenant}": "public",
        "HEAD /.well-known/openid-configuration": "public", "HEAD /.well-known/oauth-authorization-server": "public",
        "HEAD /jwks": "public", "HEAD /health": "public",
        "GET /services/{service}": "public",
        "GET /device/done": "says that all is done, whoever asks",
        "GET /app/e/{rest}": "the app reads what follows, the provider does not", "GET /app/q/{rest}": "the same",
        "GET /app/s/{rest}": "the same",
    ]

    /// What the account API takes beside the device's credentials, in the body or in the path: names of the person's own things
    /// alone (AccountEndpointTests) but for these.
    private static let doorsOfAccount: [String: Set<String>] = [
        "POST /account/v1/confirmations/{transaction}": ["confirmation of an act"],
        "POST /account/v1/invitations/opening": ["invitation"],
        "POST /account/v1/invitations/acceptance": ["invitation"],
        "POST /account/v1/invitations/refusal": ["invitation"],
    ]

    @Test("every route of the public listener has its doors in the matrix, or a reason why it has none")
    func everyRoute() async throws {
        try await Artefacts.serve { artefacts in
            let (account, others) = artefacts.site.provider.routes.reduce(into: (Set<String>(), Set<String>())) {
                if $1.contains(" /account/v1/") { $0.0.insert($1) } else { $0.1.insert($1) }
            }
            #expect(others == Set(Self.doorsOfRoutes.keys).union(Self.open.keys))
            #expect(account.isSuperset(of: Self.doorsOfAccount.keys))
            let names = Set(artefacts.doors.map(\.name))
            #expect(names.isSuperset(of: Self.doorsOfRoutes.values.joined()))
            #expect(names.isSuperset(of: Self.doorsOfAccount.values.joined()))
        }
    }

    /// Members of bodies in `/admin/v1` that are texts and no secrets: what a person wrote, and names, which
    /// AdministrationMatrixTests tries with those of other towns.
    private static let named: Set<String> = [
        "administrator", "candidate", "device", "found_device", "same_person", "subject",
    ]

    @Test("R1: /admin/v1 takes a token with its proof at every route but one, and one secret: the bootstrap ticket")
    func everyAdministrationRoute() throws {
        let open = AdministrationAPI.routes.filter { $0.right == .nobodysBusiness }.map(\.name)
        #expect(open == ["GET /openapi.json"], "the others are behind the door with token and proof")
        for route in AdministrationAPI.routes {
            for member in route.textMembers {
                let isName = Town.plainMembers.union(Self.named).contains(member)
                #expect(isName != (route.name == "POST /bootstrap"), "\(route.name): is `\(member)` a secret?")
            }
            // Of which kind events are to be.
            for filter in route.filters where filter.name != "kind" {
                if case .text = filter.schema { Issue.record("\(route.name): is `\(filter.name)` a secret?") }
            }
        }
    }

    /// Doors whose own artefact is tried with every kind of damage.
    private static let damagedAt: [String: String] = [
        "auth_req_id": "auth_req_id", "userinfo": "access token",
        "/register": "initial access token", "/register/{client}": "registration access token",
        "request": "request object", "id_token_hint": "ID token", "client_assertion": "client assertion",
        "client_secret": "client secret", "session": "session", "ticket": "ticket", "portal's proof": "DPoP proof",
        "claim": "link in a QR code", "login cookie": "login cookie", "id_token_hint of a logout": "ID token",
        "device_code": "device code", "administration": "access token for administration",
        "administration's proof": "DPoP proof for administration", "bootstrap ticket": "bootstrap ticket",
        "invitation": "invitation",
    ]

    @Test(
        "none is taken cut at any length, extended or changed in a byte, and whole it still is (Zitadel CVE-2026-27840)",
        arguments: damagedAt.keys.sorted())
    func damage(name: String) async throws {
        try await Artefacts.serve { artefacts in
            let door = try #require(artefacts.doors.first { $0.name == name })
            let whole = try #require(artefacts.texts[Self.damagedAt[name] ?? ""])
            // Of changed bits of long texts a sample: each costs a signature. Handles and secrets are short.
            let flipped = changed(whole)
            let sample = stride(from: 0, to: flipped.count, by: max(1, flipped.count / 200)).map { flipped[$0] }
            for text in truncated(whole) + sample + extended(whole)
            where text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) && !text.hasPrefix(" ") && !text.hasSuffix(" ") {
                let isTaken = try await door.takes(text)
                #expect(!isTaken, "\(text)")
            }
            let isTaken = try await door.takes(whole)
            #expect(isTaken)
        }
    }
}
