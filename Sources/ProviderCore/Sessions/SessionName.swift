internal import IdentityCrypto
public import OpenIDMessages

extension SessionIdentifier {
    /// The session as a portal hears of it (`sid`, OpenID Connect Back-Channel Logout §2.1) and its tenant's administrators see
    /// it: under another name for each subject. A name that two tenants shared would tell them that two of their subjects are
    /// one person.
    ///
    /// The identifier itself has 90 random bits and is told to nobody but the person: its digest under the subject gives nothing
    /// away.
    public func name(for subject: SubjectIdentifier) -> SessionName {
        let text = "citizen-id/session-name/v1\n\(subject)\n\(self)"
        // The base64url of 16 bytes always has 22 unreserved characters.
        return SessionName(rawValue: Base64URL.encode(Digest.sha256(Array(text.utf8)).prefix(16)))!
    }
}
