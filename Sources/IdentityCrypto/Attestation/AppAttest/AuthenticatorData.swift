/// Authenticator data with an attested credential (WebAuthn §6.1), read strictly: nothing may follow the credential's
/// key, since no extension is asked for.
struct AuthenticatorData: Sendable {
    /// The credential that an attestation is about (WebAuthn §6.5.1).
    struct Credential: Sendable {
        /// Names the make and, for App Attest, the environment.
        let makeIdentifier: [UInt8]
        let identifier: [UInt8]
        let key: VerificationKey
    }

    /// SHA-256 over the relying party's identifier.
    let partyDigest: [UInt8]
    let counter: UInt32
    let credential: Credential

    private static let (hasCredential, hasExtensions): (UInt8, UInt8) = (0x40, 0x80)
    private static let maximumIdentifierLength = 1023

    init?(_ bytes: [UInt8]) {
        guard bytes.count > 55, bytes[32] & Self.hasCredential != 0, bytes[32] & Self.hasExtensions == 0 else {
            return nil
        }
        partyDigest = Array(bytes[..<32])
        counter = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        let length = Int(bytes[53]) << 8 | Int(bytes[54])
        guard (1...Self.maximumIdentifierLength).contains(length), bytes.count > 55 + length,
            let key = try? COSEKey.read(Array(bytes[(55 + length)...]))
        else { return nil }
        credential = Credential(
            makeIdentifier: Array(bytes[37..<53]), identifier: Array(bytes[55..<55 + length]), key: key)
    }
}
