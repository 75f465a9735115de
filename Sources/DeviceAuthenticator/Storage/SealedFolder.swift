public import IdentityCrypto
internal import OpenIDMessages

/// The folder of one profile: every file in it that matters is sealed, under a passphrase or else under a random key
/// that lies beside it in `seal.key`.
public struct SealedFolder: Sendable {
    let folder: PrivateFolder
    private let passphrase: SealedBox.Passphrase?
    private let cost: SealedBox.Cost
    private let opened = OpenedFiles()

    private static let keyName = "seal.key"

    /// - Parameters:
    ///   - path: the folder of the profile.
    ///   - passphrase: nil for a random key beside the files.
    ///   - cost: what Argon2id costs for the passphrase and for the PIN.
    public init(path: String, passphrase: [UInt8]? = nil, cost: SealedBox.Cost = .standard) {
        folder = PrivateFolder(path: path)
        self.passphrase = passphrase.map(SealedBox.Passphrase.init)
        self.cost = cost
    }

    /// Waits until no other process uses the profile, and keeps it until the returned value is gone; nil when there is no
    /// profile yet.
    ///
    /// - Parameters:
    ///   - creating: makes the folder where there is none, for a command that makes the profile.
    ///   - holdingLogin: keeps the login that waits in memory, for who claims and answers it in this one use: it is written
    ///     when the use ends before the login does. Who is killed before the answer is signed scans again.
    public func use(creating: Bool = false, holdingLogin: Bool = false) throws(FileRefusal) -> FolderUse? {
        let use = try folder.use(creating: creating)
        if holdingLogin { use?.hold(HeldLogin(self)) }
        return use
    }

    /// What a PIN's derivation will cost.
    var pinCost: SealedBox.Cost { cost }

    /// Makes the folder and, without a passphrase, its key.
    func prepare() throws(FileRefusal) {
        try folder.create()
        guard passphrase == nil else { return }
        try folder.update(Self.keyName) { (old) throws(FileRefusal) in (old ?? RandomBytes.make(32), ()) }
    }

    /// The object in a file; nil when there is none. Damage and a wrong passphrase are one error.
    func read(_ name: String) throws(FileRefusal) -> JSONObject? {
        guard let box = try folder.read(name) else { return nil }
        return try open(box, under: protection(for: name), name: name)
    }

    func replace(_ name: String, with object: JSONObject) throws(FileRefusal) {
        try folder.replace(name, with: seal(object, under: protection(for: name), name: name))
    }

    /// What `decode` makes of the object in a file; nil when there is none. A file that is what it was is not opened again.
    ///
    /// - Parameter isDurable: how `update` writes the file. Where it does not wait for the disk a failing machine may leave
    ///   anything: what cannot be opened is none.
    func read<Value: Sendable>(
        _ name: String, isDurable: Bool = true, as decode: (JSONObject) throws(FileRefusal) -> Value
    ) throws(FileRefusal) -> Value? {
        guard let box = try folder.read(name) else { return nil }
        return try value(in: box, name: name, isDurable: isDurable, as: decode)
    }

    /// As `read`; where the login is held in memory, without a look at a file that this use has read or written: for a step that
    /// signs no answer, between the claim and the answer, which look.
    func recall<Value: Sendable>(
        _ name: String, as decode: (JSONObject) throws(FileRefusal) -> Value
    ) throws(FileRefusal) -> Value? {
        guard let use = folder.currentUse, use.login != nil, let box = use.lastBytes(of: name) else {
            return try read(name, as: decode)
        }
        return try value(in: box, name: name, isDurable: true, as: decode)
    }

    /// Changes what is in a file while no other process does; with nil the file goes.
    ///
    /// - Parameter isDurable: as for `PrivateFolder.update`, and for `read`.
    func update<Value: Sendable, Result>(
        _ name: String, isDurable: Bool = true, from decode: (JSONObject) throws(FileRefusal) -> Value,
        to encode: (Value) -> JSONObject, _ change: (Value?) throws(DeviceError) -> (Value?, Result)
    ) throws(DeviceError) -> Result {
        try folder.update(name, isDurable: isDurable) { (box) throws(DeviceError) in
            let old: Value?
            do throws(FileRefusal) {
                old = try box.flatMap { (box) throws(FileRefusal) in
                    try value(in: box, name: name, isDurable: isDurable, as: decode)
                }
            } catch { throw .file(error) }
            let (new, result) = try change(old)
            guard let new else {
                opened.forget(name)
                return (nil, result)
            }
            do throws(FileRefusal) {
                // What opens the file that lies there seals the next one.
                let known = box.flatMap { opened.protection(of: $0, name: name) }
                let protection = if let known { known } else { try protection(for: name) }
                let box = try seal(encode(new), under: protection, name: name)
                opened.keep(new, in: box, under: protection, name: name)
                return (box, result)
            } catch { throw .file(error) }
        }
    }

    private func value<Value: Sendable>(
        in box: [UInt8], name: String, isDurable: Bool, as decode: (JSONObject) throws(FileRefusal) -> Value
    ) throws(FileRefusal) -> Value? {
        if let known: Value = opened.value(in: box, name: name) { return known }
        do throws(FileRefusal) {
            let protection = try protection(for: name)
            let value = try decode(open(box, under: protection, name: name))
            opened.keep(value, in: box, under: protection, name: name)
            return value
        } catch {
            if case .cannotOpen = error, !isDurable { return nil }
            throw error
        }
    }

    private func path(_ name: String) -> String { folder.path + "/" + name }

    private func protection(for name: String) throws(FileRefusal) -> SealedBox.Protection {
        if let passphrase { return .passphrase(passphrase) }
        guard let key = try folder.read(Self.keyName), key.count == 32 else { throw .cannotOpen(path(name)) }
        return .key(key)
    }

    private func seal(
        _ object: JSONObject, under protection: SealedBox.Protection, name: String
    ) throws(FileRefusal) -> [UInt8] {
        do { return try SealedBox.seal(object.serialized, with: protection, cost: cost) } catch {
            throw .cannotOpen(path(name))
        }
    }

    private func open(
        _ box: [UInt8], under protection: SealedBox.Protection, name: String
    ) throws(FileRefusal) -> JSONObject {
        guard !SealedBox.isOfNewerVersion(box) else { throw .newerVersion(path(name)) }
        guard let bytes = try? SealedBox.open(box, with: protection),
            let object = try? StrictJSON.parseObject(bytes, maximumLength: 1_048_576)
        else { throw .cannotOpen(path(name)) }
        return object
    }
}

extension JSONObject {
    /// Whether a file says that it is of a later version than the last that is known. What else it holds nobody can say.
    func isOfNewerVersion(than known: Int64) -> Bool { (self["version"]?.integer ?? 0) > known }
}

extension MemberReader {
    mutating func requireVersion(_ version: Int64) throws(MessageError) {
        guard try count("version") == version else { throw .malformed("version") }
    }
}
