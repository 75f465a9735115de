import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@testable import ProviderHTTP

/// Who gets in: an administrator's own login, on the same device, by a token of this resource, with a proof for this call.
@Suite("The door of /admin/v1 (checklist R1, R3, G5; RFC 9449 §7)")
struct AdministrationDoorTests {
    private static let me = AdministrationAPI.path + "/me"

    @Test("a login on the same device at substantiell gets in, and has no rights before somebody gives any")
    func good() async throws {
        try await AdministrationSite.serve { site in
            let administrator = try await site.provider.administrator()
            let answer = try await site.call(administrator, .get, "/me")
            #expect(answer.status == .ok)
            #expect(answer.json["subject"]?.string == administrator.subject.rawValue)
            #expect(answer.json["assignments"]?.array?.isEmpty == true)
            #expect(try await site.call(administrator, .get, "/tenants").json["tenants"]?.array?.isEmpty == true)
            #expect(try await site.call(administrator, .get, "/region").code == "not_allowed")
            #expect(try await site.call(administrator, .get, "/tenants/herten").status == .notFound)
        }
    }

    @Test("G5: a login by QR code from another device does not count for administration")
    func crossDevice() async throws {
        try await AdministrationSite.serve { site in
            let administrator = try await site.provider.administrator(flow: .qr)
            try await site.provider.appoint(administrator, .regionAdministrator, at: .region)
            let answer = try await site.call(administrator, .get, "/region")
            #expect(answer.status == .forbidden && answer.code == "cross_device_login")
        }
    }

    @Test("a device that reaches normal cannot log in to administration at all")
    func levelTooLow() async throws {
        let provider = try await TestProvider.withAdministration()
        let phone = try await provider.enrolledPhone()
        await #expect(throws: (any Error).self) { try await provider.administrator(phone: phone) }
    }

    @Test("without token, with Bearer, with two tokens or without a proof nobody gets in")
    func noToken() async throws {
        try await AdministrationSite.serve { site in
            let administrator = try await site.provider.administrator()
            let proof = try site.provider.administrationProof(administrator, "GET", Self.me).text
            var twice: HTTPFields = [.proof: proof]
            twice.append(HTTPField(name: .authorization, value: "DPoP " + administrator.accessToken))
            twice.append(HTTPField(name: .authorization, value: "DPoP " + administrator.accessToken))
            let attempts: [HTTPFields] = [
                [:], [.authorization: "Bearer " + administrator.accessToken],
                [.authorization: "Bearer " + administrator.accessToken, .proof: proof],
                [.authorization: "DPoP " + administrator.accessToken], [.proof: proof], twice,
                [.authorization: "DPoP " + String(repeating: "A", count: 9000), .proof: proof],
                [.authorization: "DPoP e30.e30.e30", .proof: proof],
            ]
            for headers in attempts {
                let answer = try await site.send(.get, Self.me, headers: headers)
                #expect(answer.status == .unauthorized, "\(headers)")
                #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("DPoP ") == true)
                #expect(answer.headers[.nonce] != nil)
            }
        }
    }

    @Test("a proof counts for one call, its method, its address, its key and a fresh nonce")
    func proofs() async throws {
        try await AdministrationSite.serve { site in
            let administrator = try await site.provider.administrator()
            func send(_ proof: PresentedProof) async throws -> TestResponse {
                try await site.send(
                    .get, Self.me,
                    headers: [.authorization: "DPoP " + administrator.accessToken, .proof: proof.text])
            }
            let provider = site.provider
            let good = try provider.administrationProof(administrator, "GET", Self.me)
            #expect(try await send(good).status == .ok)
            #expect(try await send(good).status == .unauthorized, "used twice")
            let wrong = [
                try provider.administrationProof(administrator, "POST", Self.me),
                try provider.administrationProof(administrator, "GET", AdministrationAPI.path + "/tenants"),
                // A proof for the public listener is none for this one.
                try provider.administrationProof(administrator, "GET", Self.me, address: TestRegion.issuer),
                try provider.administrationProof(administrator, "GET", Self.me, key: .makeES256()),
                try provider.administrationProof(administrator, "GET", Self.me, nonce: .some("AAAA")),
                try provider.administrationProof(administrator, "GET", Self.me, nonce: .some(nil)),
            ]
            for (index, proof) in wrong.enumerated() {
                let answer = try await send(proof)
                #expect(answer.status == .unauthorized, "\(index)")
                #expect(answer.code == (index < 4 ? "not_signed_in" : "use_dpop_nonce"), "\(index)")
            }
        }
    }

    @Test("tokens of other clients and for other resources are none for administration")
    func otherTokens() async throws {
        let provider = try await TestProvider.withAdministration()
        try provider.add(TestGrants.portals)
        let key = SigningKey.makeES256()
        let phone = try await provider.enrolledPhone()
        let native = try await provider.granted(at: TestGrants.native, phone: phone, key: key)
        try await AdministrationSite.serve(provider) { site in
            let stranger = TestAdministrator(
                phone: phone, key: key, accessToken: try native.text("access_token"), refreshToken: "",
                subject: SubjectIdentifier(rawValue: "x")!)
            #expect(try await site.call(stranger, .get, "/me").status == .unauthorized)
        }
        // And a token for administration opens nothing else.
        let administrator = try await provider.administrator()
        await #expect(throws: ClientRefusal.self) {
            try await provider.provider.userinfo.answer(
                .dpop(
                    administrator.accessToken,
                    provider.proof(administrator.key, "GET", "/userinfo", accessToken: administrator.accessToken)))
        }
    }

    @Test("the client of administration asks for no other resource, and no other client for this one")
    func resources() async throws {
        let provider = try await TestProvider.withAdministration()
        try provider.add([TestGrants.everything])
        await #expect(throws: ClientRefusal.self) {
            try await provider.validated(
                pushed: TestAdministrator.portal.request([
                    "scope": "openid", "resource": TestGrants.files.rawValue,
                ]), by: TestAdministrator.portal)
        }
        await #expect(throws: (any Error).self) {
            try await provider.provider.authorization.authorize(
                FormParameters(TestGrants.everything.request(["resource": TestAdministrator.resource.rawValue])))
        }
    }

    @Test("a client or tenant of the region file that takes the provider's own names gets nothing by it")
    func borrowedNames() async throws {
        let provider = try await TestProvider.withAdministration()
        let thief = TestGrants.portal("citizen-id-admin") { $0.resources = [TestAdministrator.resource] }
        try provider.add([thief])
        await #expect(throws: (any Error).self) { try await provider.authenticated(thief) }
        try await AdministrationSite.serve(provider) { site in
            let administrator = try await provider.administrator()
            #expect(try await site.call(administrator, .get, "/me").status == .ok)
            try await provider.appoint(administrator, .regionAdministrator, at: .region)
            #expect(
                try await site.call(administrator, .get, "/tenants/citizen-id-administration").status == .notFound)
        }
    }

    @Test("without an administration listener nobody can log in to it")
    func switchedOff() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone(simulating: .strongbox)
        await #expect(throws: (any Error).self) { try await provider.administrator(phone: phone) }
    }

    @Test("I7: a suspended device, an ended session and an expired token end administration at once")
    func ends() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let blocked = try await provider.administrator()
            let late = try await provider.administrator()
            #expect(try await site.call(blocked, .get, "/me").status == .ok)
            try await provider.provider.block(code: blocked.phone.blockCode)
            #expect(try await site.call(blocked, .get, "/me").status == .unauthorized)
            provider.clock.advance(Lifetime.accessToken)
            #expect(try await site.call(late, .get, "/me").status == .unauthorized)
            let refreshed = try await provider.refreshed(
                late.refreshToken, at: TestAdministrator.portal, key: late.key)
            let again = TestAdministrator(
                phone: late.phone, key: late.key, accessToken: try refreshed.text("access_token"),
                refreshToken: late.refreshToken, subject: late.subject)
            #expect(try await site.call(again, .get, "/me").status == .ok)
        }
    }

    @Test("an assignment that ends or is revoked counts from that moment no more")
    func endedRight() async throws {
        let provider = try await TestProvider.withAdministration()
        try await AdministrationSite.serve(provider) { site in
            let administrator = try await provider.administrator()
            try await provider.appoint(
                administrator, .auditor, at: .tenant(TestRegion.herten), until: provider.now + 60)
            #expect(try await site.call(administrator, .get, "/tenants/herten").status == .ok)
            provider.clock.advance(60)
            #expect(try await site.call(administrator, .get, "/tenants/herten").status == .notFound)
        }
    }

    // MARK: The form of calls

    @Test("R3: members that nobody listed, wrong types, other content types and broken JSON are refused")
    func bodies() async throws {
        try await AdministrationSite.serve { site in
            let administrator = try await site.provider.administrator()
            try await site.provider.appoint(administrator, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/registration-tokens"
            let bodies: [(JSONObject, String)] = [
                (["uses": 1, "seconds": 60, "tenant": "marl"], "tenant"), (["uses": 1], "seconds"),
                (["uses": "1", "seconds": 60], "uses"), (["uses": 0, "seconds": 60], "uses"),
                (["uses": 1001, "seconds": 60], "uses"), ([:], "uses"),
            ]
            for (body, member) in bodies {
                let answer = try await site.call(administrator, .post, path, body)
                #expect(answer.status == .badRequest && answer.code == "invalid_request", "\(body)")
                #expect(answer.json["member"]?.string == member, "\(answer.text)")
            }
            let good = try await site.call(administrator, .post, path, ["uses": 1, "seconds": 60])
            #expect(good.status == .created)
            for (type, text, status) in [
                ("text/plain", "{}", 415), ("application/json", "{", 400), ("application/json", "[]", 400),
                ("application/json", #"{"uses":1,"uses":2,"seconds":60}"#, 400),
            ] {
                let full = AdministrationAPI.path + path
                let answer = try await site.client.execute(
                    uri: full, method: .post,
                    headers: [
                        .authorization: "DPoP " + administrator.accessToken,
                        .proof: try site.provider.administrationProof(administrator, "POST", full).text,
                        .contentType: type,
                    ], body: ByteBuffer(string: text))
                #expect(answer.status.code == status, "\(type) \(text)")
            }
        }
    }

    @Test("parameters of the query that the route does not know, and pages out of range, are refused")
    func queries() async throws {
        try await AdministrationSite.serve { site in
            let administrator = try await site.provider.administrator()
            try await site.provider.appoint(administrator, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/assignments"
            for query in ["?limit=1", "?limit=200&after=unknown", ""] {
                #expect(try await site.call(administrator, .get, path, query: query).status == .ok, "\(query)")
            }
            let wrong = [
                "?limit=0", "?limit=201", "?limit=01", "?limit=x", "?after=%20", "?role=clerk", "?limit=1&limit=2",
            ]
            for query in wrong {
                #expect(
                    try await site.call(administrator, .get, path, query: query).status == .badRequest, "\(query)")
            }
            let unpaged = try await site.call(administrator, .get, "/tenants/herten", query: "?limit=1")
            #expect(unpaged.status == .badRequest)
        }
    }

    @Test("a change says what it has seen: without If-Match 428, with an old tag 412")
    func conditions() async throws {
        try await AdministrationSite.serve { site in
            let administrator = try await site.provider.administrator()
            try await site.provider.appoint(administrator, .tenantAdministrator, at: .tenant(TestRegion.herten))
            let other = try await site.provider.administrator()
            let given = try await site.provider.appoint(other, .clerk, at: .tenant(TestRegion.herten))
            let path = "/tenants/herten/assignments/\(given)"
            let tag = try #require(try await site.call(administrator, .get, path).headers[.eTag])
            #expect(try await site.call(administrator, .delete, path).status.code == 428)
            let old = try await site.call(administrator, .delete, path, headers: [.ifMatch: "\"other\""])
            #expect(old.status.code == 412 && old.code == "changed_meanwhile")
            #expect(try await site.call(administrator, .delete, path, headers: [.ifMatch: tag]).status == .noContent)
            // What was revoked looks otherwise now.
            #expect(try await site.call(administrator, .delete, path, headers: [.ifMatch: tag]).status.code == 412)
            #expect(try await site.call(administrator, .delete, path, headers: [.ifMatch: "*"]).status == .conflict)
        }
    }

    @Test("an address that does not exist is a problem document, too")
    func unknownAddress() async throws {
        try await AdministrationSite.serve { site in
            for path in ["/admin/v1/nothing", "/admin/v2/me", "/", "/device/v1/devices"] {
                let answer = try await site.send(.get, path)
                #expect(answer.status == .notFound && answer.code == "not_found", "\(path)")
                #expect(answer.headers[.contentType] == ProblemDocument.mediaType)
            }
        }
    }
}
