internal import AccountDirectory
internal import IdentityCrypto

extension KeyCustodian {
    /// The key that signs ID tokens for clients of this algorithm.
    func idTokenKey(_ algorithm: IDTokenAlgorithm) throws -> SigningKey {
        let algorithm: JWSAlgorithm =
            switch algorithm {
            case .es256: .es256
            case .rs256: .rs256
            case .ps256: .ps256
            case .edDSA: .edDSA
            }
        // The custodian made a key of every algorithm when it began.
        guard let key = ring.signingKey(algorithm) else { throw Fault.inconsistent }
        return key
    }
}
