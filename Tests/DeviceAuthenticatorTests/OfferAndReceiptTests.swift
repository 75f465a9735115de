import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("D-6.2.3, the checks of an offer")
struct OfferTests {
    let key = SigningKey.makeES256()

    private func check(_ change: (inout EnrolmentOffer) -> Void = { _ in }, signer: SigningKey? = nil) throws {
        var offer = FakeProvider.offer()
        change(&offer)
        _ = try RequestChecks.offer(
            try (signer ?? key).sign(offer), key: key.publicKey, issuer: FakeProvider.issuer,
            ticket: FakeProvider.ticket, now: FakeProvider.now)
    }

    @Test func `a good offer is accepted`() throws { try check() }

    @Test func `near misses are refused`() throws {
        #expect(throws: StatementRefusal.wrongKey) { try check(signer: .makeES256()) }
        #expect(throws: StatementRefusal.wrongIssuer) {
            try check { $0.issuer = IssuerURL(rawValue: "https://id.test")! }
        }
        #expect(throws: StatementRefusal.wrongTicket) { try check { $0.ticketDigest = ContentDigest(of: "other") } }
        #expect(throws: StatementRefusal.expired) { try check { $0.expiresAt = FakeProvider.now - 60 } }
    }
}

@Suite("D-4.7.2, the checks of a receipt")
struct ReceiptTests {
    let key = SigningKey.makeES256()

    private func check(
        flow: LoginFlow = .link, decision: LoginDecision = .approve, _ change: (inout LoginReceipt) -> Void = { _ in }
    ) throws {
        var receipt = LoginReceipt(
            issuer: FakeProvider.issuer, device: FakeProvider.device, transaction: FakeProvider.transaction,
            responseDigest: ContentDigest(of: "response"), state: .awaitingReturn,
            returnURL: "https://id.example/r", issuedAt: FakeProvider.now)
        change(&receipt)
        _ = try RequestChecks.receipt(
            try key.sign(receipt), keys: ProviderKeys([key.publicKey]), issuer: FakeProvider.issuer,
            device: FakeProvider.device, transaction: FakeProvider.transaction, response: "response",
            decision: decision, flow: flow)
    }

    @Test func `good receipts are accepted`() throws {
        try check()
        try check(flow: .qr) { $0.returnURL = nil }
        try check(decision: .deny) { $0.returnURL = nil }
    }

    @Test func `near misses are refused`() {
        #expect(throws: StatementRefusal.wrongResponse) { try check { $0.responseDigest = ContentDigest(of: "r") } }
        #expect(throws: StatementRefusal.wrongTransaction) {
            try check { $0.transaction = TransactionIdentifier(rawValue: "txn-0123456789abcdee")! }
        }
        #expect(throws: StatementRefusal.wrongDevice) {
            try check { $0.device = DeviceIdentifier(rawValue: "device-0123456780")! }
        }
        #expect(throws: StatementRefusal.wrongReturn) { try check { $0.returnURL = nil } }
        #expect(throws: StatementRefusal.wrongReturn) { try check(flow: .qr) }
        #expect(throws: StatementRefusal.wrongReturn) { try check(decision: .deny) }
    }

    @Test(arguments: [
        "https://id.example.org/r", "https://id.example@evil.test/r", "https://id.example", "javascript:0",
    ])
    func `uv does not go anywhere but to the provider`(url: String) {
        #expect(throws: StatementRefusal.wrongReturn) { try check { $0.returnURL = url } }
    }
}
