import OpenIDMessages
import TestVectors

@testable import IdentityCrypto

/// Files about statements in their context: requests at the device, responses at the provider, and so on.
struct ContextFiles {
    let samples: VectorSamples

    var all: [(String, JSONObject)] {
        get throws {
            [
                ("login-request-context", try requests), ("login-response-context", try responses),
                ("login-receipt-context", try receipts), ("enrolment-context", try enrolment), ("links", links),
                ("text-digest", textDigests), ("confirmation-request-context", try confirmationRequests),
                ("confirmation-response-context", try confirmationResponses),
            ]
        }
    }

    static func sign(_ statement: some DeviceStatement, _ key: VectorKey) throws -> JSONValue {
        .string(try key.signing.sign(statement))
    }

    static func entry(_ name: String, _ verdict: String, _ members: JSONObject) -> JSONValue {
        var object: JSONObject = ["name": .string(name)]
        for member in members.members { object[member.name] = member.value }
        object["verdict"] = .string(verdict)
        return .object(object)
    }

    static var context: JSONObject {
        ["issuer": .string(VectorSamples.issuer.rawValue), "device": .string(VectorSamples.device.rawValue)]
    }

    static func file(_ note: String, keys: [VectorKey], _ members: JSONObject) -> JSONObject {
        var object: JSONObject = ["note": .string(note), "keys": VectorKey.listed(keys)]
        for member in (context.members + members.members) { object[member.name] = member.value }
        return object
    }

    /// D-4.3.2, at the device.
    var requests: JSONObject {
        get throws {
            var cases: [JSONValue] = []
            func add(
                _ name: String, _ verdict: String, flow: LoginFlow = .qr, claimed: LoginFlow? = nil,
                after seconds: Int64 = 5,
                signer: VectorKey = .provider, _ change: (inout LoginRequestStatement) -> Void = { _ in }
            ) throws {
                var request = VectorSamples.request(flow)
                change(&request)
                cases.append(
                    Self.entry(
                        name, verdict,
                        [
                            "flow": .string((claimed ?? flow).rawValue),
                            "txn": .string(VectorSamples.transaction(flow).rawValue),
                            "now": (VectorSamples.now + seconds).json, "request": try Self.sign(request, signer),
                        ]))
            }
            try add("flow qr", "accepted")
            let inKnownBrowser = { (request: inout LoginRequestStatement) in
                request.binding = .knownBrowser
                request.initiator.knownSince = VectorSamples.now - 86_400
            }
            try add("flow qr in a browser that is known", "accepted", inKnownBrowser)
            try add("a browser that is known, but not since when", "malformed") { $0.binding = .knownBrowser }
            try add("bound by code, but in a browser that is known", "malformed") {
                inKnownBrowser(&$0)
                $0.binding = .code
            }
            try add("flow link", "accepted", flow: .link)
            try add("flow backchannel", "accepted", flow: .backChannel)
            try add("flow backchannel without the digits of a call", "accepted", flow: .backChannel) {
                $0.binding = .none
            }
            try add("59 seconds after its end", "accepted", after: 239)
            try add("60 seconds after its end", "expired", after: 240)
            try add("by another key", "wrong_key", signer: .stranger)
            try add("another issuer", "wrong_issuer") { $0.issuer = IssuerURL(rawValue: "https://id.examp1e")! }
            try add("an issuer with a port", "wrong_issuer") {
                $0.issuer = IssuerURL(rawValue: "https://id.example:8443")!
            }
            try add("for another device", "wrong_device") {
                $0.device = DeviceIdentifier(rawValue: "device-0123456780")!
            }
            try add("about another login", "wrong_transaction") { $0.transaction = VectorSamples.transaction(.link) }
            try add("another text", "wrong_text_digest") { $0.text += " " }
            try add("the digest of another text", "wrong_text_digest") { $0.textDigest = ContentDigest(of: "x") }
            try add("claimed by a link, asked as qr", "wrong_flow", claimed: .link)
            try add("claimed by qr, asked as link", "wrong_flow", flow: .link, claimed: .qr)
            try add("qr bound by return", "wrong_binding") { $0.binding = .return }
            try add("link bound by code", "wrong_binding", flow: .link) { $0.binding = .code }
            try add("claimed by qr, asked as backchannel", "wrong_flow", flow: .backChannel, claimed: .qr)
            try add("received, asked as qr", "wrong_flow", claimed: .backChannel)
            for binding in [BrowserBinding.callCode, .none] {
                try add("qr bound by \(binding.rawValue)", "wrong_binding") { $0.binding = binding }
                try add("link bound by \(binding.rawValue)", "wrong_binding", flow: .link) { $0.binding = binding }
            }
            try add("link bound by known_browser", "wrong_binding", flow: .link, inKnownBrowser)
            for binding in [BrowserBinding.code, .return] {
                try add("backchannel bound by \(binding.rawValue)", "wrong_binding", flow: .backChannel) {
                    $0.binding = binding
                }
            }
            try add("backchannel bound by known_browser", "wrong_binding", flow: .backChannel, inKnownBrowser)
            return Self.file(
                "D-4.3.2: what a device that is enrolled at `issuer` as `device` and claimed `txn` by a link of `flow`, or received it, says.",
                keys: [.provider], ["cases": .array(cases)])
        }
    }

    /// D-4.7.2, at the device.
    var receipts: JSONObject {
        get throws {
            var cases: [JSONValue] = []
            func add(
                _ name: String, _ verdict: String, flow: LoginFlow = .link, decision: LoginDecision = .approve,
                _ change: (inout LoginReceipt) -> Void = { _ in }
            ) throws {
                let response = samples.responses[flow]!
                var receipt = VectorSamples.receipt(flow, to: response)
                change(&receipt)
                cases.append(
                    Self.entry(
                        name, verdict,
                        [
                            "flow": .string(flow.rawValue), "decision": .string(decision.rawValue),
                            "txn": .string(VectorSamples.transaction(flow).rawValue), "response": .string(response),
                            "receipt": try Self.sign(receipt, .provider),
                        ]))
            }
            try add("flow qr", "accepted", flow: .qr)
            try add("flow link", "accepted")
            try add("flow backchannel", "accepted", flow: .backChannel)
            try add("a return in the flow backchannel", "wrong_return", flow: .backChannel) {
                $0.returnURL = "https://id.example/r"
            }
            try add("denied in the flow link", "accepted", decision: .deny) { $0.returnURL = nil }
            try add("for another response", "wrong_response") { $0.responseDigest = ContentDigest(of: "x") }
            try add("about another login", "wrong_transaction") { $0.transaction = VectorSamples.transaction(.qr) }
            try add("for another device", "wrong_device") {
                $0.device = DeviceIdentifier(rawValue: "device-0123456780")!
            }
            try add("another issuer", "wrong_issuer") { $0.issuer = IssuerURL(rawValue: "https://id2.example")! }
            try add("no return in the flow link", "wrong_return") { $0.returnURL = nil }
            try add("a return in the flow qr", "wrong_return", flow: .qr) { $0.returnURL = "https://id.example/r" }
            try add("a return after a denial", "wrong_return", decision: .deny)
            for url in [
                "https://id.example.org/r", "https://id.example@evil.example/r", "http://id.example/r", "app:r",
            ] {
                try add("return to \(url)", "wrong_return") { $0.returnURL = url }
            }
            return Self.file(
                "D-4.7.2: what the device that sent `response` with `decision` says to `receipt`.",
                keys: [.provider, .authentication],
                ["cases": .array(cases)])
        }
    }

    /// §2: `text_sha256`.
    var textDigests: JSONObject {
        let texts = ["", "a", "A", VectorSamples.text, "Ä", "A\u{308}", "Stra\u{DF}e", "\u{202E}evil", "🪪"]
        let cases = texts.map { text -> JSONValue in
            .object(["text": .string(text), "text_sha256": .string(ContentDigest(of: text).rawValue)])
        }
        return [
            "note": "§2: base64url(SHA-256(UTF-8 bytes)); nothing is normalized, so that Ä in two spellings differs.",
            "cases": .array(cases),
        ]
    }
}
