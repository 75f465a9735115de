import HTTPTypes
import HummingbirdTesting
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// Acts on the account, as a phone does them.
extension Site {
    /// The person's latest session, by the name that only they have for it.
    func session(of phone: TestPhone) async throws -> String {
        let account = try await provider.verified(phone).account.identifier
        return try #require(try await provider.store.sessions(of: account, now: now).first).identifier.rawValue
    }

    /// Asks for an act; what is to be confirmed.
    func proposed(
        _ phone: TestPhone, _ path: String, _ body: JSONObject = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SignedStatement<ConfirmationRequestStatement> {
        let asked = try await call(phone, .post, "/account/v1" + path, json: body)
        #expect(asked.status == .accepted, "\(asked.text)", sourceLocation: sourceLocation)
        return try SignedStatement.verify(
            #require(asked.json["confirmation"]?.string, sourceLocation: sourceLocation),
            keys: provider.provider.keys.ring.verificationKeys)
    }

    /// Sends a confirmation, the right one unless another is given.
    func confirm(
        _ request: SignedStatement<ConfirmationRequestStatement>, by phone: TestPhone,
        _ message: (response: String, pinProof: String)? = nil
    ) async throws -> TestResponse {
        let message = try message ?? phone.confirmation(of: request, now: now)
        return try await call(
            phone, .post, "/account/v1/confirmations/\(request.statement.transaction)",
            json: ["response": .string(message.response), "pin_proof": .string(message.pinProof)])
    }

    /// Asks and confirms.
    func act(_ phone: TestPhone, _ path: String, _ body: JSONObject = [:]) async throws -> TestResponse {
        try await confirm(try await proposed(phone, path, body), by: phone)
    }

    /// A second phone of the account of `phone`, which let it in.
    func secondPhone(of phone: TestPhone) async throws -> TestPhone {
        let first = try await provider.verified(phone)
        let issued = try await provider.provider.accounts.ticketForFurtherDevice(by: first, tenant: TestRegion.herten)
        guard case .enrolment(let ticket, _) = issued.link.target else { throw TestProvider.Unexpected.link }
        let offer = try await provider.offer(ticket: ticket)
        let second = TestPhone()
        try await provider.register(second, second.registration(for: offer, now: now), offer: offer)
        try await provider.provider.accounts.approve(second.device, by: first)
        return second
    }
}
