internal import ArgumentParser
internal import Foundation
internal import IdentityCrypto
internal import OpenIDMessages

/// What an administrator's login leaves on this machine: a key and tokens that are good only together with it. The folder
/// belongs to the user alone (mode 0700), its files too (0600).
struct AdministratorFolder {
    let path: String

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Who is logged in, and where.
    struct Login: Equatable {
        var issuer: IssuerURL
        /// With what the addresses of the administration listener begin.
        var url: IssuerURL
        /// A PEM file with CAs that are trusted besides the system's.
        var certificates: String?
        var accessToken: String
        var expiresAt: Timestamp
        var refreshToken: String
    }

    private var keyFile: String { path + "/key.der" }
    private var loginFile: String { path + "/login.json" }

    /// The folder of `CITIZEN_ID_ADMINISTRATOR`, else one of the user.
    static var standard: String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["CITIZEN_ID_ADMINISTRATOR"] { return path }
        let configuration = environment["XDG_CONFIG_HOME"] ?? (environment["HOME"] ?? ".") + "/.config"
        return configuration + "/citizen-id/administrator"
    }

    /// The key that every call proves; made at the first login.
    func makeKey() throws -> SigningKey {
        try makeFolder()
        if let bytes = try read(keyFile) { return try key(bytes) }
        let key = SigningKey.makeES256()
        try write(key.derRepresentation, to: keyFile)
        return key
    }

    /// Nil when nobody has logged in.
    func key() throws -> SigningKey? { try read(keyFile).map(key) }

    private func key(_ bytes: [UInt8]) throws -> SigningKey {
        guard let key = try? SigningKey(.es256, derRepresentation: bytes) else {
            throw Fault(description: "\(keyFile) holds no key. Remove it and log in again.")
        }
        return key
    }

    func login() throws -> Login? {
        guard let bytes = try read(loginFile) else { return nil }
        guard let login = try? Self.login(StrictJSON.parseObject(bytes)) else {
            throw Fault(description: "\(loginFile) is not as it was written. Log in again.")
        }
        return login
    }

    private static func login(_ object: JSONObject) throws -> Login {
        var reader = MemberReader(object)
        let login = Login(
            issuer: try reader.wire("issuer"), url: try reader.wire("url"),
            certificates: try reader.optionalString("certificates", maximumLength: 4096),
            accessToken: try reader.string("access_token", maximumLength: 8192),
            expiresAt: try reader.time("expires_at"), refreshToken: try reader.string("refresh_token"))
        try reader.finish()
        return login
    }

    func save(_ login: Login) throws {
        try makeFolder()
        var object: JSONObject = ["issuer": .string(login.issuer.rawValue), "url": .string(login.url.rawValue)]
        object["certificates"] = login.certificates.map { .string($0) }
        object["access_token"] = .string(login.accessToken)
        object["expires_at"] = login.expiresAt.json
        object["refresh_token"] = .string(login.refreshToken)
        try write(object.serialized, to: loginFile)
    }

    /// Forgets login and key.
    func forget() throws {
        for file in [loginFile, keyFile] where FileManager.default.fileExists(atPath: file) {
            do { try FileManager.default.removeItem(atPath: file) } catch {
                throw Fault(description: "\(file) cannot be removed.")
            }
        }
    }

    // MARK: Files

    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw Fault(description: "The folder \(path) cannot be made.") }
        try Self.requirePrivate(path)
    }

    private func read(_ file: String) throws -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        try Self.requirePrivate(file)
        guard let data = FileManager.default.contents(atPath: file), data.count <= 65_536 else {
            throw Fault(description: "\(file) cannot be read.")
        }
        return Array(data)
    }

    /// Beside the file and then in its place, so that it is never half there.
    private func write(_ bytes: [UInt8], to file: String) throws {
        let fresh = file + ".new"
        _ = unsafe unlink(fresh)
        let descriptor = unsafe open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Fault(description: "\(fresh) cannot be written.") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
        guard unsafe rename(fresh, file) == 0 else { throw Fault(description: "\(file) cannot be written.") }
    }

    private static func requirePrivate(_ path: String) throws {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? NSNumber, mode.intValue & 0o077 == 0 else {
            throw Fault(description: "Others can open \(path). Take that right away: chmod go-rwx '\(path)'")
        }
    }
}
