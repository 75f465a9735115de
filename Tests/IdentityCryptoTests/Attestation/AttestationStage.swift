import Crypto
import Foundation
import OpenIDMessages
import SwiftASN1
import X509

@testable import IdentityCrypto

/// A maker, a key and the policies that accept them; each test spoils one thing.
enum AttestationStage {
    static let now = Timestamp(seconds: 1_780_000_000)
    static let challenge = Digest.sha256([1, 2, 3])
    static let key = SigningKey.makeES256().publicKey
    static let package = "example.citizen"
    static let signature = Digest.sha256(Array("release certificate".utf8))
    static let application = "A1B2C3D4E5.example.citizen"
    static let maker = makeMaker("Maker")
    static let stranger = makeMaker("Stranger")

    static func makeMaker(_ name: String, isAuthority: Bool = true, from: Int64 = -86_400) -> SimulatedMaker {
        let key = P256.Signing.PrivateKey()
        let subject = try! DistinguishedName { CommonName(name) }
        return try! SimulatedMaker(
            key: SigningKey(key),
            certificate: certificate(
                of: key.publicKey, named: subject, by: key, issuer: subject, isAuthority: isAuthority, from: from))
    }

    static func certificate(
        of key: P256.Signing.PublicKey, named subject: DistinguishedName, by issuerKey: P256.Signing.PrivateKey,
        issuer: DistinguishedName, isAuthority: Bool = true, from: Int64 = -86_400, to: Int64 = 86_400 * 365,
        extensions: [Certificate.Extension] = []
    ) throws -> [UInt8] {
        let date = { (offset: Int64) in Date(timeIntervalSince1970: TimeInterval(now.seconds + offset)) }
        let constraints: BasicConstraints =
            isAuthority ? .isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key),
            notValidBefore: date(from), notValidAfter: date(to), issuer: issuer, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions([Certificate.Extension(constraints, critical: true)] + extensions),
            issuerPrivateKey: .init(issuerKey))
        return try certificate.derBytes
    }

    /// An authority below `maker`, with its chain up to and with the root.
    static func below(
        _ maker: SimulatedMaker, isAuthority: Bool = true, to: Int64 = 86_400, extensions: [Certificate.Extension] = []
    ) throws -> SimulatedMaker {
        let key = P256.Signing.PrivateKey()
        return try SimulatedMaker(
            key: SigningKey(key),
            certificate: certificate(
                of: key.publicKey, named: DistinguishedName { CommonName("Batch") }, by: maker.key,
                issuer: maker.certificate.subject, isAuthority: isAuthority, to: to, extensions: extensions))
    }
}

extension Certificate {
    var derBytes: [UInt8] {
        get throws { Array(try serializeAsPEM().derBytes) }
    }
}

extension AttestationResult {
    /// The checks that failed.
    var failed: [String] { verdicts.filter { !$0.passed }.map(\.check) }
}
