internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Hashes of people's names and birthdays under the provider's key. Whoever has the database but not the key cannot try
/// names, and the same person has another hash under each company and invitation.
struct CompanyIdentityHashing: Sendable {
    let key: [UInt8]

    /// Whom a register of this company names.
    func hash(_ person: ExpectedIdentity, in company: CompanyIdentifier) -> IdentityHash {
        hash("register\n\(company)\n\(person.canonicalText)")
    }

    /// Whom this invitation expects.
    func hash(_ person: ExpectedIdentity, for invitation: InvitationIdentifier) -> IdentityHash {
        hash("invitation\n\(invitation)\n\(person.canonicalText)")
    }

    /// Which address this invitation expects; capitals of ASCII do not count.
    func hash(email: String, for invitation: InvitationIdentifier) -> IdentityHash {
        let bytes = email.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        return hash("email\n\(invitation)\n\(String(decoding: bytes, as: UTF8.self))")
    }

    /// True when the person is who the invitation expects.
    func isExpected(_ person: PersonRecord, by invitation: InvitationRecord) -> Bool {
        let presented: IdentityHash? =
            switch invitation.expectation.kind {
            case .identity: ExpectedIdentity(person).map { hash($0, for: invitation.identifier) }
            case .email: person.email.map { hash(email: $0, for: invitation.identifier) }
            }
        return presented == invitation.expectation.hash
    }

    private func hash(_ text: String) -> IdentityHash {
        let code = Digest.authenticationCode(Array("citizen-id/company-identity/v1\n\(text)".utf8), key: key)
        // The base64url of 32 bytes always has the 43 characters that an IdentityHash wants.
        return IdentityHash(rawValue: Base64URL.encode(code))!
    }
}
