import Foundation
import OpenIDMessages
import SwiftASN1
import TestVectors
import Testing
import X509

@testable import IdentityCrypto

/// What no chain is refused for although RFC 5280 or the rules of the web's authorities refuse it: those of attestations do not
/// keep these rules. Each case is named, so that whatever else is accepted is seen.
private enum Unasked {
    /// An attestation has no name that anybody compares, and so no constraint of names.
    static let names = """
        cve::cve-2025-61727 cve::cve-2025-61727-nc-permits-variant pathological::nc-dos-1
        pathological::nc-dos-2 pathological::nc-dos-3 rfc5280::ca-as-leaf-wrong-san
        rfc5280::nc::excluded-dn-match rfc5280::nc::excluded-dn-match-sub-mismatch
        rfc5280::nc::excluded-dns-match rfc5280::nc::excluded-dns-match-second
        rfc5280::nc::excluded-ipv4-match rfc5280::nc::excluded-ipv6-match
        rfc5280::nc::excluded-match-permitted-and-excluded rfc5280::nc::excluded-self-issued-leaf
        rfc5280::nc::intermediate-with-san-rejected-by-intermediate-nc
        rfc5280::nc::intermediate-with-san-rejected-by-root-nc rfc5280::nc::invalid-dnsname-leading-period
        rfc5280::nc::invalid-dnsname-wildcard rfc5280::nc::invalid-email-address
        rfc5280::nc::invalid-ipv4-address rfc5280::nc::invalid-ipv6-address
        rfc5280::nc::nc-forbids-dnsname-wildcard-san rfc5280::nc::nc-forbids-othername
        rfc5280::nc::nc-permits-email-literal-asterisk-rejects-subdomain
        rfc5280::nc::nc-permits-email-literal-asterisk-rejects-user
        rfc5280::nc::nc-permits-email-literal-double-asterisk-rejects-single
        rfc5280::nc::nc-permits-invalid-dns-san rfc5280::nc::nc-permits-invalid-email-san
        rfc5280::nc::nc-permits-invalid-ip-san rfc5280::nc::not-allowed-in-ee-critical
        rfc5280::nc::not-allowed-in-ee-noncritical rfc5280::nc::permitted-dn-match-subject-san-mismatch
        rfc5280::nc::permitted-dn-mismatch rfc5280::nc::permitted-dns-match-noncritical
        rfc5280::nc::permitted-dns-mismatch rfc5280::nc::permitted-ip-mismatch
        rfc5280::nc::restrictive-permits-in-intermediates-narrows
        rfc5280::nc::restrictive-permits-in-intermediates-widens rfc5280::san::ip-in-dns
        rfc5280::san::malformed rfc5280::san::noncritical-with-empty-subject rfc5280::san::underscore-dns
        webpki::cn::case-mismatch webpki::cn::ipv4-hex-mismatch webpki::cn::ipv4-leading-zeros-mismatch
        webpki::cn::ipv6-non-rfc5952-mismatch webpki::cn::ipv6-uncompressed-mismatch
        webpki::cn::ipv6-uppercase-mismatch webpki::cn::not-in-san webpki::cn::punycode-not-in-san
        webpki::cn::utf8-vs-punycode-mismatch
        webpki::nc::intermediate-permitted-excluded-subtrees-both-empty-sequences
        webpki::nc::intermediate-permitted-excluded-subtrees-both-null
        webpki::san::mismatch-apex-subdomain-san webpki::san::mismatch-domain-san
        webpki::san::mismatch-subdomain-apex-san webpki::san::mismatch-subdomain-san webpki::san::no-san
        webpki::san::public-suffix-multi-label-wildcard-san
        webpki::san::public-suffix-private-namespace-wildcard-san webpki::san::public-suffix-wildcard-san
        webpki::san::san-critical-with-nonempty-subject webpki::san::san-wildcard-only
        webpki::san::san-wildcard-only-tld webpki::san::unicode-emoji-san
        webpki::san::wildcard-embedded-leftmost-san webpki::san::wildcard-embedded-ulabel-san
        webpki::san::wildcard-match-across-labels-san webpki::san::wildcard-not-in-leftmost-san
        """

    /// Revoked is whose serial number a list of the maker has (`RevocationList`), not what a CRL says.
    static let lists = """
        crl::crlnumber-critical crl::crlnumber-missing crl::issuer-missing-crlsign
        crl::revoked-certificate-with-crl
        """

    /// A chain has at most six certificates; how many less a program asks for is nobody's rule.
    static let lengths = """
        pathlen::max-chain-depth-0-exhausted pathlen::max-chain-depth-1-exhausted
        """

    /// What a certificate of TLS may be used for says nothing of an attestation.
    static let uses = """
        rfc5280::eku::ee-eku-empty rfc5280::eku::ee-wrong-eku webpki::eku::ee-anyeku
        webpki::eku::ee-critical-eku webpki::eku::ee-without-eku webpki::eku::root-has-eku
        """

    /// A link is a name and a signature: what only helps to find the next certificate is not looked at.
    static let identifiers = """
        rfc5280::aki::critical-aki rfc5280::aki::cross-signed-root-missing-aki
        rfc5280::aki::intermediate-missing-aki rfc5280::aki::leaf-missing-aki rfc5280::serial::too-long
        rfc5280::serial::zero rfc5280::ski::critical-ski rfc5280::ski::intermediate-missing-ski
        rfc5280::ski::root-missing-ski webpki::aki::root-with-aki-all-fields
        webpki::aki::root-with-aki-authoritycertissuer webpki::aki::root-with-aki-authoritycertserialnumber
        webpki::aki::root-with-aki-missing-keyidentifier webpki::aki::root-with-aki-ski-mismatch
        """

    /// An anchor is a key: what its certificate says of itself does not count.
    static let anchors = """
        rfc5280::ca-empty-subject rfc5280::root-inconsistent-ca-extensions
        rfc5280::root-missing-basic-constraints rfc5280::root-non-critical-basic-constraints
        rfc5280::unknown-critical-extension-root webpki::forbidden-rsa-not-divisible-by-8-in-root
        """

    /// The format reads its own extensions of the leaf; others that are not critical are passed over, as makers have them.
    static let extensions = """
        rfc5280::pc::ica-noncritical-pc webpki::malformed-aia webpki::v1-cert
        """

    /// The attestation in it says which certificate is the leaf.
    static let leaves = """
        rfc5280::leaf-ku-keycertsign webpki::ca-as-leaf webpki::ee-basicconstraints-ca
        """

    /// The format says which key a leaf may have: P-256 alone.
    static let keys = """
        webpki::forbidden-rsa-key-not-divisible-by-8-in-leaf
        """

    /// Of Android no authority is asked for: batch certificates of real phones say that they are none.
    static let authorities = words(
        """
        pathlen::intermediate-pathlen-too-long pathlen::intermediate-violates-pathlen-0
        rfc5280::intermediate-ca-without-ca-bit
        """)

    static let all = [names, lists, lengths, uses, identifiers, anchors, extensions, leaves, keys].flatMap(words)

    static func words(_ text: String) -> [String] { text.split { $0 == " " || $0 == "\n" }.map(String.init) }
}

@Suite(
    "Certificate chains of x509-limbo, asked as chains of an attestation",
    .enabled(if: TestVectors.directory != nil, "public test vectors are not here: set CITIZENID_VECTORS"))
struct LimboTests {
    /// Those of Android need not say that they are authorities: batch certificates of real phones say the opposite.
    @Test(arguments: [true, false])
    func `what must fail is refused but for what is not asked of attestations, and what must not is accepted`(
        needsAuthorities: Bool
    ) throws {
        let cases = try LimboCase.all().map { ($0, $0.verdict(needsAuthorities: needsAuthorities)) }
        let (good, bad) = (cases.filter(\.0.isGood), cases.filter { !$0.0.isGood })
        #expect(good.count == 49 && bad.count == 145)
        #expect(good.filter { $0.1 != .accepted }.map(\.0.name) == [], "nobody is refused who keeps all rules")
        let expected = Set(Unasked.all + (needsAuthorities ? [] : Unasked.authorities))
        let accepted = Set(bad.filter { $0.1 == .accepted }.map(\.0.name))
        #expect(accepted.subtracting(expected).sorted() == [], "accepted without a reason")
        #expect(expected.subtracting(accepted).sorted() == [], "a reason that nobody needs any more")
    }

    @Test(
        arguments: [
            ("rfc5280::validity::expired-root", .noPath), ("rfc5280::validity::expired-intermediate", .noPath),
            ("rfc5280::validity::expired-leaf", .noPath), ("rfc5280::chain-untrusted-root", .noPath),
            ("rfc5280::intermediate-ca-without-ca-bit", .noPath),
            ("rfc5280::intermediate-ca-missing-basic-constraints", .noPath),
            ("pathological::intermediate-cycle-distinct-cas", .noPath), ("invalid::invalid-issuer-key", .noPath),
            ("webpki::forbidden-p192-root", .unreadableRoot),
            ("webpki::forbidden-weak-rsa-key-in-root", .unreadableRoot),
            ("webpki::forbidden-p192-leaf", .unreadableLeaf), ("webpki::forbidden-dsa-leaf", .unreadableLeaf),
        ] as [(String, LimboCase.Verdict)])
    func `refused is for its own reason`(name: String, verdict: LimboCase.Verdict) throws {
        let limbo = try #require(try LimboCase.all().first { $0.name == name })
        #expect(limbo.verdict(needsAuthorities: true) == verdict)
    }
}

/// One case of the collection: roots that are believed, certificates that may lie between, and the one that is judged.
struct LimboCase: Sendable {
    let name: String
    /// Whether the collection says that a path leads from the leaf to a root.
    let isGood: Bool
    let roots: [[UInt8]]
    let intermediates: [[UInt8]]
    let leaf: [UInt8]
    let time: Timestamp

    /// What was made of a case.
    enum Verdict: Equatable {
        case accepted
        case unreadableRoot
        case unreadableLeaf
        /// No order of the certificates leads to a root.
        case noPath
    }

    /// Whoever attests chooses what is in the chain and in which order: each path by names is tried, with its root and without.
    func verdict(needsAuthorities: Bool) -> Verdict {
        guard let anchors = try? AttestationAnchors(published: roots, simulated: []) else { return .unreadableRoot }
        guard let leaf = try? Certificate(derEncoded: leaf), AttestationChain([self.leaf]) != nil else {
            return .unreadableLeaf
        }
        let candidates = (intermediates + roots).compactMap { der in
            (try? Certificate(derEncoded: der)).map { (der: der, certificate: $0) }
        }
        var tries = 0
        func isAccepted(_ chain: [[UInt8]], last: Certificate) -> Bool {
            tries += 1
            if let parsed = AttestationChain(chain), parsed.anchor(among: anchors, at: time) != nil,
                parsed.isLinked(at: time, anchors: anchors, needsAuthorities: needsAuthorities)
            {
                return true
            }
            guard chain.count < AttestationChain.lengths.upperBound, tries < mostTries else { return false }
            return candidates.contains { next in
                next.certificate.subject == last.issuer && !chain.contains(next.der)
                    && isAccepted(chain + [next.der], last: next.certificate)
            }
        }
        return isAccepted([self.leaf], last: leaf) ? .accepted : .noPath
    }

    /// A hundred authorities of one name have more orders than anybody tries.
    private var mostTries: Int { intermediates.count < 20 ? 500 : 20 }

    static func all() throws -> [LimboCase] {
        let bytes = try #require(TestVectors.read("x509-limbo/limbo-core-194.json"))
        let file = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        return try #require(file["testcases"] as? [[String: Any]]).map(LimboCase.init)
    }

    private init(_ object: [String: Any]) throws {
        func certificates(_ name: String) throws -> [[UInt8]] {
            try #require(object[name] as? [String]).flatMap { try Self.certificates($0) }
        }
        name = try #require(object["id"] as? String)
        isGood = object["expected_result"] as? String == "SUCCESS"
        roots = try certificates("trusted_certs")
        intermediates = try certificates("untrusted_intermediates")
        let peer = try #require(object["peer_certificate"] as? String)
        leaf = try #require(try Self.certificates(peer).first)
        time = try (object["validation_time"] as? String).map(Self.time) ?? Self.today
    }

    /// Where a case names no time, its certificates are good for decades.
    private static let today = Timestamp(seconds: 1_782_864_000)

    /// In whole seconds, as every time here.
    private static func time(_ text: String) throws -> Timestamp {
        let date = try Date(String(text.prefix(19)) + "Z", strategy: .iso8601)
        return Timestamp(seconds: Int64(date.timeIntervalSince1970))
    }

    private static func certificates(_ pem: String) throws -> [[UInt8]] {
        try #require(StandardBase64.pemBlocks("CERTIFICATE", in: pem))
    }
}
