import Crypto
import Foundation
import OpenIDMessages
import SwiftASN1
import Testing
import X509

@testable import IdentityCrypto

/// Certificates of an attester and of those above it, made for one test.
struct TestCertificates {
    static let rootKey = P256.Signing.PrivateKey()
    static let middleKey = P256.Signing.PrivateKey()
    static let attesterKey = P256.Signing.PrivateKey()

    static func make(
        _ subject: String, key: P256.Signing.PrivateKey, issuer: String, issuerKey: P256.Signing.PrivateKey,
        isAuthority: Bool, from: TimeInterval = -3600, to: TimeInterval = 3600
    ) throws -> [UInt8] {
        let extensions = try Certificate.Extensions {
            Critical(
                isAuthority ? BasicConstraints.isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority)
            Critical(isAuthority ? KeyUsage(keyCertSign: true) : KeyUsage(digitalSignature: true))
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
            notValidBefore: Date(timeIntervalSinceNow: from), notValidAfter: Date(timeIntervalSinceNow: to),
            issuer: DistinguishedName { CommonName(issuer) }, subject: DistinguishedName { CommonName(subject) },
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: .init(issuerKey))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    static func root(_ key: P256.Signing.PrivateKey = rootKey, from: TimeInterval = -3600, to: TimeInterval = 3600)
        throws
        -> [UInt8]
    {
        try make("root", key: key, issuer: "root", issuerKey: key, isAuthority: true, from: from, to: to)
    }
    static func middle(isAuthority: Bool = true) throws -> [UInt8] {
        try make("middle", key: middleKey, issuer: "root", issuerKey: rootKey, isAuthority: isAuthority)
    }
    static func leaf(from: TimeInterval = -3600, to: TimeInterval = 3600) throws -> [UInt8] {
        try make(
            "attester", key: attesterKey, issuer: "root", issuerKey: rootKey, isAuthority: false, from: from, to: to)
    }
    static func lowLeaf() throws -> [UInt8] {
        try make("attester", key: attesterKey, issuer: "middle", issuerKey: middleKey, isAuthority: false)
    }
}

@Suite("H3 and protocol §7, simulator evidence is refused unless every check passes")
struct SimulatorEvidenceTests {
    static let keys = DeviceKeys(
        authentication: SigningKey.makeES256().publicKey, installation: SigningKey.makeES256().publicKey,
        pin: SigningKey.makeES256().publicKey)
    static let offer = ContentDigest(of: "offer")
    static let attestation = SimulatorAttestation(
        offerDigest: offer, authenticationKey: keys.authentication.thumbprint,
        installationKey: keys.installation.thumbprint, pinKey: keys.pin.thumbprint, keyStore: .strongbox)

    /// The check at which the evidence fails; nil when it is accepted.
    private func failure(
        chain: [[UInt8]], roots: [[UInt8]]? = nil, key: P256.Signing.PrivateKey = TestCertificates.attesterKey,
        attestation: SimulatorAttestation = attestation, change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> String? {
        var evidence = try SimulatorAttester(key: SigningKey(key), chain: chain).evidence(for: attestation).evidence
        change(&evidence)
        let verifier = try SimulatorEvidenceVerifier(roots: roots ?? [TestCertificates.root()])
        let result = await verifier.verify(evidence, offerDigest: Self.offer, keys: Self.keys)
        #expect((result.keyStore == nil) == result.verdicts.contains { !$0.passed })
        #expect(result.keyStore == nil || result.keyStore == attestation.keyStore)
        return result.verdicts.first { !$0.passed }?.check
    }

    @Test("a defect that is played is named, each under its own check, and no other check fails")
    func defects() async throws {
        for (defect, check) in [(.revoked, "revocation"), (.unlocked, "boot"), (.outdated, "patch_level")]
            as [(SimulatorAttestation.Defect, String)]
        {
            var attestation = Self.attestation
            attestation.defects = [defect]
            let evidence = try SimulatorAttester(
                key: SigningKey(TestCertificates.attesterKey), chain: [TestCertificates.leaf()]
            ).evidence(for: attestation).evidence
            let verifier = try SimulatorEvidenceVerifier(roots: [TestCertificates.root()])
            let result = await verifier.verify(evidence, offerDigest: Self.offer, keys: Self.keys)
            #expect(result.keyStore == nil)
            #expect(result.verdicts.filter { !$0.passed }.map(\.check) == [check])
            #expect(result.verdicts.count == 8, "the other checks are listed too")
        }
    }

    @Test("defects that nobody knows, none or one twice are no statement")
    func malformedDefects() throws {
        #expect(Self.attestation.json["defects"] == nil)
        var good = Self.attestation
        good.defects = SimulatorAttestation.Defect.allCases
        #expect(try SimulatorAttestation(json: good.json) == good)
        for defects in [[], ["rooted"], ["unlocked", "unlocked"], [1], ["unlocked", 1]] as [JSONValue] {
            var json = Self.attestation.json
            json["defects"] = defects
            #expect(throws: MessageError.self) { try SimulatorAttestation(json: json) }
        }
    }

    @Test("a good chain is accepted, with and without an intermediate")
    func accepted() async throws {
        #expect(try await failure(chain: [TestCertificates.leaf()]) == nil)
        #expect(try await failure(chain: [TestCertificates.lowLeaf(), TestCertificates.middle()]) == nil)
        let roots = try [TestCertificates.root(P256.Signing.PrivateKey()), TestCertificates.root()]
        #expect(try await failure(chain: [TestCertificates.leaf()], roots: roots) == nil)
    }

    /// A certificate too many changes nothing about the path from the leaf to the root.
    @Test("a certificate that belongs to no path is passed over")
    func junk() async throws {
        let stranger = P256.Signing.PrivateKey()
        #expect(try await failure(chain: [TestCertificates.leaf(), TestCertificates.root(stranger)]) == nil)
    }

    @Test("a chain that does not lead to a root of the region is refused")
    func chains() async throws {
        let stranger = P256.Signing.PrivateKey()
        let leaf = try TestCertificates.leaf()
        #expect(try await failure(chain: [leaf], roots: []) == "chain")
        #expect(try await failure(chain: [leaf], roots: [TestCertificates.root(stranger)]) == "chain")
        // The stranger's root in the chain is no root.
        let foreign = try TestCertificates.make(
            "attester", key: TestCertificates.attesterKey, issuer: "root", issuerKey: stranger, isAuthority: false)
        #expect(try await failure(chain: [foreign, TestCertificates.root(stranger)]) == "chain")
        #expect(try await failure(chain: [TestCertificates.lowLeaf()]) == "chain")
        #expect(
            try await failure(chain: [TestCertificates.lowLeaf(), TestCertificates.middle(isAuthority: false)])
                == "chain")
    }

    @Test("times count: of the attester and of the root")
    func times() async throws {
        #expect(try await failure(chain: [TestCertificates.leaf(from: -7200, to: -3600)]) == "chain")
        #expect(try await failure(chain: [TestCertificates.leaf(from: 3600, to: 7200)]) == "chain")
        let old = try TestCertificates.root(from: -7200, to: -3600)
        #expect(try await failure(chain: [TestCertificates.leaf()], roots: [old]) == "chain")
    }

    @Test("a root is no attester")
    func rootAsLeaf() async throws {
        let root = try TestCertificates.root()
        #expect(try await failure(chain: [root], roots: [root], key: TestCertificates.rootKey) == "chain")
    }

    @Test("the attester's own key must have signed, not one above it")
    func signers() async throws {
        for key in [P256.Signing.PrivateKey(), TestCertificates.rootKey] {
            #expect(try await failure(chain: [TestCertificates.leaf()], key: key) == "signature")
        }
    }

    @Test("§7: all other checks are listed, whichever failed")
    func everyCheck() async throws {
        var attestation = Self.attestation
        (attestation.offerDigest, attestation.defects) = (ContentDigest(of: "other"), [.unlocked])
        attestation.pinKey = TestKeys.es256.thumbprint
        let evidence = try SimulatorAttester(
            key: SigningKey(P256.Signing.PrivateKey()), chain: [TestCertificates.leaf()]
        ).evidence(for: attestation).evidence
        let verifier = try SimulatorEvidenceVerifier(roots: [])
        let result = await verifier.verify(evidence, offerDigest: Self.offer, keys: Self.keys)
        #expect(result.keyStore == nil)
        #expect(
            result.verdicts.map(\.check) == [
                "form", "chain", "signature", "challenge", "keys", "revocation", "boot", "patch_level",
            ])
        #expect(result.verdicts.filter(\.passed).map(\.check) == ["form", "revocation", "patch_level"])
    }

    @Test("an attestation for another offer or for other keys is refused")
    func contents() async throws {
        let chain = [try TestCertificates.leaf()]
        var other = Self.attestation
        other.offerDigest = ContentDigest(of: "other")
        #expect(try await failure(chain: chain, attestation: other) == "challenge")
        for path in [\.authenticationKey, \.installationKey, \.pinKey]
            as [WritableKeyPath<SimulatorAttestation, KeyThumbprint>]
        {
            var other = Self.attestation
            other[keyPath: path] = TestKeys.es256.thumbprint
            #expect(try await failure(chain: chain, attestation: other) == "keys")
        }
        var swapped = Self.attestation
        swap(&swapped.installationKey, &swapped.pinKey)
        #expect(try await failure(chain: chain, attestation: swapped) == "keys")
    }

    @Test("malformed evidence is refused")
    func forms() async throws {
        let leaf = try TestCertificates.leaf()
        #expect(try await failure(chain: []) == "form")
        #expect(try await failure(chain: [leaf, leaf, leaf, leaf, leaf]) == "form")
        #expect(try await failure(chain: [[]]) == "form")
        #expect(try await failure(chain: [leaf + [0]]) == "form")
        #expect(try await failure(chain: [leaf]) { $0["attestation"] = nil } == "form")
        #expect(try await failure(chain: [leaf]) { $0["attestation"] = "a.b.c" } == "form")
        #expect(try await failure(chain: [leaf]) { $0["more"] = true } == "form")
        #expect(throws: UnreadableCertificate.self) {
            try SimulatorEvidenceVerifier(roots: [[0x30, 0]])
        }
    }
}
