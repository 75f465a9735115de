internal import ArgumentParser
internal import Foundation
internal import IdentityCrypto

/// The portal's private key in its file.
enum PortalKey {
    /// Reads the key; with `create`, makes one where there is no file.
    static func load(path: String, create: Bool) throws -> SigningKey {
        if create && !FileManager.default.fileExists(atPath: path) { try write(SigningKey.makeES256(), path: path) }
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ValidationError("There is no key at \(path). Add --make-key to create one.")
        }
        guard let key = try? SigningKey(es256PEM: String(decoding: bytes, as: UTF8.self)) else {
            throw ValidationError("\(path) is not a private P-256 key in PEM.")
        }
        return key
    }

    /// Writes a new file that only its owner can read; never over a file that exists.
    private static func write(_ key: SigningKey, path: String) throws {
        let descriptor = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ValidationError("The key cannot be written to \(path).") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let body = Data(key.derRepresentation).base64EncodedString(options: [
            .lineLength64Characters, .endLineWithLineFeed,
        ])
        try file.write(contentsOf: Data("-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----\n".utf8))
        try file.close()
    }
}
