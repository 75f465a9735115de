import Crypto
import Foundation
import IdentityCrypto
import OpenIDMessages
import SwiftASN1
import X509

/// A simulator's certificate authority with one attester below it.
public struct TestSimulator: Sendable {
    public let root: [UInt8]
    public let attester: SimulatorAttester
    /// The root signs by itself, where it must not.
    public let rootAsAttester: SimulatorAttester
    /// The root plays the hardware of makers.
    public let maker: SimulatedMaker

    public init(_ name: String = "Test simulator") throws {
        let rootKey = P256.Signing.PrivateKey()
        let leafKey = P256.Signing.PrivateKey()
        let rootName = try DistinguishedName { CommonName("\(name) root") }
        let leafName = try DistinguishedName { CommonName("\(name) attester") }
        root = try Self.certificate(
            of: rootKey.publicKey, named: rootName, by: rootKey, issuer: rootName, isAuthority: true)
        let leaf = try Self.certificate(
            of: leafKey.publicKey, named: leafName, by: rootKey, issuer: rootName, isAuthority: false)
        attester = SimulatorAttester(key: try Self.signing(leafKey), chain: [leaf])
        rootAsAttester = SimulatorAttester(key: try Self.signing(rootKey), chain: [root])
        maker = try SimulatedMaker(key: Self.signing(rootKey), certificate: root)
    }

    /// The serial numbers of the chain of Android evidence, as revocation lists write them.
    public static func serials(of evidence: DeviceEvidence) throws -> [String] {
        try (evidence.evidence["x5c"]?.strings ?? []).map { text in
            let serial = try Certificate(derEncoded: StandardBase64.decode(text) ?? []).serialNumber
            let digits = serial.bytes.map { String(format: "%02x", $0) }.joined()
            return String(digits.drop { $0 == "0" })
        }
    }

    private static func signing(_ key: P256.Signing.PrivateKey) throws -> SigningKey {
        try SigningKey(.es256, derRepresentation: Array(key.derRepresentation))
    }

    private static func certificate(
        of key: P256.Signing.PublicKey, named subject: DistinguishedName, by issuerKey: P256.Signing.PrivateKey,
        issuer: DistinguishedName, isAuthority: Bool
    ) throws -> [UInt8] {
        // Chains are judged by the real time, not by the provider's clock.
        let now = Date()
        let extensions = try Certificate.Extensions {
            if isAuthority {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
            } else {
                Critical(BasicConstraints.notCertificateAuthority)
            }
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key),
            notValidBefore: now.addingTimeInterval(-3600), notValidAfter: now.addingTimeInterval(86_400),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: Certificate.PrivateKey(issuerKey))
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }
}
