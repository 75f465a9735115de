internal import IdentityCrypto
internal import OpenIDMessages

/// The identifiers (`CKA_ID`) of the keys that a token is about to make. They are stored before: if the process is killed before
/// `keys.sealed` names them, the next attempt finds them and removes what would stay in the token for ever.
struct KeysInTheMaking {
    let installation: [UInt8]
    let authentication: [UInt8]

    private static let name = "making.sealed"

    init() {
        installation = RandomBytes.make(16)
        authentication = RandomBytes.make(16)
    }

    func store(in folder: SealedFolder, after leftovers: [[UInt8]]) throws(FileRefusal) {
        let identifiers = [installation, authentication] + leftovers
        try folder.replace(Self.name, with: ["version": 1, "ids": .strings(identifiers.map(Base64URL.encode))])
    }

    /// The identifiers that an earlier attempt left.
    static func leftovers(in folder: SealedFolder) -> [[UInt8]] {
        // What cannot be read names nothing: then keys stay in the token, as they would without this file.
        guard let object = try? folder.read(name) else { return [] }
        return (object["ids"]?.strings ?? []).compactMap(Base64URL.decode)
    }

    static func forget(in folder: SealedFolder) throws(FileRefusal) { try folder.folder.remove(name) }
}
