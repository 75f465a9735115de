import AccountDirectory
import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// docs/protocol.md §10; checklist I2: a signature for one purpose is none for another.
@Suite("Confirmations: asked, shown, signed, done")
struct ConfirmationTests {
    private func path(_ phone: TestPhone) -> String { "/devices/\(phone.device)/suspension" }

    @Test("an act that was asked for has not happened; with its confirmation it has, once")
    func onceConfirmed() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let request = try await site.proposed(phone, path(phone))
            #expect(request.statement.action == .suspendDevice)
            #expect(request.statement.parameters == ["device": .string(phone.device.rawValue)])
            #expect(request.statement.text.contains("„Telefon ("))
            #expect(try await site.provider.store.device(phone.device)?.0.state == .active)
            #expect(try await site.confirm(request, by: phone).status == .ok)
            #expect(try await site.provider.store.device(phone.device)?.0.state == .suspended)
        }
    }

    @Test("the same bytes again get the same answer; another confirmation of the same act is too late")
    func repeated() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let other = try await site.secondPhone(of: phone)
            let request = try await site.proposed(phone, path(other))
            let message = try phone.confirmation(of: request, now: site.now)
            let first = try await site.confirm(request, by: phone, message)
            let again = try await site.confirm(request, by: phone, message)
            #expect(first.status == .ok && again.status == .ok && first.text == again.text)
            let late = try await site.confirm(request, by: phone)
            #expect(late.status == .conflict && late.error == "confirmation_over")
        }
    }

    @Test("a wrong PIN costs a try and does nothing; the right one afterwards does it; three lock the device")
    func wrongPIN() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let other = try await site.secondPhone(of: phone)
            let request = try await site.proposed(phone, path(other))
            let wrong = try phone.confirmation(of: request, now: site.now, pin: .makeES256())
            for _ in 0..<2 {
                let refused = try await site.confirm(request, by: phone, wrong)
                #expect(refused.status == .forbidden && refused.error == "not_accepted")
                #expect(refused.json["tries_left"]?.integer == 2, "the same bytes cost one try")
            }
            #expect(try await site.provider.store.device(other.device)?.0.state == .active)
            #expect(try await site.confirm(request, by: phone).status == .ok)
            #expect(try await site.provider.store.device(other.device)?.0.state == .suspended)
            let next = try await site.proposed(phone, path(phone))
            for left in [2, 1] {
                let refused = try await site.confirm(
                    next, by: phone, phone.confirmation(of: next, now: site.now, pin: .makeES256()))
                #expect(refused.json["tries_left"]?.integer == Int64(left))
            }
            let locked = try await site.confirm(
                next, by: phone, phone.confirmation(of: next, now: site.now, pin: .makeES256()))
            #expect(locked.status == .forbidden && locked.error == "device_locked")
            #expect(try await site.provider.store.device(phone.device)?.0.state == .locked)
        }
    }

    /// The answers to the same bytes, eight times at once.
    private func answers(
        _ site: Site, _ request: SignedStatement<ConfirmationRequestStatement>, by phone: TestPhone,
        _ message: (response: String, pinProof: String)
    ) async throws -> [TestResponse] {
        try await withThrowingTaskGroup(of: TestResponse.self) { group in
            for _ in 0..<8 { group.addTask { try await site.confirm(request, by: phone, message) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(
        "D-10.6: the same bytes at once get one answer: a wrong PIN costs one try, and what is confirmed is done once")
    func atOnce() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let other = try await site.secondPhone(of: phone)
            let request = try await site.proposed(phone, path(other))
            let wrong = try await answers(
                site, request, by: phone, phone.confirmation(of: request, now: site.now, pin: .makeES256()))
            #expect(wrong.allSatisfy { $0.error == "not_accepted" && $0.json["tries_left"] == 2 }, "\(wrong)")
            let right = try await answers(
                site, request, by: phone, phone.confirmation(of: request, now: site.now))
            #expect(right.allSatisfy { $0.status == .ok } && Set(right.map(\.text)).count == 1, "\(right)")
            #expect(try await site.provider.store.device(other.device)?.0.state == .suspended)
        }
    }

    @Test("D-10.6: a wrong PIN that arrives once more behind the next one is still known")
    func late() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let request = try await site.proposed(phone, path(phone))
            let first = try phone.confirmation(of: request, now: site.now, pin: .makeES256())
            let second = try phone.confirmation(of: request, now: site.now, pin: .makeES256())
            for (message, triesLeft) in [(first, 2), (second, 1), (first, 2)] {
                let refused = try await site.confirm(request, by: phone, message)
                #expect(refused.error == "not_accepted" && refused.json["tries_left"]?.integer == Int64(triesLeft))
            }
            #expect(try await site.confirm(request, by: phone).status == .ok)
        }
    }

    @Test("a counter that does not rise suspends the device, and the act is not done")
    func cloned() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let other = try await site.secondPhone(of: phone)
            _ = try await site.act(phone, path(other))
            phone.counter -= 1
            let request = try await site.proposed(phone, path(phone))
            let refused = try await site.confirm(request, by: phone)
            #expect(refused.status == .forbidden && refused.error == "device_cloned")
        }
    }

    @Test("what is asked anew takes the place of what was asked before")
    func askedAnew() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let first = try await site.proposed(phone, path(phone))
            _ = try await site.proposed(phone, path(phone))
            let refused = try await site.confirm(first, by: phone)
            #expect(refused.status == .notFound && refused.error == "unknown_confirmation")
            #expect(try await site.provider.store.device(phone.device)?.0.state == .active)
        }
    }

    @Test("§7.5: a phone whose evidence was taken back, and that does not know it, still acts for its owner")
    func lowered() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone(simulating: .tee)
            let account = try #require(try await site.provider.store.device(phone.device)).0.account
            let request = try await site.proposed(phone, path(phone))
            #expect(try await site.provider.store.distrust(phone.device, of: account, .lowers, time: site.now))
            let message = try phone.confirmation(of: request, now: site.now)
            #expect(try unverifiedPayload(message.response)["amr"]?.strings?.first == "hwk")
            #expect(try await site.confirm(request, by: phone, message).status == .ok)
        }
    }

    @Test("after 180 seconds it is over")
    func tooLate() async throws {
        let log = OperatorLog()
        try await Site.serve(log: log) { site in
            let phone = try await site.provider.enrolledPhone()
            let request = try await site.proposed(phone, path(phone))
            site.provider.clock.advance(180)
            let refused = try await site.confirm(request, by: phone)
            #expect(refused.status == .notFound && refused.error == "unknown_confirmation")
            #expect(log.takeRefusals().map(\.reason) == ["confirmationUnknown"])
            #expect(try await site.provider.store.device(phone.device)?.0.state == .active)
        }
    }

    @Test("another device's confirmation looks like one that does not exist")
    func foreign() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let stranger = try await site.provider.enrolledPhone()
            let request = try await site.proposed(phone, path(phone))
            let answers = [
                try await site.confirm(request, by: stranger),
                try await site.call(
                    stranger, .post, "/account/v1/confirmations/\(TransactionIdentifier.random(bytes: 16))",
                    json: ["response": "x", "pin_proof": "x"]),
                try await site.call(
                    stranger, .post, "/account/v1/confirmations/x", json: ["response": "x", "pin_proof": "x"]),
            ]
            for answer in answers {
                #expect(answer.status == .notFound)
                var json = answer.json
                json["trace_id"] = nil
                var first = answers[0].json
                first["trace_id"] = nil
                #expect(json == first)
            }
        }
    }

    @Test("I2: a login's signature and PIN proof confirm nothing, and a confirmation's answer no login")
    func domains() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let browser = Browser(site)
            let page = try await browser.begin()
            let transaction = try await site.claimLogin(browser, page: page, phone: phone)
            let status = try await site.call(phone, .get, "/device/v1/logins/\(transaction)")
            let login = try SignedStatement<LoginRequestStatement>.verify(
                #require(status.json["request"]?.string), keys: site.provider.provider.keys.ring.verificationKeys)
            let request = try await site.proposed(phone, path(phone))

            // The login's answer, as it is and with every member of the confirmation in it.
            let answer = try phone.response(to: login, now: site.now)
            let taken = try phone.response(to: login, now: site.now) { statement in
                statement.transaction = request.statement.transaction
                statement.nonce = request.statement.nonce
                statement.requestDigest = request.digest
                statement.textDigest = request.statement.textDigest
            }
            for message in [answer, taken] {
                let refused = try await site.confirm(request, by: phone, (message.response, message.pinProof ?? ""))
                #expect(refused.status == .forbidden && refused.error == "not_accepted")
            }
            // The right answer with a PIN proof that was made for a login.
            let proofOfLogin = try phone.confirmation(of: request, now: site.now, purpose: .login)
            let refused = try await site.confirm(request, by: phone, proofOfLogin)
            #expect(refused.status == .forbidden && refused.json["tries_left"]?.integer == 2)
            // The other way round.
            let confirmation = try phone.confirmation(of: request, now: site.now) { statement in
                statement.transaction = login.statement.transaction
                statement.nonce = login.statement.nonce
                statement.requestDigest = login.digest
                statement.textDigest = login.statement.textDigest
            }
            let notALogin = try await site.call(
                phone, .post, "/device/v1/logins/\(transaction)/response",
                json: ["response": .string(confirmation.response), "pin_proof": .string(confirmation.pinProof)])
            #expect(notALogin.status == .forbidden && notALogin.error == "not_accepted")
            #expect(try await site.provider.store.device(phone.device)?.0.state == .active)
            #expect(try await site.approve(transaction, phone: phone).status == .ok)
        }
    }

    @Test("an answer that does not fit what was asked is refused, and nothing happens")
    func unfit() async throws {
        try await Site.serve { site in
            let phone = try await site.provider.enrolledPhone()
            let request = try await site.proposed(phone, path(phone))
            let changes: [(inout ConfirmationResponseStatement) -> Void] = [
                { $0.nonce = .random(bytes: 32) }, { $0.requestDigest = ContentDigest(of: "x") },
                { $0.textDigest = ContentDigest(of: "x") }, { $0.transaction = .random(bytes: 16) },
                { $0.methods = ["swk", "user"] }, { $0.methods = ["hwk", "pin", "mfa", "user"] },
                { $0.issuedAt = Timestamp(seconds: 0) }, { $0.device = .random(bytes: 16) },
            ]
            for change in changes {
                let refused = try await site.confirm(
                    request, by: phone, phone.confirmation(of: request, now: site.now, change))
                #expect(refused.status == .unprocessableContent && refused.error == "statement_refused")
            }
            let foreignKey = try await site.confirm(
                request, by: phone, phone.confirmation(of: request, now: site.now, key: .makeES256()))
            #expect(foreignKey.status == .forbidden && foreignKey.error == "not_accepted")
            #expect(try await site.provider.store.device(phone.device)?.0.state == .active)
        }
    }
}
