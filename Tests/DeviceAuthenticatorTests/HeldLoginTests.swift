import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("A login that is held in memory while one uses the profile alone")
struct HeldLoginTests {
    let workshop = Workshop()
    let provider = FakeProvider()
    private static let responsePath = "/device/v1/logins/\(FakeProvider.transaction)/response"

    private func isThere(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: workshop.path + "/profile/" + name)
    }

    /// What a process that is killed now leaves: a phone with a copy of the files.
    private func leftByKilled(_ name: String = "killed") throws -> DeviceAuthenticator {
        let copy = workshop.path + "/" + name
        try FileManager.default.copyItem(atPath: workshop.path + "/profile", toPath: copy)
        return DeviceAuthenticator(
            folder: SealedFolder(path: copy, cost: .floor), transport: provider, clock: FakeProvider.clock)
    }

    /// Has claimed a login and seen its request, without an answer.
    private func asked(_ phone: DeviceAuthenticator) async throws {
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
    }

    private func loseAnswer() async {
        await provider.surprise(
            Self.responsePath, .failure(NetworkFailure(.connectionLost, authority: "id.example")))
    }

    @Test func `no file is written of it before its answer, and none after it but state and receipt`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let before = try workshop.bytes("profile/state.sealed")
        do {
            let use = try phone.use(holdingLogin: true)
            try await asked(phone)
            #expect(try phone.login()?.request != nil && !isThere("login.sealed"))
            #expect(try workshop.bytes("profile/state.sealed") == before)
            #expect(try await phone.approve(pin: .good).decision == .approve)
            #expect(try phone.login() == nil)
            withExtendedLifetime(use) {}
        }
        #expect(!isThere("login.sealed") && !isThere("journal"))
        let other = workshop.phone(provider)
        #expect(try other.login() == nil, "it is over, though its answer stays")
        #expect(try other.state().answer?.login?.transaction == FakeProvider.transaction)
        #expect(try other.journal(of: FakeProvider.transaction)?.count == 4)
        #expect(try other.receipt(FakeProvider.transaction)?.isSound == true)
    }

    @Test func `one that is not answered is written with the end of the use, and answered by another process`()
        async throws
    {
        let phone = try await workshop.enrolledPhone(provider)
        do {
            let use = try phone.use(holdingLogin: true)
            try await asked(phone)
            withExtendedLifetime(use) {}
        }
        #expect(isThere("login.sealed"))
        let calls = await provider.calls.count
        #expect(try await workshop.phone(provider).approve(pin: .good).decision == .approve)
        #expect(await provider.calls.count == calls + 1, "the request need not come again")
        #expect(!isThere("login.sealed"))
    }

    @Test func `one that lay in its file is answered in a use that holds it, and the file goes`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        try await asked(phone)
        #expect(isThere("login.sealed"))
        let use = try phone.use(holdingLogin: true)
        #expect(try await phone.deny().decision == .deny)
        #expect(!isThere("login.sealed"))
        withExtendedLifetime(use) {}
    }

    @Test(arguments: ["state.sealed", "keys.sealed"])
    func `files of the profile are looked at before anything is signed, and not again between claim and answer`(
        name: String
    ) async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let use = try phone.use(holdingLogin: true)
        _ = try await phone.claim(provider.qrLink)
        try workshop.setMode(0o640, "profile/" + name)
        _ = try await phone.waitForRequest()
        let refusal = FileRefusal.openToOthers(workshop.path + "/profile/" + name, mode: 0o640)
        await #expect(throws: DeviceError.file(refusal)) { try await phone.deny() }
        #expect(await provider.bodies("/response").isEmpty)
        await #expect(throws: DeviceError.file(refusal)) { try await phone.claim(provider.qrLink) }
        withExtendedLifetime(use) {}
    }

    @Test func `an answer that somebody else gave up for one of theirs is signed anew, with the counter after it`()
        async throws
    {
        let phone = try await workshop.enrolledPhone(provider)
        let use = try phone.use(holdingLogin: true)
        try await asked(phone)
        await loseAnswer()
        await #expect(throws: DeviceError.self) { try await phone.deny() }
        try workshop.profile().updateState { state in
            state.counter = 41
            state.answer = nil
        }
        #expect(try await phone.deny().decision == .deny)
        #expect(try phone.state().counter == 42)
        let sent = await provider.bodies("/response").map { $0["response"] }
        #expect(sent.count == 2 && sent[0] != sent[1])
        withExtendedLifetime(use) {}
    }

    @Test func `who is killed before the answer is signed scans again`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let use = try phone.use(holdingLogin: true)
        try await asked(phone)
        let killed = try leftByKilled()
        withExtendedLifetime(use) {}
        await #expect(throws: DeviceError.noLogin) { try await killed.deny() }
        try await asked(killed)
        #expect(try await killed.deny().decision == .deny)
        #expect(try killed.state().counter == 1)
    }

    @Test func `D-4.5.3 who is killed after the answer was signed sends it again byte for byte, and it ends once`()
        async throws
    {
        let phone = try await workshop.enrolledPhone(provider)
        let use = try phone.use(holdingLogin: true)
        try await asked(phone)
        await loseAnswer()
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        let killed = try leftByKilled()
        withExtendedLifetime(use) {}
        #expect(try killed.journal(of: FakeProvider.transaction)?.map(\.step) == [.claimed, .received, .signed])
        #expect(try await killed.approve(pin: .good).decision == .approve)
        let sent = await provider.bodies("/response").map { $0["response"] }
        #expect(sent.count == 2 && sent[0] == sent[1])
        #expect(try killed.login() == nil && killed.state().counter == 1)
        await #expect(throws: DeviceError.noLogin) { try await killed.deny() }
    }

    @Test func `D-4.2.1 a login of before that lay in a file does not wait again in the place of a signed one`()
        async throws
    {
        let phone = try await workshop.enrolledPhone(provider)
        let before = try #require(TransactionIdentifier(rawValue: "txn-of-before-0123456"))
        try phone.folder.updateStoredLogin { (login) throws(DeviceError) in
            login = PendingLogin(transaction: before, flow: .qr, counter: 0)
        }
        #expect(isThere("login.sealed"))
        let use = try phone.use(holdingLogin: true)
        try await asked(phone)
        #expect(!isThere("login.sealed"))
        await loseAnswer()
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        let killed = try leftByKilled()
        withExtendedLifetime(use) {}
        #expect(try killed.login()?.transaction == FakeProvider.transaction)
        #expect(try await killed.approve(pin: .good).decision == .approve)
        let sent = await provider.bodies("/response").map { $0["response"] }
        #expect(sent.count == 2 && sent[0] == sent[1])
    }

    @Test(arguments: [
        (HTTPAnswer(status: 502, body: Array("<html>".utf8)), true), (FakeProvider.problem("overloaded", 503), true),
        (FakeProvider.problem("not_accepted", 403), false), (FakeProvider.problem("login_over", 409), false),
    ])
    func `D-4.5.3 an answer that may have arrived stands, and one that was refused for good does not`(
        answer: HTTPAnswer, stands: Bool
    ) async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let use = try phone.use(holdingLogin: true)
        #expect(try !phone.hasAnswer())
        try await asked(phone)
        #expect(try !phone.hasAnswer(), "nothing is signed")
        await provider.surprise(Self.responsePath, .success(answer))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        #expect(try phone.hasAnswer() == stands)
        withExtendedLifetime(use) {}
    }

    @Test func `what is left of one stays when its answer is refused or its counter's turn is taken`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let use = try phone.use(holdingLogin: true)
        try await asked(phone)
        await loseAnswer()
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        let (refused, overtaken) = (try leftByKilled("refused"), try leftByKilled("overtaken"))
        withExtendedLifetime(use) {}
        await provider.surprise(Self.responsePath, .success(FakeProvider.problem("not_accepted", 403)))
        await #expect(throws: DeviceError.self) { try await refused.approve(pin: .wrong) }
        #expect(try refused.state().answer == nil && refused.login() != nil)
        #expect(try await refused.approve(pin: .good).decision == .approve)
        #expect(try overtaken.nextCounter().counter == 2)
        #expect(try await overtaken.approve(pin: .good).decision == .approve)
        #expect(try refused.state().counter == 2 && overtaken.state().counter == 3)
    }

    @Test func `what is left of one does not come back when it is over or another one takes its place`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let use = try phone.use(holdingLogin: true)
        try await asked(phone)
        await loseAnswer()
        await #expect(throws: DeviceError.self) { try await phone.deny() }
        let (over, displaced) = (try leftByKilled("over"), try leftByKilled("displaced"))
        withExtendedLifetime(use) {}
        await provider.surprise(Self.responsePath, .success(FakeProvider.problem("login_over", 409)))
        await #expect(throws: DeviceError.self) { try await over.deny() }
        #expect(try over.login() == nil && over.state().answer?.login == nil)
        #expect(try over.journal(of: FakeProvider.transaction)?.last?.step == .refused)
        let before = TransactionIdentifier(rawValue: "txn-before-9876543210")!
        try displaced.folder.updateState { (state) throws(DeviceError) in
            state.answer?.transaction = before
            state.answer?.login?.transaction = before
        }
        try await asked(displaced)
        #expect(try displaced.state().answer?.login == nil)
        #expect(
            try displaced.journal(of: before)?.map(\.step) == [.claimed, .received, .signed, .displaced])
        #expect(try await displaced.deny().decision == .deny)
        #expect(try displaced.login() == nil)
    }

    @Test func `D-4.5.1 without a stored counter nothing leaves, and the login still waits`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let hindrance = PrivateFolder(path: workshop.path + "/profile/.state.sealed.new")
        do {
            let use = try phone.use(holdingLogin: true)
            try await asked(phone)
            // The new file cannot be written: a folder stands in its place.
            try hindrance.create()
            await #expect(throws: DeviceError.self) { try await phone.deny() }
            #expect(await provider.bodies("/response").isEmpty)
            withExtendedLifetime(use) {}
        }
        try FileManager.default.removeItem(atPath: hindrance.path)
        #expect(try await workshop.phone(provider).deny().decision == .deny)
        #expect(try phone.state().counter == 1)
    }
}
