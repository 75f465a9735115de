internal import IdentityCrypto

extension HandleDigest {
    /// The digest for a column that holds handles of one class. Anything else would be a mistake of the program.
    func stored(as expected: HandleClass) throws -> [UInt8] {
        guard handleClass == expected else { throw StorageFault.wrongHandleClass }
        return digest.bytes
    }
}
