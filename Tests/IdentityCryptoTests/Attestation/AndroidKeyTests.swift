import Crypto
import Foundation
import OpenIDMessages
import SwiftASN1
import Testing
import X509

@testable import IdentityCrypto

@Suite("H4 and protocol §7.2: Android key attestations, check by check")
struct AndroidKeyTests {
    private typealias Stage = AttestationStage

    static let checks = [
        "form", "chain", "root", "revocation", "extension", "challenge", "security_level", "key_properties", "boot",
        "user_authentication", "application", "patch_level", "key",
    ]
    static let grapheneBootKey = [UInt8](repeating: 7, count: 32)

    private func verifier(_ roots: [[UInt8]]? = nil, simulated: [[UInt8]] = []) throws -> AndroidKeyVerifier {
        try AndroidKeyVerifier(
            policy: AndroidKeyPolicy(
                roots: roots ?? [Stage.maker.certificateBytes],
                applications: [
                    .init(package: Stage.package, signatures: [Stage.signature]),
                    .init(package: "example.other", signatures: [Digest.sha256([9])]),
                ], oldestPatch: 202_601, bootKeys: [Self.grapheneBootKey]), simulatorRoots: simulated)
    }

    private static func sample(_ keyStore: HardwareKeyStore = .tee) -> KeyDescription {
        .sample(
            challenge: Stage.challenge, keyStore: keyStore, package: Stage.package, signature: Stage.signature,
            patch: 202_601)
    }

    private func judge(
        _ evidence: JSONObject, _ verifier: AndroidKeyVerifier, revoked: RevocationList? = RevocationList(),
        now: Timestamp = AttestationStage.now
    ) -> AttestationResult {
        let result = verifier.verify(
            evidence, challenge: Stage.challenge, key: Stage.key, revoked: revoked, now: now)
        let names = result.verdicts.map(\.check)
        #expect(names == Array(Self.checks.prefix(names.count)))
        #expect((result.keyStore == nil) == !result.failed.isEmpty)
        return result
    }

    /// The checks that fail after the description was changed.
    private func failed(_ change: (inout KeyDescription) -> Void) throws -> [String] {
        var description = Self.sample()
        change(&description)
        return judge(
            try Stage.maker.androidKey(description, key: Stage.key, now: Stage.now).evidence, try verifier()
        ).failed
    }

    private func evidence(by maker: SimulatedMaker, above: [[UInt8]] = []) throws -> JSONObject {
        let evidence = try maker.androidKey(Self.sample(), key: Stage.key, now: Stage.now).evidence
        return ["x5c": .strings((evidence["x5c"]?.strings ?? []) + above.map(StandardBase64.encode))]
    }

    @Test("good evidence passes every check and says where the key is")
    func accepted() throws {
        for keyStore in [HardwareKeyStore.tee, .strongbox] {
            let evidence = try Stage.maker.androidKey(Self.sample(keyStore), key: Stage.key, now: Stage.now).evidence
            let result = judge(evidence, try verifier())
            #expect(result.verdicts.map(\.check) == Self.checks)
            #expect(result.keyStore == keyStore && !result.isSimulated && result.serials.count == 2)
        }
    }

    @Test("each field of the description that is wrong gives the verdict of its check, and no other")
    func fields() throws {
        let cases: [(String, (inout KeyDescription) -> Void)] = [
            ("challenge", { $0.challenge = Digest.sha256([4]) }), ("challenge", { $0.challenge = [] }),
            ("challenge", { $0.challenge.removeLast() }),
            (
                "security_level",
                {
                    $0.attestationLevel = .software; $0.keyMintLevel = .software
                }
            ),
            ("security_level", { $0.attestationLevel = .software }),
            ("security_level", { $0.keyMintLevel = .software }),
            ("security_level", { $0.keyMintLevel = .strongBox }),
            ("security_level", { $0.attestationLevel = .strongBox }),
            ("key_properties", { $0.hardwareEnforced.origin = .imported }),
            ("key_properties", { $0.hardwareEnforced.origin = .derived }),
            ("key_properties", { $0.hardwareEnforced.origin = .securelyImported }),
            (
                "key_properties",
                {
                    $0.hardwareEnforced.origin = nil; $0.softwareEnforced.origin = .generated
                }
            ),
            ("key_properties", { $0.hardwareEnforced.purposes = [] }),
            ("key_properties", { $0.hardwareEnforced.purposes = [3] }),
            ("key_properties", { $0.hardwareEnforced.purposes = [2, 7] }),
            ("key_properties", { $0.hardwareEnforced.purposes = [1, 2] }),
            (
                "key_properties",
                {
                    $0.hardwareEnforced.purposes = []; $0.softwareEnforced.purposes = [2]
                }
            ),
            ("key_properties", { $0.hardwareEnforced.algorithm = 1 }),
            ("key_properties", { $0.hardwareEnforced.algorithm = nil }),
            ("key_properties", { $0.hardwareEnforced.curve = 0 }),
            ("key_properties", { $0.hardwareEnforced.curve = 4 }),
            ("key_properties", { $0.hardwareEnforced.keySize = 384 }),
            ("key_properties", { $0.hardwareEnforced.digests = [0] }),
            ("key_properties", { $0.hardwareEnforced.digests = [0, 4] }),
            ("key_properties", { $0.hardwareEnforced.digests = [] }),
            ("key_properties", { $0.hardwareEnforced.isForAllApplications = true }),
            ("key_properties", { $0.softwareEnforced.isForAllApplications = true }),
            ("boot", { $0.hardwareEnforced.rootOfTrust = nil }),
            ("boot", { swap(&$0.hardwareEnforced.rootOfTrust, &$0.softwareEnforced.rootOfTrust) }),
            ("boot", { $0.softwareEnforced.rootOfTrust = $0.hardwareEnforced.rootOfTrust }),
            ("boot", { $0.hardwareEnforced.rootOfTrust?.isLocked = false }),
            ("boot", { $0.hardwareEnforced.rootOfTrust?.state = .unverified }),
            ("boot", { $0.hardwareEnforced.rootOfTrust?.state = .failed }),
            ("boot", { $0.hardwareEnforced.rootOfTrust?.state = .selfSigned }),
            ("user_authentication", { $0.hardwareEnforced.needsNoAuthentication = true }),
            ("user_authentication", { $0.softwareEnforced.needsNoAuthentication = true }),
            ("user_authentication", { $0.hardwareEnforced.userAuthentication = nil }),
            ("user_authentication", { $0.hardwareEnforced.userAuthentication = 0 }),
            ("user_authentication", { $0.hardwareEnforced.authenticationTimeout = 300 }),
            ("application", { $0.softwareEnforced.application = nil }),
            ("application", { $0.softwareEnforced.application?.packages[0].name = Array("example.evil".utf8) }),
            ("application", { $0.softwareEnforced.application?.packages = [] }),
            (
                "application",
                {
                    $0.softwareEnforced.application?.packages.append(
                        .init(name: Array("example.evil".utf8), version: 1))
                }
            ),
            ("application", { $0.softwareEnforced.application?.signatures = [Digest.sha256([8])] }),
            ("application", { $0.softwareEnforced.application?.signatures.append(Digest.sha256([8])) }),
            ("application", { $0.softwareEnforced.application?.signatures = [] }),
            // Another accepted app's certificate does not sign this one.
            ("application", { $0.softwareEnforced.application?.signatures = [Digest.sha256([9])] }),
            ("patch_level", { $0.hardwareEnforced.systemPatch = 202_512 }),
            ("patch_level", { $0.hardwareEnforced.systemPatch = nil }),
            (
                "patch_level",
                {
                    $0.hardwareEnforced.systemPatch = nil; $0.softwareEnforced.systemPatch = 209_901
                }
            ),
        ]
        for (check, change) in cases { #expect(try failed(change) == [check]) }
        #expect(try failed { _ in } == [])
    }

    @Test("what is not asked for may be otherwise")
    func otherFields() throws {
        #expect(try failed { $0.hardwareEnforced.purposes = [2, 3] } == [])
        #expect(try failed { $0.hardwareEnforced.systemPatch = 203_001 } == [])
        #expect(try failed { $0.hardwareEnforced.authenticationTimeout = 0 } == [])
        #expect(
            try failed {
                $0.hardwareEnforced.rootOfTrust?.state = .selfSigned
                $0.hardwareEnforced.rootOfTrust?.bootKey = Self.grapheneBootKey
            } == [])
    }

    @Test("the registered key must be the attested one")
    func otherKey() throws {
        let evidence = try Stage.maker.androidKey(
            Self.sample(), key: SigningKey.makeES256().publicKey, now: Stage.now
        ).evidence
        #expect(judge(evidence, try verifier()).failed == ["key"])
    }

    @Test("H3: a chain to a root of somebody else, to none, or of the root alone is refused")
    func roots() throws {
        #expect(judge(try evidence(by: Stage.stranger), try verifier()).failed == ["root"])
        #expect(judge(try evidence(by: Stage.maker), try verifier([])).failed == ["root"])
        // The root's name is no root: only its key is.
        let namesake = Stage.makeMaker("Maker")
        #expect(judge(try evidence(by: namesake), try verifier()).failed == ["root"])
        let alone: JSONObject = ["x5c": .strings([StandardBase64.encode(Stage.maker.certificateBytes)])]
        #expect(judge(alone, try verifier()).failed.contains("root"))
        // An expired root leads nowhere.
        let late = Timestamp(seconds: Stage.now.seconds + 86_400 * 400)
        #expect(judge(try evidence(by: Stage.maker), try verifier(), now: late).failed == ["chain", "root"])
    }

    @Test("a batch certificate between leaf and root is followed; its signer, its role and its dates count")
    func intermediates() throws {
        let root = Stage.maker.certificateBytes
        #expect(judge(try evidence(by: Stage.below(Stage.maker), above: [root]), try verifier()).failed == [])
        #expect(judge(try evidence(by: Stage.below(Stage.maker)), try verifier()).failed == [])
        #expect(
            judge(try evidence(by: Stage.below(Stage.stranger), above: [root]), try verifier()).failed == ["chain"])
        #expect(
            judge(try evidence(by: Stage.below(Stage.maker, isAuthority: false), above: [root]), try verifier()).failed
                == [],
            "batch certificates of real phones say that they are no authority")
        #expect(
            judge(try evidence(by: Stage.below(Stage.maker, to: -60), above: [root]), try verifier()).failed == [
                "chain"
            ])
        let late = Timestamp(seconds: Stage.now.seconds + 86_401)
        #expect(judge(try evidence(by: Stage.maker), try verifier(), now: late).failed == ["chain"])
        // Something after the root is part of no chain.
        #expect(
            judge(try evidence(by: Stage.maker, above: [Stage.stranger.certificateBytes]), try verifier()).failed
                == ["chain", "root"])
    }

    @Test("an attested key that signs certificates of its own extends the chain: refused")
    func extendedChain() throws {
        let attestation = Certificate.Extension(
            oid: KeyDescription.identifier, critical: false, value: try Self.sample().encoded()[...])
        let attested = try Stage.below(Stage.maker, extensions: [attestation])
        let result = judge(
            try evidence(by: attested, above: [Stage.maker.certificateBytes]), try verifier())
        #expect(result.failed == ["extension"])
        // Without the extension in the leaf there is nothing to judge.
        let plain = try Stage.below(Stage.maker)
        let chain = [plain.certificateBytes, Stage.maker.certificateBytes].map(StandardBase64.encode)
        #expect(judge(["x5c": .strings(chain)], try verifier()).failed == ["extension"])
    }

    @Test("H3: a revoked serial anywhere in the chain, and no list at all, are refused")
    func revocation() throws {
        let evidence = try evidence(by: Stage.below(Stage.maker), above: [Stage.maker.certificateBytes])
        let verifier = try verifier()
        let serials = judge(evidence, verifier).serials
        #expect(serials.count == 3)
        for serial in serials {
            #expect(judge(evidence, verifier, revoked: RevocationList(serials: [serial])).failed == ["revocation"])
        }
        #expect(judge(evidence, verifier, revoked: RevocationList(serials: ["1"])).failed == [])
        #expect(judge(evidence, verifier, revoked: nil).failed == ["revocation"])
    }

    @Test("a simulator's root makes evidence that is simulated, also where it is listed twice")
    func simulated() throws {
        let root = Stage.maker.certificateBytes
        for verifier in [try verifier([], simulated: [root]), try verifier([root], simulated: [root])] {
            let result = judge(try evidence(by: Stage.maker), verifier)
            #expect(result.failed == [] && result.isSimulated && result.keyStore == .tee)
        }
    }

    @Test("malformed evidence is refused")
    func forms() throws {
        let good = try evidence(by: Stage.maker)["x5c"]?.strings ?? []
        let cases: [JSONObject] = [
            [:], ["x5c": .strings([])], ["x5c": "text"], ["x5c": .strings(["!"])], ["x5c": .strings(good + ["AAAA"])],
            ["x5c": .strings(good), "more": true], ["x5c": .strings([String](repeating: good[0], count: 7))],
        ]
        for evidence in cases { #expect(judge(evidence, try verifier()).failed == ["form"]) }
    }

    @Test("the extension: every truncation is refused, no bit flip reads the same, noise does not crash")
    func extensionBytes() throws {
        let sample = Self.sample()
        let bytes = try sample.encoded()
        #expect(try KeyDescription(bytes[...]) == sample)
        for length in bytes.indices { #expect(throws: (any Error).self) { try KeyDescription(bytes[..<length]) } }
        #expect(throws: (any Error).self) { try KeyDescription((bytes + [0])[...]) }
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            if let read = try? KeyDescription(flipped[...]) {
                // A tag that is not read here may have become another one.
                #expect(read != sample || (try? read.encoded()) == bytes)
            }
        }
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<5_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                changed[Int.random(in: changed.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? KeyDescription(changed[...])
        }
    }

    @Test("what no check judges refuses no phone, whatever it is; what one judges is read strictly")
    func unjudged() throws {
        let list = { (text: String) in try AuthorizationList(DER.parse(hex(text))) }
        // `activeDateTime` [400] beyond any date, `blockMode` [4] as an integer, `moduleHash` [724] as NULL.
        #expect(try list("300f bf83100b 0209 010000000000000000").activeFrom == nil)
        #expect(try list("3005 a403 020101").blockModes == [])
        #expect(try list("3006 bf855402 0500").moduleHash == nil)
        #expect(try list("3008 bf831004 02020708").activeFrom == 0x708)
        // `keySize` [3], `purpose` [1], `noAuthRequired` [503], `origin` [702].
        for text in [
            "300d a30b 0209 010000000000000000", "3005 a103 020101", "3007 bf837703 0101ff", "3007 bf853e03 02017f",
        ] {
            #expect(throws: (any Error).self, "\(text)") { try list(text) }
        }
    }

    @Test("every bit of the leaf is under a signature or part of one")
    func leafFlips() throws {
        let chain = try evidence(by: Stage.maker)["x5c"]?.strings ?? []
        let leaf = try #require(StandardBase64.decode(chain[0]))
        let verifier = try verifier()
        var generator = SeededGenerator(seed: 3)
        // Some bits within the signed part; behind it, where the signature and what describes it are, every one.
        let unsigned = (leaf.count - 100) * 8..<leaf.count * 8
        let bits = (0..<200).map { _ in Int.random(in: 0..<unsigned.lowerBound, using: &generator) } + Array(unsigned)
        for bit in bits {
            var flipped = leaf
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let evidence: JSONObject = ["x5c": .strings([StandardBase64.encode(flipped), chain[1]])]
            #expect(judge(evidence, verifier).keyStore == nil, "bit \(bit % 8) of byte \(bit / 8) of \(leaf.count)")
        }
    }
}
