import AccountDirectory
import IdentityCrypto
import OpenIDMessages
import TestVectors
import Testing

@testable import ProviderCore

/// The device reads the same files: see `DeviceAuthenticatorTests`.
@Suite("The protocol's vectors, as the provider reads them")
struct VectorsTests {
    /// One device and no keys of the provider's own yet.
    private struct OneDeviceStore: KeyStore, DeviceStore {
        let row: DeviceRecordRow
        let account: AccountRecord

        func device(_ identifier: DeviceIdentifier) async throws -> (DeviceRecordRow, AccountRecord)? {
            identifier == row.identifier ? (row, account) : nil
        }
        func devices(of account: AccountIdentifier) async throws -> [DeviceRecordRow] { [row] }
        func block(_ digest: SecretDigest, time: Timestamp) async throws -> Blocked? { nil }
        func devices(
            certifiedBy serials: Set<String>, leftTo distrust: Distrust?
        ) async throws -> [CertifiedDevice] { [] }
        func certificates(of device: DeviceIdentifier) async throws -> [String] { [] }
        func distrust(
            _ device: DeviceIdentifier, of account: AccountIdentifier, _ distrust: Distrust, time: Timestamp
        ) async throws -> Bool { false }
        func signingKeys() async throws -> [StoredSigningKey] { [] }
        func replaceSigningKeys(_ keys: [StoredSigningKey], events: [SecurityEvent]) async throws {}
        func secret(_ name: String, fresh: [UInt8]) async throws -> [UInt8] { fresh }
    }

    /// The vectors' device, verified by a call of its own: nothing else makes a `VerifiedDevice`.
    private func verifiedDevice(_ file: JSONObject, issuer: IssuerURL) async throws -> VerifiedDevice {
        let now = Timestamp(seconds: 1_800_000_000)
        let clock = ProviderClock { now }
        let listed = VectorFile.keys(file)
        let installation = SigningKey.makeES256()
        let account = AccountRecord(
            identifier: .random(), person: try PersonRecord(json: ["given_name": "Erika", "family_name": "Muster"]),
            level: .hoch, isActive: true)
        let row = DeviceRecordRow(
            identifier: try #require(DeviceIdentifier(rawValue: file["device"]?.string ?? "")),
            account: account.identifier,
            keys: DeviceKeys(
                authentication: try #require(listed["auth"]), installation: installation.publicKey,
                pin: try #require(listed["pin"])),
            description: DeviceDescription(name: "Telefon", model: "Muster", system: "Linux"),
            ceiling: .withoutEvidence, state: .active, counter: 0, pinTriesLeft: DeviceRecordRow.pinTries,
            blockDigest: SecretDigest(of: "block"), createdAt: now, lastUsedAt: nil)
        let store = OneDeviceStore(row: row, account: account)
        let keys = try await KeyCustodian(masterKey: RandomBytes.make(32), store: store, clock: clock)
        let authentication = DeviceAuthentication(
            issuer: issuer, keys: keys, devices: store, clock: clock,
            proofs: ProofOfPossession(issuer: issuer, clock: clock))
        let proof = try VerifiedDPoPProof.make(
            key: installation, method: "GET", url: issuer.appending("/device/v1/devices"), now: now,
            nonce: authentication.nonce())
        return try await authentication.verify(
            DeviceCredentials(
                attestation: try authentication.attestation(for: row.identifier, key: installation.publicKey.jwk),
                proof: proof, method: "GET", path: "/device/v1/devices"))
    }

    @Test("P-4.6.1 responses")
    func responses() async throws {
        let file = try #require(VectorFile.read("login-response-context"))
        let issuer = try #require(IssuerURL(rawValue: file["issuer"]?.string ?? ""))
        let provider = try #require(VectorFile.keys(file)["provider"])
        let device = try await verifiedDevice(file, issuer: issuer)
        let cases = ContextCase.all("cases", in: "login-response-context")
        #expect(cases.count > 20)
        for element in cases {
            let request = try SignedStatement<LoginRequestStatement>.verify(element.text("request"), key: provider)
            let verdict: String
            do throws(DeviceRefusal) {
                let login = try ResponseRules.check(
                    element.text("response"), pinProof: element.members["pin_proof"]?.string,
                    request: Login.SignedRequest(statement: request.statement, text: request.text), device: device,
                    now: element.time("now"))
                verdict = "accepted"
                #expect(login.isPINProved == element.members["pin_proved"]?.bool, "\(element.name)")
            } catch { verdict = error.code.rawValue }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    @Test("P-10.5 confirmations")
    func confirmations() async throws {
        let file = try #require(VectorFile.read("confirmation-response-context"))
        let issuer = try #require(IssuerURL(rawValue: file["issuer"]?.string ?? ""))
        let provider = try #require(VectorFile.keys(file)["provider"])
        let device = try await verifiedDevice(file, issuer: issuer)
        let cases = ContextCase.all("cases", in: "confirmation-response-context")
        #expect(cases.count > 20)
        for element in cases {
            let request = try SignedStatement<ConfirmationRequestStatement>.verify(
                element.text("request"), key: provider)
            let verdict: String
            do throws(DeviceRefusal) {
                let fitting = try ConfirmationRules.check(
                    element.text("response"), pinProof: element.members["pin_proof"]?.string,
                    asked: (request.statement, request.text), device: device, now: element.time("now"))
                verdict = "accepted"
                #expect(fitting.isPINProved == element.members["pin_proved"]?.bool, "\(element.name)")
            } catch {
                verdict = error.code.rawValue
                #expect((error.reason == .confirmationOver) == (error.code == .confirmationOver), "\(element.name)")
            }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    @Test("P-6.5 registrations")
    func registrations() throws {
        let file = try #require(VectorFile.read("enrolment-context"))
        let issuer = try #require(IssuerURL(rawValue: file["issuer"]?.string ?? ""))
        let keys = VectorFile.keys(file)
        let statement = try SignedStatement<EnrolmentOffer>.verify(
            file["offer"]?.string ?? "", key: #require(keys["provider"]))
        let offer = EnrolmentFlow.Offer(
            ticket: SecretDigest(of: file["ticket"]?.string ?? ""), account: .random(),
            tenant: try #require(TenantIdentifier(rawValue: "musterstadt")), level: .substantiell,
            statement: statement.statement, digest: statement.digest)
        let cases = ContextCase.all("registrations", in: "enrolment-context")
        #expect(cases.count > 10)
        for element in cases {
            let verdict: String
            do throws(DeviceRefusal) {
                let (_, enrolled) = try RegistrationRules.check(
                    element.text("registration"), installationProof: element.text("inst_proof"),
                    pinProof: element.text("pin_proof"), offer: offer, issuer: issuer)
                verdict = "accepted"
                #expect(enrolled.authentication == keys["auth"])
                #expect(enrolled.installation == keys["inst"])
                #expect(enrolled.pin == keys["pin"])
            } catch { verdict = error.code.rawValue }
            #expect(verdict == element.verdict, "\(element.name)")
        }
    }

    /// The near-misses of the statement itself: each is refused before anything else is asked of it.
    @Test("no near-miss of a registration is accepted")
    func registrationNearMisses() throws {
        let vectors = try #require(StatementVectors("device-registration"))
        let context = try #require(VectorFile.read("enrolment-context"))
        let offer = try SignedStatement<EnrolmentOffer>.verify(
            context["offer"]?.string ?? "", key: #require(VectorFile.keys(context)["provider"]))
        let held = EnrolmentFlow.Offer(
            ticket: SecretDigest(of: ""), account: .random(), tenant: try #require(TenantIdentifier(rawValue: "a")),
            level: .substantiell, statement: offer.statement, digest: offer.digest)
        for token in vectors.refused {
            #expect(throws: DeviceRefusal(.statementRefused, .registrationSignature), "\(token.name)") {
                try RegistrationRules.check(
                    token.jws, installationProof: "", pinProof: "", offer: held, issuer: offer.statement.issuer)
            }
        }
    }

    @Test("§7 the attestations of the vectors lead to their root, and each defect that is played fails its own check")
    func simulator() async throws {
        let vectors = try #require(StatementVectors("simulator-attestation"))
        let file = try #require(VectorFile.read("simulator-attestation"))
        let context = try #require(VectorFile.read("enrolment-context"))
        let root = try #require(StandardBase64.decode(file["simulator_root"]?.string ?? ""))
        let verifier = try SimulatorEvidenceVerifier(roots: [root])
        let keys = VectorFile.keys(context)
        let device = DeviceKeys(
            authentication: try #require(keys["auth"]), installation: try #require(keys["inst"]),
            pin: try #require(keys["pin"]))
        let offer = ContentDigest(of: context["offer"]?.string ?? "")
        let checks = ["revoked": "revocation", "unlocked": "boot", "outdated": "patch_level"]
        var played: Set<String> = []
        for token in vectors.accepted {
            let result = await verifier.verify(["attestation": .string(token.jws)], offerDigest: offer, keys: device)
            let defects = token.payload?["defects"]?.strings ?? []
            #expect(result.keyStore == (defects.isEmpty ? .tee : nil), "\(token.name)")
            let failed = result.verdicts.filter { !$0.passed }.map(\.check)
            #expect(Set(failed) == Set(defects.compactMap { checks[$0] }), "\(token.name)")
            played.formUnion(defects)
        }
        #expect(played == Set(checks.keys))
        for token in vectors.refused {
            let result = await verifier.verify(["attestation": .string(token.jws)], offerDigest: offer, keys: device)
            #expect(result.keyStore == nil, "\(token.name)")
            // A defect that is malformed is no defect: it is no statement.
            guard token.reason == .malformedMember else { continue }
            #expect(result.verdicts.first { !$0.passed }?.check == "signature", "\(token.name)")
            #expect(result.verdicts.count == 3, "nothing is said of hardware")
        }
    }
}
