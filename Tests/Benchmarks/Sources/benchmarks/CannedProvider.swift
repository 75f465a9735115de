import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import Synchronization

/// A provider that signs what a phone has to check and checks nothing itself. What it costs is counted, to be taken off.
final class CannedProvider: HTTPTransport {
    private struct Memory {
        var installationKey: JSONObject = [:]
        var transaction = TransactionIdentifier.random(bytes: 16)
    }

    private let issuer: IssuerURL
    private let key = SigningKey.makeES256()
    private let device = DeviceIdentifier.random(bytes: 16)
    private let ticket = RandomBytes.text(14)
    private let memory = Mutex(Memory())
    /// What its own work took.
    let work = ClientWork()

    init(issuer: IssuerURL) { self.issuer = issuer }

    var enrolmentLink: String {
        DeviceLink(issuer: issuer, target: .enrolment(ticket: ticket, key: key.thumbprint)).text
    }

    /// As a login page shows it.
    func loginLink() -> String {
        work.measure {
            DeviceLink(
                issuer: issuer, target: .qr(handle: RandomBytes.text(16), frame: 3, mac: RandomBytes.text(16))
            ).text
        }
    }

    /// Runs on one thread from beginning to end: its processor time is its own.
    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        do { return try work.measure { try answer(call) } } catch {
            throw NetworkFailure(.connectionLost, authority: "\(error)")
        }
    }

    private func answer(_ call: HTTPCall) throws -> HTTPAnswer {
        let body = try call.body.map { try StrictJSON.parseObject($0) } ?? [:]
        let path = call.url.dropFirst(issuer.rawValue.count).prefix { $0 != "?" }
        switch path {
        case "/jwks": return json(200, ["keys": .array([.object(key.publicKey.listedJWK(identifier: "x"))])])
        case "/device/v1/enrolments": return json(200, ["offer": .string(try key.sign(offer))])
        case "/device/v1/enrolments/offer-1": return json(201, try enrolled(body))
        case "/device/v1/claims": return json(202, claimed())
        case _ where path.hasSuffix("/response"): return json(200, ["receipt": .string(try receipt(body))])
        default:
            let transaction = memory.withLock(\.transaction)
            return json(
                200,
                [
                    "txn": .string(transaction.rawValue), "state": "awaiting_user",
                    "request": .string(try key.sign(request(transaction))),
                ])
        }
    }

    private func json(_ status: Int, _ object: JSONObject) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: [("DPoP-Nonce", "nonce-of-the-day")], body: object.serialized)
    }

    private var offer: EnrolmentOffer {
        let now = Town.clock.now()
        return EnrolmentOffer(
            issuer: issuer, identifier: TokenIdentifier(rawValue: "offer-1")!, ticketDigest: ContentDigest(of: ticket),
            nonce: .random(bytes: 32), maskedName: "E. M…n", level: .normal, formats: ["none"],
            ceilings: [EvidenceCeiling(format: "none", keyStore: "software", level: .normal)], requiredLevel: .normal,
            minimumPINLength: 6, issuedAt: now, expiresAt: now + 300)
    }

    private func enrolled(_ body: JSONObject) throws -> JSONObject {
        let registration = try SignedStatement<DeviceRegistration>.verifyPossession(body["registration"]?.string ?? "")
        let now = Town.clock.now()
        let installation = registration.statement.installationKey
        memory.withLock { $0.installationKey = installation }
        let record = DeviceRecord(
            issuer: issuer, device: device, authenticationKey: registration.key.thumbprint,
            installationKey: try VerificationKey(jwk: installation).thumbprint, ceiling: AssuranceLevel.normal.acr,
            issuedAt: now)
        let attestation = ClientAttestation(
            issuer: issuer, device: device, issuedAt: now, expiresAt: now + 86_400, key: installation)
        return [
            "record": .string(try key.sign(record)), "attestation": .string(try key.sign(attestation)),
            "verdicts": [], "block_code": "123456789012345678",
        ]
    }

    private func claimed() -> JSONObject {
        let transaction = TransactionIdentifier.random(bytes: 16)
        memory.withLock { $0.transaction = transaction }
        return [
            "txn": .string(transaction.rawValue), "state": "awaiting_code", "code": "12345678",
            "portal": .object([
                "name": "Serviceportal Herten", "host": "portal.example", "tenant_name": "Stadt Herten",
            ]),
        ]
    }

    private func request(_ transaction: TransactionIdentifier) -> LoginRequestStatement {
        let now = Town.clock.now()
        let text = "Möchten Sie sich bei „Serviceportal Herten“ (Stadt Herten) anmelden?"
        return LoginRequestStatement(
            issuer: issuer, device: device, transaction: transaction, nonce: .random(bytes: 32), issuedAt: now,
            expiresAt: now + 180, purpose: .login,
            portal: PortalDescription(
                client: ClientIdentifier(rawValue: Town.client)!, name: "Serviceportal Herten",
                host: "portal.example", tenant: TenantIdentifier(rawValue: "town")!, tenantName: "Stadt Herten"),
            acr: AssuranceLevel.normal.acr, essentialClaims: ["given_name", "family_name"],
            voluntaryClaims: ["birthdate", "email"], text: text, textDigest: ContentDigest(of: text),
            initiator: LoginInitiator(
                browser: "Firefox, Linux", area: "192.0.2.x", sameNetwork: true, startedAt: now),
            flow: .qr, binding: .code)
    }

    private func receipt(_ body: JSONObject) throws -> String {
        let text = body["response"]?.string ?? ""
        let response = try CompactJWS(parsing: text).unverifiedPayload ?? [:]
        return try key.sign(
            LoginReceipt(
                issuer: issuer, device: device, transaction: memory.withLock(\.transaction),
                responseDigest: ContentDigest(of: text),
                state: response["decision"]?.string == "approve" ? .complete : .denied, returnURL: nil,
                issuedAt: Town.clock.now()))
    }
}
