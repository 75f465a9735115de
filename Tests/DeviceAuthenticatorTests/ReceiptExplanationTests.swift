import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

/// D-4.7.2, D-10.7: what the device keeps proves, without the network, what was asked, answered and received.
@Suite("Receipts, verified offline")
struct ReceiptExplanationTests {
    let workshop = Workshop()
    let provider = FakeProvider()

    private static let file = "receipts/\(FakeProvider.transaction).json"

    /// A phone that approved one login.
    private func phoneWithReceipt() async throws -> DeviceAuthenticator {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        _ = try await phone.approve(pin: .good)
        return phone
    }

    private func kept() throws -> JSONObject {
        try StrictJSON.parseObject(try workshop.bytes("profile/" + Self.file))
    }

    /// The receipt of the phone after a change of what was kept.
    private func changed(
        _ phone: DeviceAuthenticator, _ change: (inout JSONObject) throws -> Void
    ) throws -> Explanation {
        var object = try kept()
        try change(&object)
        try phone.folder.folder.folder("receipts").replace("\(FakeProvider.transaction).json", with: object.serialized)
        return try #require(try phone.receipt(FakeProvider.transaction))
    }

    private func failures(_ explanation: Explanation) -> Set<String> {
        let inParts = explanation.parts.flatMap { part in
            part.explanation.checks.filter { $0.result == .failed }.map { part.name + "." + $0.name }
        }
        return Set(inParts + explanation.checks.filter { $0.result == .failed }.map(\.name))
    }

    @Test func `a receipt that nobody touched passes every check, with no call`() async throws {
        let phone = try await phoneWithReceipt()
        let before = await provider.calls.count
        let receipt = try #require(try phone.receipts().first)
        #expect(await provider.calls.count == before)
        #expect(receipt.isSound)
        let checks = receipt.checks + receipt.parts.flatMap(\.explanation.checks)
        #expect(checks.allSatisfy { $0.result == .passed }, "\(checks)")
        #expect(receipt.parts.map(\.name) == ["request", "response", "receipt"])
        #expect(
            receipt.checks.map(\.name) == ["file", "answer", "shown_text", "flow", "released", "receipt", "outcome"])
        #expect(receipt.content["decision"] == "approve")
        #expect(receipt.content["portal"]?.object?["name"] == "Portal")
    }

    @Test(arguments: ["request", "response", "receipt"])
    func `a statement that was changed has the wrong signature`(name: String) async throws {
        let phone = try await phoneWithReceipt()
        let receipt = try changed(phone) { object in
            let token = try CompactJWS(parsing: try #require(object[name]?.string))
            var payload = try #require(token.unverifiedPayload)
            payload["iat"] = .integer(FakeProvider.now.seconds - 1)
            let parts = token.text.split(separator: ".")
            object[name] = .string("\(parts[0]).\(Base64URL.encode(payload.serialized)).\(parts[2])")
        }
        #expect(failures(receipt).contains(name + ".signature"))
    }

    @Test func `an answer to another request does not pass`() async throws {
        let phone = try await phoneWithReceipt()
        let receipt = try changed(phone) { object in
            var request = FakeProvider.request(flow: .link)
            request.nonce = Nonce(rawValue: RandomBytes.text(32))!
            object["request"] = .string(try provider.key.sign(request))
        }
        #expect(failures(receipt) == ["answer"])
    }

    private func resigned(
        _ phone: DeviceAuthenticator, _ change: (inout LoginResponseStatement) -> Void
    ) throws -> Explanation {
        try changed(phone) { object in
            let token = try CompactJWS(parsing: try #require(object["response"]?.string))
            var response = try LoginResponseStatement(json: try #require(token.unverifiedPayload))
            change(&response)
            object["response"] = .string(try phone.keys().sign(response, with: .authentication, header: [:]))
        }
    }

    @Test func `an answer that says something else than the receipt confirms does not pass`() async throws {
        let phone = try await phoneWithReceipt()
        #expect(
            failures(try resigned(phone) { $0.textDigest = ContentDigest(of: "other") }) == ["shown_text", "receipt"])
        #expect(failures(try resigned(phone) { $0.flow = .qr }).contains("flow"))
        #expect(failures(try resigned(phone) { $0.released = ["birthdate"] }).contains("released"))
        #expect(failures(try resigned(phone) { $0.decision = .deny }).isSuperset(of: ["released", "outcome"]))
    }

    @Test func `a receipt by a key that is not the provider's does not pass`() async throws {
        let phone = try await phoneWithReceipt()
        let receipt = try changed(phone) { object in
            let token = try CompactJWS(parsing: try #require(object["receipt"]?.string))
            let receipt = try LoginReceipt(json: try #require(token.unverifiedPayload))
            object["receipt"] = .string(try SigningKey.makeES256().sign(receipt))
        }
        #expect(failures(receipt) == ["receipt.signature"])
    }

    @Test func `three tokens of another type, consistent with each other and signed by nobody, do not pass`()
        async throws
    {
        let phone = try await phoneWithReceipt()
        let receipt = try changed(phone) { object in
            let kept = object
            func forged(_ name: String, _ change: (inout JSONObject) -> Void = { _ in }) throws -> String {
                var payload = try #require(try CompactJWS(parsing: kept[name]?.string ?? "").unverifiedPayload)
                change(&payload)
                let header: JSONObject = ["alg": "ES256", "typ": "x"]
                return [header.serialized, payload.serialized].map { Base64URL.encode($0) }.joined(separator: ".")
                    + ".AA"
            }
            let request = try forged("request") { $0["text"] = "Etwas anderes" }
            let response = try forged("response") { payload in
                payload["req_sha256"] = .string(ContentDigest(of: request).rawValue)
            }
            object["request"] = .string(request)
            object["response"] = .string(response)
            object["receipt"] = .string(
                try forged("receipt") { payload in
                    payload["resp_sha256"] = .string(ContentDigest(of: response).rawValue)
                })
        }
        #expect(
            failures(receipt) == ["statements", "request.signature", "response.signature", "receipt.signature"])
    }

    @Test func `statements of the right form and the provider's, but of another type, are no receipt`() async throws {
        let phone = try await phoneWithReceipt()
        let receipt = try changed(phone) { object in
            let payload = try #require(try CompactJWS(parsing: object["receipt"]?.string ?? "").unverifiedPayload)
            object["receipt"] = .string(try provider.key.sign(type: "at+jwt", payload: payload))
        }
        #expect(failures(receipt) == ["statements"])
    }

    @Test func `D-10.7 a genuine confirmation's request with an answer by a key that is not this device's K_auth`()
        async throws
    {
        let phone = try await phoneWithReceipt()
        let request = ConfirmationRequestStatement(
            issuer: FakeProvider.issuer, device: FakeProvider.device, transaction: FakeProvider.transaction,
            nonce: Nonce(rawValue: RandomBytes.text(32))!, issuedAt: FakeProvider.now,
            expiresAt: FakeProvider.now + 180, action: .suspendDevice, parameters: ["device": "d-1"], text: "Sperren?",
            textDigest: ContentDigest(of: "Sperren?"))
        let text = try provider.key.sign(request)
        func kept(by sign: (ConfirmationResponseStatement) throws -> String) throws -> Explanation {
            try changed(phone) { object in
                let response = ConfirmationResponseStatement(
                    key: try phone.keys().publicKey(.authentication).thumbprint, device: request.device,
                    issuer: request.issuer, transaction: request.transaction, nonce: request.nonce,
                    requestDigest: ContentDigest(of: text), textDigest: request.textDigest, methods: ["swk"],
                    counter: 2,
                    issuedAt: FakeProvider.now, identifier: .random(bytes: 16))
                object = ["request": .string(text), "response": .string(try sign(response))]
            }
        }
        #expect(try kept { try phone.keys().sign($0, with: .authentication, header: [:]) }.isSound)
        #expect(failures(try kept { try SigningKey.makeES256().sign($0) }) == ["response.signature"])
        #expect(
            failures(try kept { try phone.keys().sign($0, with: .installation, header: [:]) }) == ["response.signature"]
        )
    }

    @Test func `a receipt under the name of another transaction does not pass`() async throws {
        let phone = try await phoneWithReceipt()
        let other = TransactionIdentifier(rawValue: "txn-of-another-login")!
        try phone.folder.folder.folder("receipts").replace("\(other).json", with: try kept().serialized)
        #expect(failures(try #require(try phone.receipt(other))) == ["file"])
        #expect(try #require(try phone.receipt(FakeProvider.transaction)).isSound)
    }

    @Test func `a damaged file and a confirmation without its answer are not sound`() async throws {
        let phone = try await phoneWithReceipt()
        let damaged = try changed(phone) { $0["response"] = nil }
        #expect(!damaged.isSound && damaged.title == "a damaged receipt")
        #expect(damaged.content["txn"]?.string == FakeProvider.transaction.rawValue, "a list must say which one it is")
        #expect(
            failures(
                try changed(phone) {
                    $0["receipt"] = nil; $0["response"] = $0["request"]
                }) == ["statements"])
    }

    @Test func `receipts of before the provider changed its key stay sound`() async throws {
        let phone = try await phoneWithReceipt()
        try phone.folder.updateState { $0.take(ProviderKeys([SigningKey.makeES256().publicKey])) }
        #expect(try phone.state().providerKeys.keys.contains(provider.key.publicKey) == false)
        #expect(try #require(try phone.receipt(FakeProvider.transaction)).isSound)
    }

    @Test func `there is no receipt of a login that was not`() async throws {
        let phone = try await phoneWithReceipt()
        #expect(try phone.receipt(TransactionIdentifier(rawValue: "txn-of-somebody-else")!) == nil)
    }
}

@Suite("What a link or a statement is, explained")
struct ExplanationTests {
    let workshop = Workshop()
    let provider = FakeProvider()

    private func results(_ explanation: Explanation) -> [String: StatementCheck.Result] {
        Dictionary(uniqueKeysWithValues: explanation.checks.map { ($0.name, $0.result) })
    }

    @Test func `without a profile the form is judged and nothing is compared`() throws {
        let phone = workshop.phone(provider)
        let link = try phone.explain(provider.qrLink)
        #expect(link.kind == "login_link" && link.isSound)
        #expect(results(link) == ["form": .passed, "provider": .notChecked, "authentication_code": .notChecked])
        let request = try phone.explain(try provider.key.sign(FakeProvider.request()))
        #expect(request.kind == LoginRequestStatement.type)
        #expect(results(request)["signature"] == .notChecked && results(request)["text"] == .passed)
    }

    @Test func `each member of a request that is not for this device is named`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        func failed(_ change: (inout LoginRequestStatement) -> Void, by signer: SigningKey? = nil) throws -> [String] {
            var request = FakeProvider.request()
            change(&request)
            return try phone.explain(try (signer ?? provider.key).sign(request)).checks.filter { $0.result == .failed }
                .map(\.name)
        }
        #expect(try failed { _ in }.isEmpty)
        #expect(try failed { $0.issuer = IssuerURL(rawValue: "https://id.test")! } == ["provider"])
        #expect(try failed { $0.device = DeviceIdentifier(rawValue: "device-of-another")! } == ["device"])
        #expect(try failed { $0.expiresAt = FakeProvider.now - 60 } == ["expiry"])
        #expect(try failed { $0.text = "Etwas anderes" } == ["text"])
        #expect(try failed({ _ in }, by: .makeES256()) == ["signature"])
    }

    @Test func `what the device signed itself is known by its keys`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let proof = KeyProofStatement(purpose: .registration, digest: ContentDigest(of: "x"))
        let mine = try phone.keys().sign(proof, with: .installation, header: [:])
        #expect(results(try phone.explain(mine))["signature"] == .passed)
        let foreign = try SigningKey.makeES256().sign(proof)
        #expect(results(try phone.explain(foreign))["signature"] == .notChecked)
        let registration = try #require(await provider.bodies("/offer-1").first?["registration"]?.string)
        #expect(results(try phone.explain(registration))["signature"] == .passed)
    }

    @Test func `a link of another provider fails at its issuer`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let link = provider.qrLink.replacing("id.example", with: "id.example.org")
        #expect(results(try phone.explain(link))["provider"] == .failed)
        #expect(results(try phone.explain(provider.enrolmentLink))["provider"] == .failed)
    }

    @Test(arguments: [
        "", "hello", "https://example.org/", "https://id.example/app/q/x.1.y", "{}", #"{"request": "a"}"#, "a.b.c",
        "eyJhbGciOiJFUzI1NiJ9.e30", "HTTPS://EXAMPLE.ORG/A", "mailto:a@example.org", "WIFI:S:home;T:WPA;P:secret;;",
    ])
    func `what is none of ours is unknown, and shown so that a person sees where it leads`(text: String) throws {
        let explanation = try workshop.phone(provider).explain(text)
        #expect(explanation.kind == "unknown" && explanation.title == "nothing of CitizenID")
        #expect(explanation.content == ["text": .string(text)])
        #expect(!explanation.isSound)
    }

    @Test func `of what is none of ours a few hundred characters are shown`() throws {
        let phone = workshop.phone(provider)
        let accents = String(repeating: "\u{301}", count: 399)
        #expect(try phone.explain("x" + accents).content["text"]?.string == "x" + accents)
        let cut = try phone.explain("x" + accents + "\u{301}y").content["text"]?.string
        #expect(cut == "x" + accents + "…")
    }

    @Test func `a token of OpenID is shown, and is no statement of the protocol`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let token = try provider.key.sign(type: "at+jwt", payload: ["sub": "x"])
        let explanation = try phone.explain(token)
        #expect(explanation.kind == "at+jwt")
        #expect(results(explanation)["type"] == .notChecked && results(explanation)["signature"] == .passed)
        #expect(explanation.content == ["sub": "x"])
        let foreign = try SigningKey.makeES256().sign(type: "at+jwt", payload: ["sub": "x"])
        let unknown: [String: StatementCheck.Result] = ["form": .passed, "type": .notChecked, "signature": .notChecked]
        #expect(results(try phone.explain(foreign)) == unknown)
    }
}
