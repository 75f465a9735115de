import DeviceAuthenticator
import Foundation

/// Reads a file that holds nothing secret.
enum PublicFile {
    static func text(_ path: String) throws(FileRefusal) -> String {
        guard let data = FileManager.default.contents(atPath: path) else { throw .missing(path) }
        return String(decoding: data, as: UTF8.self)
    }
}
