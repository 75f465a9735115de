internal import Crypto
internal import Foundation
internal import OpenIDMessages
internal import SwiftASN1
internal import X509

/// The certificates of an attestation, the leaf first.
///
/// The path validator is made for attestation chains, whose roots are reissued under the same key, and which have no names of
/// hosts, no policies and no list of their own. It asks for what is left of RFC 5280 §6: each certificate names and is signed by
/// the next one, and is in time; the next one may sign certificates, and so many; nothing critical is unknown.
struct AttestationChain: Sendable {
    static let lengths = 1...6

    let certificates: [Certificate]
    let leaf: Certificate

    init?(_ der: [[UInt8]]) {
        guard Self.lengths.contains(der.count) else { return nil }
        let certificates = der.compactMap(Certificate.init(canonical:))
        guard certificates.count == der.count, let leaf = certificates.first else { return nil }
        self.certificates = certificates
        self.leaf = leaf
    }

    /// Standard base64 with padding, as in `x5c` (RFC 7515 §4.1.6).
    init?(x5c: [String]) {
        let der = x5c.compactMap(StandardBase64.decode)
        guard der.count == x5c.count else { return nil }
        self.init(der)
    }

    var serials: [String] { certificates.map(\.serialNumber.hexadecimal) }

    /// The leaf's subject public key, byte by byte.
    func leafKey(is key: VerificationKey) -> Bool { leaf.publicKey.verificationKey == key }

    /// True when each certificate is signed by the next one, leaf to root. The dates of an anchor's copy at the end of the
    /// chain do not count, for an anchor is a key.
    ///
    /// - Parameter needsAuthorities: false for Android: batch certificates of real phones say that they are no authority.
    ///   There the place of the attestation says which certificate is the leaf.
    func isLinked(at now: Timestamp, anchors: AttestationAnchors, needsAuthorities: Bool = true) -> Bool {
        let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
        func counts(_ certificate: Certificate) -> Bool {
            certificate.isInTime(date) && !certificate.hasUnknownCriticalExtension
        }
        // Those between the leaf and an authority that are not its own copies.
        var below = 0
        for (subject, issuer) in zip(certificates, certificates.dropFirst()) {
            guard counts(subject), subject.isSigned(by: issuer),
                !needsAuthorities || issuer.maySign(withBelow: below)
            else { return false }
            if issuer.issuer != issuer.subject { below += 1 }
        }
        guard let last = certificates.last else { return false }
        return counts(last) || certificates.count > 1 && anchors.hasKey(of: last)
    }

    /// The anchor that the chain leads to.
    func anchor(among anchors: AttestationAnchors, at now: Timestamp) -> AttestationAnchors.Anchor? {
        guard let last = certificates.last, !anchors.hasKey(of: leaf) else { return nil }
        let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
        return anchors.all.first { anchor in
            guard anchor.certificate.isInTime(date) else { return false }
            // Another issue of the root, or a copy of it, vouches for itself: nothing in a chain goes unsigned.
            if anchor.certificate.publicKey == last.publicKey { return last.isSigned(by: last) }
            return last.isSigned(by: anchor.certificate)
        }
    }

    /// True when a certificate belongs to Android's software keystore, whose private keys are public.
    var hasSoftwareRoot: Bool { certificates.contains(where: \.isSoftwareRoot) }
}

/// The roots that attestations of one format may lead to.
struct AttestationAnchors: Sendable {
    struct Anchor: Sendable {
        let certificate: Certificate
        /// A root of the region's own simulator, in a development region.
        let isSimulated: Bool
    }

    let all: [Anchor]

    /// - Parameters:
    ///   - published: DER certificates of the makers' roots.
    ///   - simulated: DER certificates of simulators' roots. A root in both lists counts as a simulator's.
    init(published: [[UInt8]], simulated: [[UInt8]]) throws(UnreadableCertificate) {
        var anchors: [Anchor] = []
        for (list, isSimulated) in [(simulated, true), (published, false)] {
            for der in list {
                guard let certificate = try? Certificate(derEncoded: der), !certificate.isSoftwareRoot else {
                    throw UnreadableCertificate()
                }
                anchors.append(Anchor(certificate: certificate, isSimulated: isSimulated))
            }
        }
        all = anchors
    }

    func hasKey(of certificate: Certificate) -> Bool {
        all.contains { $0.certificate.publicKey == certificate.publicKey }
    }
}

/// A certificate that cannot be read, or that can be no root because its private key is public.
public struct UnreadableCertificate: Error, Sendable {}

extension Certificate {
    /// Nil for a certificate whose signature could be written another way: the unused bits of its BIT STRING are under no
    /// signature, and a signature has none (X.690 §11.2).
    fileprivate init?(canonical der: [UInt8]) {
        guard let certificate = try? Certificate(derEncoded: der), let parsed = try? DER.parse(der),
            case .constructed(let children) = parsed.content, let last = Array(children).last,
            let signature = try? ASN1BitString(derEncoded: last), signature.paddingBits == 0
        else { return nil }
        self = certificate
    }

    fileprivate func isInTime(_ date: Date) -> Bool { notValidBefore <= date && date <= notValidAfter }

    fileprivate func isSigned(by issuer: Certificate) -> Bool {
        self.issuer == issuer.subject && issuer.publicKey.isValidSignature(signature, for: self)
    }

    /// RFC 5280 §6.1.4 (k) to (n): an authority, whose key signs certificates, with so many authorities below it.
    fileprivate func maySign(withBelow count: Int) -> Bool {
        guard case .isCertificateAuthority(let most)? = try? extensions.basicConstraints, count <= most ?? count else {
            return false
        }
        do { return try extensions.keyUsage?.keyCertSign ?? true } catch { return false }
    }

    /// RFC 5280 §4.2: a critical extension that is not understood makes its certificate useless.
    fileprivate var hasUnknownCriticalExtension: Bool {
        extensions.contains { $0.critical && !Self.understoodExtensions.contains($0.oid) }
    }

    /// What is read here and by the formats. Names are compared with nothing, and neither is what constrains them; that of a
    /// TPM's certificate stands in the place of a subject.
    private static let understoodExtensions: Set<ASN1ObjectIdentifier> = [
        .X509ExtensionID.basicConstraints, .X509ExtensionID.keyUsage, .X509ExtensionID.extendedKeyUsage,
        .X509ExtensionID.subjectAlternativeName, .X509ExtensionID.nameConstraints,
    ]

    /// The root of Android's software keystore for elliptic curves: its private key is in Android's source code, so that
    /// anybody can make a chain to it. The one for RSA has 1024 bits, which no certificate that is read here may have.
    fileprivate var isSoftwareRoot: Bool {
        Digest.sha256(Array(publicKey.subjectPublicKeyInfoBytes)) == Self.softwareRoot
    }

    /// SHA-256 over the uncompressed point.
    private static let softwareRoot: [UInt8] = [
        0x5a, 0x47, 0x96, 0x29, 0xb9, 0x8e, 0x13, 0x36, 0xca, 0xc0, 0xfb, 0xe7, 0xf0, 0x62, 0xec, 0xda, 0xbd, 0x36,
        0xed, 0xd4, 0x84, 0x42, 0xad, 0xc1, 0xc3, 0xf5, 0x46, 0x8b, 0xf1, 0x68, 0xcd, 0xd7,
    ]
}

extension Certificate.PublicKey {
    /// The key, where it is one for ES256.
    var verificationKey: VerificationKey? { P256.Signing.PublicKey(self).map { VerificationKey($0) } }
}

extension Certificate.SerialNumber {
    /// Lower-case hexadecimal without leading zeros, as revocation lists write it.
    var hexadecimal: String {
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let significant = digits.drop { $0 == "0" }
        return significant.isEmpty ? "0" : String(significant)
    }
}
