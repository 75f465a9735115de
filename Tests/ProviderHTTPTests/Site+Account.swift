import AccountDirectory
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

    /// A second phone of the account of `phone`.
    func secondPhone(of phone: TestPhone) async throws -> TestPhone {
        let verified = try await provider.verified(phone)
        let secret = OneTimeSecret(bytes: 14)
        // The store registers a ticket with an account; this ticket is for the account that is there already.
        try await provider.store.register(
            AccountRecord(identifier: .random(), person: verified.account.person, level: .normal, isActive: false),
            ticket: TicketRecord(
                digest: secret.digest, account: verified.account.identifier, tenant: TestRegion.herten,
                expiresAt: now + 600), events: [])
        let offer = try await provider.offer(ticket: secret.text)
        let second = TestPhone()
        try await provider.register(second, second.registration(for: offer, now: now), offer: offer)
        return second
    }
}
