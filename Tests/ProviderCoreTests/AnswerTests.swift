import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// P-4.6.1 of docs/protocol.md; checklist I1, I2, I6, E8.
@Suite("Answer: only the very statement that was asked for")
struct AnswerTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var flow = LoginFlow.qr
        let reason: Refusal
        let change: @Sendable (inout LoginResponseStatement) -> Void

        init(
            _ description: String, _ reason: Refusal, flow: LoginFlow = .qr,
            _ change: @escaping @Sendable (inout LoginResponseStatement) -> Void
        ) {
            testDescription = description
            self.flow = flow
            self.reason = reason
            self.change = change
        }
    }

    static let mistakes: [Mistake] = [
        Mistake("another request", .responseRequest) { $0.requestDigest = ContentDigest(of: "another") },
        Mistake("another text", .responseText) { $0.textDigest = ContentDigest(of: "Do you like cats?") },
        Mistake("another nonce", .responseAddress) { $0.nonce = .random(bytes: 32) },
        Mistake("another login", .responseAddress) { $0.transaction = .random(bytes: 16) },
        Mistake("another device", .responseAddress) { $0.device = .random(bytes: 16) },
        Mistake("another provider", .responseIssuer) { $0.issuer = IssuerURL(rawValue: "https://id.evil.example")! },
        Mistake("flow link for qr", .responseFlow) { $0.flow = .link },
        Mistake("flow qr for link", .responseFlow, flow: .link) { $0.flow = .qr },
        Mistake("uc in the flow qr", .responseReturn) { $0.returnChallenge = ContentDigest(of: "uv") },
        Mistake("no uc in the flow link", .responseReturn, flow: .link) { $0.returnChallenge = nil },
        Mistake("a claim that nobody asked for", .responseClaims) { $0.released.append("email") },
        Mistake("a claim twice", .responseClaims) { $0.released.append("given_name") },
        Mistake("an essential claim is missing", .responseClaims) { $0.released = ["given_name"] },
        Mistake("claims with a denial", .responseClaims) {
            $0.decision = .deny
            $0.context = nil
            $0.methods = []
        },
        Mistake("a method that does not exist", .responseClaims) { $0.methods.append("face") },
        Mistake("an approval without methods", .responseClaims) { $0.methods = [] },
        Mistake("an approval without the PIN", .responseClaims) { $0.methods = ["swk", "user"] },
        Mistake("hardware and software", .responseClaims) { $0.methods = ["hwk", "swk", "pin", "mfa", "user"] },
        Mistake("hardware that no evidence showed", .responseClaims) { $0.methods = ["hwk", "pin", "mfa", "user"] },
        Mistake("a denial in a context", .responseContext) {
            $0.decision = .deny
            $0.methods = []
            $0.released = []
        },
        Mistake("a denial with methods", .responseClaims) {
            $0.decision = .deny
            $0.context = nil
            $0.released = []
        },
        Mistake("301 s old", .responseTime) { $0.issuedAt = $0.issuedAt - 301 },
        Mistake("301 s ahead", .responseTime) { $0.issuedAt = $0.issuedAt + 301 },
    ]

    @Test("a statement that differs in one member is refused, and the true one still counts", arguments: mistakes)
    func oneMemberDiffers(mistake: Mistake) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device, flow: mistake.flow)
        let wrong = try phone.response(to: request, now: provider.now, mistake.change)
        await #expect(throws: DeviceRefusal(.statementRefused, mistake.reason)) {
            try await provider.answer(request, wrong, by: device)
        }
        let right = try phone.response(to: request, now: provider.now)
        let receipt = try await provider.answer(request, right, by: device)
        #expect(receipt.statement.state == (mistake.flow == .qr ? .complete : .awaitingReturn))
    }

    @Test("a clock that is 300 s off is allowed", arguments: [-300, 300])
    func clockDifference(seconds: Int64) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        try await provider.answer(request, phone.response(to: request, now: provider.now + seconds), by: device)
    }

    @Test("only K_auth of the device signs answers")
    func otherKeys() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let other = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        for key in [phone.installation, phone.pin, other.authentication, .makeES256()] {
            let forged = try phone.response(to: request, now: provider.now, key: key) { $0.key = key.thumbprint }
            let mislabelled = try phone.response(to: request, now: provider.now, key: key)
            let unnamed = try phone.response(to: request, now: provider.now) { $0.key = key.thumbprint }
            for response in [forged, mislabelled, unnamed] {
                await #expect(throws: DeviceRefusal(.notAccepted, .responseKey)) {
                    try await provider.answer(request, response, by: device)
                }
            }
            // Under the device's own name only its own signature counts.
            var posing = try phone.response(to: request, now: provider.now)
            posing.response = try key.sign(
                type: LoginResponseStatement.type, payload: try unverifiedPayload(posing.response),
                keyIdentifier: phone.authentication.thumbprint.rawValue)
            await #expect(throws: DeviceRefusal(.notAccepted, .responseSignature)) {
                try await provider.answer(request, posing, by: device)
            }
        }
        try await provider.answer(request, phone.response(to: request, now: provider.now), by: device)
    }

    @Test("a statement of another kind with the same members is no answer")
    func otherType() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        let good = try phone.response(to: request, now: provider.now)
        let payload = try unverifiedPayload(good.response)
        for type in ["JWT", KeyProofStatement.type, LoginRequestStatement.type, DeviceRegistration.type] {
            var wrong = good
            wrong.response = try phone.authentication.sign(type: type, payload: payload)
            await #expect(throws: DeviceRefusal(.notAccepted, .responseType)) {
                try await provider.answer(request, wrong, by: device)
            }
        }
    }

    @Test("an answer that was changed or cut off counts nowhere; the operator reads which it was")
    func changedBytes() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        let good = try phone.response(to: request, now: provider.now)
        let parts = good.response.split(separator: ".").map(String.init)
        var payload = try unverifiedPayload(good.response)
        payload["decision"] = "deny"
        let changed = "\(parts[0]).\(Base64URL.encode(payload.serialized)).\(parts[2])"
        let signature = try #require(Base64URL.decode(parts[2]))
        let flipped = Base64URL.encode([signature[0] ^ 1] + signature.dropFirst())
        for (text, reason) in [
            (changed, .responseSignature), ("\(parts[0]).\(parts[1]).\(flipped)", .responseSignature),
            (String(good.response.dropLast()), .responseMalformed),
            (String(good.response.prefix(40)), .responseMalformed),
            ("\(parts[0]).\(parts[1])", .responseMalformed), ("", .responseMalformed),
        ] as [(String, Refusal)] {
            var wrong = good
            wrong.response = text
            await #expect(throws: DeviceRefusal(.notAccepted, reason)) {
                try await provider.answer(request, wrong, by: device)
            }
        }
        try await provider.answer(request, good, by: device)
    }

    @Test("I10: an answer goes to its request and to no other login")
    func answerOfAnotherLogin() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let first = try await provider.claimed(provider.login(), by: device)
        let second = try await provider.claimed(provider.login(at: TestRegion.post), by: device)
        let answer = try phone.response(to: first, now: provider.now)
        await #expect(throws: DeviceRefusal(.statementRefused, .responseAddress)) {
            try await provider.answer(second, answer, by: device)
        }
        try await provider.answer(first, answer, by: device)
    }

    @Test("I10: the same bytes again get the same receipt; another answer comes too late")
    func repeatedAnswer() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let login = try await provider.login()
        let request = try await provider.claimed(login, by: device)
        let answer = try phone.response(to: request, now: provider.now)
        let receipt = try await provider.answer(request, answer, by: device)
        #expect(try await provider.answer(request, answer, by: device).text == receipt.text)
        for decision in LoginDecision.allCases {
            let second = try phone.response(to: request, decision, now: provider.now)
            await #expect(throws: DeviceRefusal(.loginOver, .answeredAlready)) {
                try await provider.answer(request, second, by: device)
            }
        }
        #expect(login.collect()?["code"] != nil)
        #expect(login.collect() == nil)
    }

    @Test("the same bytes many times at once get one receipt and make one grant")
    func parallelAnswers() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let request = try await provider.claimed(provider.login(), by: device)
        let answer = try phone.response(to: request, now: provider.now)
        let receipts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { try await provider.answer(request, answer, by: device).text } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(receipts.count == 1)
    }

    @Test("a request expires 180 s after the claim")
    func expiredRequest() async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let login = try await provider.login()
        let request = try await provider.claimed(login, by: device)
        let late = try await provider.login()
        let second = try await provider.claimed(late, by: device)
        provider.clock.advance(179)
        try await provider.answer(request, phone.response(to: request, now: provider.now), by: device)
        provider.clock.advance(1)
        let answer = try phone.response(to: second, now: provider.now)
        await #expect(throws: DeviceRefusal(.loginOver, .loginOver)) {
            try await provider.answer(second, answer, by: device)
        }
        #expect(late.state == .expired)
    }

    @Test("a refusal by the person is told to the portal and to nobody else", arguments: [LoginDecision.deny, .report])
    func refusal(decision: LoginDecision) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let login = try await provider.login()
        let request = try await provider.claimed(login, by: device)
        let receipt = try await provider.answer(
            request, phone.response(to: request, decision, now: provider.now), by: device)
        #expect(receipt.statement.state == (decision == .deny ? .denied : .reported))
        let outcome = try #require(login.collect())
        #expect(outcome["error"] == "access_denied")
        #expect(outcome["code"] == nil)
    }

    @Test(
        "a login in flight ends with its client: removed, suspended or of a suspended town, nothing is approved or written",
        arguments: 0..<3)
    func clientGone(way: Int) async throws {
        let provider = try await TestProvider()
        let phone = try await provider.enrolledPhone()
        let device = try await provider.verified(phone)
        let portal = TestRegion.basic
        func claimed(at portal: TestPortal) async throws -> (TestLogin, SignedStatement<LoginRequestStatement>) {
            let login = try await provider.login(at: portal)
            return (login, try await provider.claimed(login, by: device))
        }
        let logins = [
            try await claimed(at: portal), try await claimed(at: portal), try await claimed(at: TestRegion.post),
        ]
        try provider.changeRegion { region in
            switch way {
            case 0: region.clients.removeAll { $0.identifier == portal.client.identifier }
            case 1:
                for index in region.clients.indices where region.clients[index].identifier == portal.client.identifier {
                    region.clients[index].state = .suspended
                }
            default:
                for index in region.tenants.indices where region.tenants[index].identifier == portal.client.tenant {
                    region.tenants[index].state = .suspended
                }
            }
        }
        func answer(_ index: Int, _ decision: LoginDecision) async throws {
            let request = logins[index].1
            try await provider.answer(
                request, try phone.response(to: request, decision, now: provider.now), by: device)
        }
        await #expect(throws: DeviceRefusal(.loginOver, .unknownClient)) { try await answer(0, .approve) }
        #expect(logins[0].0.state == .failed && logins[0].0.collect()?["code"] == nil)
        #expect(try await provider.sessions(of: phone).isEmpty)
        // That somebody else began it is heard all the same, and other portals' logins go on.
        try await answer(1, .report)
        #expect(logins[1].0.state == .reported)
        try await answer(2, .approve)
        #expect(logins[2].0.collect()?["code"] != nil)
    }
}
