internal import IdentityCrypto
internal import OpenIDMessages

/// `making.sealed`: keys in tokens that `keys.sealed` may not name. Those that a token is about to make are stored before: if the
/// process is killed before `keys.sealed` names them, the next attempt finds them and removes what would stay in the token for
/// ever. Those of a token that the next attempts do not open stay named until one does.
enum KeysInTheMaking {
    private static let name = "making.sealed"

    /// What earlier attempts left.
    static func read(in folder: SealedFolder) -> TokenKeys {
        var keys = TokenKeys()
        // What cannot be read names nothing: then keys stay in the token, as they would without this file.
        guard let object = try? folder.read(name), object["version"] == 1 else { return keys }
        for token in object["tokens"]?.array ?? [] {
            guard let label = token.object?["label"]?.string, let ids = token.object?["ids"]?.strings else { continue }
            keys = keys.adding(TokenKeys(ids.compactMap(Base64URL.decode), in: label))
        }
        return keys
    }

    /// Where nothing is left to name, the file goes.
    static func store(_ keys: TokenKeys, in folder: SealedFolder) throws(FileRefusal) {
        guard keys != TokenKeys() else { return try folder.folder.remove(name) }
        let tokens = keys.identifiers.sorted { $0.key < $1.key }.map { label, ids in
            JSONValue.object(["label": .string(label), "ids": .strings(ids.map(Base64URL.encode))])
        }
        try folder.replace(name, with: ["version": 1, "tokens": .array(tokens)])
    }
}
