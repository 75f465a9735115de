import IdentityCrypto
import OpenIDMessages
import ProviderCore
import Synchronization

/// A phone with real keys that can make each of its messages slightly wrong.
public final class TestPhone: Sendable {
    /// What a phone says about its keys.
    public enum Evidence: Sendable {
        case none
        case simulated(SimulatorAttester, SimulatorAttestation.KeyStore)
        case made(@Sendable (ContentDigest, TestPhone) throws -> [DeviceEvidence])
    }

    public let authentication: SigningKey
    public let installation: SigningKey
    /// From a random seed: Argon2id belongs to the tests of the device.
    public let pin: SigningKey
    private let state = Mutex(State())

    private struct State {
        var counter: Int64 = 0
        var identity: (device: DeviceIdentifier, attestation: String, blockCode: String)?
        var namesHardware = false
    }

    public init(
        authentication: SigningKey = .makeES256(), installation: SigningKey = .makeES256(),
        pin: SigningKey = .makeES256()
    ) {
        self.authentication = authentication
        self.installation = installation
        self.pin = pin
    }

    public var device: DeviceIdentifier { state.withLock { $0.identity!.device } }
    public var attestation: String { state.withLock { $0.identity!.attestation } }
    public var blockCode: String { state.withLock { $0.identity!.blockCode } }

    public var counter: Int64 {
        get { state.withLock { $0.counter } }
        set { state.withLock { $0.counter = newValue } }
    }

    // MARK: Enrolment

    /// What `POST /device/v1/enrolments/{jti}` carries.
    public struct Registration: Sendable {
        public var registration: String
        public var installationProof: String
        public var pinProof: String

        public init(registration: String, installationProof: String, pinProof: String) {
            self.registration = registration
            self.installationProof = installationProof
            self.pinProof = pinProof
        }
    }

    public func registration(
        for offer: SignedStatement<EnrolmentOffer>, evidence: Evidence = .none, signedBy: SigningKey? = nil,
        now: Timestamp, _ change: (inout DeviceRegistration) -> Void = { _ in }
    ) throws -> Registration {
        var statement = DeviceRegistration(
            key: authentication.thumbprint, issuer: offer.statement.issuer, offerDigest: offer.digest,
            nonce: offer.statement.nonce, installationKey: installation.publicKey.jwk, pinKey: pin.publicKey.jwk,
            evidence: try pieces(evidence, offer: offer.digest),
            device: DeviceDescription(name: "Telefon", model: "Test", system: "Swift"), issuedAt: now,
            identifier: .random(bytes: 16))
        change(&statement)
        let text = try (signedBy ?? authentication)
            .sign(statement, header: ["jwk": .object(authentication.publicKey.jwk)])
        let proof = KeyProofStatement(purpose: .registration, digest: ContentDigest(of: text))
        return Registration(
            registration: text, installationProof: try installation.sign(proof), pinProof: try pin.sign(proof))
    }

    private func pieces(_ evidence: Evidence, offer: ContentDigest) throws -> [DeviceEvidence] {
        switch evidence {
        case .none: return [DeviceEvidence(format: "none", evidence: [:])]
        case .simulated(let attester, let keyStore):
            return [try attester.evidence(for: attestation(for: offer, keyStore: keyStore))]
        case .made(let make): return try make(offer, self)
        }
    }

    /// A true simulator attestation about this phone.
    public func attestation(
        for offer: ContentDigest, keyStore: SimulatorAttestation.KeyStore
    ) -> SimulatorAttestation {
        SimulatorAttestation(
            offerDigest: offer, authenticationKey: authentication.thumbprint,
            installationKey: installation.thumbprint, pinKey: pin.thumbprint, keyStore: keyStore)
    }

    /// - Parameter ceiling: that of the record: above *normal* its answers name a key in hardware. Nil to go on as before.
    public func adopt(
        _ device: DeviceIdentifier, attestation: String, blockCode: String, ceiling: AuthenticationContext? = nil
    ) {
        state.withLock { state in
            state.identity = (device, attestation, blockCode)
            if let ceiling { state.namesHardware = ceiling.level > .normal }
        }
    }

    // MARK: Calls

    /// A DPoP proof; `change` sees the claims before they are signed.
    public func proof(
        _ method: String, _ path: String, nonce: String?, now: Timestamp, key: SigningKey? = nil,
        type: String = VerifiedDPoPProof.type, header: JSONObject = [:], _ change: (inout JSONObject) -> Void = { _ in }
    ) throws -> String {
        let key = key ?? installation
        var claims: JSONObject = [
            "jti": .string(RandomBytes.text(16)), "htm": .string(method),
            "htu": .string(TestRegion.issuer.appending(path)), "iat": now.json,
        ]
        claims["nonce"] = nonce.map { .string($0) }
        change(&claims)
        var members: JSONObject = ["jwk": .object(key.publicKey.jwk)]
        for member in header.members { members[member.name] = member.value }
        return try key.sign(type: type, payload: claims, header: members)
    }

    // MARK: Confirmations

    /// Confirms what was asked; the counter rises first. `change` sees the statement before it is signed.
    public func confirmation(
        of request: SignedStatement<ConfirmationRequestStatement>, now: Timestamp, key: SigningKey? = nil,
        pin other: SigningKey? = nil, purpose: KeyProofStatement.Purpose = .confirmation,
        _ change: (inout ConfirmationResponseStatement) -> Void = { _ in }
    ) throws -> (response: String, pinProof: String) {
        let (counter, method) = nextCounter()
        let asked = request.statement
        var statement = ConfirmationResponseStatement(
            key: authentication.thumbprint, device: device, issuer: asked.issuer, transaction: asked.transaction,
            nonce: asked.nonce, requestDigest: request.digest, textDigest: asked.textDigest,
            methods: [method, "pin", "mfa", "user"], counter: counter, issuedAt: now, identifier: .random(bytes: 16))
        change(&statement)
        let text = try (key ?? authentication).sign(statement)
        let proof = KeyProofStatement(purpose: purpose, digest: ContentDigest(of: text))
        return (text, try (other ?? pin).sign(proof))
    }

    private func nextCounter() -> (counter: Int64, method: String) {
        state.withLock { state in
            state.counter += 1
            return (state.counter, state.namesHardware ? "hwk" : "swk")
        }
    }

    // MARK: Answers

    /// What `POST /device/v1/logins/{txn}/response` carries.
    public struct Response: Sendable {
        public var response: String
        public var pinProof: String?
        /// `uv`, in the flow `link`.
        public var returnValue: String?
    }

    /// Answers a request, in the first context unless another is chosen; the counter rises first. `change` sees the statement before it is signed.
    public func response(
        to request: SignedStatement<LoginRequestStatement>, _ decision: LoginDecision = .approve, now: Timestamp,
        context: ContextName? = nil, key: SigningKey? = nil, pin other: SigningKey? = nil,
        _ change: (inout LoginResponseStatement) -> Void = { _ in }
    ) throws -> Response {
        let (counter, method) = nextCounter()
        let asked = request.statement
        let chosen = decision == .approve ? asked.contexts.first { context == nil || $0.context == context } : nil
        let returnValue = asked.flow == .link ? RandomBytes.text(32) : nil
        var statement = LoginResponseStatement(
            key: authentication.thumbprint, device: device, issuer: asked.issuer, transaction: asked.transaction,
            nonce: asked.nonce, requestDigest: request.digest, decision: decision, context: chosen?.context,
            flow: asked.flow, textDigest: asked.textDigest,
            released: chosen.map { asked.essentialClaims + asked.voluntaryClaims + $0.claims } ?? [],
            returnChallenge: returnValue.map { ContentDigest(of: $0) },
            methods: decision == .approve ? [method, "pin", "mfa", "user"] : [], counter: counter, issuedAt: now,
            identifier: .random(bytes: 16))
        change(&statement)
        let text = try (key ?? authentication).sign(statement)
        let proof = KeyProofStatement(purpose: .login, digest: ContentDigest(of: text))
        return Response(
            response: text, pinProof: decision == .approve ? try (other ?? pin).sign(proof) : nil,
            returnValue: returnValue)
    }
}
