internal import ArgumentParser
internal import Foundation
internal import IdentityCrypto

/// The portal's private keys in their files.
enum PortalKey {
    /// Reads the key that signs; with `create`, makes one where there is no file.
    static func load(path: String, create: Bool) throws -> SigningKey {
        let text = try text(path: path, create: create) { SigningKey.makeES256().derRepresentation }
        guard let key = try? SigningKey(es256PEM: text) else { throw unusable(path) }
        return key
    }

    /// Reads the key to which ID tokens are encrypted; with `create`, makes one where there is no file.
    static func loadEncryption(path: String, create: Bool) throws -> DecryptionKey {
        let text = try text(path: path, create: create) { try DecryptionKey.make(.p256).derRepresentation }
        guard let blocks = StandardBase64.pemBlocks("PRIVATE KEY", in: text), blocks.count == 1,
            let key = try? DecryptionKey(.p256, derRepresentation: blocks[0])
        else { throw unusable(path) }
        return key
    }

    private static func unusable(_ path: String) -> ValidationError {
        ValidationError("\(path) is not a private P-256 key in PEM.")
    }

    private static func text(path: String, create: Bool, make: () throws -> [UInt8]) throws -> String {
        if create && !FileManager.default.fileExists(atPath: path) { try write(make(), path: path) }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ValidationError("There is no key at \(path). Add --make-key to create one.")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes a new file that only its owner can read; never over a file that exists.
    private static func write(_ der: [UInt8], path: String) throws {
        let descriptor = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ValidationError("The key cannot be written to \(path).") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let body = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        try file.write(contentsOf: Data("-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----\n".utf8))
        try file.close()
    }
}
