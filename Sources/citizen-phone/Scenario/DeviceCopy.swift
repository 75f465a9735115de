import DeviceAuthenticator
import Foundation
import IdentityCrypto

/// A device made of the files of another one, as a thief of them has it.
struct DeviceCopy {
    let phone: DeviceAuthenticator
    private let path: String

    /// Copies the profile at `folder` to a folder beside it; `makePhone` makes the device of such a folder.
    init(of folder: String, makePhone: (_ path: String) throws -> DeviceAuthenticator) throws {
        path = Self.path(beside: folder)
        do { try FileManager.default.copyItem(atPath: folder, toPath: path) } catch {
            throw CommandFailure(.file, developer: "\(folder) cannot be copied: \(error.localizedDescription)")
        }
        do { phone = try makePhone(path) } catch {
            Self.remove(path)
            throw error
        }
    }

    /// No profile's name has a full stop.
    private static let mark = ".copy-"

    /// A folder for a while, with a name of its own, for a device beside that of `folder`.
    static func path(beside folder: String) -> String { folder + mark + RandomBytes.text(6) }

    /// Removes what interrupted commands have left in such folders, with the private keys in them. Only for who uses the
    /// profile alone: nobody needs any of them any more.
    static func removeLeftovers(of folder: String) throws(CommandFailure) {
        let profile = URL(fileURLWithPath: folder)
        let home = profile.deletingLastPathComponent().path
        do {
            for name in try FileManager.default.contentsOfDirectory(atPath: home)
            where name.hasPrefix(profile.lastPathComponent + mark) {
                try FileManager.default.removeItem(atPath: home + "/" + name)
            }
        } catch {
            throw CommandFailure(
                .file,
                developer: "A copy of \(folder) that was left there cannot be removed: \(error.localizedDescription)")
        }
    }

    func remove() { Self.remove(path) }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
