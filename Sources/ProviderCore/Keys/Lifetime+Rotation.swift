internal import IdentityCrypto

extension Lifetime {
    /// When signing keys change.
    static let rotation = RotationTimes(publication: keyPublication, use: keyUse)
}
