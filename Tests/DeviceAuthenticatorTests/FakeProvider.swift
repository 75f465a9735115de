import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// A provider in memory: real keys and statements, no network. It says what the tests tell it to say.
actor FakeProvider: HTTPTransport {
    static let issuer = IssuerURL(rawValue: "https://id.example")!
    static let device = DeviceIdentifier(rawValue: "device-0123456789")!
    static let transaction = TransactionIdentifier(rawValue: "txn-0123456789abcdef")!
    static let ticket = RandomBytes.text(14)
    static let now = Timestamp(seconds: 1_800_000_000)
    static let clock = DeviceClock.fixed(now)

    nonisolated let key = SigningKey.makeES256()
    /// Evidence that it accepts.
    private let formats: [String]

    private let requiredLevel: AssuranceLevel

    init(formats: [String] = ["none"], requiredLevel: AssuranceLevel = .normal) {
        self.formats = formats
        self.requiredLevel = requiredLevel
    }

    nonisolated var enrolmentLink: String { enrolmentLink(Self.ticket) }

    nonisolated func enrolmentLink(_ ticket: String) -> String {
        DeviceLink(issuer: Self.issuer, target: .enrolment(ticket: ticket, key: key.thumbprint)).text
    }

    nonisolated let qrLink = DeviceLink(
        issuer: FakeProvider.issuer, target: .qr(handle: RandomBytes.text(16), frame: 3, mac: RandomBytes.text(16))
    ).text
    nonisolated let sameDeviceLink = DeviceLink(
        issuer: FakeProvider.issuer, target: .sameDevice(handle: RandomBytes.text(16), mac: RandomBytes.text(16))
    ).text

    /// The calls that arrived, with their bodies.
    private(set) var calls: [(call: HTTPCall, body: JSONObject)] = []
    /// What the next calls of a path get instead of the usual answer.
    private var surprises: [String: [Result<HTTPAnswer, NetworkFailure>]] = [:]
    /// The ticket of its offers, whichever it is shown.
    private var offeredTicket = FakeProvider.ticket
    private var attestationSeconds: Int64 = 86_400
    private var registration: DeviceRegistration?
    private var flow = LoginFlow.qr

    func surprise(_ path: String, _ result: Result<HTTPAnswer, NetworkFailure>) {
        surprises[path, default: []].append(result)
    }
    func setOfferedTicket(_ ticket: String) { offeredTicket = ticket }
    func setAttestationSeconds(_ seconds: Int64) { attestationSeconds = seconds }
    func bodies(_ suffix: String) -> [JSONObject] { calls.filter { $0.call.url.hasSuffix(suffix) }.map(\.body) }

    static func problem(_ code: String, _ status: Int, nonce: String? = nil) -> HTTPAnswer {
        let document = ProblemDocument(
            code: code, status: status, title: "No.", side: .device, retry: false, traceIdentifier: "t")
        return HTTPAnswer(
            status: status, headers: nonce.map { [("dpop-nonce", $0)] } ?? [], body: document.json.serialized)
    }

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        let body = call.body.flatMap { try? StrictJSON.parseObject($0) } ?? [:]
        calls.append((call, body))
        let path = String(call.url.dropFirst(Self.issuer.rawValue.count).prefix { $0 != "?" })
        if var waiting = surprises[path], !waiting.isEmpty {
            let next = waiting.removeFirst()
            surprises[path] = waiting
            return try next.get()
        }
        do { return try answer(path, body) } catch { return Self.problem("server_error", 500) }
    }

    private func answer(_ path: String, _ body: JSONObject) throws -> HTTPAnswer {
        switch path {
        case "/jwks": return json(200, ["keys": .array([.object(key.publicKey.listedJWK(identifier: "x"))])])
        case "/device/v1/enrolments":
            let offer = Self.offer(formats: formats, requiredLevel: requiredLevel, ticket: offeredTicket)
            return json(200, ["offer": .string(try key.sign(offer))])
        case "/device/v1/enrolments/offer-1": return json(201, try enrol(body))
        case "/device/v1/attestation": return json(200, ["attestation": .string(try attestation())])
        case "/device/v1/claims": return try claim(body)
        case "/device/v1/logins/\(Self.transaction)":
            return json(
                200, ["txn": .string(Self.transaction.rawValue), "state": "awaiting_user", "request": try request()])
        case "/device/v1/logins/\(Self.transaction)/response": return json(200, ["receipt": try receipt(body)])
        default: return Self.problem("invalid_request", 400)
        }
    }

    private func json(_ status: Int, _ object: JSONObject) -> HTTPAnswer {
        HTTPAnswer(
            status: status, headers: [("DPoP-Nonce", "nonce-of-the-day"), ("Trace-Id", "trace-of-the-day")],
            body: object.serialized)
    }

    static let ceilings = [
        EvidenceCeiling(format: "tpm", keyStore: "tpm", level: .substantiell),
        EvidenceCeiling(format: "simulator", keyStore: "strongbox", level: .substantiell),
        EvidenceCeiling(format: "simulator", keyStore: "software", level: .normal),
        EvidenceCeiling(format: "none", keyStore: "software", level: .normal),
    ]

    static func offer(
        formats: [String] = ["none"], requiredLevel: AssuranceLevel = .normal, ticket: String = ticket
    ) -> EnrolmentOffer {
        EnrolmentOffer(
            issuer: issuer, identifier: TokenIdentifier(rawValue: "offer-1")!,
            ticketDigest: ContentDigest(of: ticket), nonce: Nonce(rawValue: RandomBytes.text(32))!,
            maskedName: "E. M…n", level: .hoch, formats: formats,
            ceilings: ceilings.filter { formats.contains($0.format) }, requiredLevel: requiredLevel,
            minimumPINLength: 6, issuedAt: now, expiresAt: now + 300)
    }

    private func enrol(_ body: JSONObject) throws -> JSONObject {
        let text = body["registration"]?.string ?? ""
        let signed = try SignedStatement<DeviceRegistration>.verifyPossession(text)
        let registration = signed.statement
        for (name, jwk) in [("inst_proof", registration.installationKey), ("pin_proof", registration.pinKey)] {
            guard
                DeviceSignatureVerifier.isProof(
                    body[name]?.string ?? "", by: try VerificationKey(jwk: jwk), purpose: .registration,
                    digest: signed.digest)
            else { throw JWSError.wrongSignature }
        }
        self.registration = registration
        let record = DeviceRecord(
            issuer: Self.issuer, device: Self.device, authenticationKey: signed.key.thumbprint,
            installationKey: try VerificationKey(jwk: registration.installationKey).thumbprint,
            ceiling: (formats == ["none"] ? AssuranceLevel.normal : .substantiell).acr, issuedAt: Self.now)
        return [
            "record": .string(try key.sign(record)), "attestation": .string(try attestation()), "verdicts": [],
            "block_code": "123456789012345678",
        ]
    }

    private func attestation() throws -> String {
        try key.sign(
            ClientAttestation(
                issuer: Self.issuer, device: Self.device, issuedAt: Self.now,
                expiresAt: Self.now + attestationSeconds, key: registration?.installationKey ?? [:]))
    }

    private func claim(_ body: JSONObject) throws -> HTTPAnswer {
        flow = DeviceLink(parsing: body["link"]?.string ?? "")?.flow ?? .qr
        let transaction = JSONValue.string(Self.transaction.rawValue)
        guard flow == .qr else {
            return json(200, ["txn": transaction, "state": "awaiting_user", "request": try request()])
        }
        let portal: JSONObject = ["name": "Portal", "host": "portal.example", "tenant_name": "Musterstadt"]
        return json(
            202, ["txn": transaction, "state": "awaiting_code", "code": "12345678", "portal": .object(portal)])
    }

    private func request() throws -> JSONValue { .string(try key.sign(Self.request(flow: flow))) }

    static func request(flow: LoginFlow = .qr) -> LoginRequestStatement {
        LoginRequestStatement(
            issuer: issuer, device: device, transaction: transaction,
            nonce: Nonce(rawValue: Base64URL.encode([UInt8](repeating: 7, count: 32)))!, issuedAt: now,
            expiresAt: now + 180, purpose: .login,
            portal: PortalDescription(
                client: ClientIdentifier(rawValue: "portal")!, name: "Portal", host: "portal.example",
                tenant: TenantIdentifier(rawValue: "musterstadt")!, tenantName: "Musterstadt"),
            acr: AssuranceLevel.normal.acr, essentialClaims: ["given_name"],
            voluntaryClaims: ["email", "phone_number"],
            text: "Anmelden", textDigest: ContentDigest(of: "Anmelden"),
            initiator: LoginInitiator(browser: "Firefox", area: "192.0.2.0/24", sameNetwork: true, startedAt: now),
            flow: flow, binding: flow == .qr ? .code : flow == .link ? .return : .callCode)
    }

    private func receipt(_ body: JSONObject) throws -> JSONValue {
        let text = body["response"]?.string ?? ""
        let decision = try CompactJWS(parsing: text).unverifiedPayload?["decision"]?.string
        let returns = flow == .link && decision == "approve"
        return .string(
            try key.sign(
                LoginReceipt(
                    issuer: Self.issuer, device: Self.device, transaction: Self.transaction,
                    responseDigest: ContentDigest(of: text),
                    state: decision == "approve" ? (returns ? .awaitingReturn : .complete) : .denied,
                    returnURL: returns ? "https://id.example/login/1/return" : nil, issuedAt: Self.now)))
    }
}
