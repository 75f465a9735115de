import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

/// Checklist C5, D1: codes and refresh tokens have suites of their own.
@Suite("One-time objects of a provider that is killed (SIGKILL)", .serialized, .inTurn, .endsInTime)
struct KilledOneTimeTests {
    enum Object: CaseIterable, Sendable {
        case clientAssertion, requestObject, proof, initialAccessToken

        /// What says in the database that it was taken. A proof is remembered in memory alone: there it is the assertion beside it.
        fileprivate var use: DatabaseCopy.Use {
            switch self {
            case .clientAssertion, .proof: .clientAssertion
            case .requestObject: .requestObject
            case .initialAccessToken: .registration
            }
        }
    }

    @Test(
        "killed while one is presented, it was taken once at most, and afterwards it never is",
        arguments: Object.allCases)
    func killed(object: Object) async throws {
        let here = try await Installation.start(withPortal: false)
        let transport = try TLSTransport(additionalCA: here.ca)
        var presented: (@Sendable () throws -> HTTPCall)?
        try await KilledAtRedemption(here: here, use: object.use, rounds: 3...40).run {
            let call = try await self.call(object, here, transport)
            presented = call
            return { (try? await Self.status(call(), transport)) == 201 }
        } check: { round in
            let call = try #require(presented)
            let isTakenAgain = try await Self.status(call(), transport) == 201
            #expect(!(isTakenAgain && round.isRedeemed), "round \(round.number)")
            #expect(try await Self.status(call(), transport) != 201, "round \(round.number)")
        }
        await transport.close()
    }

    private static func status(_ call: HTTPCall, _ transport: TLSTransport) async throws -> Int {
        try await transport.send(call).status
    }

    /// A fresh one-time object; the closure makes the call that presents it.
    private func call(
        _ object: Object, _ here: Installation, _ transport: TLSTransport
    ) async throws -> @Sendable () throws -> HTTPCall {
        let pushed = PushedCall(here: here)
        switch object {
        case .clientAssertion:
            let assertion = try pushed.assertion()
            return { try pushed.call(["client_assertion": assertion]) }
        case .requestObject:
            let object = try pushed.requestObject()
            return { try pushed.call(["request": object, "client_assertion": pushed.assertion()]) }
        case .proof:
            let ask = try pushed.call(["client_assertion": pushed.assertion()], proof: "x")
            let nonce = try #require(try await transport.send(ask).values("dpop-nonce").first)
            let proof = try VerifiedDPoPProof.make(
                key: .makeES256(), method: "POST", url: here.issuer + "/par", now: pushed.now, nonce: nonce)
            return { try pushed.call(["client_assertion": pushed.assertion()], proof: proof) }
        case .initialAccessToken:
            let result = try await here.administer("client", "token", "--tenant", "marl", "--json")
            let token = try #require(try result.json()["initial_access_token"]?.string, "\(result)")
            return {
                HTTPCall(
                    method: "POST", url: here.issuer + "/register",
                    headers: [("Authorization", "Bearer " + token), ("Content-Type", "application/json")],
                    body: Array(#"{"redirect_uris":["https://serviceportal.marl.example/callback"]}"#.utf8))
            }
        }
    }
}

/// Requests of `test-portal` at `/par`.
private struct PushedCall: Sendable {
    let here: Installation

    private static let client = "test-portal"

    var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    private var request: [String: String] {
        [
            "client_id": Self.client, "response_type": "code", "scope": "openid",
            "redirect_uri": here.portalURL + "/test/callback", "code_challenge_method": "S256",
            "code_challenge": CodeVerifier.random().challenge.rawValue,
        ]
    }

    func assertion() throws -> String {
        try signed(["sub": .string(Self.client), "exp": (now + 60).json], type: "JWT")
    }

    func requestObject() throws -> String {
        var claims: JSONObject = ["exp": (now + 300).json, "nbf": now.json]
        for (name, value) in request { claims[name] = .string(value) }
        return try signed(claims, type: "oauth-authz-req+jwt")
    }

    private func signed(_ claims: JSONObject, type: String) throws -> String {
        var claims = claims
        claims["iss"] = .string(Self.client)
        claims["aud"] = .string(here.issuer)
        claims["jti"] = .string(RandomBytes.text(16))
        return try here.portalKey.sign(
            type: type, payload: claims, keyIdentifier: here.portalKey.thumbprint.rawValue)
    }

    func call(_ more: [String: String], proof: String? = nil) throws -> HTTPCall {
        var form = more["request"] == nil ? request : ["client_id": Self.client]
        form["client_assertion_type"] = ClientCredentials.assertionType
        for (name, value) in more { form[name] = value }
        var headers = [("Content-Type", "application/x-www-form-urlencoded")]
        if let proof { headers.append(("DPoP", proof)) }
        var parameters = FormParameters()
        for (name, value) in form { parameters.append(name, value) }
        return HTTPCall(
            method: "POST", url: here.issuer + "/par", headers: headers, body: Array(parameters.encoded.utf8))
    }
}
