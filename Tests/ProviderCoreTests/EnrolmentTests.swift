import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

/// §6 of docs/protocol.md; checklist H1, H2, H6, L3.
@Suite("Enrolment: a ticket makes one device, with three keys of its own")
struct EnrolmentTests {
    @Test("an unknown, a used and an expired ticket get the same answer")
    func ticketsThatAreNotGood() async throws {
        let provider = try await TestProvider()
        let used = try await provider.ticket()
        let offer = try await provider.offer(ticket: used)
        let phone = TestPhone()
        try await provider.register(phone, phone.registration(for: offer, now: provider.now), offer: offer)
        let expired = try await provider.ticket()
        let inTime = try await provider.ticket()
        provider.clock.advance(599)
        _ = try await provider.offer(ticket: inTime)
        provider.clock.advance(1)
        let tickets = [
            used, RandomBytes.text(14), RandomBytes.text(13), "", String(repeating: "A", count: 64),
            expired + "=", "\(expired)\n",
        ]
        for ticket in tickets {
            await #expect(throws: DeviceRefusal(.unknownTicket, .ticketUnknown)) {
                try await provider.provider.enrolment.offer(ticket: ticket)
            }
        }
        // The operator may know the difference, the caller not.
        await #expect(throws: DeviceRefusal(.unknownTicket, .ticketExpired)) {
            try await provider.provider.enrolment.offer(ticket: expired)
        }
    }

    @Test("a ticket gives three offers and no fourth, also to calls at once (L3)")
    func threeOffers() async throws {
        let provider = try await TestProvider()
        let ticket = try await provider.ticket()
        for _ in 0..<3 { _ = try await provider.offer(ticket: ticket) }
        await #expect(throws: DeviceRefusal(.unknownTicket, .ticketUnknown)) {
            try await provider.provider.enrolment.offer(ticket: ticket)
        }
        let contested = try await provider.ticket()
        let offers = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<24 { group.addTask { (try? await provider.offer(ticket: contested)) != nil } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(offers == 3)
    }

    @Test("an offer says which key stores reach which level, and what the ticket's town demands (D-6.2.4)")
    func offerLevels() async throws {
        let simulator = try TestSimulator()
        for (floor, level) in [(AssuranceLevel.normal, AssuranceLevel.normal), (.substantiell, .hoch)] {
            let provider = try await TestProvider(
                formats: ["android-key", "simulator", "none", "tpm"],
                region: { region in
                    region.evidence.androidKey = AndroidKeyPolicy(
                        roots: [simulator.root], applications: [], oldestPatch: 202_601,
                        levels: [.tee: .normal, .strongbox: .substantiell])
                    for index in region.tenants.indices { region.tenants[index].floor = floor }
                })
            let offer = try await provider.offer(ticket: try await provider.ticket(level: level)).statement
            #expect(offer.requiredLevel == floor)
            #expect(
                offer.ceilings.map { "\($0.format) \($0.keyStore) \($0.level.name)" } == [
                    "android-key strongbox substantiell", "android-key tee normal",
                    "simulator strongbox substantiell", "simulator tee substantiell", "simulator software normal",
                    "none software normal",
                ], "a format without a policy is good for nothing")
        }
    }

    @Test("an offer shows the person's name masked and says what the device needs")
    func offerContents() async throws {
        let provider = try await TestProvider()
        let ticket = try await provider.ticket()
        let offer = try await provider.offer(ticket: ticket).statement
        #expect(offer.maskedName == "E. M…n")
        #expect(offer.ticketDigest == ContentDigest(of: ticket))
        #expect(Base64URL.decode(offer.nonce.rawValue)?.count == 32)
        #expect(offer.expiresAt == provider.now + 300)
        #expect(offer.formats == ["simulator", "none"])
        #expect(offer.level == .substantiell)
    }

    @Test("an offer is good once and for five minutes (H1)")
    func offerOnce() async throws {
        let provider = try await TestProvider()
        let ticket = try await provider.ticket()
        let (first, second) = (try await provider.offer(ticket: ticket), try await provider.offer(ticket: ticket))
        let phone = TestPhone()
        try await provider.register(phone, phone.registration(for: first, now: provider.now), offer: first)
        // The offer itself, and the other offer of the same ticket.
        for offer in [first, second] {
            let other = TestPhone()
            let message = try other.registration(for: offer, now: provider.now)
            await #expect(throws: DeviceRefusal(.unknownOffer, .offerUnknown)) {
                try await provider.register(other, message, offer: offer)
            }
        }
        let late = try await provider.offer(ticket: provider.ticket())
        provider.clock.advance(300)
        let message = try TestPhone().registration(for: late, now: provider.now)
        await #expect(throws: DeviceRefusal(.unknownOffer, .offerUnknown)) {
            try await provider.register(TestPhone(), message, offer: late)
        }
    }

    @Test("P-6.6 the device that did not hear the answer hears the same one again, and nothing is written twice")
    func sameAnswer() async throws {
        let provider = try await TestProvider()
        let offer = try await provider.offer(ticket: provider.ticket())
        let phone = TestPhone()
        let first = try await provider.register(
            phone, phone.registration(for: offer, now: provider.now), offer: offer)
        provider.clock.advance(200)
        // Another statement with the same keys: the device keeps none that names `K_pin`.
        let again = try await provider.register(
            phone, phone.registration(for: offer, now: provider.now), offer: offer)
        #expect(again.record == first.record && again.blockCode == first.blockCode)
        #expect(again.attestation == first.attestation)
        _ = try await provider.verified(phone)
        provider.clock.advance(100)
        let late = try phone.registration(for: offer, now: provider.now)
        await #expect(throws: DeviceRefusal(.unknownOffer, .offerUnknown)) {
            try await provider.register(phone, late, offer: offer)
        }
    }

    @Test("P-6.6 registrations with the same keys at once are one, and each gets its answer")
    func sameAnswerAtOnce() async throws {
        let provider = try await TestProvider()
        let offer = try await provider.offer(ticket: provider.ticket())
        let phone = TestPhone()
        let messages = try (0..<8).map { _ in try phone.registration(for: offer, now: provider.now) }
        let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for message in messages {
                group.addTask { try await provider.register(phone, message, offer: offer).blockCode }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes == Array(repeating: phone.blockCode, count: 8))
        _ = try await provider.verified(phone)
    }

    @Test("P-6.6 whoever has the files but not the PIN has one guess", arguments: ["auth", "inst", "pin"])
    func oneGuess(key: String) async throws {
        let provider = try await TestProvider()
        let offer = try await provider.offer(ticket: provider.ticket())
        let phone = TestPhone()
        let good = try phone.registration(for: offer, now: provider.now)
        try await provider.register(phone, good, offer: offer)
        let thief = TestPhone(
            authentication: key == "auth" ? .makeES256() : phone.authentication,
            installation: key == "inst" ? .makeES256() : phone.installation,
            pin: key == "pin" ? .makeES256() : phone.pin)
        for (device, message) in [(thief, try thief.registration(for: offer, now: provider.now)), (phone, good)] {
            await #expect(throws: DeviceRefusal(.unknownOffer, .offerUnknown)) {
                try await provider.register(device, message, offer: offer)
            }
        }
    }

    @Test("of registrations at once one makes a device")
    func parallelRegistrations() async throws {
        let provider = try await TestProvider()
        let offer = try await provider.offer(ticket: provider.ticket())
        let wins = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let phone = TestPhone()
                    guard let message = try? phone.registration(for: offer, now: provider.now) else { return false }
                    return (try? await provider.register(phone, message, offer: offer)) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(wins == 1)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: Refusal
        let make: @Sendable (TestPhone, SignedStatement<EnrolmentOffer>, Timestamp) throws -> TestPhone.Registration

        init(
            _ description: String, _ reason: Refusal,
            _ make:
                @escaping @Sendable (TestPhone, SignedStatement<EnrolmentOffer>, Timestamp) throws ->
                TestPhone.Registration
        ) {
            testDescription = description
            self.reason = reason
            self.make = make
        }

        static func member(
            _ description: String, _ reason: Refusal,
            _ change: @escaping @Sendable (inout DeviceRegistration, TestPhone) -> Void
        ) -> Mistake {
            Mistake(description, reason) { phone, offer, now in
                try phone.registration(for: offer, now: now) { change(&$0, phone) }
            }
        }
    }

    static let mistakes: [Mistake] = [
        .member("another nonce", .registrationAddress) { statement, _ in statement.nonce = .random(bytes: 32) },
        .member("another offer", .registrationAddress) { statement, _ in
            statement.offerDigest = ContentDigest(of: "another")
        },
        .member("another provider", .registrationAddress) { statement, _ in
            statement.issuer = IssuerURL(rawValue: "https://id.evil.example")!
        },
        .member("another issuer key", .registrationSignature) { statement, phone in
            statement.key = phone.installation.thumbprint
        },
        .member("K_inst is K_auth", .registrationKeys) { statement, phone in
            statement.installationKey = phone.authentication.publicKey.jwk
        },
        .member("K_pin is K_auth", .registrationKeys) { statement, phone in
            statement.pinKey = phone.authentication.publicKey.jwk
        },
        .member("K_pin is K_inst", .registrationKeys) { statement, phone in
            statement.pinKey = phone.installation.publicKey.jwk
        },
        .member("K_pin is off the curve", .registrationKeys) { statement, _ in
            statement.pinKey["y"] = statement.pinKey["x"]
        },
        .member("K_pin is private", .registrationKeys) { statement, _ in
            statement.pinKey["d"] = .string(RandomBytes.text(32))
        },
        .member("K_pin is RSA", .registrationKeys) { statement, _ in
            statement.pinKey = TestRegion.rsa.key?.publicKey.jwk ?? [:]
        },
        Mistake("signed by another key", .registrationSignature) { phone, offer, now in
            try phone.registration(for: offer, signedBy: .makeES256(), now: now)
        },
        Mistake("proof by another K_inst", .registrationProof) { phone, offer, now in
            var message = try phone.registration(for: offer, now: now)
            message.installationProof = try SigningKey.makeES256().sign(
                KeyProofStatement(purpose: .registration, digest: ContentDigest(of: message.registration)))
            return message
        },
        Mistake("proof of K_pin for a login", .registrationProof) { phone, offer, now in
            var message = try phone.registration(for: offer, now: now)
            message.pinProof = try phone.pin.sign(
                KeyProofStatement(purpose: .login, digest: ContentDigest(of: message.registration)))
            return message
        },
        Mistake("proofs changed over", .registrationProof) { phone, offer, now in
            let message = try phone.registration(for: offer, now: now)
            return TestPhone.Registration(
                registration: message.registration, installationProof: message.pinProof,
                pinProof: message.installationProof)
        },
        Mistake("proofs of another registration", .registrationProof) { phone, offer, now in
            var message = try phone.registration(for: offer, now: now)
            message.registration = try phone.registration(for: offer, now: now).registration
            return message
        },
    ]

    @Test("a registration that differs in one part is refused (H2), and the true one still counts", arguments: mistakes)
    func onePartDiffers(mistake: Mistake) async throws {
        let provider = try await TestProvider()
        let offer = try await provider.offer(ticket: provider.ticket())
        let phone = TestPhone()
        let message = try mistake.make(phone, offer, provider.now)
        await #expect(throws: DeviceRefusal(.statementRefused, mistake.reason)) {
            try await provider.register(phone, message, offer: offer)
        }
        let good = try phone.registration(for: offer, now: provider.now)
        let enrolled = try await provider.register(phone, good, offer: offer)
        #expect(enrolled.blockCode.utf8.count == 18)
        _ = try await provider.verified(phone)
    }

    @Test("a key belongs to one device in the whole region, whatever its role there (H6)")
    func keysOnce() async throws {
        let provider = try await TestProvider()
        let first = try await provider.enrolledPhone()
        let doubles = [
            TestPhone(authentication: first.authentication), TestPhone(installation: first.installation),
            TestPhone(pin: first.pin), TestPhone(authentication: first.installation),
            TestPhone(installation: first.pin), TestPhone(pin: first.authentication),
        ]
        for double in doubles {
            await #expect(throws: DeviceRefusal(.keyAlreadyRegistered, .keyRegistered)) {
                try await provider.enrolledPhone(double)
            }
        }
        _ = try await provider.enrolledPhone()
    }
}
