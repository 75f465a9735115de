import Crypto
import Foundation
import OpenIDMessages
import SwiftASN1
import X509

@testable import IdentityCrypto

extension FuzzTarget {
    /// Inputs that the target takes: what the simulator makes, and the vectors of the protocol.
    func seeds() throws -> [[UInt8]] {
        switch self {
        case .cbor: try [Self.tpm.seeds(), Self.appAttest.seeds(), Self.coseKey.seeds()].flatMap(\.self)
        case .coseKey: [COSEKey.encoded(P256.Signing.PrivateKey().publicKey).encoded]
        case .authenticatorData:
            try Self.appAttest.seeds().compactMap { AppAttestObject($0)?.authenticatorDataBytes }
        case .appAttest: [try Self.played(.appAttest(application: "TEAM.example"), "attestation")]
        case .tpm: [try Self.played(.tpm, "att_stmt")]
        case .keyDescription:
            try [HardwareKeyStore.strongbox, .tee].map { store in
                try KeyDescription.sample(
                    challenge: [1, 2, 3], keyStore: store, package: "org.example",
                    signature: [UInt8](repeating: 7, count: 32),
                    patch: 202_601
                ).encoded()
            }
        case .compactJWS: try Self.texts(in: Self.vectors()) { (try? CompactJWS(parsing: $0)) != nil }
        case .strictJSON: try Self.vectors().filter { $0.count <= StrictJSON.defaultMaximumLength }
        case .deviceLink: try Self.texts(in: Self.vectors()) { DeviceLink(parsing: $0) != nil }
        }
    }

    private static func played(_ hardware: SimulatedHardware, _ member: String) throws -> [UInt8] {
        let key = SigningKey.makeES256()
        let evidence = try maker().evidence(
            of: hardware, offer: ContentDigest(of: "offer"), authentication: key.publicKey,
            installation: key.publicKey.thumbprint, pin: key.publicKey.thumbprint,
            now: Timestamp(seconds: 1_800_000_000))
        guard let bytes = evidence.evidence[member]?.string.flatMap({ Base64URL.decode($0) }) else {
            throw SimulatedMaker.NoAuthority()
        }
        return bytes
    }

    /// A simulator with a root of its own.
    private static func maker() throws -> SimulatedMaker {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("Seeds") }
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        let root = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: now.addingTimeInterval(-86_400), notValidAfter: now.addingTimeInterval(86_400),
            issuer: name,
            subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        var serializer = DER.Serializer()
        try serializer.serialize(root)
        return try SimulatedMaker(
            key: SigningKey(.es256, derRepresentation: Array(key.derRepresentation)),
            certificate: serializer.serializedBytes)
    }

    /// The protocol's own vectors, Tests/Vectors.
    private static func vectors() throws -> [[UInt8]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../Vectors")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        return try names.sorted().map { Array(try Data(contentsOf: folder.appendingPathComponent($0))) }
    }

    /// All strings in JSON texts that are good.
    private static func texts(in files: [[UInt8]], where isGood: (String) -> Bool) throws -> [[UInt8]] {
        func strings(_ value: JSONValue) -> [String] {
            switch value {
            case .string(let text): [text]
            case .array(let items): items.flatMap(strings)
            case .object(let object): object.members.flatMap { strings($0.value) }
            default: []
            }
        }
        return try files.flatMap { try strings(StrictJSON.parse($0, maximumLength: 1_048_576)) }.filter(isGood)
            .map { Array($0.utf8) }
    }
}
