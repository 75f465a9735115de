import Crypto
import Foundation
import OpenIDMessages
import SwiftASN1
import TestVectors
import X509

@testable import IdentityCrypto

/// The statements of one enrolment and a login of each flow, which refer to each other.
struct VectorSamples {
    static let issuer = IssuerURL(rawValue: "https://id.example")!
    static let device = DeviceIdentifier(rawValue: "device-0123456789")!
    static let now = Timestamp(seconds: 1_800_000_000)
    static let ticket = Base64URL.encode([UInt8](0..<14))
    static let text = "Anmelden bei „Bauportal“ der Stadt Musterstadt?"

    static func bytes(_ first: UInt8) -> String { Base64URL.encode((0..<32).map { first &+ $0 }) }
    static func nonce(_ first: UInt8) -> Nonce { Nonce(rawValue: bytes(first))! }
    static func nonce(_ flow: LoginFlow) -> Nonce {
        switch flow {
        case .qr: nonce(64)
        case .link: nonce(128)
        case .backChannel: nonce(192)
        }
    }
    static func transaction(_ flow: LoginFlow) -> TransactionIdentifier {
        TransactionIdentifier(rawValue: "txn-0123456789-\(flow.rawValue)")!
    }

    let offer: String
    let registration: String
    let attestation: String
    /// Requests and approving responses by flow.
    let requests: [LoginFlow: String]
    let responses: [LoginFlow: String]
    let confirmationRequest: String
    let confirmationResponse: String

    init() throws {
        offer = try VectorKey.provider.signing.sign(Self.offer)
        let offerDigest = ContentDigest(of: offer)
        let x5c = [try Self.attesterCertificate()]
        attestation = try VectorKey.attester.signing.sign(
            Self.attestation(offerDigest), header: ["x5c": .strings(x5c.map(StandardBase64.encode))])
        registration = try VectorKey.authentication.signing.sign(
            Self.registration(offerDigest, attestation: attestation),
            header: ["jwk": .object(VectorKey.authentication.publicKey.jwk)])
        var requests: [LoginFlow: String] = [:]
        var responses: [LoginFlow: String] = [:]
        for flow in LoginFlow.allCases {
            let request = try VectorKey.provider.signing.sign(Self.request(flow))
            requests[flow] = request
            responses[flow] = try VectorKey.authentication.signing.sign(Self.response(flow, to: request))
        }
        self.requests = requests
        self.responses = responses
        confirmationRequest = try VectorKey.provider.signing.sign(Self.confirmationRequest)
        confirmationResponse = try VectorKey.authentication.signing.sign(
            Self.confirmationResponse(to: confirmationRequest))
    }

    static let offer = EnrolmentOffer(
        issuer: issuer, identifier: TokenIdentifier(rawValue: "offer-1")!, ticketDigest: ContentDigest(of: ticket),
        nonce: nonce(1), maskedName: "E. M…n", level: .hoch, formats: ["simulator", "none"],
        ceilings: [
            EvidenceCeiling(format: "simulator", keyStore: "strongbox", level: .substantiell),
            EvidenceCeiling(format: "none", keyStore: "software", level: .normal),
        ], requiredLevel: .substantiell, minimumPINLength: 5, issuedAt: now, expiresAt: now + 300)

    /// The first one has what each has; the level of the others could be lifted, or is about a company.
    static let explanations: [(name: String, statement: any DeviceStatement)] = {
        func reason(_ kind: String, _ level: AssuranceLevel, limits: Bool) -> JSONObject {
            [
                "kind": .string(kind), "level": .string(level.name), "limits": .bool(limits), "facts": .object([:]),
                "name": .object(["de": .string(kind), "en": .string(kind)]),
            ]
        }
        let good = LevelExplanation(
            issuer: issuer, issuedAt: now, subject: .device(device, company: nil),
            context: AuthenticationContext(level: .substantiell, isSimulated: false),
            reasons: [
                reason("proofing", .hoch, limits: false), reason("authenticator", .substantiell, limits: true),
                reason("device", .substantiell, limits: true),
            ], summary: BilingualText("Das Niveau ist substantiell.", "The level is substantiell."), advice: nil)
        var lower = good
        lower.context = AuthenticationContext(level: .normal, isSimulated: true)
        lower.reasons[2] = reason("device", .normal, limits: true)
        lower.advice = BilingualText("Nehmen Sie ein anderes Telefon.", "Use another phone.")
        var acting = good
        acting.subject = .device(device, company: .init(identifier: "company-1", name: "Muster GmbH"))
        return [
            ("for a citizen's logins", good), ("simulated, with advice", lower), ("for a company's logins", acting),
        ]
    }()

    static func attestation(_ offer: ContentDigest) -> SimulatorAttestation {
        SimulatorAttestation(
            offerDigest: offer, authenticationKey: VectorKey.authentication.thumbprint,
            installationKey: VectorKey.installation.thumbprint, pinKey: VectorKey.pin.thumbprint, keyStore: .tee)
    }

    /// The first one is of good hardware; the others play one defect each, and all of them.
    static func attestations(_ offer: ContentDigest) -> [(name: String, statement: any DeviceStatement)] {
        let good = attestation(offer)
        let each = SimulatorAttestation.Defect.allCases.map { ($0.rawValue, [$0]) }
        let played = each + [("every defect", SimulatorAttestation.Defect.allCases)]
        return [("an attestation", good)]
            + played.map { name, defects in
                var attestation = good
                attestation.defects = defects
                return ("with hardware that is played as bad: \(name)", attestation)
            }
    }

    static func registration(_ offer: ContentDigest, attestation: String) -> DeviceRegistration {
        DeviceRegistration(
            key: VectorKey.authentication.thumbprint, issuer: issuer, offerDigest: offer, nonce: nonce(1),
            installationKey: VectorKey.installation.publicKey.jwk, pinKey: VectorKey.pin.publicKey.jwk,
            evidence: [DeviceEvidence(format: "simulator", evidence: ["attestation": .string(attestation)])],
            device: DeviceDescription(name: "Erikas Telefon", model: "Muster 1", system: "Linux"), issuedAt: now + 20,
            identifier: TokenIdentifier(rawValue: "registration-1")!)
    }

    static let record = DeviceRecord(
        issuer: issuer, device: device, authenticationKey: VectorKey.authentication.thumbprint,
        installationKey: VectorKey.installation.thumbprint, ceiling: "sim:" + AssuranceLevel.substantiell.acr,
        issuedAt: now + 21)

    static let clientAttestation = ClientAttestation(
        issuer: issuer, device: device, issuedAt: now, expiresAt: now + 86_400,
        key: VectorKey.installation.publicKey.jwk)

    static let company = ContextName(rawValue: "company:musterbau-1")!

    static func request(_ flow: LoginFlow) -> LoginRequestStatement {
        LoginRequestStatement(
            issuer: issuer, device: device, transaction: transaction(flow), nonce: nonce(flow),
            issuedAt: now, expiresAt: now + 180, purpose: .login,
            portal: PortalDescription(
                client: ClientIdentifier(rawValue: "bauportal")!, name: "Bauportal", host: "bau.musterstadt.example",
                tenant: TenantIdentifier(rawValue: "musterstadt")!, tenantName: "Stadt Musterstadt"),
            service: ServiceDescription(
                identifier: ServiceIdentifier(rawValue: "bauantrag")!, title: "Bauantrag",
                purpose: "Damit der Bescheid Sie erreicht.", purposeVersion: "1"),
            contexts: [
                ContextDescription(context: .citizen, acr: AssuranceLevel.normal.acr),
                ContextDescription(
                    context: company, name: "Muster Bau GmbH",
                    acr: AssuranceLevel.normal.acr, claims: ["organization", "mandate"]),
            ],
            acr: AssuranceLevel.normal.acr, essentialClaims: ["given_name", "family_name"], voluntaryClaims: ["email"],
            text: text, textDigest: ContentDigest(of: text),
            initiator: LoginInitiator(
                browser: "Firefox, Linux", area: "192.0.2.0/24", sameNetwork: true, startedAt: now - 20),
            flow: flow, binding: binding(flow))
    }

    static let requestInKnownBrowser: LoginRequestStatement = {
        var request = VectorSamples.request(.qr)
        request.binding = .knownBrowser
        request.initiator.knownSince = now - 86_400
        return request
    }()

    private static func binding(_ flow: LoginFlow) -> BrowserBinding {
        switch flow {
        case .qr: .code
        case .link: .return
        case .backChannel: .callCode
        }
    }

    static func response(_ flow: LoginFlow, to request: String) -> LoginResponseStatement {
        LoginResponseStatement(
            key: VectorKey.authentication.thumbprint, device: device, issuer: issuer, transaction: transaction(flow),
            nonce: nonce(flow), requestDigest: ContentDigest(of: request), decision: .approve,
            context: .citizen, flow: flow, textDigest: ContentDigest(of: text),
            released: ["given_name", "family_name", "email"],
            returnChallenge: flow == .link ? ContentDigest(of: bytes(200)) : nil,
            methods: ["swk", "pin", "mfa", "user"],
            counter: 8, issuedAt: now + 30, identifier: TokenIdentifier(rawValue: "response-1")!)
    }

    static func receipt(_ flow: LoginFlow, to response: String) -> LoginReceipt {
        LoginReceipt(
            issuer: issuer, device: device, transaction: transaction(flow), responseDigest: ContentDigest(of: response),
            state: flow == .link ? .awaitingReturn : .complete,
            returnURL: flow == .link ? issuer.appending("/return/AAAA") : nil, issuedAt: now + 31)
    }

    static func proof(_ purpose: KeyProofStatement.Purpose, of statement: String) -> KeyProofStatement {
        KeyProofStatement(purpose: purpose, digest: ContentDigest(of: statement))
    }

    /// A certificate from 2020 to 2099.
    private static func certificate(_ key: VectorKey, isAuthority: Bool) throws -> [UInt8] {
        let extensions = try Certificate.Extensions {
            Critical(
                isAuthority ? BasicConstraints.isCertificateAuthority(maxPathLength: 1) : .notCertificateAuthority)
            Critical(isAuthority ? KeyUsage(keyCertSign: true) : KeyUsage(digitalSignature: true))
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(bytes: [isAuthority ? 1 : 2]),
            publicKey: .init(key.raw.publicKey), notValidBefore: Date(timeIntervalSince1970: 1_577_836_800),
            notValidAfter: Date(timeIntervalSince1970: 4_070_908_800),
            issuer: DistinguishedName { CommonName("CitizenID test vectors, root") },
            subject: DistinguishedName { CommonName("CitizenID test vectors, " + (isAuthority ? "root" : "attester")) },
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: .init(VectorKey.root.raw))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    static func rootCertificate() throws -> [UInt8] { try certificate(.root, isAuthority: true) }
    static func attesterCertificate() throws -> [UInt8] { try certificate(.attester, isAuthority: false) }
}
