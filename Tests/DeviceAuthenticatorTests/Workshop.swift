import Foundation
import IdentityCrypto
import OpenIDMessages

@testable import DeviceAuthenticator

/// A folder of its own for one test, removed in the end.
final class Workshop {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "device-tests-" + RandomBytes.text(9)
        try! FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func profile(passphrase: String? = nil) -> SealedFolder {
        SealedFolder(path: path + "/profile", passphrase: passphrase.map { Array($0.utf8) }, cost: .floor)
    }

    /// Makes the keys of the profile.
    func keys(_ choice: KeyStoreChoice = .file, passphrase: String? = nil) throws -> any DeviceKeyStore {
        let derivation = PINDerivation(freshAt: .floor)
        let pin = derivation.credential(for: .good)!
        return try KeyFile.create(choice, in: profile(passphrase: passphrase), derivation: derivation, pin: pin)
    }

    func phone(_ provider: any HTTPTransport, clock: DeviceClock = FakeProvider.clock) -> DeviceAuthenticator {
        DeviceAuthenticator(folder: profile(), transport: provider, clock: clock)
    }

    /// A phone that is enrolled at the provider.
    func enrolledPhone(_ provider: FakeProvider) async throws -> DeviceAuthenticator {
        let phone = phone(provider)
        _ = try await phone.enrol(link: provider.enrolmentLink, pin: .good, device: .mine)
        return phone
    }

    func setMode(_ mode: Int, _ name: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path + "/" + name)
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
    }
}

extension PIN {
    static let goodDigits = Array("135790".utf8)
    static let good = PIN(goodDigits)!
}

extension DeviceDescription {
    static let mine = DeviceDescription(name: "Mine", model: "Test", system: "Linux")
}
