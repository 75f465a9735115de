public import IdentityCrypto
public import OpenIDMessages

/// The keys of one profile in a sealed file, `keys.sealed` (checklist J1, J2).
public struct FileKeyStore: DeviceKeyStore {
    private let installation: SigningKey
    private let authentication: SigningKey
    public let pinDerivation: PINDerivation

    static let fileName = "keys.sealed"

    /// Fresh keys and a fresh salt, in memory only.
    init(generatingWith cost: SealedBox.Cost) {
        installation = .makeES256()
        authentication = .makeES256()
        pinDerivation = PINDerivation(salt: RandomBytes.make(16), cost: cost)
    }

    /// Makes fresh keys and stores them durably in the place of any that were there.
    public static func create(in folder: SealedFolder) throws(FileRefusal) -> FileKeyStore {
        try folder.prepare()
        let store = FileKeyStore(generatingWith: folder.pinCost)
        try folder.replace(fileName, with: store.json)
        return store
    }

    /// Opens the keys of a profile; nil when it has none.
    public static func open(in folder: SealedFolder) throws(FileRefusal) -> FileKeyStore? {
        guard let object = try folder.read(fileName) else { return nil }
        guard let store = try? FileKeyStore(json: object) else {
            throw .cannotOpen(folder.folder.path + "/" + fileName)
        }
        return store
    }

    public func publicKey(_ role: DeviceKeyRole) -> VerificationKey { key(role).publicKey }

    public func sign<Statement: DeviceStatement>(
        _ statement: Statement, with role: DeviceKeyRole, header: JSONObject
    ) throws -> String {
        try key(role).sign(statement, header: header)
    }

    public func proof(method: String, url: String, now: Timestamp, nonce: String?) throws -> String {
        try VerifiedDPoPProof.make(key: installation, method: method, url: url, now: now, nonce: nonce)
    }

    private func key(_ role: DeviceKeyRole) -> SigningKey {
        switch role {
        case .installation: installation
        case .authentication: authentication
        }
    }
}

extension FileKeyStore {
    init(json: JSONObject) throws {
        var reader = MemberReader(json)
        guard try reader.count("version") == 1 else { throw MessageError.malformed("version") }
        installation = try Self.key(reader.string("inst"))
        authentication = try Self.key(reader.string("auth"))
        let operations = try reader.count("pin_operations")
        let memory = try reader.count("pin_memory_kib")
        guard let salt = Base64URL.decode(try reader.string("pin_salt")), salt.count == 16,
            let operations = UInt8(exactly: operations), let memory = UInt32(exactly: memory)
        else { throw MessageError.malformed("pin_salt") }
        pinDerivation = PINDerivation(salt: salt, cost: SealedBox.Cost(operations: operations, memoryKiB: memory))
        try reader.finish()
    }

    var json: JSONObject {
        [
            "version": 1, "inst": .string(Base64URL.encode(installation.derRepresentation)),
            "auth": .string(Base64URL.encode(authentication.derRepresentation)),
            "pin_salt": .string(Base64URL.encode(pinDerivation.salt)),
            "pin_operations": .integer(Int64(pinDerivation.cost.operations)),
            "pin_memory_kib": .integer(Int64(pinDerivation.cost.memoryKiB)),
        ]
    }

    private static func key(_ text: String) throws -> SigningKey {
        guard let der = Base64URL.decode(text) else { throw MessageError.malformed("key") }
        return try SigningKey(.es256, derRepresentation: der)
    }
}
