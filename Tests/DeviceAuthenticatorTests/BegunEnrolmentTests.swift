import Foundation
import IdentityCrypto
import KeyStoreHarness
import OpenIDMessages
import ProviderHarness
import Testing

@testable import DeviceAuthenticator

/// D-6.5: with which keys an enrolment whose answer was lost goes on, and when it does not.
@Suite("An enrolment that was begun")
struct BegunEnrolmentTests {
    private static let path = "/device/v1/enrolments/offer-1"
    private static let lost = NetworkFailure(.connectionLost, authority: "id.example")
    private static let evidence = Result { EvidenceSource.simulator(try TestSimulator().attester, .strongbox) }

    let workshop = Workshop()
    let provider = FakeProvider(formats: ["simulator", "none"])

    /// Enrols as one command does, with a seed or without.
    private func enrol(
        seed: UInt64? = nil, ticket: String = FakeProvider.ticket, keyStore: KeyStoreChoice = .file
    ) async throws {
        let random = seed.map { RandomSource.seeded($0, stream: 0) } ?? .system
        let phone = DeviceAuthenticator(
            folder: workshop.profile(), transport: provider, clock: FakeProvider.clock, random: random, language: "de")
        _ = try await phone.enrol(
            link: provider.enrolmentLink(ticket), pin: .good, device: .mine,
            evidence: seed == nil ? .none : try Self.evidence.get(), keyStore: keyStore)
    }

    /// The same, and the answer is lost.
    private func lose(
        seed: UInt64? = nil, ticket: String = FakeProvider.ticket, keyStore: KeyStoreChoice = .file
    ) async throws {
        await provider.surprise(Self.path, .failure(Self.lost))
        await #expect(throws: DeviceError.network(Self.lost)) {
            try await enrol(seed: seed, ticket: ticket, keyStore: keyStore)
        }
    }

    private func registrations() async throws -> [DeviceRegistration] {
        try await provider.bodies(Self.path).map { body in
            try SignedStatement<DeviceRegistration>.verifyPossession(body["registration"]?.string ?? "").statement
        }
    }

    @Test(arguments: [(UInt64(7), nil), (7, 8), (nil, 7)] as [(UInt64?, UInt64?)])
    func `keys from a seed go on with that seed alone, whatever the evidence`(
        first: UInt64?, second: UInt64?
    ) async throws {
        try await lose(seed: first)
        try await enrol(seed: second)
        let sent = try await registrations()
        #expect(sent.count == 2 && sent[0].key != sent[1].key && sent[0].pinKey != sent[1].pinKey)
        #expect(sent[0].installationKey != sent[1].installationKey)
        #expect(try workshop.profile().state()?.seed == second)
    }

    @Test func `D-6.7: who was stopped before the block code was shown finds it, until it was seen`() async throws {
        let phone = workshop.phone(provider)
        let code = try await phone.enrol(link: provider.enrolmentLink, pin: .good, device: .mine).blockCode
        // Another process, and a change of the state between.
        #expect(try workshop.phone(provider).unseenBlockCode() == code)
        _ = try workshop.profile().updateState { (state) throws(DeviceError) in state.counter += 1 }
        #expect(try workshop.phone(provider).unseenBlockCode() == code)
        try workshop.phone(provider).blockCodeWasSeen()
        #expect(try phone.unseenBlockCode() == nil)
        #expect(try workshop.profile().state()?.counter == 1)
        try phone.blockCodeWasSeen()
    }

    @Test func `the keys of a device that enrolled meanwhile stay`() async throws {
        let (first, second) = (workshop.phone(provider), workshop.phone(provider))
        let invitations = (
            try await first.beginEnrolment(provider.enrolmentLink),
            try await second.beginEnrolment(provider.enrolmentLink)
        )
        _ = try await first.complete(invitations.0, pin: .good, device: .mine)
        let keys = try workshop.bytes("profile/keys.sealed")
        await #expect(throws: DeviceError.alreadyEnrolled(FakeProvider.issuer)) {
            try await second.complete(invitations.1, pin: .good, device: .mine)
        }
        #expect(try workshop.bytes("profile/keys.sealed") == keys)
        #expect(await provider.bodies(Self.path).count == 1)
    }

    @Test func `whoever makes a profile has it alone from the beginning`() throws {
        #expect(try workshop.profile().use() == nil, "nothing is made by whoever looks")
        let use = try workshop.profile().use(creating: true)
        #expect(use != nil)
        withExtendedLifetime(use) {}
    }

    @Test func `before there are other keys the offer of the former ones is let go`() async throws {
        try await lose()
        let phone = DeviceAuthenticator(
            folder: workshop.profile(), transport: provider, clock: FakeProvider.clock, random: .seeded(7, stream: 0),
            language: "de")
        let invitation = try await phone.beginEnrolment(provider.enrolmentLink)
        // It ends when it makes its keys: a folder stands in the place of their file.
        try PrivateFolder(path: workshop.path + "/profile/.keys.sealed.new").create()
        #expect(throws: DeviceError.self) { try phone.enrolmentMeans(invitation, .file, .good) }
        #expect(try workshop.profile().begunEnrolment() == BegunEnrolment(offer: nil, attempts: 1))
    }

    @Test func `RFC 9449 §11.1 each registration from one seed has an identifier of its own`() async throws {
        for _ in 0..<3 { try await lose(seed: 7) }
        try await enrol(seed: 7)
        let sent = try await registrations()
        #expect(Set(sent.map(\.key)).count == 1, "the same keys")
        var identifiers = sent.map(\.identifier.rawValue)
        for _ in 0..<3 {
            let random = try workshop.profile().randomSource()
            identifiers.append(random.text(16))
        }
        let salt = try #require(try KeyFile.open(in: workshop.profile())).pinDerivation.salt
        identifiers.append(Base64URL.encode(salt))
        #expect(Set(identifiers).count == 8, "\(identifiers)")
    }

    @Test func `an offer that the provider no longer knows is let go, and the ticket gives another one`() async throws {
        try await lose()
        await provider.surprise(Self.path, .success(FakeProvider.problem("unknown_offer", 404)))
        let refusal = await #expect(throws: DeviceError.self) { try await enrol() }
        guard case .provider(let problem)? = refusal, problem.code == "unknown_offer" else {
            Issue.record("\(String(describing: refusal))")
            return
        }
        try await enrol()
        #expect(await provider.bodies("/device/v1/enrolments").count == 2, "another offer")
    }

    @Test func `an offer that the provider refused for another reason is kept`() async throws {
        await provider.surprise(Self.path, .success(FakeProvider.problem("overloaded", 503)))
        await #expect(throws: DeviceError.self) { try await enrol() }
        try await enrol()
        #expect(await provider.bodies("/device/v1/enrolments").count == 1)
        #expect(Set(try await registrations().map(\.key)).count == 1)
    }

    @Test func `P-6.2.2 an offer that was shown is shown again while there is time to choose a PIN`() async throws {
        func look(after seconds: Int64) async throws -> EnrolmentInvitation {
            let phone = workshop.phone(provider, clock: .fixed(FakeProvider.now + seconds))
            return try await phone.beginEnrolment(provider.enrolmentLink)
        }
        let first = try await look(after: 0)
        for seconds in [Int64(0), 100, 239] {
            #expect(try await look(after: seconds).offer.text == first.offer.text)
        }
        #expect(await provider.bodies("/device/v1/enrolments").count == 1, "the ticket is shown once")
        let second = try await look(after: 240)
        #expect(second.offer.text != first.offer.text, "a minute before its end")
        #expect(await provider.bodies("/device/v1/enrolments").count == 2)
        try await enrol()
        #expect(try await registrations().map(\.offerDigest) == [second.offer.digest])
        #expect(try workshop.profile().begunEnrolment() == BegunEnrolment())
    }

    @Test func `an offer that is only shown takes no keys over, and costs no enrolment that was begun`() async throws {
        try await lose()
        let other = RandomBytes.text(14)
        await provider.setOfferedTicket(other)
        _ = try await workshop.phone(provider).beginEnrolment(provider.enrolmentLink(other))
        let begun = try workshop.profile().begunEnrolment()
        #expect(begun.offer != nil && begun.shown != nil && begun.offer != begun.shown)
        try await enrol()
        let sent = try await registrations()
        #expect(sent.count == 2 && sent[0].key == sent[1].key && sent[0].offerDigest == sent[1].offerDigest)
        #expect(await provider.bodies("/device/v1/enrolments").count == 2)
    }

    @Test func `keys that could not be made cost no offer`() async throws {
        for _ in 0..<4 {
            await #expect(throws: DeviceError.self) {
                try await enrol(keyStore: .pkcs11(module: "/none.so", token: "none"))
            }
        }
        try await enrol()
        #expect(await provider.bodies("/device/v1/enrolments").count == 1)
    }

    @Test func `another ticket is another enrolment, with other keys`() async throws {
        let other = RandomBytes.text(14)
        try await lose()
        await provider.setOfferedTicket(other)
        try await enrol(ticket: other)
        let sent = try await registrations()
        #expect(sent.count == 2 && sent[0].key != sent[1].key && sent[0].offerDigest != sent[1].offerDigest)
        #expect(sent[0].installationKey != sent[1].installationKey && sent[0].pinKey != sent[1].pinKey)
    }

    @Test(.enabled(if: SoftTPM.isInstalled, "swtpm is needed"))
    func `keys in one TPM do not go on in another one`() async throws {
        let (first, second) = (try SoftTPM(), try SoftTPM())
        try await lose(keyStore: .tpm(connection: first.connection))
        try await enrol(keyStore: .tpm(connection: second.connection))
        let keys = try #require(try KeyFile.open(in: workshop.profile()) as? TPMKeyStore)
        #expect(keys.connection == second.connection)
        let sent = try await registrations()
        #expect(
            sent.count == 2 && sent[0].key != sent[1].key && sent[1].key == keys.publicKey(.authentication).thumbprint)
        withExtendedLifetime((first, second)) {}
    }

    @Test(.enabled(if: SoftTokens.isInstalled, "softhsm2 is needed"))
    func `keys in one token do not go on in another one`() async throws {
        _ = try SoftTokens.ofThisProcess.get()
        try await lose(keyStore: .pkcs11(module: SoftTokens.module, token: "citizen"))
        try await enrol(keyStore: .pkcs11(module: SoftTokens.module, token: "spare"))
        let keys = try #require(try KeyFile.open(in: workshop.profile()))
        #expect(keys.choice == .pkcs11(module: SoftTokens.module, token: "spare"))
        let sent = try await registrations()
        #expect(sent.count == 2 && sent[0].key != sent[1].key)
    }

    @Test func `a file that cannot be removed costs no enrolment, and no block code`() async throws {
        let wire = ObstructingWire(
            provider: provider, path: Self.path, folder: workshop.path + "/profile/enrolment.sealed")
        let phone = workshop.phone(wire)
        let result = try await phone.enrol(link: provider.enrolmentLink, pin: .good, device: .mine)
        #expect(result.blockCode == "123456789012345678")
        #expect(FileManager.default.fileExists(atPath: workshop.path + "/profile/enrolment.sealed"))
        #expect(try phone.enrolment()?.device == FakeProvider.device)
    }

    @Test func `a file that says what nobody knows is refused, and one of a newer version named as that`() throws {
        let folder = workshop.profile()
        try folder.prepare()
        let path = workshop.path + "/profile/enrolment.sealed"
        for (object, refusal) in [
            (["version": 3, "novelty": true] as JSONObject, FileRefusal.newerVersion(path)),
            (["version": 2, "novelty": true], .cannotOpen(path)),
            (["version": 2, "shown": .object(["offer": "o"])], .cannotOpen(path)),
            (["version": 1, "novelty": true], .cannotOpen(path)), (["version": 1, "attempts": -1], .cannotOpen(path)),
            (["version": 1, "offer": "o", "provider_keys": .object([:]), "seed": "-7"], .cannotOpen(path)),
        ] as [(JSONObject, FileRefusal)] {
            try folder.replace("enrolment.sealed", with: object)
            #expect(throws: refusal) { try folder.begunEnrolment() }
        }
    }
}

/// Puts a folder in the place of a file before the provider answers a call.
private struct ObstructingWire: HTTPTransport {
    let provider: FakeProvider
    let path: String
    let folder: String

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        if call.url.hasSuffix(path) {
            try? FileManager.default.removeItem(atPath: folder)
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        }
        return try await provider.send(call)
    }
}
