import Foundation
import IdentityCrypto
import KeyStoreHarness
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

/// A profile whose keys are in one of the stores: a file, a TPM or a token, both in software.
struct KeyStoreStage {
    static let isInstalled = SoftTPM.isInstalled && SoftTokens.isInstalled
    static let needed: Comment = "swtpm and softhsm2 are needed: Scripts/install-packages --tests"

    let kind: KeyStoreKind
    let workshop = Workshop()
    /// For the store `tpm`.
    let tpm: SoftTPM?
    let choice: KeyStoreChoice

    init(_ kind: KeyStoreKind) throws {
        self.kind = kind
        switch kind {
        case .file: (tpm, choice) = (nil, .file)
        case .tpm:
            let tpm = try SoftTPM()
            (self.tpm, choice) = (tpm, .tpm(connection: tpm.connection))
        case .pkcs11:
            _ = try SoftTokens.ofThisProcess.get()
            (tpm, choice) = (nil, .pkcs11(module: SoftTokens.module, token: "citizen"))
        }
    }

    func keys(passphrase: String? = nil) throws -> any DeviceKeyStore {
        try workshop.keys(choice, passphrase: passphrase)
    }

    func open(passphrase: String? = nil) throws -> any DeviceKeyStore {
        try #require(try KeyFile.open(in: workshop.profile(passphrase: passphrase)))
    }

    /// A phone that is enrolled at the provider with its keys in this store.
    func enrolledPhone(_ provider: FakeProvider) async throws -> DeviceAuthenticator {
        let phone = workshop.phone(provider)
        _ = try await phone.enrol(link: provider.enrolmentLink, pin: .good, device: .mine, keyStore: choice)
        return phone
    }

    /// What a wrong PIN gets where the store asks for it; nil where only the provider can tell.
    var wrongPIN: KeyStoreRefusal? {
        switch kind {
        case .file: nil
        // A TPM as swtpm makes it allows three.
        case .tpm: .wrongPIN(triesLeft: 2)
        // SoftHSM does not count.
        case .pkcs11: .wrongPIN(triesLeft: nil)
        }
    }
}

extension PIN {
    static let wrong = PIN(Array("135791".utf8))!
}

extension DeviceKeyStore {
    func credential(_ pin: PIN) throws -> PINCredential { try #require(pinDerivation.credential(for: pin)) }
}
