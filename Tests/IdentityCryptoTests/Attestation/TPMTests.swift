import Crypto
import OpenIDMessages
import SwiftASN1
import TestVectors
import Testing
import X509

@testable import IdentityCrypto

@Suite("H5 and WebAuthn §8.3: TPM attestations, check by check")
struct TPMTests {
    private typealias Stage = AttestationStage

    static let checks = [
        "form", "magic", "type", "challenge", "name", "fixed_tpm", "authorization", "origin", "signature",
        "attestation_key", "chain",
        "root", "revocation", "key",
    ]
    static let good: TPMPublicArea.Attributes = [.fixedTPM, .fixedParent, .sensitiveDataOrigin, .userWithAuth, .sign]
    static let privateKey = P256.Signing.PrivateKey()
    static let area = TPMPublicArea.encoded(privateKey.publicKey, attributes: good)
    static let info = TPMCertification.encoded(extraData: Stage.challenge, certifying: area)

    private func verifier(_ roots: [[UInt8]]? = nil, simulated: [[UInt8]] = []) throws -> TPMVerifier {
        try TPMVerifier(policy: TPMPolicy(roots: roots ?? [Stage.maker.certificateBytes]), simulatorRoots: simulated)
    }

    private func judge(
        _ value: CBORValue, _ verifier: TPMVerifier? = nil, revoked: RevocationList? = RevocationList()
    ) throws -> AttestationResult {
        let result = try (verifier ?? self.verifier()).verify(
            ["att_stmt": .string(Base64URL.encode(value.encoded))], challenge: Stage.challenge,
            key: VerificationKey(Self.privateKey.publicKey), revoked: revoked, now: Stage.now)
        #expect(result.verdicts.map(\.check) == Array(Self.checks.prefix(result.verdicts.count)))
        #expect((result.keyStore == nil) == !result.failed.isEmpty)
        return result
    }

    private func statement(
        info: [UInt8] = info, area: [UInt8] = area, by maker: SimulatedMaker = Stage.maker
    ) throws -> CBORValue {
        try maker.tpmStatement(certifyInfo: info, publicArea: area, now: Stage.now)
    }

    private func changed(_ value: CBORValue, _ name: String, _ member: CBORValue?) -> CBORValue {
        var entries = (value.map?.entries ?? []).filter { $0.key != .text(name) }
        if let member { entries.append((.text(name), member)) }
        return .map(CBORMap(entries: entries))
    }

    @Test("good evidence passes every check")
    func accepted() throws {
        let result = try judge(statement())
        #expect(result.verdicts.map(\.check) == Self.checks)
        #expect(result.failed == [] && result.keyStore == .tpm && !result.isSimulated)
    }

    @Test("each byte of certInfo and pubArea that matters gives the verdict of its check, and no other")
    func fields() throws {
        func flipped(_ bytes: [UInt8], at index: Int) -> [UInt8] {
            var bytes = bytes
            bytes[index] ^= 1
            return bytes
        }
        let cases: [(Int, String)] = [
            (0, "magic"), (3, "magic"), (4, "type"), (5, "type"), (10, "challenge"), (69, "name"),
        ]
        for (index, check) in cases {
            #expect(try judge(statement(info: flipped(Self.info, at: index))).failed == [check], "\(index)")
        }
        // Another key's area under this certification.
        let other = TPMPublicArea.encoded(P256.Signing.PrivateKey().publicKey, attributes: Self.good)
        #expect(try judge(statement(area: other)).failed == ["name", "key"])
        let certified = TPMCertification.encoded(extraData: Stage.challenge, certifying: other)
        #expect(try judge(statement(info: certified, area: other)).failed == ["key"])
        // swtpm and real TPMs make keys that may leave when they are asked to.
        let attributes: [(TPMPublicArea.Attributes, String)] = [
            (Self.good.subtracting(.fixedTPM), "fixed_tpm"), (Self.good.subtracting(.fixedParent), "fixed_tpm"),
            (Self.good.subtracting(.userWithAuth), "fixed_tpm"), (Self.good.subtracting(.sign), "fixed_tpm"),
            (Self.good.union(.decrypt), "fixed_tpm"), (Self.good.subtracting(.sensitiveDataOrigin), "origin"),
            // PINs can be tried without end.
            (Self.good.union(.noDA), "authorization"),
        ]
        for (value, check) in attributes {
            let area = TPMPublicArea.encoded(Self.privateKey.publicKey, attributes: value)
            let info = TPMCertification.encoded(extraData: Stage.challenge, certifying: area)
            #expect(try judge(statement(info: info, area: area)).failed == [check])
        }
        // Whoever satisfies the policy needs no PIN.
        let policed = TPMPublicArea.encoded(
            Self.privateKey.publicKey, attributes: Self.good, policy: Digest.sha256(Array("a policy".utf8)))
        let policedInfo = TPMCertification.encoded(extraData: Stage.challenge, certifying: policed)
        #expect(try judge(statement(info: policedInfo, area: policed)).failed == ["authorization"])
    }

    @Test("signature, certificate and chain of the attestation key")
    func attestationKey() throws {
        let value = try statement()
        #expect(try judge(changed(value, "sig", .bytes([1, 2]))).failed == ["signature"])
        #expect(try judge(changed(value, "sig", try statement().map?["sig"])).failed == ["signature"])
        #expect(try judge(changed(value, "alg", .negative(256))).failed == ["signature"])
        #expect(try judge(statement(by: Stage.stranger)).failed == ["root"])
        #expect(try judge(value, verifier([])).failed == ["root"])
        let serial = try #require(try judge(value).serials.first)
        #expect(try judge(value, revoked: RevocationList(serials: [serial])).failed == ["revocation"])
        #expect(try judge(value, revoked: nil).failed == ["revocation"])
        // A certificate for something else vouches for no TPM.
        #expect(try judge(certified(as: nil, [])).failed == ["attestation_key"])
        let simulated = try judge(value, verifier(simulated: [Stage.maker.certificateBytes]))
        #expect(simulated.isSimulated && simulated.failed == [])
    }

    /// A good statement, but for the certificate of its attestation key.
    private func certified(as name: String?, _ extensions: [Certificate.Extension]) throws -> CBORValue {
        let key = P256.Signing.PrivateKey()
        let chain = try Stage.maker.chain(for: key.publicKey, named: name, at: Stage.now, extensions: extensions)
        let signature = try key.signature(for: Digest.hash(Self.info)).derRepresentation
        return changed(
            changed(try statement(), "x5c", .array(chain.map { .bytes($0) })), "sig", .bytes(Array(signature)))
    }

    @Test("WebAuthn §8.3.1: each clause about the certificate of an attestation key")
    func certificateClauses() throws {
        let maker = try Certificate.Extension(
            SubjectAlternativeNames([.directoryName(DistinguishedName { CommonName("id:53494d00") })]),
            critical: true)
        let usage = { (usages: [ExtendedKeyUsage.Usage]) in
            try Certificate.Extension(ExtendedKeyUsage(usages), critical: false)
        }
        let attests = try usage([ExtendedKeyUsage.Usage(oid: Certificate.attestationKeyUsage)])
        let isNone = try Certificate.Extension(BasicConstraints.notCertificateAuthority, critical: true)
        let isAuthority = try Certificate.Extension(
            BasicConstraints.isCertificateAuthority(maxPathLength: 0), critical: true)
        #expect(try judge(certified(as: nil, [isNone, attests, maker])).failed == [])
        let wrong: [(String, String?, [Certificate.Extension])] = [
            ("the subject is empty", "Attestation key", [isNone, attests, maker]),
            ("the maker is an alternative name", nil, [isNone, attests]),
            ("it has a purpose", nil, [isNone, maker]),
            ("the purpose is tcg-kp-AIKCertificate", nil, [isNone, try usage([.serverAuth]), maker]),
            ("it says that it is no authority", nil, [attests, maker]),
            ("it is no authority", nil, [isAuthority, attests, maker]),
        ]
        for (clause, name, extensions) in wrong {
            #expect(try judge(certified(as: name, extensions)).failed == ["attestation_key"], "\(clause)")
        }
    }

    @Test("§7.1: whoever certifies attestation keys is an authority, in time, below a root of the policy")
    func authorities() throws {
        #expect(try judge(statement(by: Stage.below(Stage.maker))).failed == [])
        #expect(try judge(statement(by: Stage.below(Stage.maker, isAuthority: false))).failed == ["chain"])
        #expect(try judge(statement(by: Stage.below(Stage.maker, to: -60))).failed == ["chain"])
        #expect(try judge(statement(by: Stage.below(Stage.stranger))).failed == ["root"])
    }

    @Test("malformed statements are refused: every truncation, and every member that is missing or otherwise")
    func forms() throws {
        let value = try statement()
        for name in ["ver", "alg", "sig", "x5c", "certInfo", "pubArea"] {
            for member in [nil, CBORValue.null, .bytes([]), .text("1.2"), .array([])] {
                if name == "sig", member == .bytes([]) { continue }
                #expect(try judge(changed(value, name, member)).failed == ["form"], "\(name)")
            }
        }
        #expect(try judge(changed(value, "more", .null)).failed == ["form"])
        for length in Self.info.indices {
            #expect(try judge(changed(value, "certInfo", .bytes(Array(Self.info[..<length])))).failed == ["form"])
        }
        for length in Self.area.indices {
            #expect(try judge(changed(value, "pubArea", .bytes(Array(Self.area[..<length])))).failed == ["form"])
        }
        #expect(try judge(changed(value, "pubArea", .bytes(Self.area + [0]))).failed == ["form"])
        let encoded = value.encoded
        for length in stride(from: 0, to: encoded.count, by: 7) {
            #expect(TPMStatement(Array(encoded[..<length])) == nil)
        }
    }

    @Test("no bit flip is accepted, and noise does not crash")
    func flips() throws {
        let encoded = try statement().encoded
        let verifier = try verifier()
        var generator = SeededGenerator(seed: 11)
        // Few of the bits that are under a signature; all that describe the signatures of the certificates are among them.
        let bits = (0..<600).map { _ in Int.random(in: 0..<encoded.count * 8, using: &generator) }
        let markers = encoded.indices.dropLast().filter { encoded[$0] == 0 && encoded[$0 + 1] == 0x30 }
        for bit in bits + markers.flatMap({ ($0 * 8)..<($0 * 8 + 8) }) {
            var flipped = encoded
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let result = verifier.verify(
                TPMStatement(flipped), challenge: Stage.challenge, key: VerificationKey(Self.privateKey.publicKey),
                revoked: RevocationList(), now: Stage.now)
            #expect(result.keyStore == nil, "bit \(bit % 8) of byte \(bit / 8) of \(encoded.count)")
        }
    }
}

@Suite(
    "WebAuthn's test vectors: TPM, Android key and Apple attestations",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct WebAuthnAttestationVectorTests {
    private func parts(
        _ vector: WebAuthnVector
    ) throws -> (statement: CBORValue, data: AuthenticatorData, bytes: [UInt8], clientData: [UInt8]) {
        let object = try #require(try CBORReader.read(vector.bytes("attestationObject")).map)
        let bytes = try #require(object["authData"]?.bytes)
        return (
            try #require(object["attStmt"]), try #require(AuthenticatorData(bytes)), bytes,
            Digest.sha256(vector.bytes("clientDataJSON"))
        )
    }

    private func root() throws -> [UInt8] {
        try WebAuthnVector.named("trust root").bytes("attestation_ca_cert")
    }

    @Test("TPM: everything holds but the attributes, which the vector leaves out")
    func tpm() throws {
        let (value, data, bytes, clientData) = try parts(.named("TPM"))
        let statement = try #require(TPMStatement(value))
        #expect(statement.certification.magic == 0xff54_4347 && statement.certification.type == 0x8017)
        #expect(statement.publicArea.attributes == .sign && statement.publicArea.key == data.credential.key)
        #expect(statement.algorithm == .es256 && statement.certification.name == statement.publicArea.name)
        let verifier = try TPMVerifier(policy: TPMPolicy(roots: [root()]), simulatorRoots: [])
        let result = verifier.verify(
            statement, challenge: Digest.sha256(bytes + clientData), key: data.credential.key,
            revoked: RevocationList(), now: AttestationStage.now)
        #expect(result.failed == ["fixed_tpm", "origin"])
    }

    @Test("TPM: a byte of certInfo or pubArea that is changed costs the signature or the name, and its own check")
    func changedTPM() throws {
        let (value, data, bytes, clientData) = try parts(.named("TPM"))
        let verifier = try TPMVerifier(policy: TPMPolicy(roots: [root()]), simulatorRoots: [])
        let entries = try #require(value.map).entries
        for (member, broken) in [("certInfo", "signature"), ("pubArea", "name")] {
            let original = try #require(value.map?[member]?.bytes)
            for index in original.indices {
                var changed = original
                changed[index] ^= 1
                let statement = CBORValue.map(
                    CBORMap(entries: entries.map { $0.key == .text(member) ? ($0.key, .bytes(changed)) : $0 }))
                let result = verifier.verify(
                    TPMStatement(statement), challenge: Digest.sha256(bytes + clientData), key: data.credential.key,
                    revoked: RevocationList(), now: AttestationStage.now)
                #expect(result.failed == ["form"] || result.failed.contains(broken), "\(member) \(index)")
            }
        }
        // The data that were certified are those of another registration.
        let other = verifier.verify(
            TPMStatement(value), challenge: Digest.sha256(bytes.dropLast() + [0] + clientData),
            key: data.credential.key, revoked: RevocationList(), now: AttestationStage.now)
        #expect(other.failed == ["challenge", "fixed_tpm", "origin"])
    }

    @Test("Android key and Apple: whichever byte of leaf or authenticator data is changed, a check more fails")
    func changedChains() throws {
        let (value, data, _, clientData) = try parts(.named("Android Key"))
        let chain = try #require(value.map?["x5c"]?.listOfBytes)
        let android = try AndroidKeyVerifier(
            policy: AndroidKeyPolicy(roots: [root()], applications: [], oldestPatch: 0), simulatorRoots: [])
        func judged(_ chain: [[UInt8]]) -> [String] {
            android.verify(
                ["x5c": .strings(chain.map(StandardBase64.encode))], challenge: clientData, key: data.credential.key,
                revoked: RevocationList(), now: AttestationStage.now
            ).failed
        }
        let before = judged(chain)
        for index in chain[0].indices {
            var changed = chain
            changed[0][index] ^= 1
            let failed = judged(changed)
            #expect(failed == ["form"] || Set(failed).subtracting(before) != [], "byte \(index)")
        }
        let vector = try WebAuthnVector.named("Apple")
        let (apple, _, bytes, appleData) = try parts(vector)
        let verifier = try AppAttestVerifier(
            policy: AppAttestPolicy(roots: [root()], applications: ["example.org"]), simulatorRoots: [])
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            let object: CBORValue = ["fmt": .text("apple"), "attStmt": apple, "authData": .bytes(changed)]
            let result = verifier.verify(
                AppAttestObject(object.encoded, format: "apple"),
                keyIdentifier: AuthenticatorData(changed)?.credential.identifier ?? [1], clientDataDigest: appleData,
                revoked: nil, now: AttestationStage.now)
            #expect(result.failed == ["form"] || result.failed.contains("nonce"), "byte \(index)")
        }
    }

    @Test("Android key: the vector's description holds nothing but the challenge")
    func androidKey() throws {
        let (value, data, _, clientData) = try parts(.named("Android Key"))
        let chain = try #require(value.map?["x5c"]?.listOfBytes)
        let verifier = try AndroidKeyVerifier(
            policy: AndroidKeyPolicy(roots: [root()], applications: [], oldestPatch: 0), simulatorRoots: [])
        let result = verifier.verify(
            ["x5c": .strings(chain.map(StandardBase64.encode))], challenge: clientData, key: data.credential.key,
            revoked: RevocationList(), now: AttestationStage.now)
        #expect(
            result.failed == [
                "security_level", "key_properties", "boot", "user_authentication", "application", "patch_level",
            ])
    }

    @Test("Apple: chain, nonce, party and counter hold; the key's name and environment are those of another format")
    func apple() throws {
        let vector = try WebAuthnVector.named("Apple")
        let (_, data, bytes, clientData) = try parts(vector)
        let object = AppAttestObject(vector.bytes("attestationObject"), format: "apple")
        #expect(AppAttestObject(vector.bytes("attestationObject")) == nil)
        #expect(object?.authenticatorDataBytes == bytes && data.counter == 0)
        let verifier = try AppAttestVerifier(
            policy: AppAttestPolicy(roots: [root()], applications: ["example.org"]), simulatorRoots: [])
        let result = verifier.verify(
            object, keyIdentifier: data.credential.identifier, clientDataDigest: clientData, revoked: nil,
            now: AttestationStage.now)
        #expect(result.failed == ["key_id", "environment"])
    }
}
