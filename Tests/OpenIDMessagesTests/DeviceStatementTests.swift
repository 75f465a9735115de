import Foundation
import OpenIDMessages
import TestVectors
import Testing

/// One statement of each type with every member, and what its members may be.
struct StatementSample: Sendable, CustomTestStringConvertible {
    let statement: any DeviceStatement
    /// Members that may be absent.
    var optional: Set<String> = []
    /// Members that are objects of the statement's own, whose members are as strict.
    var inner: [String] = []

    var testDescription: String { type(of: statement).type }

    // swift-format-ignore: NeverForceUnwrap
    static let all: [StatementSample] = {
        let issuer = IssuerURL(rawValue: "https://id.example:8443")!
        let device = DeviceIdentifier(rawValue: "dev-0123456789abcdef")!
        let transaction = TransactionIdentifier(rawValue: "txn-0123456789abcdef")!
        let nonce = Nonce(rawValue: Base64URL.encode([UInt8](repeating: 1, count: 32)))!
        let token = TokenIdentifier(rawValue: "jti-1")!
        func digest(_ byte: UInt8) -> ContentDigest {
            ContentDigest(rawValue: Base64URL.encode([UInt8](repeating: byte, count: 32)))!
        }
        func key(_ byte: UInt8) -> KeyThumbprint {
            KeyThumbprint(rawValue: Base64URL.encode([UInt8](repeating: byte, count: 32)))!
        }
        let jwk: JSONObject = ["kty": "EC", "crv": "P-256", "x": "eA", "y": "eQ"]
        let begin = Timestamp(seconds: 1_754_000_000)
        let portal = PortalDescription(
            client: ClientIdentifier(rawValue: "bauportal")!, name: "Bauportal Bochum", host: "bau.bochum.example",
            tenant: TenantIdentifier(rawValue: "bochum")!, tenantName: "Stadt Bochum")
        let initiator = LoginInitiator(
            browser: "Firefox, Linux", area: "192.0.2.0/24", sameNetwork: false, startedAt: begin)
        let service = ServiceDescription(
            identifier: ServiceIdentifier(rawValue: "hundesteuer")!, title: "Hund anmelden", purpose: "Steuerbescheid",
            purposeVersion: "2", legalBasis: "Hundesteuersatzung", privacyURI: "https://bochum.example/datenschutz",
            contact: "Steueramt, 115")
        let contexts = [
            ContextDescription(context: .citizen, acr: AssuranceLevel.hoch.acr),
            ContextDescription(
                context: ContextName(rawValue: "company:m-1")!, name: "Muster GmbH", acr: AssuranceLevel.normal.acr,
                claims: ["organization"]),
        ]
        return [
            StatementSample(
                statement: ClientAttestation(
                    issuer: issuer, device: device, issuedAt: begin, expiresAt: begin + 3600, key: jwk), inner: ["cnf"]),
            StatementSample(
                statement: LoginRequestStatement(
                    issuer: issuer, device: device, transaction: transaction, nonce: nonce, issuedAt: begin,
                    expiresAt: begin + 120, purpose: .login, portal: portal, service: service, contexts: contexts,
                    acr: AssuranceLevel.hoch.acr,
                    essentialClaims: ["sub", "family_name"], voluntaryClaims: ["birthdate"], text: "Anmelden? Ä",
                    textDigest: digest(3), initiator: initiator, flow: .qr, binding: .code),
                optional: ["service"], inner: ["portal", "initiator"]),
            StatementSample(
                statement: LoginResponseStatement(
                    key: key(1), device: device, issuer: issuer, transaction: transaction, nonce: nonce,
                    requestDigest: digest(4), decision: .approve, context: .citizen, flow: .link, textDigest: digest(3),
                    released: ["sub", "family_name"], returnChallenge: digest(5), methods: ["pin", "hwk"], counter: 7,
                    issuedAt: begin + 10, identifier: token), optional: ["context", "uc"]),
            StatementSample(statement: KeyProofStatement(purpose: .registration, digest: digest(6))),
            StatementSample(
                statement: LoginReceipt(
                    issuer: issuer, device: device, transaction: transaction, responseDigest: digest(7),
                    state: .awaitingReturn, returnURL: "https://id.example:8443/return/x", issuedAt: begin + 11),
                optional: ["return"]),
            StatementSample(
                statement: DeviceRegistration(
                    key: key(1), issuer: issuer, offerDigest: digest(8), nonce: nonce, installationKey: jwk,
                    pinKey: jwk,
                    evidence: [
                        DeviceEvidence(format: "simulator", evidence: ["statement": "a.b.c"]),
                        DeviceEvidence(format: "none", evidence: [:]),
                    ], device: DeviceDescription(name: "Mein Telefon", model: "Pixel", system: "Android 16"),
                    issuedAt: begin, identifier: token), inner: ["device"]),
            StatementSample(
                statement: DeviceRecord(
                    issuer: issuer, device: device, authenticationKey: key(1), installationKey: key(2),
                    ceiling: "sim:" + AssuranceLevel.hoch.acr, issuedAt: begin)),
            StatementSample(
                statement: SimulatorAttestation(
                    offerDigest: digest(8), authenticationKey: key(1), installationKey: key(2), pinKey: key(3),
                    keyStore: .strongbox)),
            StatementSample(
                statement: ConfirmationRequestStatement(
                    issuer: issuer, device: device, transaction: transaction, nonce: nonce, issuedAt: begin,
                    expiresAt: begin + 180, action: .suspendDevice, parameters: ["device": "device-2"],
                    text: "Sperren? Ä", textDigest: digest(3))),
            StatementSample(
                statement: ConfirmationResponseStatement(
                    key: key(1), device: device, issuer: issuer, transaction: transaction, nonce: nonce,
                    requestDigest: digest(4), textDigest: digest(3), methods: ["hwk", "pin"], counter: 7,
                    issuedAt: begin, identifier: token)),
            StatementSample(statement: BrowserProof(issuer: issuer, purpose: .login, nonce: nonce)),
            StatementSample(
                statement: LevelExplanation(
                    issuer: issuer, issuedAt: begin, subject: .device(device, company: nil),
                    context: AuthenticationContext(level: .normal, isSimulated: true),
                    reasons: [["kind": "device", "level": "normal", "facts": .object(["model": "Ä"])]],
                    summary: BilingualText("Das Niveau ist …", "The level is …"),
                    advice: BilingualText("Ein Rat.", "Advice.")), optional: ["advice"],
                inner: ["summary", "advice"]),
            StatementSample(
                statement: EnrolmentOffer(
                    issuer: issuer, identifier: token, ticketDigest: digest(9), nonce: nonce, maskedName: "E. M…n",
                    level: .substantiell, formats: ["simulator", "none"],
                    ceilings: [EvidenceCeiling(format: "none", keyStore: "software", level: .normal)],
                    requiredLevel: .normal, minimumPINLength: 6, issuedAt: begin, expiresAt: begin + 300)),
        ]
    }()
}

/// About a company's logins.
private let explanation = LevelExplanation(
    issuer: IssuerURL(rawValue: "https://id.example")!, issuedAt: Timestamp(seconds: 1_800_000_000),
    subject: .device(
        DeviceIdentifier(rawValue: "device-0123456789")!, company: .init(identifier: "company-1", name: "Bäckerei")),
    context: AuthenticationContext(level: .normal, isSimulated: true),
    reasons: [["kind": "device", "level": "normal"]], summary: BilingualText("Das Niveau ist …", "The level is …"),
    advice: nil)

@Suite("Statements of the device protocol are complete and have nothing added")
struct DeviceStatementTests {
    @Test("each type of statement has a sample here and a type of its own")
    func samplesAreComplete() throws {
        let types = StatementSample.all.map { type(of: $0.statement).type }
        #expect(Set(types).count == types.count)
        let folder = TestVectors.packageRoot + "/Sources/OpenIDMessages"
        let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
        let declared = try files.filter { $0.hasSuffix(".swift") }.flatMap { file in
            try String(contentsOfFile: folder + "/" + file, encoding: .utf8).split(separator: "\n")
                .filter { $0.contains("struct ") && $0.contains(": DeviceStatement {") }
        }
        #expect(declared.count == types.count)
    }

    @Test("a statement survives writing and reading", arguments: StatementSample.all)
    func statementsSurvive(_ sample: StatementSample) throws {
        func survives(_ statement: some DeviceStatement) throws {
            let text = statement.json.serialized
            let read = try type(of: statement).init(json: StrictJSON.parseObject(text))
            #expect(read == statement)
            #expect(read.json.serialized == text)
        }
        try survives(sample.statement)
    }

    @Test("a member that is not there is missed by name", arguments: StatementSample.all)
    func missingMembers(_ sample: StatementSample) throws {
        for place in sample.places {
            for name in place.members.names {
                var members = place.members
                members[name] = nil
                if place.isOuter && sample.optional.contains(name) {
                    #expect(try sample.read(place.rebuilt(members))[name] == nil)
                } else {
                    #expect(throws: MessageError.missing(name)) { try sample.read(place.rebuilt(members)) }
                }
            }
        }
    }

    @Test("a member of the wrong type is refused by name", arguments: StatementSample.all)
    func wrongTypes(_ sample: StatementSample) throws {
        for place in sample.places {
            for member in place.members.members {
                for wrong in Self.wrongValues(for: member.value) {
                    var members = place.members
                    members[member.name] = wrong
                    #expect(throws: MessageError.malformed(member.name), "\(member.name) = \(wrong)") {
                        try sample.read(place.rebuilt(members))
                    }
                }
            }
        }
    }

    @Test("a member too many is refused by name", arguments: StatementSample.all)
    func unknownMembers(_ sample: StatementSample) throws {
        for place in sample.places {
            for name in ["extra", "Iss", "iss ", ""] where place.members[name] == nil {
                var members = place.members
                members[name] = "x"
                #expect(throws: MessageError.unknown(name)) { try sample.read(place.rebuilt(members)) }
            }
        }
    }

    /// Values of every other type, and for numbers and lists those that only look right.
    private static func wrongValues(for value: JSONValue) -> [JSONValue] {
        let others: [JSONValue] = [
            .null, true, 1, .number(1.5), "text", .string("\u{0}"), [], ["a", 1], .object([:]),
        ]
        return others.filter { other in
            switch (value, other) {
            case (.string, .string(let text)): text == "\u{0}"
            case (.object, .object), (.bool, .bool), (.integer, .integer): false
            case (.array(let elements), .array(let others)): !(elements.first?.string != nil && others.isEmpty)
            default: true
            }
        } + (value.integer == nil ? [] : [-1])
    }

    @Test("a registration has 1 to 4 pieces of evidence and each is strict")
    func evidence() throws {
        let sample = try #require(StatementSample.all.first { $0.statement is DeviceRegistration })
        let piece: JSONObject = ["fmt": "none", "evidence": .object([:])]
        func read(_ evidence: JSONValue) throws {
            var json = sample.statement.json
            json["evidence"] = evidence
            _ = try sample.read(json)
        }
        try read(.array(Array(repeating: .object(piece), count: 4)))
        for count in [0, 5] {
            #expect(throws: MessageError.malformed("evidence")) {
                try read(.array(Array(repeating: .object(piece), count: count)))
            }
        }
        #expect(throws: MessageError.malformed("evidence")) { try read(.array([.object(piece), "none"])) }
        #expect(throws: MessageError.missing("fmt")) { try read(.array([.object(["evidence": .object([:])])])) }
        var extra = piece
        extra["x"] = 1
        #expect(throws: MessageError.unknown("x")) { try read(.array([.object(extra)])) }
    }

    @Test(
        "a choice is one of its words in their spelling",
        arguments: [
            ("login-request+jwt", "purpose", "enrol"), ("login-request+jwt", "flow", "QR"),
            ("login-request+jwt", "binding", "None"), ("login-response+jwt", "decision", "approved"),
            ("login-response+jwt", "decision", "Approve"), ("login-response+jwt", "flow", ""),
            ("device-key-proof+jwt", "purpose", "Login"), ("login-receipt+jwt", "state", "awaitingReturn"),
            ("simulator-attestation+jwt", "key_store", "StrongBox"), ("enrolment-offer+jwt", "level", "HOCH"),
        ])
    func choices(type: String, name: String, word: String) throws {
        let sample = try #require(StatementSample.all.first { $0.testDescription == type })
        var json = sample.statement.json
        json[name] = .string(word)
        #expect(throws: MessageError.malformed(name)) { try sample.read(json) }
    }

    @Test("a request asks for no more than one answer can release")
    func tooManyClaims() throws {
        let sample = try #require(StatementSample.all.first { $0.testDescription == LoginRequestStatement.type })
        var json = sample.statement.json
        json["claims_voluntary"] = .strings((0..<31).map { "voluntary-\($0)" })
        // One more comes with the company.
        json["claims_essential"] = .strings((0..<32).map { "essential-\($0)" })
        try sample.read(json)
        json["claims_essential"] = .strings((0..<33).map { "essential-\($0)" })
        #expect(throws: MessageError.malformed("contexts")) { try sample.read(json) }
    }

    @Test("an explanation is about one device, one login or one town's subject, and about nothing else")
    func explanationsOfOthers() throws {
        let others: [LevelExplanation.Subject] = [
            .login(
                TransactionIdentifier(rawValue: "txn-0123456789abcdef")!,
                answered: AuthenticationContext(level: .hoch, isSimulated: false),
                client: ClientIdentifier(rawValue: "portal")!),
            .person(SubjectIdentifier(rawValue: "subject-0123456789")!, device: "1"),
        ]
        for subject in others {
            var other = explanation
            other.subject = subject
            #expect(try LevelExplanation(json: other.json) == other)
            var both = other.json
            both["aud"] = "device-0123456789"
            #expect(throws: MessageError.unknown("aud")) { try LevelExplanation(json: both) }
        }
        let halves: [(String, MessageError)] = [
            ("company_name", .missing("company_name")), ("company", .unknown("company_name")),
            ("aud", .missing("aud")),
        ]
        for (name, error) in halves {
            var half = explanation.json
            half[name] = nil
            #expect(throws: error) { try LevelExplanation(json: half) }
        }
    }
}

extension StatementSample {
    /// The statement's members or those of one of its objects.
    struct Place {
        let members: JSONObject
        let isOuter: Bool
        /// The whole statement with other members in this place.
        let rebuilt: (JSONObject) -> JSONObject
    }

    var places: [Place] {
        let json = statement.json
        return [Place(members: json, isOuter: true) { $0 }]
            + inner.compactMap { name in
                json[name]?.object.map { members in
                    Place(members: members, isOuter: false) { changed in
                        var whole = json
                        whole[name] = .object(changed)
                        return whole
                    }
                }
            }
    }

    /// Reads the members as a statement of the sample's type and writes them again.
    @discardableResult
    func read(_ json: JSONObject) throws -> JSONObject { try type(of: statement).init(json: json).json }
}
