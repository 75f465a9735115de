import OpenIDMessages
import TestVectors

@testable import IdentityCrypto

extension ContextFiles {
    /// D-10.3, at the device.
    var confirmationRequests: JSONObject {
        get throws {
            var cases: [JSONValue] = []
            func add(
                _ name: String, _ verdict: String, after seconds: Int64 = 5, request: String
            ) {
                cases.append(
                    Self.entry(
                        name, verdict,
                        ["now": (VectorSamples.now + seconds).json, "request": .string(request)]))
            }
            func changed(
                _ name: String, _ verdict: String, after seconds: Int64 = 5, signer: VectorKey = .provider,
                _ change: (inout ConfirmationRequestStatement) -> Void = { _ in }
            ) throws {
                var statement = VectorSamples.confirmationRequest
                change(&statement)
                add(name, verdict, after: seconds, request: try signer.signing.sign(statement))
            }
            try changed("what was asked for", "accepted")
            try changed("59 seconds after its end", "accepted", after: 239)
            try changed("60 seconds after its end", "expired", after: 240)
            try changed("by another key", "wrong_key", signer: .stranger)
            try changed("another issuer", "wrong_issuer") { $0.issuer = IssuerURL(rawValue: "https://id2.example")! }
            try changed("for another device", "wrong_device") {
                $0.device = DeviceIdentifier(rawValue: "device-0123456780")!
            }
            try changed("about another object", "wrong_act") { $0.parameters = ["device": "device-0000000000"] }
            try changed("with a parameter more", "wrong_act") { $0.parameters["all"] = true }
            try changed("without its parameter", "wrong_act") { $0.parameters = [:] }
            try changed("another text", "wrong_text_digest") { $0.text += " " }
            try changed("the digest of another text", "wrong_text_digest") { $0.textDigest = ContentDigest(of: "x") }
            add("a login's request", "malformed", request: samples.requests[.qr]!)
            return Self.file(
                """
                D-10.3: what a device that is enrolled at `issuer` as `device` says when it asked for `action` with \
                `parameters`.
                """, keys: [.provider],
                [
                    "action": .string(VectorSamples.confirmationRequest.action.rawValue),
                    "parameters": .object(VectorSamples.confirmationRequest.parameters), "cases": .array(cases),
                ])
        }
    }

    /// P-10.5, at the provider.
    var confirmationResponses: JSONObject {
        get throws {
            let request = try VectorKey.provider.signing.sign(VectorSamples.confirmationRequest)
            var cases: [JSONValue] = []
            func add(
                _ name: String, _ verdict: String, after seconds: Int64, isProved: Bool, response: String,
                proof: JSONValue?
            ) {
                var members: JSONObject = [
                    "now": (VectorSamples.now + seconds).json, "request": .string(request),
                    "response": .string(response),
                ]
                members["pin_proof"] = proof
                if verdict == "accepted" { members["pin_proved"] = .bool(isProved) }
                cases.append(Self.entry(name, verdict, members))
            }
            func changed(
                _ name: String, _ verdict: String, after seconds: Int64 = 31, isProved: Bool = true,
                signer: VectorKey = .authentication, pin: VectorKey = .pin,
                purpose: KeyProofStatement.Purpose = .confirmation, suffix: String = "",
                _ change: (inout ConfirmationResponseStatement) -> Void = { _ in }
            ) throws {
                var statement = VectorSamples.confirmationResponse(to: request)
                change(&statement)
                let response = try signer.signing.sign(statement)
                let proof = try Self.sign(VectorSamples.proof(purpose, of: response + suffix), pin)
                add(name, verdict, after: seconds, isProved: isProved, response: response, proof: proof)
            }
            try changed("a confirmation", "accepted")
            try changed("a PIN proof by another PIN", "accepted", isProved: false, pin: .stranger)
            try changed("a PIN proof by K_inst", "accepted", isProved: false, pin: .installation)
            try changed("a PIN proof for a login", "accepted", isProved: false, purpose: .login)
            try changed("a PIN proof for a registration", "accepted", isProved: false, purpose: .registration)
            try changed("a PIN proof over another answer", "accepted", isProved: false, suffix: "A")
            let bare = try VectorKey.authentication.signing.sign(VectorSamples.confirmationResponse(to: request))
            add("without PIN proof", "accepted", after: 31, isProved: false, response: bare, proof: nil)
            try changed("at the last second", "accepted", after: 179)
            try changed("too late", "confirmation_over", after: 180)
            try changed("signed by K_inst", "not_accepted", signer: .installation)
            try changed("signed by a stranger", "not_accepted", signer: .stranger)
            try changed("iss of another key", "not_accepted") { $0.key = VectorKey.stranger.thumbprint }
            let login = samples.responses[.qr]!
            add(
                "a login's answer", "not_accepted", after: 31, isProved: false, response: login,
                proof: try Self.sign(VectorSamples.proof(.login, of: login), .pin))
            try refusedConfirmations { try changed($0, "statement_refused", $1) }
            return Self.file(
                """
                P-10.5 without counter and tries, which the store decides: what the provider says to `response` and \
                `pin_proof` of `device`. A confirmation fits before its PIN does: `pin_proved` says how that ends.
                """, keys: [.provider, .authentication, .installation, .pin], ["cases": .array(cases)])
        }
    }

    /// Answers that do not fit what was asked.
    private func refusedConfirmations(
        _ add: (String, @escaping (inout ConfirmationResponseStatement) -> Void) throws -> Void
    ) throws {
        try add("for another issuer") { $0.issuer = IssuerURL(rawValue: "https://id2.example")! }
        try add("of another device") { $0.device = DeviceIdentifier(rawValue: "device-0123456780")! }
        try add("about another act") { $0.transaction = VectorSamples.transaction(.qr) }
        try add("another nonce") { $0.nonce = VectorSamples.nonce(64) }
        try add("to another request") { $0.requestDigest = ContentDigest(of: "x") }
        try add("over another text") { $0.textDigest = ContentDigest(of: "x") }
        try add("an unknown method") { $0.methods.append("face") }
        try add("without the PIN among its methods") { $0.methods = ["swk", "user"] }
        try add("dated 301 seconds ago") { $0.issuedAt = VectorSamples.now + 31 - 301 }
        try add("dated 301 seconds ahead") { $0.issuedAt = VectorSamples.now + 31 + 301 }
    }
}
