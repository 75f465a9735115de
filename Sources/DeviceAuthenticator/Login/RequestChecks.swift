internal import IdentityCrypto
internal import OpenIDMessages

/// Why the device does not believe a statement of the provider.
public enum StatementRefusal: String, Error, Sendable, Equatable, CaseIterable {
    /// No well-formed statement of the expected type.
    case malformed
    /// Signed by a key that is not the provider's.
    case wrongKey
    /// The provider lists no key as the enrolment link names.
    case wrongLinkKey
    case wrongSignature
    case wrongIssuer
    /// Made for another device.
    case wrongDevice
    /// About another login than the one that was claimed.
    case wrongTransaction
    case expired
    /// `text_sha256` does not fit `text`.
    case wrongTextDigest
    /// The flow is not that of the link which was claimed.
    case wrongFlow
    /// `binding` does not belong to the flow.
    case wrongBinding
    /// The offer is for another ticket.
    case wrongTicket
    /// The statement names other keys than this device's.
    case wrongDeviceKeys
    /// The receipt is for another response.
    case wrongResponse
    /// Something else is to be confirmed than what was asked for.
    case wrongAct
    /// The return URL is missing, unasked for, or does not lead to the provider.
    case wrongReturn
}

/// Every check of a statement by the device, without socket, clock or file (docs/protocol.md, steps D-…).
enum RequestChecks {
    /// Clock difference that is allowed, in seconds (D-4.3.2).
    static let clockDifference: Int64 = 60

    /// Whether an answer that was signed then can be sent by the provider's clock: it takes 300 seconds of difference (P-4.6.1),
    /// and to set a clock right takes some of them.
    static func isOfItsTime(_ signed: Timestamp, now: Timestamp) -> Bool {
        now - (300 - clockDifference) <= signed && signed <= now + (300 - clockDifference)
    }

    /// D-3.1: a login link leads to the issuer at which the device is enrolled, byte for byte.
    static func loginLink(_ text: String, issuer: IssuerURL) throws(LinkRefusal) -> (link: DeviceLink, flow: LoginFlow)
    {
        guard let link = DeviceLink(parsing: text) else { throw .malformed }
        guard let flow = link.flow else { throw .notForLogin }
        guard link.issuer == issuer else { throw .foreignIssuer }
        return (link, flow)
    }

    /// D-6.2.3: signed by exactly the key that the link names, from its issuer, for this ticket, not expired.
    static func offer(
        _ text: String, key: VerificationKey, issuer: IssuerURL, ticket: String, now: Timestamp
    ) throws(StatementRefusal) -> SignedStatement<EnrolmentOffer> {
        let offer = try believed { () throws(JWSError) in
            try SignedStatement<EnrolmentOffer>.verify(text, key: key)
        }
        guard offer.statement.issuer == issuer else { throw .wrongIssuer }
        guard offer.statement.ticketDigest == ContentDigest(of: ticket) else { throw .wrongTicket }
        guard isAlive(offer.statement.expiresAt, now: now) else { throw .expired }
        return offer
    }

    /// §6: the record is from the issuer and about exactly these keys.
    static func record(
        _ text: String, keys: ProviderKeys, issuer: IssuerURL, authentication: KeyThumbprint,
        installation: KeyThumbprint
    ) throws(StatementRefusal) -> DeviceRecord {
        let record = try verified(text, keys: keys, as: DeviceRecord.self).statement
        guard record.issuer == issuer else { throw .wrongIssuer }
        guard record.authenticationKey == authentication, record.installationKey == installation else {
            throw .wrongDeviceKeys
        }
        return record
    }

    /// §8: the attestation is from the issuer, for this device and its `K_inst`, and not expired.
    static func attestation(
        _ text: String, keys: ProviderKeys, issuer: IssuerURL, device: DeviceIdentifier,
        installation: VerificationKey, now: Timestamp
    ) throws(StatementRefusal) -> ClientAttestation {
        let attestation = try verified(text, keys: keys, as: ClientAttestation.self).statement
        guard attestation.issuer == issuer else { throw .wrongIssuer }
        guard attestation.device == device else { throw .wrongDevice }
        guard let key = try? VerificationKey(jwk: attestation.key), key == installation else { throw .wrongDeviceKeys }
        guard isAlive(attestation.expiresAt, now: now) else { throw .expired }
        return attestation
    }

    /// D-4.3.2: the request that may be shown and signed.
    ///
    /// - Parameter known: a request whose signature was verified before. The same text under a key that the provider still has
    ///   is not verified again.
    static func request(
        _ text: String, known: SignedStatement<LoginRequestStatement>? = nil, keys: ProviderKeys, issuer: IssuerURL,
        device: DeviceIdentifier, transaction: TransactionIdentifier, flow: LoginFlow, now: Timestamp
    ) throws(StatementRefusal) -> SignedStatement<LoginRequestStatement> {
        let signed =
            if let known, known.text == text, keys.keys.contains(known.key) { known } else {
                try verified(text, keys: keys, as: LoginRequestStatement.self)
            }
        let request = signed.statement
        try fits(request, issuer: issuer, device: device)
        guard request.transaction == transaction else { throw .wrongTransaction }
        try mayBeShown(request, now: now)
        guard request.flow == flow else { throw .wrongFlow }
        guard flow.bindings.contains(request.binding) else { throw .wrongBinding }
        return signed
    }

    /// D-10.3: what is to be confirmed is exactly what this device asked for.
    static func confirmation(
        _ text: String, keys: ProviderKeys, issuer: IssuerURL, device: DeviceIdentifier, act: AccountAct,
        now: Timestamp
    ) throws(StatementRefusal) -> SignedStatement<ConfirmationRequestStatement> {
        let signed = try verified(text, keys: keys, as: ConfirmationRequestStatement.self)
        try fits(signed.statement, issuer: issuer, device: device)
        guard signed.statement.action == act.action, signed.statement.parameters == act.parameters else {
            throw .wrongAct
        }
        try mayBeShown(signed.statement, now: now)
        return signed
    }

    /// D-10.8: the explanation is from the issuer and for this device.
    static func explanation(
        _ text: String, keys: ProviderKeys, issuer: IssuerURL, device: DeviceIdentifier
    ) throws(StatementRefusal) -> JSONObject {
        let explanation = try verified(text, keys: keys, as: LevelExplanation.self).statement
        guard explanation.issuer == issuer else { throw .wrongIssuer }
        guard case .device(device, _) = explanation.subject else { throw .wrongDevice }
        return explanation.json
    }

    private static func fits(
        _ asked: some AskingStatement, issuer: IssuerURL, device: DeviceIdentifier
    ) throws(StatementRefusal) {
        guard asked.issuer == issuer else { throw .wrongIssuer }
        guard asked.device == device else { throw .wrongDevice }
    }

    private static func mayBeShown(_ asked: some AskingStatement, now: Timestamp) throws(StatementRefusal) {
        guard isAlive(asked.expiresAt, now: now) else { throw .expired }
        guard asked.textDigest == ContentDigest(of: asked.text) else { throw .wrongTextDigest }
    }

    /// D-4.7.2: the receipt is for this device, this login and exactly the response that was sent.
    static func receipt(
        _ text: String, keys: ProviderKeys, issuer: IssuerURL, device: DeviceIdentifier,
        transaction: TransactionIdentifier, response: String, decision: LoginDecision, flow: LoginFlow
    ) throws(StatementRefusal) -> LoginReceipt {
        let receipt = try verified(text, keys: keys, as: LoginReceipt.self).statement
        guard receipt.issuer == issuer else { throw .wrongIssuer }
        guard receipt.device == device else { throw .wrongDevice }
        guard receipt.transaction == transaction else { throw .wrongTransaction }
        guard receipt.responseDigest == ContentDigest(of: response) else { throw .wrongResponse }
        guard isReturn(receipt.returnURL, wanted: flow == .link && decision == .approve, issuer: issuer) else {
            throw .wrongReturn
        }
        return receipt
    }

    /// A return URL comes exactly when one is wanted, and leads to the provider: `uv` must not go elsewhere.
    private static func isReturn(_ url: String?, wanted: Bool, issuer: IssuerURL) -> Bool {
        guard let url else { return !wanted }
        guard wanted, let uri = RedirectURI(rawValue: url) else { return false }
        return uri.rawValue.hasPrefix(issuer.rawValue + "/")
    }

    private static func isAlive(_ expiry: Timestamp, now: Timestamp) -> Bool { now < expiry + clockDifference }

    private static func verified<Statement: DeviceStatement>(
        _ text: String, keys: ProviderKeys, as type: Statement.Type
    ) throws(StatementRefusal) -> SignedStatement<Statement> {
        try believed { () throws(JWSError) in
            let token = try CompactJWS(parsing: text)
            // The provider names its key in every statement.
            guard let key = keys.keys.first(where: { $0.thumbprint.rawValue == token.keyIdentifier }) else {
                throw .unknownKey
            }
            return try SignedStatement<Statement>.verify(token, key: key)
        }
    }

    private static func believed<Value>(_ body: () throws(JWSError) -> Value) throws(StatementRefusal) -> Value {
        do throws(JWSError) { return try body() } catch {
            switch error {
            case .unknownKey: throw .wrongKey
            case .wrongSignature: throw .wrongSignature
            case .malformed, .criticalExtension, .wrongType, .wrongAlgorithm, .wrongPayload: throw .malformed
            }
        }
    }
}
