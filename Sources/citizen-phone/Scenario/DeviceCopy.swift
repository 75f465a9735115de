import DeviceAuthenticator
import Foundation
import IdentityCrypto

/// A device made of the files of another one, as a thief of them has it.
struct DeviceCopy {
    let phone: DeviceAuthenticator
    private let path: String

    /// Copies the profile at `folder` to a folder beside it; `makePhone` makes the device of such a folder.
    init(of folder: String, makePhone: (_ path: String) throws -> DeviceAuthenticator) throws {
        path = folder + ".copy-" + RandomBytes.text(6)
        do { try FileManager.default.copyItem(atPath: folder, toPath: path) } catch {
            throw CommandFailure(.file, "\(folder) cannot be copied: \(error.localizedDescription)")
        }
        do { phone = try makePhone(path) } catch {
            Self.remove(path)
            throw error
        }
    }

    func remove() { Self.remove(path) }

    private static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
