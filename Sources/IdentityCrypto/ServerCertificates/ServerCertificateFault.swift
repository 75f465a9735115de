internal import Foundation
public import OpenIDMessages
internal import SwiftASN1
internal import X509

/// What is wrong with a server's certificates that were refused, so that its user can be told. It refuses and accepts nothing
/// itself.
public enum ServerCertificateFault: Sendable, Equatable, CaseIterable {
    case expired
    case notYetValid
    case selfSigned
    case unknownAuthority
    /// From a trusted authority and in time, and yet refused: made for another purpose, or not as certificates must be.
    case unfit

    /// - Parameters:
    ///   - chain: the certificates in DER, the server's own first.
    ///   - additionalRoots: roots in DER that are trusted beside the system's.
    ///   - now: the time.
    public init(of chain: [[UInt8]], additionalRoots: [[UInt8]], now: Timestamp) async {
        let certificates = chain.compactMap { try? Certificate(derEncoded: $0) }
        guard let leaf = certificates.first, certificates.count == chain.count else {
            self = .unfit
            return
        }
        // Who vouches for it comes first: a date of somebody unknown says nothing.
        let roots = CertificateStore.systemTrustRoots.appending(
            contentsOf: additionalRoots.compactMap { try? Certificate(derEncoded: $0) })
        var verifier = Verifier(rootCertificates: roots) { AnyChain() }
        let result = await verifier.validate(
            leaf: leaf, intermediates: CertificateStore(certificates.dropFirst()))
        guard case .validCertificate = result else {
            let isItsOwn = leaf.issuer == leaf.subject && leaf.publicKey.isValidSignature(leaf.signature, for: leaf)
            self = isItsOwn ? .selfSigned : .unknownAuthority
            return
        }
        let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
        if certificates.contains(where: { $0.notValidAfter < date }) {
            self = .expired
        } else if certificates.contains(where: { $0.notValidBefore > date }) {
            self = .notYetValid
        } else {
            self = .unfit
        }
    }
}

/// Takes every chain whose signatures lead to a root, whatever else its certificates say.
private struct AnyChain: VerifierPolicy {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
        .X509ExtensionID.basicConstraints, .X509ExtensionID.nameConstraints, .X509ExtensionID.keyUsage,
        .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName,
    ]

    mutating func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) async -> PolicyEvaluationResult {
        .meetsPolicy
    }
}
