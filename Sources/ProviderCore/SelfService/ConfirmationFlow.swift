internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// The proof that the person confirmed an act with a fresh signature and the PIN. Only `ConfirmationFlow` makes it.
public struct Confirmation: Sendable {
    public let device: VerifiedDevice
    /// Names the confirmation in audit events.
    public let transaction: TransactionIdentifier
    public let time: Timestamp

    fileprivate init(device: VerifiedDevice, transaction: TransactionIdentifier, time: Timestamp) {
        self.device = device
        self.transaction = transaction
        self.time = time
    }
}

/// Acts that need the person's fresh confirmation (docs/protocol.md §10): asked, shown, signed, done. An act that is not
/// confirmed leaves nothing behind.
public struct ConfirmationFlow: Sendable {
    struct Pending: Sendable {
        let act: ProposedAct
        let statement: ConfirmationRequestStatement
        let text: String
        /// How answers were received, so that the same bytes again get the same answer (D-10.6).
        fileprivate var done: (response: ContentDigest, result: Result<JSONObject, DeviceRefusal>)?
        fileprivate var wrongPINs: [ContentDigest: DeviceRefusal] = [:]
    }

    let issuer: IssuerURL
    let keys: KeyCustodian
    let store: any SelfServiceStore
    let clock: ProviderClock
    /// One for each device: what is asked anew takes the place of what was asked before.
    let pending: ExpiringMemory<String, Pending>
    /// A device's answers are taken one after the other: what comes again while the act is done gets the act's answer.
    let turns = Turns<String>()

    /// P-10.2: what the phone shows and signs.
    ///
    /// - Parameter parameters: those of the call that asks.
    public func propose(
        _ act: ProposedAct, parameters: JSONObject, by device: VerifiedDevice
    ) throws -> String {
        let now = clock.now()
        let statement = ConfirmationRequestStatement(
            issuer: issuer, device: device.device.identifier, transaction: .random(bytes: 16),
            nonce: .random(bytes: 32), issuedAt: now, expiresAt: now + Lifetime.confirmation, action: act.action,
            parameters: parameters, text: act.text, textDigest: ContentDigest(of: act.text))
        let text = try keys.ring.current(.es256).sign(statement)
        guard text.utf8.count <= CompactJWS.maximumLength, statement.isReadable else {
            throw DeviceRefusal(.invalidRequest, .statementTooLong)
        }
        let isKept = pending.update(key(device), expiresAt: statement.expiresAt, now: now) { _ in
            Pending(act: act, statement: statement, text: text)
        }
        guard isKept else { throw DeviceRefusal(.overloaded, .overloaded) }
        return text
    }

    /// P-10.5: takes the device's answer and does what was confirmed, once.
    public func confirm(
        _ transaction: TransactionIdentifier, response text: String, pinProof: String?, device: VerifiedDevice
    ) async throws -> JSONObject {
        try await turns.take(key(device)) {
            try await take(transaction, response: text, pinProof: pinProof, device: device)
        }
    }

    private func take(
        _ transaction: TransactionIdentifier, response text: String, pinProof: String?, device: VerifiedDevice
    ) async throws -> JSONObject {
        let now = clock.now()
        // Confirmations of other devices and confirmations that do not exist look the same.
        guard let asked = pending.value(key(device), now: now), asked.statement.transaction == transaction else {
            throw DeviceRefusal(.unknownConfirmation, .confirmationUnknown)
        }
        if let answer = try earlierAnswer(asked, digest: ContentDigest(of: text)) { return answer }
        let fitting = try ConfirmationRules.check(
            text, pinProof: pinProof, asked: (asked.statement, asked.text), device: device, now: now)
        let digest = fitting.response.digest
        let outcome = try await store.accept(
            DeviceAnswer(
                transaction: transaction, device: device.device.identifier, decision: .approve,
                responseDigest: digest, counter: fitting.response.statement.counter,
                isPINProved: fitting.isPINProved, tenant: nil, time: now))
        let over = DeviceRefusal(.confirmationOver, .answeredAlready)
        if let refusal = AnswerRules.refusal(outcome, over: over) {
            if case .wrongPIN = outcome { note(asked, device) { $0.wrongPINs[digest] = refusal } }
            throw refusal
        }
        let confirmation = Confirmation(device: device, transaction: transaction, time: now)
        let result = try await perform(asked.act, confirmation)
        note(asked, device) { $0.done = (digest, result) }
        return try result.get()
    }

    /// Ordinary refusals are an outcome that is told again; a fault is not.
    private func perform(
        _ act: ProposedAct, _ confirmation: Confirmation
    ) async throws -> Result<JSONObject, DeviceRefusal> {
        do { return .success(try await act.perform(confirmation)) } catch let refusal as DeviceRefusal {
            return .failure(refusal)
        }
    }

    private func earlierAnswer(_ asked: Pending, digest: ContentDigest) throws(DeviceRefusal) -> JSONObject? {
        if let done = asked.done {
            guard done.response == digest else { throw DeviceRefusal(.confirmationOver, .answeredAlready) }
            return try done.result.get()
        }
        if let refusal = asked.wrongPINs[digest] { throw refusal }
        return nil
    }

    private func note(_ asked: Pending, _ device: VerifiedDevice, _ change: (inout Pending) -> Void) {
        let key = key(device)
        let now = clock.now()
        // What was asked anew meanwhile stays.
        guard pending.value(key, now: now)?.statement.transaction == asked.statement.transaction else { return }
        _ = pending.update(key, expiresAt: asked.statement.expiresAt, now: now) { held in
            var held = held ?? asked
            if held.statement.transaction == asked.statement.transaction { change(&held) }
            return held
        }
    }

    private func key(_ device: VerifiedDevice) -> String { device.device.identifier.rawValue }
}
