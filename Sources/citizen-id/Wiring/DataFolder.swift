internal import Foundation
internal import IdentityCrypto

/// The folder that holds everything a provider keeps. It belongs to the process alone.
struct DataFolder {
    let path: String

    /// Why the folder cannot be used.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Makes the folder if need be; refuses one that others can enter.
    init(path: String) throws {
        self.path = path
        let manager = FileManager.default
        do {
            try manager.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw Fault(description: "The data folder \(path) cannot be made: \(error.localizedDescription)") }
        try Self.requirePrivate(path)
    }

    var database: String { path + "/citizen-id.sqlite" }

    /// The key that seals every stored key: 32 random bytes, made at the first start.
    func masterKey() throws -> [UInt8] {
        let file = path + "/master.key"
        if !FileManager.default.fileExists(atPath: file) {
            guard !FileManager.default.fileExists(atPath: database) else {
                throw Fault(
                    description: "\(file) is missing beside a database that needs it. Restore it from the backup.")
            }
            try write(RandomBytes.make(32), to: file)
        }
        try Self.requirePrivate(file)
        guard let data = FileManager.default.contents(atPath: file), data.count == 32 else {
            throw Fault(description: "\(file) does not hold 32 bytes. Restore it from the backup.")
        }
        return Array(data)
    }

    private func write(_ bytes: [UInt8], to file: String) throws {
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Fault(description: "\(file) cannot be written.") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(bytes))
        try handle.synchronize()
        try handle.close()
    }

    private static func requirePrivate(_ path: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? NSNumber, mode.intValue & 0o077 == 0 else {
            throw Fault(description: "Others can open \(path). Take that right away: chmod go-rwx '\(path)'")
        }
    }
}
