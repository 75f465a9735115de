import OpenIDMessages
import TestVectors

@testable import IdentityCrypto

extension ContextFiles {
    /// The PIN proof beside a response.
    private enum PINProof {
        case none, by(VectorKey), forRegistration, forConfirmation, overAnother

        func sign(_ response: String) throws -> JSONValue? {
            switch self {
            case .none: nil
            case .by(let key): try ContextFiles.sign(VectorSamples.proof(.login, of: response), key)
            case .forRegistration: try ContextFiles.sign(VectorSamples.proof(.registration, of: response), .pin)
            case .forConfirmation: try ContextFiles.sign(VectorSamples.proof(.confirmation, of: response), .pin)
            case .overAnother: try ContextFiles.sign(VectorSamples.proof(.login, of: response + "A"), .pin)
            }
        }
    }

    /// P-4.6.1, at the provider.
    var responses: JSONObject {
        get throws {
            var cases: [JSONValue] = []
            func add(
                _ name: String, _ verdict: String, flow: LoginFlow = .qr, after seconds: Int64 = 31,
                isProved: Bool = true,
                signer: VectorKey = .authentication, proof: PINProof = .by(.pin),
                _ change: (inout LoginResponseStatement) -> Void = { _ in }
            ) throws {
                let request = samples.requests[flow]!
                var statement = VectorSamples.response(flow, to: request)
                change(&statement)
                let response = try signer.signing.sign(statement)
                var members: JSONObject = [
                    "now": (VectorSamples.now + seconds).json, "request": .string(request),
                    "response": .string(response),
                ]
                members["pin_proof"] = try proof.sign(response)
                if verdict == "accepted" { members["pin_proved"] = .bool(isProved) }
                cases.append(Self.entry(name, verdict, members))
            }
            try add("an approval in the flow qr", "accepted")
            try add("an approval in the flow link", "accepted", flow: .link)
            try add("an approval in the flow backchannel", "accepted", flow: .backChannel)
            try add("a denial without PIN", "accepted", isProved: false, proof: .none) {
                $0.decision = .deny
                $0.context = nil
                $0.released = []
                $0.methods = []
            }
            try add("an approval without PIN", "accepted", isProved: false, proof: .none)
            try add(
                "a PIN proof by another PIN", "accepted", isProved: false,
                proof: .by(.stranger))
            try add(
                "a PIN proof by K_inst", "accepted", isProved: false,
                proof: .by(.installation))
            try add(
                "a PIN proof for a registration", "accepted", isProved: false,
                proof: .forRegistration)
            try add(
                "a PIN proof for a confirmation", "accepted", isProved: false, proof: .forConfirmation)
            try add(
                "a PIN proof over another response", "accepted", isProved: false, proof: .overAnother
            )
            try add("only the essential claims", "accepted") { $0.released = ["family_name", "given_name"] }
            try add("for a company", "accepted") {
                $0.context = VectorSamples.company
                $0.released += ["organization", "mandate"]
            }
            try add("at the last second", "accepted", after: 179)
            try add("too late", "login_over", after: 180)
            try add("signed by K_inst", "not_accepted", signer: .installation)
            try add("signed by a stranger", "not_accepted", signer: .stranger)
            try add("iss of another key", "not_accepted") { $0.key = VectorKey.stranger.thumbprint }
            try refusals(add: { try add($0, "statement_refused", $1) })
            cases.append(
                Self.entry(
                    "a confirmation", "not_accepted",
                    [
                        "now": (VectorSamples.now + 31).json, "request": .string(samples.requests[.qr]!),
                        "response": .string(samples.confirmationResponse),
                        "pin_proof": try Self.sign(
                            VectorSamples.proof(.confirmation, of: samples.confirmationResponse), .pin),
                    ]))
            try add("flow backchannel with uc", "statement_refused", flow: .backChannel) {
                $0.returnChallenge = ContentDigest(of: "x")
            }
            try add("flow link without uc", "statement_refused", flow: .link) { $0.returnChallenge = nil }
            try add("dated 301 seconds ago", "statement_refused", after: 31) {
                $0.issuedAt = VectorSamples.now + 31 - 301
            }
            try add("dated 301 seconds ahead", "statement_refused", after: 31) {
                $0.issuedAt = VectorSamples.now + 31 + 301
            }
            try add("dated 300 seconds ago", "accepted", after: 31) { $0.issuedAt = VectorSamples.now + 31 - 300 }
            return Self.file(
                """
                P-4.6.1 without counter and tries, which the store decides: what the provider says to `response` and \
                `pin_proof` of `device`. A response is accepted before its PIN is: `pin_proved` says how that ends.
                """, keys: [.provider, .authentication, .installation, .pin], ["cases": .array(cases)])
        }
    }

    /// Responses of the flow qr that do not fit their request.
    private func refusals(add: (String, @escaping (inout LoginResponseStatement) -> Void) throws -> Void) throws {
        try add("for another issuer") { $0.issuer = IssuerURL(rawValue: "https://id2.example")! }
        try add("of another device") { $0.device = DeviceIdentifier(rawValue: "device-0123456780")! }
        try add("about another login") { $0.transaction = VectorSamples.transaction(.link) }
        try add("another nonce") { $0.nonce = VectorSamples.nonce(65) }
        try add("to another request") { $0.requestDigest = ContentDigest(of: "x") }
        try add("another flow") {
            $0.flow = .link
            $0.returnChallenge = ContentDigest(of: "x")
        }
        try add("over another text") { $0.textDigest = ContentDigest(of: "x") }
        try add("flow qr with uc") { $0.returnChallenge = ContentDigest(of: "x") }
        try add("a claim that was not asked") { $0.released.append("birthdate") }
        try add("without an essential claim") { $0.released = ["given_name", "email"] }
        try add("a claim twice") { $0.released.append("email") }
        try add("for a company without what it tells the portal") { $0.context = VectorSamples.company }
        try add("a citizen with a company's claims") { $0.released.append("organization") }
        try add("a context that was not offered") { $0.context = ContextName(rawValue: "company:other")! }
        try add("no context") { $0.context = nil }
        try add("a denial that releases") {
            $0.decision = .deny
            $0.context = nil
        }
        try add("a denial in a context") {
            $0.decision = .deny
            $0.released = []
            $0.methods = []
        }
        try add("an unknown method") { $0.methods.append("face") }
    }

    /// D-6.2.3, P-6.5 and §6 at both sides.
    var enrolment: JSONObject {
        get throws {
            Self.file(
                """
                `offers` and `records`: what the device says that followed a link with `ticket` and the thumbprint `key`. \
                `registrations`: what the provider says that made `offer`; evidence is judged after that.
                """, keys: [.provider, .authentication, .installation, .pin],
                [
                    "ticket": .string(VectorSamples.ticket), "key": .string(VectorKey.provider.thumbprint.rawValue),
                    "offer": .string(samples.offer), "offers": try offers, "registrations": try registrations,
                    "records": try records,
                ])
        }
    }

    private var offers: JSONValue {
        get throws {
            func offer(
                _ name: String, _ verdict: String, after seconds: Int64 = 5, signer: VectorKey = .provider,
                _ change: (inout EnrolmentOffer) -> Void = { _ in }
            ) throws -> JSONValue {
                var offer = VectorSamples.offer
                change(&offer)
                return Self.entry(
                    name, verdict,
                    ["now": (VectorSamples.now + seconds).json, "offer": try Self.sign(offer, signer)])
            }
            return .array([
                try offer("a good offer", "accepted"), try offer("59 seconds after its end", "accepted", after: 359),
                try offer("60 seconds after its end", "expired", after: 360),
                try offer("by another key", "wrong_key", signer: .stranger),
                try offer("another issuer", "wrong_issuer") { $0.issuer = IssuerURL(rawValue: "https://id2.example")! },
                try offer("for another ticket", "wrong_ticket") { $0.ticketDigest = ContentDigest(of: "x") },
            ])
        }
    }

    private var records: JSONValue {
        get throws {
            func record(
                _ name: String, _ verdict: String, signer: VectorKey = .provider,
                _ change: (inout DeviceRecord) -> Void = { _ in }
            ) throws -> JSONValue {
                var record = VectorSamples.record
                change(&record)
                return Self.entry(name, verdict, ["record": try Self.sign(record, signer)])
            }
            return .array([
                try record("a good record", "accepted"), try record("by another key", "wrong_key", signer: .stranger),
                try record("another issuer", "wrong_issuer") {
                    $0.issuer = IssuerURL(rawValue: "https://id2.example")!
                },
                try record("another K_auth", "wrong_device_keys") {
                    $0.authenticationKey = VectorKey.stranger.thumbprint
                },
                try record("the keys swapped", "wrong_device_keys") {
                    swap(&$0.authenticationKey, &$0.installationKey)
                },
            ])
        }
    }

    private var registrations: JSONValue {
        get throws {
            func entry(
                _ name: String, _ verdict: String = "statement_refused", installation: VectorKey = .installation,
                pin: VectorKey = .pin, purpose: KeyProofStatement.Purpose = .registration, suffix: String = "",
                _ change: (inout DeviceRegistration) -> Void = { _ in }
            ) throws -> JSONValue {
                var statement = VectorSamples.registration(
                    ContentDigest(of: samples.offer), attestation: samples.attestation)
                change(&statement)
                let text = try VectorKey.authentication.signing.sign(
                    statement, header: ["jwk": .object(VectorKey.authentication.publicKey.jwk)])
                let proof = VectorSamples.proof(purpose, of: text + suffix)
                return Self.entry(
                    name, verdict,
                    [
                        "registration": .string(text), "inst_proof": try Self.sign(proof, installation),
                        "pin_proof": try Self.sign(proof, pin),
                    ])
            }
            return .array([
                try entry("a good registration", "accepted"),
                try entry("iss of another key") { $0.key = VectorKey.stranger.thumbprint },
                try entry("for another issuer") { $0.issuer = IssuerURL(rawValue: "https://id2.example")! },
                try entry("to another offer") { $0.offerDigest = ContentDigest(of: "x") },
                try entry("another nonce") { $0.nonce = VectorSamples.nonce(2) },
                try entry("inst_proof by another key", installation: .stranger),
                try entry("pin_proof by another key", pin: .stranger),
                try entry("the proofs swapped", installation: .pin, pin: .installation),
                try entry("proofs for a login", purpose: .login),
                try entry("proofs over another registration", suffix: "A"),
                try entry("K_pin is K_inst", pin: .installation) { $0.pinKey = $0.installationKey },
                try entry("K_inst is K_auth", installation: .authentication) {
                    $0.installationKey = VectorKey.authentication.publicKey.jwk
                },
                try entry("K_pin is not a key") { $0.pinKey = ["kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"] },
                try entry("K_inst with its private part") {
                    $0.installationKey["d"] = .string(Base64URL.encode([UInt8](repeating: 1, count: 32)))
                },
            ])
        }
    }

    /// §3.
    var links: JSONObject {
        let issuer = VectorSamples.issuer.rawValue
        let key = [UInt8](0..<32)
        let authentication = LinkAuthentication(issuer: VectorSamples.issuer, key: key)
        let handle = Base64URL.encode([UInt8](100..<116))
        let (qr, same) = (
            authentication.qrLink(handle: handle, frame: 10).text, authentication.sameDeviceLink(handle: handle).text
        )
        let enrolment = "\(issuer)/app/e/\(VectorSamples.ticket)#k=\(VectorKey.provider.thumbprint)"
        let mac = String(same.suffix(22))
        func check(_ name: String, _ verdict: String, _ link: String, after seconds: Int64) -> JSONValue {
            Self.entry(name, verdict, ["link": .string(link), "now": (VectorSamples.now + seconds).json])
        }
        let refused = [
            ("another path", "\(issuer)/app/x/\(handle).\(mac)"), ("no path", issuer),
            ("no TLS", "http" + same.dropFirst(5)),
            ("capitals in the issuer", same.replacing("id.example", with: "ID.example")), ("a query", same + "?a"),
            ("a fragment", same + "#a"), ("a path before /app", same.replacing("/app", with: "/x/app")),
            ("user information", same.replacing("://", with: "://a@")), ("a slash behind", same + "/"),
            ("a space before", " " + same), ("no MAC", "\(issuer)/app/s/\(handle)"),
            ("a MAC of 15 bytes", String(same.dropLast(2))), ("a padded MAC", same + "=="),
            ("a frame in a link", same.replacing(".\(mac)", with: ".0.\(mac)")),
            ("a QR code without frame", qr.replacing(".10.", with: ".")),
            ("a frame with a zero before", qr.replacing(".10.", with: ".010.")),
            ("a negative frame", qr.replacing(".10.", with: ".-1.")),
            ("a frame with a sign", qr.replacing(".10.", with: ".+10.")),
            ("enrolment without key", "\(issuer)/app/e/\(VectorSamples.ticket)"),
            ("enrolment with a short key", String(enrolment.dropLast())),
            ("a short ticket", enrolment.replacing(VectorSamples.ticket, with: "AAAA")),
        ]
        return [
            "note": """
            `accepted` and `refused`: which texts are links, and of what issuer and flow. `checks`: what the provider \
            `issuer` with the MAC key `mac_key` says to links of a login that began at `started_at`.
            """,
            "issuer": .string(issuer),
            "accepted": [
                .object(["link": .string(qr), "issuer": .string(issuer), "flow": "qr"]),
                .object(["link": .string(same), "issuer": .string(issuer), "flow": "link"]),
                .object(["link": .string(enrolment), "issuer": .string(issuer), "flow": "enrolment"]),
                .object([
                    "link": .string(same.replacing("id.example", with: "id.example:8443")),
                    "issuer": "https://id.example:8443", "flow": "link",
                ]),
            ],
            "refused": .array(refused.map { .object(["name": .string($0.0), "link": .string($0.1)]) }),
            "mac_key": .string(Base64URL.encode(key)), "handle": .string(handle), "started_at": VectorSamples.now.json,
            "checks": [
                check("the frame of now", "authentic", qr, after: 20), check("one ahead", "authentic", qr, after: 18),
                check("two ahead", "stale", qr, after: 17), check("three behind", "authentic", qr, after: 27),
                check("four behind", "stale", qr, after: 28), check("a link has no age", "authentic", same, after: 100),
                check("another frame", "forged", qr.replacing(".10.", with: ".11."), after: 20),
                check("a QR code as a link", "forged", "\(issuer)/app/s/\(handle).\(qr.suffix(22))", after: 20),
                check("a link as a QR code", "forged", "\(issuer)/app/q/\(handle).0.\(mac)", after: 0),
                check("another issuer", "forged", same.replacing("id.example", with: "id2.example"), after: 0),
                check("an enrolment link", "forged", enrolment, after: 0),
            ],
        ]
    }
}
