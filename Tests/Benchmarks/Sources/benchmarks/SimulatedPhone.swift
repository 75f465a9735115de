import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import ProviderCore

/// A phone that answers at once: it signs what a real one signs and checks what a real one checks. Its PIN key is
/// derived once; a real phone derives it for each approval, with Argon2id.
struct SimulatedPhone: Sendable {
    let issuer: IssuerURL
    let device: DeviceIdentifier
    /// The attestation of the login that runs.
    private(set) var attestation: String
    /// One for each login to come.
    private var attestations: [String] = []
    private let authentication: SigningKey
    private let installation: SigningKey
    private let pin: SigningKey
    private let providerKeys: VerificationKeySet
    private var counter: Int64 = 0
    /// The provider's last nonce.
    var nonce: String

    /// Every later counter is greater than `value`.
    mutating func startCounting(at value: Int64) { counter = max(counter, value) }

    /// The phone with another provider process' nonce.
    func withNonce(_ nonce: String) -> SimulatedPhone {
        var phone = self
        phone.nonce = nonce
        return phone
    }

    /// The phone with `count` fresh attestations. A person logs in now and then, and the provider does not remember the
    /// attestation of the last time: so each login begins with one that the provider has not seen.
    func stocked(_ count: Int, by signer: SigningKey) throws -> SimulatedPhone {
        let now = Town.clock.now()
        let statement = ClientAttestation(
            issuer: issuer, device: device, issuedAt: now, expiresAt: now + Lifetime.clientAttestation,
            key: installation.publicKey.jwk)
        var phone = self
        phone.attestations = try (0..<count).map { _ in try signer.sign(statement) }
        return phone
    }

    /// Takes the next attestation.
    mutating func beginLogin() throws {
        guard let next = attestations.popLast() else { throw BenchmarkFault("too few attestations were made") }
        attestation = next
    }

    /// A proof for one call (RFC 9449 §4.2).
    func proof(_ method: String, _ path: String) throws -> String {
        try VerifiedDPoPProof.make(
            key: installation, method: method, url: issuer.appending(path), now: Town.clock.now(), nonce: nonce)
    }

    /// Checks the request and approves it: response and PIN proof.
    mutating func approve(_ text: String) throws -> JSONObject {
        let request = try SignedStatement<LoginRequestStatement>.verify(text, keys: providerKeys)
        counter += 1
        let asked = request.statement
        let response = try authentication.sign(
            LoginResponseStatement(
                key: authentication.thumbprint, device: device, issuer: issuer, transaction: asked.transaction,
                nonce: asked.nonce, requestDigest: request.digest, decision: .approve,
                context: asked.contexts[0].context, flow: asked.flow,
                textDigest: asked.textDigest, released: asked.essentialClaims + asked.voluntaryClaims,
                returnChallenge: nil, methods: ["swk", "pin", "mfa", "user"], counter: counter,
                issuedAt: Town.clock.now(), identifier: .random(bytes: 16)))
        let proof = try pin.sign(KeyProofStatement(purpose: .login, digest: ContentDigest(of: response)))
        return ["response": .string(response), "pin_proof": .string(proof)]
    }

    func check(receipt text: String) throws {
        let receipt = try SignedStatement<LoginReceipt>.verify(text, keys: providerKeys)
        guard receipt.statement.device == device, receipt.statement.state == .complete else {
            throw BenchmarkFault("the receipt is not for this login")
        }
    }

    /// Enrols a new phone of a new citizen.
    static func enrolled(at provider: Provider) async throws -> SimulatedPhone {
        // The desk of the portal's town.
        let portal = ClientIdentifier(rawValue: Town.client)!
        guard let desk = Registry(region: provider.registry.region).resolve(portal)?.scope else {
            throw BenchmarkFault("no town")
        }
        let visit = DeskVisit(in: desk, level: .normal, person: try provider.desk.person(Town.erika))
        var ticket = try await provider.desk.ticket(for: visit)
        // All phones belong to people of one name.
        if case .similar = ticket { ticket = try await provider.desk.ticket(for: visit, decision: .otherPerson) }
        guard case .issued(let issued, _, _) = ticket, case .enrolment(let secret, _) = issued.link.target,
            let pin = PINKey.derive(pin: Array("135790".utf8), salt: RandomBytes.make(16), cost: .floor)
        else { throw BenchmarkFault("no enrolment link") }
        let providerKeys = provider.keys.ring.verificationKeys
        let offer = try SignedStatement<EnrolmentOffer>.verify(
            try await provider.enrolment.offer(ticket: secret), keys: providerKeys)
        let authentication = SigningKey.makeES256()
        let installation = SigningKey.makeES256()
        let registration = try authentication.sign(
            DeviceRegistration(
                key: authentication.thumbprint, issuer: provider.issuer, offerDigest: offer.digest,
                nonce: offer.statement.nonce, installationKey: installation.publicKey.jwk, pinKey: pin.publicKey.jwk,
                evidence: [DeviceEvidence(format: "none", evidence: [:])],
                device: DeviceDescription(name: "Phone", model: "Simulated", system: "Linux"),
                issuedAt: Town.clock.now(), identifier: .random(bytes: 16)),
            header: ["jwk": .object(authentication.publicKey.jwk)])
        let proof = KeyProofStatement(purpose: .registration, digest: ContentDigest(of: registration))
        let enrolled = try await provider.enrolment.register(
            offer: offer.statement.identifier.rawValue, registration: registration,
            installationProof: installation.sign(proof), pinProof: pin.sign(proof))
        let record = try SignedStatement<DeviceRecord>.verify(enrolled.record, keys: providerKeys)
        return SimulatedPhone(
            issuer: provider.issuer, device: record.statement.device, attestation: enrolled.attestation,
            authentication: authentication, installation: installation, pin: pin, providerKeys: providerKeys,
            nonce: provider.deviceAuthentication.nonce())
    }
}

/// Something that must not happen happened: the figures would be worthless.
struct BenchmarkFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
