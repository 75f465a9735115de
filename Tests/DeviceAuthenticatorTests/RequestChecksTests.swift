import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("D-4.3.2, the checks of a request")
struct RequestChecksTests {
    static let key = SigningKey.makeES256()

    private func check(
        _ request: LoginRequestStatement, flow: LoginFlow = .qr, signer: SigningKey = key,
        now: Timestamp = FakeProvider.now
    ) throws(StatementRefusal) -> LoginRequestStatement {
        try RequestChecks.request(
            try! signer.sign(request), keys: ProviderKeys([Self.key.publicKey]), issuer: FakeProvider.issuer,
            device: FakeProvider.device, transaction: FakeProvider.transaction, flow: flow, now: now
        ).statement
    }

    @Test(arguments: LoginFlow.allCases)
    func `a good request is accepted`(flow: LoginFlow) throws {
        #expect(try check(FakeProvider.request(flow: flow), flow: flow) == FakeProvider.request(flow: flow))
    }

    @Test func `what was verified is not verified again, only the very same text and under a key that is still there`()
        throws
    {
        let (key, text) = (Self.key, try Self.key.sign(FakeProvider.request()))
        let known = try SignedStatement<LoginRequestStatement>.verify(text, key: key.publicKey)
        func check(_ text: String, by keys: [SigningKey]) throws(StatementRefusal) -> String {
            try RequestChecks.request(
                text, known: known, keys: ProviderKeys(keys.map(\.publicKey)), issuer: FakeProvider.issuer,
                device: FakeProvider.device, transaction: FakeProvider.transaction, flow: .qr, now: FakeProvider.now
            ).text
        }
        #expect(try check(text, by: [key]) == text)
        #expect(throws: StatementRefusal.wrongKey) { try check(text, by: [.makeES256()]) }
        let parts = text.split(separator: ".")
        #expect(throws: StatementRefusal.wrongSignature) {
            try check("\(parts[0]).\(parts[1]).\(String(repeating: "A", count: 86))", by: [key])
        }
        var expired = FakeProvider.request()
        expired.expiresAt = FakeProvider.now - 60
        let old = try SignedStatement<LoginRequestStatement>.verify(key.sign(expired), key: key.publicKey)
        #expect(throws: StatementRefusal.expired) {
            try RequestChecks.request(
                old.text, known: old, keys: ProviderKeys([key.publicKey]), issuer: FakeProvider.issuer,
                device: FakeProvider.device, transaction: FakeProvider.transaction, flow: .qr, now: FakeProvider.now)
        }
    }

    /// A request that is almost good, and why it is refused.
    struct NearMiss: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let refusal: StatementRefusal
        let change: @Sendable (inout LoginRequestStatement) -> Void

        init(
            _ description: String, _ refusal: StatementRefusal,
            _ change: @escaping @Sendable (inout LoginRequestStatement) -> Void
        ) {
            testDescription = description
            self.refusal = refusal
            self.change = change
        }
    }

    static let nearMisses = [
        NearMiss("an issuer with a port", .wrongIssuer) { $0.issuer = IssuerURL(rawValue: "https://id.example:8443")! },
        NearMiss("an issuer that looks alike", .wrongIssuer) { $0.issuer = IssuerURL(rawValue: "https://id.examp1e")! },
        NearMiss("another device", .wrongDevice) { $0.device = DeviceIdentifier(rawValue: "device-0123456780")! },
        NearMiss("another login", .wrongTransaction) {
            $0.transaction = TransactionIdentifier(rawValue: "txn-0123456789abcdee")!
        },
        NearMiss("expired by a minute", .expired) { $0.expiresAt = FakeProvider.now - 60 },
        NearMiss("another text", .wrongTextDigest) { $0.text = "Anmelden " },
        NearMiss("the other flow", .wrongFlow) { $0 = FakeProvider.request(flow: .link) },
        NearMiss("the other binding", .wrongBinding) { $0.binding = .return },
    ]

    @Test(arguments: nearMisses)
    func `a near miss is refused with its reason`(miss: NearMiss) {
        var request = FakeProvider.request()
        miss.change(&request)
        #expect(throws: miss.refusal) { try check(request) }
    }

    @Test func `sixty seconds of clock difference are allowed, not one more`() throws {
        let request = FakeProvider.request()
        _ = try check(request, now: request.expiresAt + 59)
        #expect(throws: StatementRefusal.expired) { try check(request, now: request.expiresAt + 60) }
    }

    @Test func `another key of the same kind is refused`() {
        #expect(throws: StatementRefusal.wrongKey) { try check(FakeProvider.request(), signer: .makeES256()) }
    }

    @Test func `the name of the right key over another signature is refused`() throws {
        let text = try SigningKey.makeES256().sign(
            FakeProvider.request(), keyIdentifier: Self.key.thumbprint.rawValue)
        #expect(throws: StatementRefusal.wrongSignature) { try request(text) }
    }

    @Test func `another type of statement and a key without name are refused`() throws {
        let payload = FakeProvider.request().json
        let otherType = try Self.key.sign(type: LoginReceipt.type, payload: payload)
        #expect(throws: StatementRefusal.malformed) { try request(otherType) }
        let unnamed = try Self.key.sign(
            type: LoginRequestStatement.type, payload: payload, header: ["jwk": .object(Self.key.publicKey.jwk)])
        #expect(throws: StatementRefusal.wrongKey) { try request(unnamed) }
        var more = payload
        more["extra"] = true
        let unknown = try Self.key.sign(type: LoginRequestStatement.type, payload: more)
        #expect(throws: StatementRefusal.malformed) { try request(unknown) }
    }

    private func request(_ text: String) throws -> SignedStatement<LoginRequestStatement> {
        try RequestChecks.request(
            text, keys: ProviderKeys([Self.key.publicKey]), issuer: FakeProvider.issuer, device: FakeProvider.device,
            transaction: FakeProvider.transaction, flow: .qr, now: FakeProvider.now)
    }

    @Test(arguments: [
        (
            "https://id.example/app/e/AAAAAAAAAAAAAAAAAAA#k=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            LinkRefusal.notForLogin
        ),
        ("https://id.example:8443/app/s/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA", .foreignIssuer),
        ("https://id.example.org/app/s/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA", .foreignIssuer),
        ("http://id.example/app/s/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA", .malformed),
        ("https://id.example/app/s/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA ", .malformed),
        ("https://id.example/app/s/AAAAAAAAAAAAAAAAAAAAAA", .malformed),
    ])
    func `D-3.1 a link that leads elsewhere is refused`(link: String, refusal: LinkRefusal) {
        #expect(throws: refusal) { try RequestChecks.loginLink(link, issuer: FakeProvider.issuer) }
    }

    @Test func `D-3.1 a link to the issuer is followed`() throws {
        let text = "https://id.example/app/s/AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"
        #expect(try RequestChecks.loginLink(text, issuer: FakeProvider.issuer).flow == .link)
    }
}
