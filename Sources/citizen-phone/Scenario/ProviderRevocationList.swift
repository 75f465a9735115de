import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages

/// The list of revoked certificates that a provider on this machine reads, its setting `attestation.revocation_list`.
struct ProviderRevocationList: Sendable {
    let path: String

    /// Writes one more serial number into it: the file is the old one or the new one.
    func add(_ serial: String) throws(CommandFailure) {
        guard let data = FileManager.default.contents(atPath: path),
            (try? RevocationList(parsing: Array(data))) != nil,
            let list = try? StrictJSON.parseObject(Array(data), maximumLength: RevocationList.maximumLength),
            var entries = list["entries"]?.object
        else { throw CommandFailure(.file, developer: "\(path) is no list of revoked certificates.") }
        entries[serial] = .object(["status": "REVOKED", "reason": "KEY_COMPROMISE"])
        let changed: JSONObject = ["entries": .object(entries)]
        do {
            try Data(changed.serialized).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(.file, developer: "\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
