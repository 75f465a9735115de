internal import IdentityCrypto
public import OpenIDMessages

extension DeviceAuthenticator {
    /// Presents the ticket of an enrolment link and checks the offer (D-6.2.1 to D-6.2.3). An offer that was shown before is shown
    /// again while it lives, and an enrolment whose answer was lost goes on with its own (D-6.5).
    public func beginEnrolment(_ link: String) async throws(DeviceError) -> EnrolmentInvitation {
        if let enrolled = try enrolment() { throw .alreadyEnrolled(enrolled.issuer) }
        guard let link = DeviceLink(parsing: link) else { throw .linkRefused(.malformed) }
        guard case .enrolment(let ticket, let thumbprint) = link.target else { throw .linkRefused(.notForEnrolment) }
        // D-3.1: the link's issuer is the one that is talked to, and nothing else.
        if let begun = try begunEnrolment(ticket: ticket, key: thumbprint, at: link.issuer) { return begun }
        // Where nothing can be kept, the ticket is not shown.
        do throws(FileRefusal) { try folder.prepare() } catch { throw .file(error) }
        let connection = connection(to: link.issuer)
        // Before the ticket is shown to anybody: a link that was altered costs nothing.
        let keys = try await fetchKeys(connection)
        guard let key = keys[thumbprint] else { throw .statementRefused(.wrongLinkKey) }
        let answer = try await connection.call("POST", "/device/v1/enrolments", body: ["ticket": .string(ticket)])
        let text = try answer.read("offer") { (reader) throws(MessageError) in
            try reader.string("offer", maximumLength: CompactJWS.maximumLength)
        }
        let offer: SignedStatement<EnrolmentOffer>
        do throws(StatementRefusal) {
            offer = try RequestChecks.offer(text, key: key, issuer: link.issuer, ticket: ticket, now: clock.now)
        } catch { throw memory.explained(.statementRefused(error)) }
        let invitation = EnrolmentInvitation(offer: offer, providerKeys: keys)
        try keepShown(invitation)
        return invitation
    }

    /// Makes the keys, registers them and keeps what the provider answers (D-6.3, D-6.4).
    ///
    /// - Parameters:
    ///   - invitation: what the person has seen and agreed to.
    ///   - pin: the device's PIN from now on; for a token the PIN that it has already.
    ///   - device: how the person and the provider will name it.
    ///   - evidence: what the device can say about where its keys live.
    ///   - keyStore: where the keys will live.
    ///   - level: what the device must be able to reach; nil for what the town demands (D-6.2.4).
    public func complete(
        _ invitation: EnrolmentInvitation, pin: PIN, device: DeviceDescription, evidence: EvidenceSource = .none,
        keyStore: KeyStoreChoice = .file, reaching level: AssuranceLevel? = nil
    ) async throws(DeviceError) -> EnrolmentResult {
        guard pin.digits.count >= invitation.minimumPINLength else {
            throw .pinTooShort(minimum: invitation.minimumPINLength)
        }
        try invitation.require(evidence, reaches: level)
        do throws(KeyStoreRefusal) { try evidence.requireFit(keyStore.kind) } catch { throw .keyStore(error) }
        // Anybody who knows the seed has the keys: they must never count for more than simulated ones.
        guard random.seed == nil || evidence.isPlayed && keyStore == .file else { throw .seedNotAllowed }
        // Stored first: a full disk must not cost the ticket. Without a state the profile is not enrolled.
        let means = try enrolmentMeans(invitation, keyStore, pin)
        let body = try registration(invitation, means, device: device, evidence: evidence)
        let identifier = FormParameters.percentEncode(invitation.offer.statement.identifier.rawValue)
        let path = "/device/v1/enrolments/" + identifier
        let answer: ProviderAnswer
        do throws(DeviceError) {
            answer = try await connection(to: invitation.issuer).call("POST", path, body: body)
        } catch {
            if case .provider(let problem) = error, problem.code == "unknown_offer" { forgetOffer() }
            throw error
        }
        return try keep(answer, invitation: invitation, means, name: device.name)
    }

    /// The block code of this device, while nobody said that the person has seen it (D-6.7).
    public func unseenBlockCode() throws(DeviceError) -> String? { try state().unseenBlockCode }

    /// The person has seen the block code: from now on nobody but them has it.
    public func blockCodeWasSeen() throws(DeviceError) {
        guard try unseenBlockCode() != nil else { return }
        try folder.updateState { (state) throws(DeviceError) in state.unseenBlockCode = nil }
    }

    /// Both steps at once, for a caller who needs not show the offer.
    public func enrol(
        link: String, pin: PIN, device: DeviceDescription, evidence: EvidenceSource = .none,
        keyStore: KeyStoreChoice = .file, reaching level: AssuranceLevel? = nil
    ) async throws(DeviceError) -> EnrolmentResult {
        try await complete(
            try await beginEnrolment(link), pin: pin, device: device, evidence: evidence, keyStore: keyStore,
            reaching: level)
    }

    /// The registration and its proofs by `K_inst` and `K_pin` (D-6.4).
    private func registration(
        _ invitation: EnrolmentInvitation, _ means: EnrolmentMeans, device: DeviceDescription, evidence: EvidenceSource
    ) throws(DeviceError) -> JSONObject {
        let (keys, pin) = (means.keys, means.credential)
        let pinKey = pin.derived.key
        let authentication = keys.publicKey(.authentication)
        let installation = keys.publicKey(.installation)
        return try DeviceError.signing {
            let registration = DeviceRegistration(
                key: authentication.thumbprint, issuer: invitation.issuer, offerDigest: invitation.offer.digest,
                nonce: invitation.offer.statement.nonce, installationKey: installation.jwk,
                pinKey: pinKey.publicKey.jwk,
                evidence: [
                    try evidence.evidence(
                        offer: invitation.offer.digest, keys: keys, pin: pin, now: clock.now)
                ], device: device, issuedAt: clock.now, identifier: means.random.value(bytes: 16))
            let text = try keys.sign(
                registration, with: .authentication, header: ["jwk": .object(authentication.jwk)], pin: pin)
            let proof = KeyProofStatement(purpose: .registration, digest: ContentDigest(of: text))
            return [
                "registration": .string(text),
                "inst_proof": .string(try keys.sign(proof, with: .installation, header: [:])),
                "pin_proof": .string(try pinKey.sign(proof)),
            ]
        }
    }

    private func keep(
        _ answer: ProviderAnswer, invitation: EnrolmentInvitation, _ means: EnrolmentMeans, name: String
    ) throws(DeviceError) -> EnrolmentResult {
        let keys = means.keys
        let (recordText, attestationText, blockCode, verdicts, waiting) = try answer.read("enrolment") {
            (reader) throws(MessageError) in
            let record = try reader.string("record", maximumLength: CompactJWS.maximumLength)
            let attestation = try reader.string("attestation", maximumLength: CompactJWS.maximumLength)
            let code = try reader.string("block_code", maximumLength: 64)
            var verdicts: [EvidenceVerdict] = []
            for element in try reader.value("verdicts").array ?? [] {
                guard let object = element.object else { throw .malformed("verdicts") }
                verdicts.append(try EvidenceVerdict(json: object))
            }
            return (record, attestation, code, verdicts, try EnrolmentResult.Waiting(reading: &reader))
        }
        let record: DeviceRecord
        let attestation: ClientAttestation
        do throws(StatementRefusal) {
            record = try RequestChecks.record(
                recordText, keys: invitation.providerKeys, issuer: invitation.issuer,
                authentication: keys.publicKey(.authentication).thumbprint,
                installation: keys.publicKey(.installation).thumbprint)
            attestation = try RequestChecks.attestation(
                attestationText, keys: invitation.providerKeys, issuer: invitation.issuer, device: record.device,
                installation: keys.publicKey(.installation), now: clock.now)
        } catch { throw .statementRefused(error) }
        // With the code: who is stopped here has no other way to it (D-6.7).
        let state = DeviceState(
            issuer: invitation.issuer, device: record.device, name: name, record: recordText,
            attestation: attestationText, attestationExpiresAt: attestation.expiresAt,
            providerKeys: invitation.providerKeys, keyMethod: record.keyMethod, seed: random.seed,
            drawings: means.attempt, unseenBlockCode: blockCode)
        do throws(FileRefusal) { try folder.replace(DeviceState.fileName, with: state.json) } catch {
            throw .file(error)
        }
        // Enrolled: what is not removed means nothing any more.
        try? folder.forgetBegunEnrolment()
        try? folder.updateLogin { $0 = nil }
        return EnrolmentResult(record: record, verdicts: verdicts, blockCode: blockCode, waiting: waiting)
    }
}

extension DeviceRecord {
    /// The method that answers name (D-4.5.1): what the provider made of the evidence, whatever was shown.
    fileprivate var keyMethod: String {
        (AuthenticationContext(acr: ceiling)?.level ?? .undefined) > .normal ? "hwk" : "swk"
    }
}

extension EnrolmentResult.Waiting {
    /// Nil when the device counts at once.
    fileprivate init?(reading reader: inout MemberReader) throws(MessageError) {
        guard let state = try reader.optionalString("state", maximumLength: 16) else { return nil }
        guard state == "pending" else { throw .malformed("state") }
        usableFrom = try reader.optionalTime("usable_from")
    }
}
