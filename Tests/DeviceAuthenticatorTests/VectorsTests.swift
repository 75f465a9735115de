import IdentityCrypto
import OpenIDMessages
import TestVectors
import Testing

@testable import DeviceAuthenticator

/// The provider reads the same files: see `ProviderCoreTests`.
@Suite("The protocol's vectors, as the device reads them")
struct VectorsTests {
    /// What the device says in the words of the files.
    private func verdict(_ body: () throws(StatementRefusal) -> Void) -> String {
        do throws(StatementRefusal) {
            try body()
            return "accepted"
        } catch {
            // `wrongTextDigest` is `wrong_text_digest`.
            return error.rawValue.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
        }
    }

    private struct Context {
        let issuer: IssuerURL
        let device: DeviceIdentifier
        let keys: [String: VerificationKey]
        let file: JSONObject

        init(_ name: String) throws {
            file = try #require(VectorFile.read(name))
            issuer = try #require(IssuerURL(rawValue: file["issuer"]?.string ?? ""))
            device = try #require(DeviceIdentifier(rawValue: file["device"]?.string ?? ""))
            keys = VectorFile.keys(file)
        }

        func provider() throws -> ProviderKeys { ProviderKeys([try #require(keys["provider"])]) }
    }

    @Test("D-4.3.2 requests")
    func requests() throws {
        let context = try Context("login-request-context")
        let keys = try context.provider()
        let cases = ContextCase.all("cases", in: "login-request-context")
        #expect(cases.count > 10)
        for element in cases {
            let transaction = try #require(TransactionIdentifier(rawValue: element.text("txn")))
            let flow = try #require(LoginFlow(rawValue: element.text("flow")))
            let verdict = verdict { () throws(StatementRefusal) in
                _ = try RequestChecks.request(
                    element.text("request"), keys: keys, issuer: context.issuer, device: context.device,
                    transaction: transaction, flow: flow, now: element.time("now"))
            }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    @Test("D-4.7.2 receipts")
    func receipts() throws {
        let context = try Context("login-receipt-context")
        let keys = try context.provider()
        let cases = ContextCase.all("cases", in: "login-receipt-context")
        #expect(cases.count > 10)
        for element in cases {
            let transaction = try #require(TransactionIdentifier(rawValue: element.text("txn")))
            let flow = try #require(LoginFlow(rawValue: element.text("flow")))
            let decision = try #require(LoginDecision(rawValue: element.text("decision")))
            let verdict = verdict { () throws(StatementRefusal) in
                _ = try RequestChecks.receipt(
                    element.text("receipt"), keys: keys, issuer: context.issuer, device: context.device,
                    transaction: transaction, response: element.text("response"), decision: decision, flow: flow)
            }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    @Test("D-10.3 what is to be confirmed")
    func confirmations() throws {
        let context = try Context("confirmation-request-context")
        let keys = try context.provider()
        let action = try #require(ConfirmedAction(rawValue: context.file["action"]?.string ?? ""))
        let act = AccountAct(action, path: "", pathParameters: try #require(context.file["parameters"]?.object))
        let cases = ContextCase.all("cases", in: "confirmation-request-context")
        #expect(cases.count > 10)
        for element in cases {
            let verdict = verdict { () throws(StatementRefusal) in
                _ = try RequestChecks.confirmation(
                    element.text("request"), keys: keys, issuer: context.issuer, device: context.device, act: act,
                    now: element.time("now"))
            }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    @Test("D-6.2.3 offers")
    func offers() throws {
        let context = try Context("enrolment-context")
        let key = try #require(context.keys["provider"])
        #expect(context.file["key"]?.string == key.thumbprint.rawValue)
        let ticket = try #require(context.file["ticket"]?.string)
        let cases = ContextCase.all("offers", in: "enrolment-context")
        #expect(cases.count > 5)
        for element in cases {
            let verdict = verdict { () throws(StatementRefusal) in
                _ = try RequestChecks.offer(
                    element.text("offer"), key: key, issuer: context.issuer, ticket: ticket, now: element.time("now"))
            }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    @Test("§6 records")
    func records() throws {
        let context = try Context("enrolment-context")
        let keys = try context.provider()
        let authentication = try #require(context.keys["auth"]).thumbprint
        let installation = try #require(context.keys["inst"]).thumbprint
        let cases = ContextCase.all("records", in: "enrolment-context")
        #expect(cases.count > 4)
        for element in cases {
            let verdict = verdict { () throws(StatementRefusal) in
                _ = try RequestChecks.record(
                    element.text("record"), keys: keys, issuer: context.issuer, authentication: authentication,
                    installation: installation)
            }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    @Test("D-10.8 explanations of a level: those that are accepted are shown, and no near-miss is")
    func explanations() throws {
        let vectors = try #require(StatementVectors("assurance-explanation"))
        let context = try Context("login-request-context")
        let keys = ProviderKeys([vectors.key])
        for token in vectors.accepted {
            let shown = try RequestChecks.explanation(
                token.jws, keys: keys, issuer: context.issuer, device: context.device)
            #expect(shown == token.payload, "\(token.name)")
        }
        for token in vectors.refused {
            #expect(throws: StatementRefusal.self, "\(token.name)") {
                try RequestChecks.explanation(
                    token.jws, keys: keys, issuer: context.issuer, device: context.device)
            }
        }
    }

    @Test("D-3.1 links")
    func links() throws {
        let context = try #require(VectorFile.read("links"))
        let issuer = try #require(IssuerURL(rawValue: context["issuer"]?.string ?? ""))
        for element in ContextCase.all("accepted", in: "links") {
            let isOurs = element.text("issuer") == issuer.rawValue
            if element.text("flow") == "enrolment" {
                #expect(throws: LinkRefusal.notForLogin) {
                    try RequestChecks.loginLink(element.text("link"), issuer: issuer)
                }
            } else if isOurs {
                let flow = try RequestChecks.loginLink(element.text("link"), issuer: issuer).flow
                #expect(flow.rawValue == element.text("flow"))
            } else {
                #expect(throws: LinkRefusal.foreignIssuer) {
                    try RequestChecks.loginLink(element.text("link"), issuer: issuer)
                }
            }
        }
        for element in ContextCase.all("refused", in: "links") {
            #expect(throws: LinkRefusal.malformed, "\(element.name)") {
                try RequestChecks.loginLink(element.text("link"), issuer: issuer)
            }
        }
    }

    @Test("§7 a simulator's word is explained as the provider reads it, and no near-miss as sound")
    func simulator() throws {
        let vectors = try #require(StatementVectors("simulator-attestation"))
        for token in vectors.accepted {
            let explained = StatementExplanation.explain(token.jws, profile: nil, now: nil)
            #expect(explained.isSound && explained.content == token.payload, "\(token.name)")
        }
        // What has another type is another thing, and may be sound as that.
        for token in vectors.refused where token.reason != .wrongType {
            #expect(!StatementExplanation.explain(token.jws, profile: nil, now: nil).isSound, "\(token.name)")
        }
    }

    /// Near-misses of the statements that the provider signs, against the device's own reading of them.
    @Test("no near-miss of a provider's statement is believed", arguments: ["login-request", "login-receipt"])
    func nearMisses(file: String) throws {
        let vectors = try #require(StatementVectors(file))
        let keys = ProviderKeys([vectors.key])
        let issuer = try #require(IssuerURL(rawValue: "https://id.example"))
        for token in vectors.refused {
            // What else is expected is taken from the token itself, so that only the token's own faults count.
            let payload = (try? CompactJWS(parsing: token.jws))?.unverifiedPayload ?? vectors.accepted[0].payload ?? [:]
            let device = (payload["aud"]?.string).flatMap(DeviceIdentifier.init(rawValue:))
            let transaction = (payload["txn"]?.string).flatMap(TransactionIdentifier.init(rawValue:))
            guard let device, let transaction else { continue }
            let verdict = verdict { () throws(StatementRefusal) in
                if file == "login-request" {
                    _ = try RequestChecks.request(
                        token.jws, keys: keys, issuer: issuer, device: device, transaction: transaction, flow: .qr,
                        now: Timestamp(seconds: 1_800_000_000))
                } else {
                    _ = try RequestChecks.receipt(
                        token.jws, keys: keys, issuer: issuer, device: device, transaction: transaction, response: "",
                        decision: .approve, flow: .qr)
                }
            }
            #expect(["malformed", "wrong_key", "wrong_signature"].contains(verdict), "\(token.name): \(verdict)")
        }
    }
}
