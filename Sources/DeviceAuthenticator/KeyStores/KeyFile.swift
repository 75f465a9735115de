package import IdentityCrypto
internal import OpenIDMessages

/// `keys.sealed`: what a profile keeps of its keys. With the store `file` it holds the keys, with the others what finds
/// them; a profile has the old file or the new one, and with it the old keys or the new ones (checklist J1, J2).
package enum KeyFile {
    static let name = "keys.sealed"

    /// Makes fresh keys and stores them durably in the place of any that were there.
    ///
    /// - Parameter random: where the keys of a file come from; hardware makes its own.
    package static func create(
        _ choice: KeyStoreChoice, in folder: SealedFolder, derivation: PINDerivation, pin: PINCredential,
        random: RandomSource = .system
    ) throws(DeviceError) -> any DeviceKeyStore {
        do throws(FileRefusal) { try folder.prepare() } catch { throw .file(error) }
        let former = try? sealable(in: folder)
        let making = NewTokenKeys()
        // Of this profile's own keys the file decides.
        var leftovers = KeysInTheMaking.read(in: folder).removing(former?.inToken)
        if case .pkcs11(_, let token) = choice {
            let named = leftovers.adding(making.keys(in: token))
            do throws(FileRefusal) { try KeysInTheMaking.store(named, in: folder) } catch { throw .file(error) }
        }
        let store: any SealableKeyStore
        do throws(KeyStoreRefusal) {
            store =
                switch choice {
                case .file: FileKeyStore(derivation: derivation, random: random)
                case .tpm(let connection): try TPMKeyStore(makingKeysAt: connection, derivation: derivation, pin: pin)
                case .pkcs11(let module, let token):
                    try PKCS11KeyStore(
                        makingKeysIn: token, module: module, as: making, after: leftovers[token],
                        derivation: derivation,
                        pin: pin)
                }
        } catch { throw .keyStore(error) }
        do throws(FileRefusal) { try folder.replace(name, with: store.sealed) } catch {
            // Keys that no file names would stay in a token for ever.
            if !isNamed(store, in: folder) { try? store.discard(pin: pin) }
            throw .file(error)
        }
        // What the token of the new keys still had is gone. Other tokens were not asked, or know another PIN.
        if case .pkcs11(_, let token) = choice { leftovers[token] = [] }
        if let former, (try? former.discard(pin: pin)) == nil { leftovers = leftovers.adding(former.inToken) }
        try? KeysInTheMaking.store(leftovers, in: folder)
        return store
    }

    /// Whether the profile's file is that of these keys, as far as anybody knows: it can be in its place although replacing
    /// it failed, when its folder could not be flushed.
    private static func isNamed(_ store: any SealableKeyStore, in folder: SealedFolder) -> Bool {
        do { return try sealable(in: folder)?.publicKey(.authentication) == store.publicKey(.authentication) } catch {
            return true
        }
    }

    /// The keys of a profile; nil when it has none. Hardware is not asked before a key is used.
    ///
    /// - Parameter isRecalled: whether the file need not be looked at, as `SealedFolder.recall` has it.
    package static func open(
        in folder: SealedFolder, isRecalled: Bool = false
    ) throws(FileRefusal) -> (any DeviceKeyStore)? {
        try sealable(in: folder, isRecalled: isRecalled)
    }

    private static func sealable(
        in folder: SealedFolder, isRecalled: Bool = false
    ) throws(FileRefusal) -> (any SealableKeyStore)? {
        func decode(_ object: JSONObject) throws(FileRefusal) -> any SealableKeyStore {
            guard let store = try? read(object) else {
                let path = folder.folder.path + "/" + name
                throw object.isOfNewerVersion(than: 1) ? .newerVersion(path) : .cannotOpen(path)
            }
            return store
        }
        return try isRecalled ? folder.recall(name, as: decode) : folder.read(name, as: decode)
    }

    private static func read(_ object: JSONObject) throws -> any SealableKeyStore {
        var reader = MemberReader(object)
        try reader.requireVersion(1)
        // The first version of the file did not say.
        let word = try reader.optionalString("store") ?? KeyStoreKind.file.rawValue
        let store: any SealableKeyStore
        switch KeyStoreKind(rawValue: word) {
        case .file?: store = try FileKeyStore(reading: &reader)
        case .tpm?: store = try TPMKeyStore(reading: &reader)
        case .pkcs11?: store = try PKCS11KeyStore(reading: &reader)
        case nil: throw MessageError.malformed("store")
        }
        try reader.finish()
        return store
    }
}

extension MemberReader {
    /// A P-256 key as the 64 bytes of its coordinates.
    mutating func point(_ name: String) throws(MessageError) -> VerificationKey {
        guard let key = VerificationKey(point: try bytes(name)) else { throw .malformed(name) }
        return key
    }

    mutating func bytes(_ name: String) throws(MessageError) -> [UInt8] {
        guard let bytes = Base64URL.decode(try string(name)) else { throw .malformed(name) }
        return bytes
    }
}
