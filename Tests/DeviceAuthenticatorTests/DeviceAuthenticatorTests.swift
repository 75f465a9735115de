import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("The device, from enrolment to receipt")
struct DeviceAuthenticatorTests {
    let workshop = Workshop()
    let provider = FakeProvider()
    private static let responsePath = "/device/v1/logins/\(FakeProvider.transaction)/response"

    private func response(_ body: JSONObject) throws -> LoginResponseStatement {
        let token = try CompactJWS(parsing: body["response"]?.string ?? "")
        return try LoginResponseStatement(json: token.unverifiedPayload ?? [:])
    }

    @Test func `enrols with an offer that the link vouches for`() async throws {
        let phone = workshop.phone(provider)
        let invitation = try await phone.beginEnrolment(provider.enrolmentLink)
        #expect(invitation.maskedName == "E. M…n")
        #expect(invitation.minimumPINLength == 6)
        let short = PIN(Array("12345".utf8))!
        await #expect(throws: DeviceError.pinTooShort(minimum: 6)) {
            try await phone.complete(invitation, pin: short, device: .mine)
        }
        #expect(try phone.enrolment() == nil)
        let result = try await phone.complete(invitation, pin: .good, device: .mine)
        #expect(result.blockCode == "123456789012345678")
        #expect(try phone.enrolment()?.device == FakeProvider.device)
        await #expect(throws: DeviceError.alreadyEnrolled(FakeProvider.issuer)) {
            try await phone.beginEnrolment(provider.enrolmentLink)
        }
    }

    @Test func `an offer by a key that the link does not name is refused`() async throws {
        let other = SigningKey.makeES256().thumbprint
        let link = DeviceLink(issuer: FakeProvider.issuer, target: .enrolment(ticket: FakeProvider.ticket, key: other))
        await #expect(throws: DeviceError.statementRefused(.wrongLinkKey)) {
            try await workshop.phone(provider).beginEnrolment(link.text)
        }
        #expect(await provider.bodies("/device/v1/enrolments").isEmpty, "the ticket is not shown")
        // An offer that another link has brought is none of this one's.
        _ = try await workshop.phone(provider).beginEnrolment(provider.enrolmentLink)
        await #expect(throws: DeviceError.statementRefused(.wrongLinkKey)) {
            try await workshop.phone(provider).beginEnrolment(link.text)
        }
    }

    @Test func `D-6.5 an enrolment whose answer was lost goes on with its keys and its offer`() async throws {
        let lost = NetworkFailure(.connectionLost, authority: "id.example")
        await provider.surprise("/device/v1/enrolments/offer-1", .failure(lost))
        await #expect(throws: DeviceError.network(lost)) {
            try await workshop.phone(provider).enrol(link: provider.enrolmentLink, pin: .good, device: .mine)
        }
        let key = SealedBox.Protection.key(try workshop.bytes("profile/seal.key"))
        let kept = try SealedBox.open(try workshop.bytes("profile/enrolment.sealed"), with: key)
        #expect(try StrictJSON.parseObject(kept).members.map(\.name).sorted() == ["offer", "provider_keys", "version"])
        _ = try await workshop.phone(provider).enrol(link: provider.enrolmentLink, pin: .good, device: .mine)
        #expect(await provider.bodies("/device/v1/enrolments").count == 1, "the ticket is shown once")
        let sent = await provider.bodies("/device/v1/enrolments/offer-1").compactMap { $0["registration"]?.string }
        let statements = try sent.map { try SignedStatement<DeviceRegistration>.verifyPossession($0).statement }
        #expect(statements.count == 2 && statements[0].key == statements[1].key)
        #expect(statements[0].pinKey == statements[1].pinKey)
        #expect(statements[0].installationKey == statements[1].installationKey)
        #expect(!FileManager.default.fileExists(atPath: workshop.path + "/profile/enrolment.sealed"))
    }

    @Test func `D-6.5 an offer that has expired meanwhile, or of another ticket, is asked for anew`() async throws {
        let lost = NetworkFailure(.connectionLost, authority: "id.example")
        await provider.surprise("/device/v1/enrolments/offer-1", .failure(lost))
        _ = try? await workshop.phone(provider).enrol(link: provider.enrolmentLink, pin: .good, device: .mine)
        let later = DeviceClock.fixed(FakeProvider.now + 361)
        await #expect(throws: DeviceError.statementRefused(.expired)) {
            try await workshop.phone(provider, clock: later).beginEnrolment(provider.enrolmentLink)
        }
        let other = DeviceLink(
            issuer: FakeProvider.issuer,
            target: .enrolment(ticket: RandomBytes.text(14), key: provider.key.thumbprint))
        await #expect(throws: DeviceError.statementRefused(.wrongTicket)) {
            try await workshop.phone(provider).beginEnrolment(other.text)
        }
        #expect(await provider.bodies("/device/v1/enrolments").count == 3)
    }

    @Test func `flow qr: digits, request, approval, receipt`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        guard case .awaitingCode(let code, let portal) = try await phone.claim(provider.qrLink) else {
            Issue.record("no digits")
            return
        }
        #expect(code == "12345678")
        #expect(portal.host == "portal.example")
        await #expect(throws: DeviceError.requestNotYetThere) { try await phone.approve(pin: .good) }
        #expect(try await phone.waitForRequest() == FakeProvider.request())
        let outcome = try await phone.approve(pin: .good, released: ["email"])
        #expect(outcome.released == ["given_name", "email"])
        #expect(outcome.returnURL == nil)
        let response = try response(try #require(await provider.bodies("/response").first))
        #expect(response.counter == 1)
        #expect(response.methods == ["swk", "pin", "mfa", "user"])
        #expect(response.returnChallenge == nil)
        await #expect(throws: DeviceError.noLogin) { try await phone.deny() }
    }

    @Test func `flow link: the return URL carries the uv that was promised`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        guard case .request = try await phone.claim(provider.sameDeviceLink) else {
            Issue.record("no request")
            return
        }
        let outcome = try await phone.approve(pin: .good)
        let url = try #require(outcome.returnURL)
        #expect(url.hasPrefix("https://id.example/login/1/return?uv="))
        let response = try response(try #require(await provider.bodies("/response").first))
        #expect(response.returnChallenge == ContentDigest(of: String(url.suffix(43))))
    }

    @Test func `D-4.5.1 the counter is stored before an answer leaves`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .failure(NetworkFailure(.timeout, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.deny() }
        #expect(try phone.state().counter == 1)
        #expect(try response(try #require(await provider.bodies("/response").first)).counter == 1)
    }

    @Test func `D-4.5.1 without a stored counter nothing leaves`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        // The new file cannot be written: a folder stands in its place.
        try PrivateFolder(path: workshop.path + "/profile/.state.sealed.new").create()
        await #expect(throws: DeviceError.self) { try await phone.deny() }
        #expect(await provider.bodies("/response").isEmpty)
    }

    @Test func `D-4.5.3 a lost answer is sent again byte for byte, by another process too`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .failure(NetworkFailure(.connectionLost, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        let outcome = try await workshop.phone(provider).approve(pin: .good)
        let sent = await provider.bodies("/response").map { $0["response"] }
        #expect(sent.count == 2)
        #expect(sent[0] == sent[1])
        #expect(outcome.returnURL != nil)
    }

    @Test func `a login that a failing machine lost is none, and its answer goes to no other one`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .failure(NetworkFailure(.connectionLost, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        for left in [[], Array("CIDSEAL1".utf8)] as [[UInt8]] {
            try workshop.write(left, "profile/login.sealed")
            await #expect(throws: DeviceError.noLogin) { try await workshop.phone(provider).approve(pin: .good) }
        }
        try phone.folder.updateState { (state) throws(DeviceError) in
            state.answer?.transaction = TransactionIdentifier(rawValue: "txn-before-9876543210")!
        }
        _ = try await phone.claim(provider.sameDeviceLink)
        _ = try await phone.approve(pin: .good)
        #expect(try await provider.bodies("/response").map { try response($0).counter } == [1, 2])
    }

    /// How a login that was answered stops to wait.
    enum End: CaseIterable {
        case receipt, refusal, lostFile
    }

    @Test(arguments: End.allCases)
    func `an answer counts for the login for which it was signed, and for no later one of its name`(
        end: End
    ) async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        switch end {
        case .receipt: _ = try await phone.approve(pin: .good)
        case .refusal:
            await provider.surprise(Self.responsePath, .success(FakeProvider.problem("login_over", 409)))
            await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        case .lostFile:
            await provider.surprise(Self.responsePath, .failure(NetworkFailure(.timeout, authority: "id.example")))
            await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
            try FileManager.default.removeItem(atPath: workshop.path + "/profile/login.sealed")
        }
        #expect(try phone.login() == nil)
        // Every login at this provider has the same name.
        _ = try await workshop.phone(provider).claim(provider.sameDeviceLink)
        let outcome = try await workshop.phone(provider).approve(pin: .good)
        let answers = try await provider.bodies("/response").map { try response($0) }
        #expect(answers.map(\.counter) == [1, 2])
        let promised = ContentDigest(of: String(try #require(outcome.returnURL).suffix(43)))
        #expect(answers[1].returnChallenge == promised && answers[0].returnChallenge != promised)
        #expect(
            try phone.journal(of: FakeProvider.transaction)?.filter { $0.step == .signed }.map(\.detail)
                == ["approve 2"], "and it is none of the later one's story")
    }

    @Test func `D-4.5.3 a login that is claimed once more while it waits keeps its answer`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .failure(NetworkFailure(.timeout, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        _ = try await phone.claim(provider.sameDeviceLink)
        _ = try await phone.approve(pin: .good)
        let sent = await provider.bodies("/response").map { $0["response"] }
        #expect(sent.count == 2 && sent[0] == sent[1])
    }

    @Test func `D-4.4.1 what is sent again has a proof by the PIN that is typed then`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        for _ in 0..<2 {
            await provider.surprise(
                Self.responsePath, .failure(NetworkFailure(.timeout, authority: "id.example")))
        }
        for pin in [PIN.good, .wrong] {
            await #expect(throws: DeviceError.self) { try await phone.approve(pin: pin) }
        }
        _ = try await phone.approve(pin: .good)
        let registered = await provider.bodies("/device/v1/enrolments/offer-1").first?["registration"]?.string
        let registration = try SignedStatement<DeviceRegistration>.verifyPossession(try #require(registered))
        let key = try VerificationKey(jwk: registration.statement.pinKey)
        let sent = await provider.bodies("/response")
        #expect(Set(sent.compactMap { $0["response"]?.string }).count == 1, "signed once")
        let proofs = sent.map { body in
            DeviceSignatureVerifier.isProof(
                body["pin_proof"]?.string ?? "", by: key, purpose: .login,
                digest: ContentDigest(of: body["response"]?.string ?? ""))
        }
        #expect(proofs == [true, false, true])
    }

    /// The provider's time, as it says it.
    private static let date = (name: "Date", value: "Fri, 15 Jan 2027 08:00:00 GMT")
    private static var wrongClock: HTTPAnswer {
        HTTPAnswer(status: 401, headers: [date], body: FakeProvider.problem("invalid_dpop_proof", 401).body)
    }

    @Test(arguments: [Int64(-600), -270])
    func `an answer that a wrong clock dated is signed anew when the clock is right`(ahead: Int64) async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .success(Self.wrongClock))
        let wrong = workshop.phone(provider, clock: .fixed(FakeProvider.now + ahead))
        await #expect(throws: DeviceError.clock(ahead: ahead)) { try await wrong.approve(pin: .good) }
        _ = try await phone.approve(pin: .good)
        let answers = try await provider.bodies("/response").map { try response($0) }
        #expect(answers.map(\.counter) == [1, 2])
        #expect(answers.map(\.issuedAt) == [FakeProvider.now + ahead, FakeProvider.now])
        let signed = try phone.journal(of: FakeProvider.transaction)?.filter { $0.step == .signed }.map(\.detail)
        #expect(signed == ["approve 1", "approve 2"])
    }

    @Test func `D-4.5.3 an answer that may have arrived is kept while the clock is wrong`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .failure(NetworkFailure(.timeout, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        await provider.surprise(Self.responsePath, .success(Self.wrongClock))
        let wrong = workshop.phone(provider, clock: .fixed(FakeProvider.now - 600))
        await #expect(throws: DeviceError.clock(ahead: -600)) { try await wrong.approve(pin: .good) }
        _ = try await phone.approve(pin: .good)
        let sent = await provider.bodies("/response").compactMap { $0["response"]?.string }
        #expect(sent.count == 3 && Set(sent).count == 1)
    }

    @Test(arguments: [true, false])
    func `what has expired by a clock that is ahead is the clock's fault, and what has by the provider's is over`(
        isAhead: Bool
    ) async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        if isAhead {
            let keys = HTTPAnswer(status: 200, headers: [Self.date], body: Array("{}".utf8))
            await provider.surprise("/jwks", .success(keys))
        }
        let late = workshop.phone(provider, clock: .fixed(FakeProvider.now + 600))
        let error = isAhead ? DeviceError.clock(ahead: 600) : .statementRefused(.expired)
        await #expect(throws: error) { try await late.currentRequest() }
        await #expect(throws: error) { try await late.approve(pin: .good) }
        #expect(await provider.bodies("/response").isEmpty)
        #expect(try await phone.approve(pin: .good).decision == .approve, "by the right clock it waits as before")
    }

    /// A provider that is asked for its keys while something else happens, before anything was answered.
    private struct SlowProvider: HTTPTransport {
        let provider: FakeProvider
        let meanwhile: @Sendable () async -> Void

        func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
            if call.url.hasSuffix("/jwks"), await provider.bodies("/response").isEmpty { await meanwhile() }
            return try await provider.send(call)
        }
    }

    @Test func `D-4.5.3 what another process signed meanwhile is sent, and nothing is signed beside it`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        // So that the keys are asked for between reading the state and signing.
        try phone.folder.updateState { (state) throws(DeviceError) in state.providerKeys = ProviderKeys([]) }
        await provider.surprise(Self.responsePath, .failure(NetworkFailure(.timeout, authority: "id.example")))
        let first = workshop.phone(provider)
        let slow = SlowProvider(provider: provider) { _ = try? await first.approve(pin: .good) }
        _ = try await workshop.phone(slow).approve(pin: .good)
        let sent = await provider.bodies("/response").compactMap { $0["response"]?.string }
        #expect(sent.count == 2 && Set(sent).count == 1)
        #expect(try phone.state().counter == 1)
    }

    @Test func `a profile of an earlier version is read, without the login that waited then`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        var state = try #require(try workshop.profile().read(DeviceState.fileName))
        state["version"] = 1
        state["counter"] = 7
        state["pending"] = .object(["txn": "txn-before-9876543210", "flow": "qr", "answer": .object([:])])
        try workshop.profile().replace(DeviceState.fileName, with: state)
        await #expect(throws: DeviceError.noLogin) { try await phone.currentRequest() }
        _ = try await phone.claim(provider.sameDeviceLink)
        #expect(try await phone.approve(pin: .good).decision == .approve)
        #expect(try response(try #require(await provider.bodies("/response").first)).counter == 8)
        let now = try #require(try workshop.profile().read(DeviceState.fileName))
        #expect(now["version"] == 3 && now["pending"] == nil, "and the earlier program says that it is of a later one")
    }

    @Test func `another decision is another answer with a counter of its own`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .failure(NetworkFailure(.connectionLost, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        _ = try await phone.report()
        #expect(try await provider.bodies("/response").map { try response($0).counter } == [1, 2])
    }

    @Test func `after a wrong PIN the next answer is a new one`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .success(FakeProvider.problem("not_accepted", 403)))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: PIN(Array("000000".utf8))!) }
        _ = try await phone.approve(pin: .good)
        #expect(try await provider.bodies("/response").map { try response($0).counter } == [1, 2])
    }

    @Test func `D-4.7.2 a PIN proof reaches no file`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .failure(NetworkFailure(.connectionLost, authority: "id.example")))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        let stateText = try phone.state().json.text + (phone.login()?.json.text ?? "")
        _ = try await phone.approve(pin: .good)
        let receipt = String(
            decoding: try workshop.bytes("profile/receipts/\(FakeProvider.transaction).json"), as: UTF8.self)
        for body in await provider.bodies("/response") {
            let proof = try #require(body["pin_proof"]?.string)
            #expect(!stateText.contains(proof))
            #expect(!receipt.contains(proof))
        }
        #expect(receipt.contains("\"receipt\""))
    }

    @Test func `D-3.1 a link to another provider sends nothing`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let before = await provider.calls.count
        let link = provider.sameDeviceLink.replacing("id.example", with: "id.example.org")
        await #expect(throws: DeviceError.linkRefused(.foreignIssuer)) { try await phone.claim(link) }
        #expect(await provider.calls.count == before)
    }

    @Test func `a claim that was not asked for is not released`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        await #expect(throws: DeviceError.unknownClaims(["birthdate"])) {
            try await phone.approve(pin: .good, released: ["birthdate"])
        }
        #expect(await provider.bodies("/response").isEmpty)
    }
}
