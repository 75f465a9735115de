import Crypto
import Foundation
public import NIOSSL
import SwiftASN1
public import X509

/// A certificate authority of the tests and the certificates it gives.
public struct TestAuthority: Sendable {
    public static let shared = try! TestAuthority()

    private let key = P256.Signing.PrivateKey()
    private let name: DistinguishedName
    /// The authority's own certificate in PEM.
    public let pem: [UInt8]

    public init() throws {
        name = try DistinguishedName { CommonName("Test authority") }
        let root = try Self.certificate(
            of: key, named: name, by: key, issuer: name,
            extensions: Certificate.Extensions { Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil)) }
        )
        pem = Array(try root.serializeAsPEM().pemString.utf8)
    }

    /// The TLS settings of a server with a certificate for these names and addresses, good for a day from an hour ago.
    ///
    /// - Parameters:
    ///   - purpose: an extension that says what the certificate is for.
    ///   - withholdsIntermediate: the certificate is given by an authority below this one, whose own certificate the server
    ///     does not send.
    public func server(
        for names: [String] = ["portal.example"], addresses: [[UInt8]] = [], selfSigned: Bool = false,
        expired: Bool = false, notYetValid: Bool = false, purpose: Certificate.Extension? = nil,
        withholdsIntermediate: Bool = false
    ) throws -> TLSConfiguration {
        let leafKey = P256.Signing.PrivateKey()
        let (key, name) =
            try withholdsIntermediate
            ? (P256.Signing.PrivateKey(), DistinguishedName { CommonName("Test authority below") }) : (key, name)
        let subject = try DistinguishedName { CommonName("Test server") }
        let others =
            names.map { GeneralName.dnsName($0) } + addresses.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
        let leaf = try Self.certificate(
            of: leafKey, named: subject, by: selfSigned ? leafKey : key, issuer: selfSigned ? subject : name,
            begins: notYetValid ? 3600 : -3600, ends: expired ? -60 : 86_400,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                SubjectAlternativeNames(others)
                if let purpose { purpose }
            })
        return .makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(try leaf.serializeAsPEM().pemString.utf8)).map {
                .certificate($0)
            }, privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(leafKey.pemRepresentation.utf8), format: .pem))
        )
    }

    private static func certificate(
        of key: P256.Signing.PrivateKey, named subject: DistinguishedName, by issuerKey: P256.Signing.PrivateKey,
        issuer: DistinguishedName, begins: TimeInterval = -3600, ends: TimeInterval = 86_400,
        extensions: Certificate.Extensions
    ) throws -> Certificate {
        let now = Date()
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: now.addingTimeInterval(begins), notValidAfter: now.addingTimeInterval(ends),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: Certificate.PrivateKey(issuerKey))
    }
}
