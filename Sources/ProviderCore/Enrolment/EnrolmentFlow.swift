internal import AccountDirectory
internal import IdentityCrypto
public import OpenIDMessages

/// What a clerk gets for a person whose identity was proved.
public struct IssuedTicket: Sendable {
    /// The enrolment link, to be shown once.
    public let link: DeviceLink
    public let maskedName: String
    public let expiresAt: Timestamp
}

/// What a new device gets.
public struct EnrolledDevice: Sendable {
    public let record: String
    public let attestation: String
    public let verdicts: [EvidenceVerdict]
    /// 18 digits, shown once.
    public let blockCode: String
    /// Nil when the device counts at once.
    public let waiting: Waiting?

    /// Another device of the account has a say.
    public struct Waiting: Sendable, Equatable {
        /// When the device counts by itself, unless it is refused; nil when it needs an approval.
        public let usableFrom: Timestamp?

        public init(usableFrom: Timestamp?) { self.usableFrom = usableFrom }
    }
}

/// Enrolment of devices (docs/protocol.md §6).
public struct EnrolmentFlow: Sendable {
    static let offersPerTicket = 3

    struct Offer: Sendable {
        let ticket: SecretDigest
        let account: AccountIdentifier
        let tenant: TenantIdentifier
        /// What approved the device.
        let level: AssuranceLevel
        let statement: EnrolmentOffer
        let digest: ContentDigest
    }

    /// An answer and the keys that may hear it again.
    struct Answer: Sendable {
        let keys: DeviceKeys
        let enrolled: EnrolledDevice
    }

    let issuer: IssuerURL
    let registry: ClientRegistry
    let keys: KeyCustodian
    let store: any EnrolmentStore
    let devices: DeviceAuthentication
    let clock: ProviderClock
    let evidence: EvidenceReview
    let offers: ExpiringMemory<String, Offer>
    /// What was answered to the offers that are used up, for a device that did not hear it.
    let answers = ExpiringMemory<String, Answer>(capacity: 10_000)
    let offerCounts: ExpiringMemory<String, Int>
    /// Registrations under one offer are taken one after the other: the device that sends its own again while the first is
    /// written gets the first one's answer.
    let turns = Turns<String>()

    /// P-6.1: a fresh ticket, as it is stored and as it is shown.
    func makeTicket(
        for account: AccountRecord, purpose: TicketPurpose, tenant: TenantIdentifier, level: AssuranceLevel,
        now: Timestamp
    ) -> (TicketRecord, IssuedTicket) {
        let secret = OneTimeSecret(bytes: 14)
        let ticket = TicketRecord(
            digest: secret.digest, account: account.identifier, tenant: tenant, purpose: purpose, level: level,
            expiresAt: now + Lifetime.ticket)
        let link = DeviceLink(
            issuer: issuer,
            target: .enrolment(ticket: secret.text, key: keys.ring.current(.es256).thumbprint))
        return (
            ticket, IssuedTicket(link: link, maskedName: account.person.maskedName, expiresAt: ticket.expiresAt)
        )
    }

    /// P-6.2: what a ticket stands for, signed.
    public func offer(ticket secret: String) async throws -> String {
        let now = clock.now()
        // Looked for whatever it looks like: how long the answer takes must not tell a ticket's form from a guess.
        let found = try await store.ticket(SecretDigest(of: secret))
        guard Base64URL.decode(secret)?.count == 14, let (ticket, account) = found else {
            throw DeviceRefusal(.unknownTicket, .ticketUnknown)
        }
        guard ticket.expiresAt > now else { throw DeviceRefusal(.unknownTicket, .ticketExpired) }
        let counted = Base64URL.encode(ticket.digest.bytes)
        var count = 0
        let isCounted = offerCounts.update(counted, expiresAt: ticket.expiresAt, now: now) { earlier in
            count = (earlier ?? 0) + 1
            return count
        }
        guard isCounted, count <= Self.offersPerTicket else { throw DeviceRefusal(.unknownTicket, .ticketUnknown) }
        let policy = registry.region.evidence
        let statement = EnrolmentOffer(
            issuer: issuer, identifier: .random(bytes: 16), ticketDigest: ContentDigest(of: secret),
            nonce: .random(bytes: 32), maskedName: account.person.maskedName, level: min(account.level, ticket.level),
            formats: policy.formats, ceilings: policy.ceilings,
            requiredLevel: registry.tenant(ticket.tenant)?.floor ?? .undefined,
            minimumPINLength: Int64(PINKey.lengths.lowerBound),
            issuedAt: now, expiresAt: now + Lifetime.offer)
        let text = try keys.ring.current(.es256).sign(statement)
        let offer = Offer(
            ticket: ticket.digest, account: account.identifier, tenant: ticket.tenant, level: ticket.level,
            statement: statement, digest: ContentDigest(of: text))
        guard offers.insert(offer, as: statement.identifier.rawValue, expiresAt: statement.expiresAt, now: now) else {
            throw DeviceRefusal(.overloaded, .overloaded)
        }
        return text
    }

    /// P-6.5: the checks in their order, then one transaction.
    public func register(
        offer identifier: String, registration text: String, installationProof: String, pinProof: String
    ) async throws -> EnrolledDevice {
        try await turns.take(identifier) {
            try await take(
                registration: text, installationProof: installationProof, pinProof: pinProof, under: identifier)
        }
    }

    private func take(
        registration text: String, installationProof: String, pinProof: String, under identifier: String
    ) async throws -> EnrolledDevice {
        let now = clock.now()
        guard let offer = offers.value(identifier, now: now) else {
            throw DeviceRefusal(.unknownOffer, .offerUnknown)
        }
        let (registration, keys) = try RegistrationRules.check(
            text, installationProof: installationProof, pinProof: pinProof, offer: offer, issuer: issuer)
        if let answer = try answer(to: identifier, keys: keys, now: now) { return answer }
        let judged = try await EvidenceRules.judge(
            registration.evidence, verifiers: registry.evidence,
            context: EvidenceContext(offer: offer.digest, keys: keys, revoked: evidence.revoked.current, now: now))
        var ceiling = judged.ceiling
        let blockCode = RandomBytes.digits(18)
        let device = DeviceRecordRow(
            identifier: .random(bytes: 16), account: offer.account, keys: keys, description: registration.device,
            ceiling: ceiling, state: .active, counter: 0, pinTriesLeft: DeviceRecordRow.pinTries,
            blockDigest: SecretDigest(of: blockCode), createdAt: now, lastUsedAt: nil, certificates: judged.serials)
        let event = SecurityEvent(
            .deviceActivated, time: now, tenant: offer.tenant, object: device.identifier.rawValue, actor: .person,
            person: offer.account)
        var waiting: EnrolledDevice.Waiting?
        switch try await store.enrol(device, ticket: offer.ticket, event: event) {
        case .enrolled: break
        case .waits(let usableFrom): waiting = EnrolledDevice.Waiting(usableFrom: usableFrom)
        case .accountNotOpen: throw DeviceRefusal(.unknownOffer, .accountNotActive)
        case .ticketUsed: throw DeviceRefusal(.unknownOffer, .offerUnknown)
        case .keyKnown: throw DeviceRefusal(.keyAlreadyRegistered, .keyRegistered)
        }
        if try await evidence.review(device) {
            guard evidence.distrust == .lowers else {
                _ = offers.take(identifier, now: now)
                let revoked = EvidenceVerdict(check: "revocation", passed: false, detail: "a certificate is revoked")
                throw DeviceRefusal(
                    .evidenceRefused, .evidenceRefused,
                    verdicts: judged.verdicts.map { $0.check == revoked.check ? revoked : $0 })
            }
            ceiling.level = min(ceiling.level, .normal)
        }
        let record = DeviceRecord(
            issuer: issuer, device: device.identifier, authenticationKey: keys.authentication.thumbprint,
            installationKey: keys.installation.thumbprint,
            ceiling: AuthenticationContext(
                level: AccountRules.level(approvedAt: offer.level, ceiling: ceiling.level),
                isSimulated: ceiling.isSimulated
            ).acr, issuedAt: now)
        let enrolled = EnrolledDevice(
            record: try self.keys.ring.current(.es256).sign(record),
            attestation: try devices.attestation(for: device.identifier, key: keys.installation.jwk),
            verdicts: judged.verdicts, blockCode: blockCode, waiting: waiting)
        let answer = Answer(keys: keys, enrolled: enrolled)
        // Without room the answer cannot be heard again; it is good all the same.
        _ = answers.insert(answer, as: identifier, expiresAt: offer.statement.expiresAt, now: now)
        return enrolled
    }

    /// P-6.6: the answer that the device with these three keys did not hear. Other keys end it: with those of the file and
    /// guessed PINs a thief has one try.
    private func answer(
        to offer: String, keys: DeviceKeys, now: Timestamp
    ) throws(DeviceRefusal) -> EnrolledDevice? {
        guard let answer = answers.value(offer, now: now) else { return nil }
        guard answer.keys == keys else {
            _ = answers.take(offer, now: now)
            _ = offers.take(offer, now: now)
            throw DeviceRefusal(.unknownOffer, .offerUnknown)
        }
        return answer.enrolled
    }
}

/// The checks of a registration (docs/protocol.md P-6.5). Values in, decision out.
enum RegistrationRules {
    static func check(
        _ text: String, installationProof: String, pinProof: String, offer: EnrolmentFlow.Offer, issuer: IssuerURL
    ) throws(DeviceRefusal) -> (DeviceRegistration, DeviceKeys) {
        guard let signed = try? SignedStatement<DeviceRegistration>.verifyPossession(text),
            signed.statement.key == signed.key.thumbprint, signed.key.algorithm == .es256
        else { throw DeviceRefusal(.statementRefused, .registrationSignature) }
        let registration = signed.statement
        guard registration.issuer == issuer, registration.offerDigest == offer.digest,
            registration.nonce == offer.statement.nonce
        else { throw DeviceRefusal(.statementRefused, .registrationAddress) }
        guard let installation = try? VerificationKey(jwk: registration.installationKey),
            let pin = try? VerificationKey(jwk: registration.pinKey), installation.algorithm == .es256,
            pin.algorithm == .es256,
            Set([signed.key.thumbprint, installation.thumbprint, pin.thumbprint]).count == 3
        else { throw DeviceRefusal(.statementRefused, .registrationKeys) }
        guard
            DeviceSignatureVerifier.isProof(
                installationProof, by: installation, purpose: .registration, digest: signed.digest),
            DeviceSignatureVerifier.isProof(pinProof, by: pin, purpose: .registration, digest: signed.digest)
        else { throw DeviceRefusal(.statementRefused, .registrationProof) }
        return (registration, DeviceKeys(authentication: signed.key, installation: installation, pin: pin))
    }
}
