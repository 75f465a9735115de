internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Keyed hashes by which a person is found again. Without the provider's key nobody can tell from the database whether
/// somebody is in it.
struct PersonHashes: Sendable {
    let key: [UInt8]

    /// Nil for a person without a birth date.
    func likeness(of person: PersonRecord) -> SecretDigest? {
        person.likeness.map { digest("citizen-id/likeness/v1\n\($0)") }
    }

    func link(_ link: PresentedLink) -> SecretDigest {
        digest("citizen-id/identity-link/v1\n\(link.upstream.rawValue)\n\(link.pseudonym)")
    }

    private func digest(_ text: String) -> SecretDigest {
        // HMAC-SHA256 always has the 32 bytes that a SecretDigest wants.
        SecretDigest(bytes: Digest.authenticationCode(Array(text.utf8), key: key))!
    }
}

/// An identity elsewhere, as it is presented at a desk: the pseudonym is hashed at once and kept nowhere.
public struct PresentedLink: Sendable {
    public var upstream: IdentityLink.Upstream
    let pseudonym: String

    /// Nil unless the pseudonym has 1 to 256 characters.
    public init?(_ upstream: IdentityLink.Upstream, pseudonym: String) {
        guard (1...256).contains(pseudonym.utf8.count) else { return nil }
        self.upstream = upstream
        self.pseudonym = pseudonym
    }
}
