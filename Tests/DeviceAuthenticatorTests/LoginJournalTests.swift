import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("The device's journal of a login")
struct LoginJournalTests {
    let workshop = Workshop()
    let provider = FakeProvider()
    private static let responsePath = "/device/v1/logins/\(FakeProvider.transaction)/response"
    private static let lost = Result<HTTPAnswer, NetworkFailure>.failure(
        NetworkFailure(.connectionLost, authority: "id.example"))

    private func steps(_ phone: DeviceAuthenticator) throws -> [String] {
        try (phone.journal(of: FakeProvider.transaction) ?? []).map {
            [$0.step.rawValue, $0.detail, $0.trace].compactMap(\.self).joined(separator: " ")
        }
    }

    @Test func `what was lost, refused and sent again is noted, with the name of each call`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        await provider.surprise(Self.responsePath, Self.lost)
        await provider.surprise(Self.responsePath, .success(FakeProvider.problem("not_accepted", 403)))
        for _ in 0..<2 { await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) } }
        let waiting = try steps(phone)
        #expect(
            waiting == [
                "claimed qr trace-of-the-day", "received trace-of-the-day", "signed approve 1", "lost",
                "refused not_accepted t",
            ], "one signature for what was sent twice")
        _ = try await workshop.phone(provider).approve(pin: .good)
        #expect(
            try steps(phone) == waiting + ["signed approve 2", "receipt complete trace-of-the-day"],
            "it stays when the login is no longer the device's")
    }

    @Test func `a login that was given up in its browser is forgotten, and its story says so`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        try phone.forgetLogin()
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        await provider.surprise(Self.responsePath, Self.lost)
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        try phone.forgetLogin()
        #expect(try phone.login() == nil)
        #expect(try steps(phone).suffix(3) == ["signed approve 1", "lost", "over cancelled"])
        #expect(await provider.bodies("/response").count == 1, "nothing is sent")
    }

    @Test func `each signature is noted, also of an answer whose end nobody saw`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        for _ in 0..<2 {
            await provider.surprise(Self.responsePath, .success(HTTPAnswer(status: 200, body: Array("?".utf8))))
        }
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        let begun = ["claimed qr trace-of-the-day", "received trace-of-the-day", "signed approve 1"]
        #expect(try steps(phone) == begun)
        await #expect(throws: DeviceError.self) { try await phone.deny() }
        #expect(try steps(phone) == begun + ["signed deny 2"], "another decision takes its place")
        let before = TransactionIdentifier(rawValue: "txn-before-9876543210")!
        try phone.folder.updateState { (state) throws(DeviceError) in
            state.answer?.transaction = before
        }
        try phone.folder.updateLogin { (login) throws(DeviceError) in login?.transaction = before }
        _ = try await phone.claim(provider.qrLink)
        #expect(try phone.journal(of: before)?.map(\.step) == [.claimed, .received, .signed, .signed, .displaced])
    }

    @Test func `a signature stays noted when a confirmation takes its counter's turn`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        await provider.surprise(Self.responsePath, .success(HTTPAnswer(status: 200, body: Array("?".utf8))))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        #expect(try phone.nextCounter().counter == 2)
        #expect(try steps(phone).last == "signed approve 1")
        _ = try await phone.approve(pin: .good)
        #expect(try steps(phone).filter { $0.hasPrefix("signed") } == ["signed approve 1", "signed approve 3"])
    }

    /// A login that ended without a receipt: its notes have a file of their own.
    private func refusedLogin(_ phone: DeviceAuthenticator) async throws {
        _ = try await phone.claim(provider.sameDeviceLink)
        await provider.surprise(Self.responsePath, .success(FakeProvider.problem("login_over", 409)))
        await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
    }

    @Test func `notes that a failing machine left empty are none, and damaged ones are told`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        try await refusedLogin(phone)
        #expect(try steps(phone).last == "refused login_over t")
        let name = "profile/journal/\(FakeProvider.transaction).json"
        try workshop.write([], name)
        #expect(try phone.journal(of: FakeProvider.transaction) == nil)
        try workshop.write(Array("{".utf8), name)
        #expect(throws: DeviceError.file(.cannotOpen(workshop.path + "/" + name))) {
            try phone.journal(of: FakeProvider.transaction)
        }
    }

    @Test func `a login that another one displaces keeps its story`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.qrLink)
        try phone.folder.updateLogin { (login) throws(DeviceError) in
            login?.transaction = TransactionIdentifier(rawValue: "txn-before-9876543210")!
        }
        _ = try await phone.claim(provider.qrLink)
        let before = try phone.journal(of: TransactionIdentifier(rawValue: "txn-before-9876543210")!)
        #expect(before?.map(\.step) == [.claimed, .displaced])
        #expect(try steps(phone) == ["claimed qr trace-of-the-day"])
    }

    @Test func `notes do not decide: a login ends although they cannot be written or read`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        try workshop.write([1], "profile/journal")
        try await refusedLogin(phone)
        #expect(try phone.login() == nil)
        _ = try await phone.claim(provider.sameDeviceLink)
        #expect(try await phone.approve(pin: .good).decision == .approve)
        #expect(try phone.login() == nil)
        let name = "profile/receipts/\(FakeProvider.transaction).json"
        var kept = try StrictJSON.parseObject(try workshop.bytes(name))
        for notes in [nil, "none", [.object([:])]] as [JSONValue?] {
            kept["notes"] = notes
            try workshop.write(kept.serialized, name)
            #expect(try phone.receipt(FakeProvider.transaction)?.isSound == true)
        }
    }

    @Test func `the notes of a login lie with its receipt and are no part of what is proved`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.sameDeviceLink)
        _ = try await phone.approve(pin: .good)
        #expect(try steps(phone).map { $0.split(separator: " ")[0] } == ["claimed", "received", "signed", "receipt"])
        let receipt = try #require(try phone.receipt(FakeProvider.transaction))
        #expect(receipt.isSound && receipt.parts.map(\.name) == ["request", "response", "receipt"])
        #expect(!FileManager.default.fileExists(atPath: workshop.path + "/profile/journal"))
    }

    @Test func `what is tried for ever ends in the journal`() throws {
        var journal = LoginJournal()
        for _ in 0..<1000 { journal.note(JournalEntry(time: FakeProvider.now, .lost)) }
        #expect(journal.entries.count == LoginJournal.maximumCount)
        #expect(JournalEntry(time: FakeProvider.now, .lost, trace: String(repeating: "x", count: 65)).trace == nil)
    }

    @Test func `nothing that a provider says makes the profile unreadable`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        let before = try steps(phone)
        for (code, trace) in [
            (String(repeating: "x", count: 2000), "t"), ("a\u{7}b", "t"), ("novel", "\u{1B}[2J"),
            ("novel", String(repeating: "x", count: 65)), (String(repeating: "x", count: 128), "t"),
        ] {
            let problem = ProblemDocument(
                code: code, status: 400, title: "No.", side: .device, retry: false, traceIdentifier: trace)
            await provider.surprise(
                Self.responsePath, .success(HTTPAnswer(status: 400, body: problem.json.serialized)))
            await #expect(throws: DeviceError.self) { try await phone.approve(pin: .good) }
        }
        let again = workshop.phone(provider)
        #expect(
            try steps(again) == before + [
                "signed approve 1", "refused t", "refused t", "refused novel", "refused novel",
                "refused \(String(repeating: "x", count: 128)) t",
            ])
        #expect(try await again.approve(pin: .good).decision == .approve)
    }

    @Test func `a note that cannot be read is passed over while a login waits`() {
        let good: JSONValue = .object(["time": FakeProvider.now.json, "step": "lost"])
        let bad: [JSONValue] = [
            .object(["time": FakeProvider.now.json, "step": "novel"]), "text",
            .object(["time": FakeProvider.now.json, "step": "lost", "detail": "a\u{7}b"]),
        ]
        #expect(LoginJournal(readable: bad + [good]).entries == [JournalEntry(time: FakeProvider.now, .lost)])
    }

    @Test func `a damaged journal is told and not read as an empty one`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        try await refusedLogin(phone)
        let name = "profile/journal/\(FakeProvider.transaction).json"
        try workshop.write(Array("{\"version\":1,\"entries\":[{}]}".utf8), name)
        try workshop.setMode(0o600, name)
        #expect(throws: DeviceError.self) { try phone.journal(of: FakeProvider.transaction) }
    }

    @Test func `the provider's trail is read from its end back to the beginning of the login`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        func event(_ seconds: Int64, _ transaction: String) -> JSONValue {
            .object(["time": .integer(seconds), "kind": "auth.approved", "txn": .string(transaction)])
        }
        let (now, mine) = (FakeProvider.now.seconds, FakeProvider.transaction.rawValue)
        let pages: [JSONObject] = [
            ["events": [event(now + 9, mine), event(now + 8, "another")], "next": 7],
            ["events": [event(now, mine), event(now - 600, mine)], "next": 6],
            ["events": [event(now - 601, mine)], "next": 5],
            ["events": [event(now - 700, mine)]],
        ]
        for page in pages {
            await provider.surprise("/account/v1/audit", .success(HTTPAnswer(status: 200, body: page.serialized)))
        }
        let trail = try await phone.auditTrail(of: FakeProvider.transaction, from: FakeProvider.now)
        #expect(trail.events.map { $0["time"]?.integer } == [now - 601, now - 600, now, now + 9], "the earliest first")
        #expect(trail.isWhole)
        let urls = await provider.calls.map(\.call.url).filter { $0.contains("/audit") }
        #expect(urls.map { $0.split(separator: "?").count } == [1, 2, 2], "what is before the login is not read")
        #expect(urls.last?.hasSuffix("?before=6") == true)
    }

    @Test func `a trail that has no end is read for a while, and said not to be whole`() async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let event: JSONObject = [
            "time": FakeProvider.now.json, "kind": "auth.approved", "txn": .string(FakeProvider.transaction.rawValue),
        ]
        let page: JSONObject = ["events": [.object(event)], "next": 7]
        for _ in 0...DeviceAuthenticator.trailPages {
            await provider.surprise("/account/v1/audit", .success(HTTPAnswer(status: 200, body: page.serialized)))
        }
        // Without a beginning that is known, no time ends it.
        let trail = try await phone.auditTrail(of: FakeProvider.transaction)
        #expect(!trail.isWhole && trail.events.count == DeviceAuthenticator.trailPages)
    }
}
