import Foundation
import OpenIDMessages
import SwiftASN1
import TestVectors
import Testing
import X509

@testable import IdentityCrypto

@Suite(
    "Android key attestations of real devices",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct AndroidKeyVectorTests {
    private static let folder = "android-keyattestation/testdata/"

    /// The chains with an expected parse beside them, by path without ending.
    static var chains: [String] {
        let devices = TestVectors.files(in: folder)
        return devices.flatMap { device in
            TestVectors.files(in: folder + device).filter { $0.hasPrefix("sdk") }.flatMap { system in
                TestVectors.files(in: "\(folder)\(device)/\(system)", suffix: ".pem").map {
                    "\(device)/\(system)/\($0.dropLast(4))"
                }
            }
        }
    }

    private static func certificates(_ path: String) throws -> [[UInt8]] {
        let text = String(decoding: try #require(TestVectors.read("\(folder)\(path).pem")), as: UTF8.self)
        return try #require(StandardBase64.pemBlocks("CERTIFICATE", in: text))
    }

    /// The extension, found without parsing the key: ML-DSA keys are not known here.
    private static func description(_ certificate: [UInt8]) throws -> KeyDescription {
        let certificate = try DER.parse(certificate)
        func values(_ node: ASN1Node) -> [ASN1Node] {
            guard case .constructed(let nodes) = node.content else { return [] }
            let children = Array(nodes)
            if let first = children.first,
                (try? ASN1ObjectIdentifier(derEncoded: first)) == KeyDescription.identifier
            {
                return Array(children.suffix(1))
            }
            return children.flatMap(values)
        }
        return try KeyDescription(ASN1OctetString(derEncoded: try #require(values(certificate).first)).bytes)
    }

    @Test("there are vectors")
    func vectors() { #expect(Self.chains.count == 21) }

    @Test("each expected parse is met, field by field", arguments: chains)
    func parses(path: String) throws {
        let description = try Self.description(Self.certificates(path)[0])
        let text = String(decoding: try #require(TestVectors.read("\(Self.folder)\(path).json")), as: UTF8.self)
        // One file has remarks, in lines of their own.
        let bytes = Array(
            text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n").utf8)
        let expected = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        #expect(
            NSDictionary(dictionary: ExpectedParse.of(description))
                == NSDictionary(dictionary: ExpectedParse.plain(expected)))
    }

    @Test("that a key may be used while the phone is on its owner is read")
    func onBody() throws {
        let text = String(
            decoding: try #require(TestVectors.read("android-keyattestation/testdata/allow_while_on_body.pem")),
            as: UTF8.self)
        let chain = try #require(StandardBase64.pemBlocks("CERTIFICATE", in: text))
        let description = try Self.description(chain[0])
        #expect(description.hardwareEnforced.isAllowedOnBody || description.softwareEnforced.isAllowedOnBody)
    }

    @Test("the published roots: factory chains and remotely provisioned ones lead there, the software's do not")
    func roots() throws {
        let file = try #require(TestVectors.read("android-keyattestation/roots.json"))
        let texts = try #require(try JSONSerialization.jsonObject(with: Data(file)) as? [String])
        let roots = texts.flatMap { StandardBase64.pemBlocks("CERTIFICATE", in: $0) ?? [] }
        #expect(roots.count == 2)
        let verifier = try AndroidKeyVerifier(
            policy: AndroidKeyPolicy(roots: roots, applications: [], oldestPatch: 0), simulatorRoots: [])
        var trusted = 0
        for path in Self.chains {
            let certificates = try Self.certificates(path)
            let description = try Self.description(certificates[0])
            guard let chain = AttestationChain(certificates) else {
                #expect(path.contains("MLDSA") || path == "marlin/sdk29/TEE_RSA_NONE", "\(path)")
                continue
            }
            // Provisioned certificates live for days: the chain is judged at the time of its batch certificate.
            let begins = chain.certificates.dropLast().map(\.notValidBefore.timeIntervalSince1970).max() ?? 0
            let now = Timestamp(seconds: max(Int64(begins) + 3600, 1_650_000_000))
            let result = verifier.verify(
                ["x5c": .strings(certificates.map(StandardBase64.encode))], challenge: description.challenge,
                key: SigningKey.makeES256().publicKey, revoked: RevocationList(), now: now)
            let failed = Set(result.failed)
            if path.hasPrefix("marlin") {
                #expect(failed.isSuperset(of: ["root", "boot", "patch_level"]), "\(path)")
            } else {
                #expect(!failed.contains("root") && !failed.contains("chain"), "\(path) \(failed)")
                trusted += 1
            }
            #expect(failed.isSuperset(of: ["key", "application"]))
            let isRSA = path.contains("RSA")
            #expect(
                failed.contains("key_properties")
                    == (isRSA || path.contains("marlin") || description.hardwareEnforced.digests != [4]))
            #expect(!failed.contains("challenge") && !failed.contains("revocation") && !failed.contains("extension"))
        }
        #expect(trusted == 17)
    }

    @Test("the software's root can be no root of a region")
    func softwareRoot() throws {
        for path in Self.chains where path.hasPrefix("marlin") {
            let root = try #require(try Self.certificates(path).last)
            #expect(throws: UnreadableCertificate.self) {
                try AttestationAnchors(published: [root], simulated: [])
            }
        }
    }

    @Test("the invalid vectors are refused", arguments: ["malformed_rot_device_locked", "tags_not_in_ascending_order"])
    func invalid(name: String) throws {
        #expect(throws: (any Error).self) { try Self.description(Self.certificates("invalid/" + name)[0]) }
    }

    @Test("a P-256 intermediate may sign with SHA-384")
    func mixedDigest() throws {
        let chain = try #require(AttestationChain(try Self.certificates("p256_sha384_intermediate")))
        let anchors = try AttestationAnchors(
            published: [try #require(Self.certificates("p256_sha384_intermediate").last)], simulated: [])
        #expect(chain.isLinked(at: Timestamp(seconds: 1_750_000_000), anchors: anchors))
    }

    @Test("an extension of a real device that is cut off is refused, and one with a flipped byte is read otherwise")
    func damage() throws {
        for path in Self.chains {
            let description = try Self.description(Self.certificates(path)[0])
            let bytes = try description.encoded()
            for length in stride(from: 0, to: bytes.count, by: 3) {
                #expect(throws: (any Error).self) { try KeyDescription(bytes[..<length]) }
            }
            for place in bytes.indices {
                var flipped = bytes
                flipped[place] ^= 1 << UInt8(place % 8)
                #expect((try? KeyDescription(flipped[...])) != description, "\(path): byte \(place)")
            }
        }
    }

    @Test("a real device's certificate with a flipped byte is read by nobody, or is not the authority's any more")
    func damagedLeaf() throws {
        let file = try #require(TestVectors.read("android-keyattestation/roots.json"))
        let texts = try #require(try JSONSerialization.jsonObject(with: Data(file)) as? [String])
        let anchors = try AttestationAnchors(
            published: texts.flatMap { StandardBase64.pemBlocks("CERTIFICATE", in: $0) ?? [] }, simulated: [])
        var judged = 0
        for path in Self.chains {
            let certificates = try Self.certificates(path)
            guard let chain = AttestationChain(certificates) else { continue }
            let begins = chain.certificates.dropLast().map(\.notValidBefore.timeIntervalSince1970).max() ?? 0
            let now = Timestamp(seconds: max(Int64(begins) + 3600, 1_650_000_000))
            guard chain.isLinked(at: now, anchors: anchors) else { continue }
            judged += 1
            // Every place in one of the chains, and a few of each.
            for place in stride(from: judged, to: certificates[0].count, by: 17) {
                var changed = certificates
                changed[0][place] ^= 1 << UInt8(place % 8)
                let isTaken = AttestationChain(changed)?.isLinked(at: now, anchors: anchors) ?? false
                #expect(!isTaken, "\(path): byte \(place)")
            }
        }
        #expect(judged == 17)
    }
}

/// A description in the form of the vectors' JSON: numbers as texts, bytes in base64.
enum ExpectedParse {
    static func of(_ description: KeyDescription) -> [String: Any] {
        [
            "attestationVersion": String(description.attestationVersion),
            "attestationSecurityLevel": name(description.attestationLevel),
            "keyMintVersion": String(description.keyMintVersion),
            "keyMintSecurityLevel": name(description.keyMintLevel),
            "attestationChallenge": base64(description.challenge), "uniqueId": base64(description.uniqueIdentifier),
            "softwareEnforced": of(description.softwareEnforced), "hardwareEnforced": of(description.hardwareEnforced),
        ]
    }

    private static func of(_ list: AuthorizationList) -> [String: Any] {
        var result: [String: Any] = [:]
        let numbers: [(String, Int64?)] = [
            ("algorithms", list.algorithm), ("keySize", list.keySize), ("ecCurve", list.curve),
            ("mlDsaVariant", list.postQuantumVariant), ("rsaPublicExponent", list.publicExponent),
            ("activeDateTime", list.activeFrom), ("originationExpireDateTime", list.originationExpiry),
            ("usageExpireDateTime", list.usageExpiry), ("usageCountLimit", list.usageLimit),
            ("userAuthType", list.userAuthentication), ("authTimeout", list.authenticationTimeout),
            ("creationDateTime", list.createdAt), ("osVersion", list.systemVersion), ("osPatchLevel", list.systemPatch),
            ("vendorPatchLevel", list.vendorPatch), ("bootPatchLevel", list.bootPatch),
        ]
        for (name, value) in numbers { result[name] = value.map(String.init) }
        let lists: [(String, [Int64])] = [
            ("purposes", list.purposes), ("blockModes", list.blockModes), ("digests", list.digests),
            ("paddings", list.paddings), ("rsaOaepMgfDigests", list.maskDigests),
        ]
        for (name, values) in lists where !values.isEmpty { result[name] = values.map(String.init) }
        let flags: [(String, Bool)] = [
            ("noAuthRequired", list.needsNoAuthentication), ("allowWhileOnBody", list.isAllowedOnBody),
            ("trustedUserPresenceRequired", list.needsUserPresence),
            ("trustedConfirmationRequired", list.needsConfirmation),
            ("unlockedDeviceRequired", list.needsUnlockedDevice), ("rollbackResistant", list.resistsRollback),
        ]
        for (name, value) in flags where value { result[name] = true }
        let names: [UInt: String] = [
            710: "Brand", 711: "Device", 712: "Product", 713: "Serial", 714: "Imei", 715: "Meid", 716: "Manufacturer",
            717: "Model", 723: "SecondImei",
        ]
        for (tag, value) in list.identifiers {
            result["attestationId" + (names[tag] ?? "?")] = String(decoding: value, as: UTF8.self)
        }
        result["moduleHash"] = list.moduleHash.map(base64)
        result["origin"] = list.origin == .generated ? "GENERATED" : list.origin.map { "\($0)" }
        result["rootOfTrust"] = list.rootOfTrust.map(of)
        result["attestationApplicationId"] = list.application.map(of)
        return result
    }

    private static func of(_ root: RootOfTrust) -> [String: Any] {
        let states = ["VERIFIED", "SELF_SIGNED", "UNVERIFIED", "FAILED"]
        var result: [String: Any] = [
            "verifiedBootKey": base64(root.bootKey), "deviceLocked": root.isLocked,
            "verifiedBootState": states[Int(root.state.rawValue)],
        ]
        result["verifiedBootHash"] = root.bootHash.map(base64)
        return result
    }

    private static func of(_ application: AttestedApplication) -> [String: Any] {
        [
            "packages": application.packages.map {
                ["name": String(decoding: $0.name, as: UTF8.self), "version": String($0.version)]
            },
            "signatures": application.signatures.map(base64),
        ]
    }

    /// Without `areTagsOrdered`: lists that are out of order are refused here.
    static func plain(_ expected: [String: Any]) -> [String: Any] {
        expected.filter { $0.key != "areTagsOrdered" }.mapValues { ($0 as? [String: Any]).map(plain) ?? $0 }
    }

    private static func name(_ level: KeyDescription.SecurityLevel) -> String {
        ["SOFTWARE", "TRUSTED_ENVIRONMENT", "STRONG_BOX"][Int(level.rawValue)]
    }

    private static func base64(_ bytes: [UInt8]) -> String { StandardBase64.encode(bytes) }
}
