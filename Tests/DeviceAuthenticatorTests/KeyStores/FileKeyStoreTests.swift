import Foundation
import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("The file of keys")
struct FileKeyStoreTests {
    let workshop = Workshop()
    var file: FileRefusal { .cannotOpen(workshop.path + "/profile/keys.sealed") }

    @Test(arguments: [nil, "correct horse"])
    func `opens with what sealed it and gives the same keys`(passphrase: String?) throws {
        let made = try workshop.keys(passphrase: passphrase)
        let opened = try #require(try KeyFile.open(in: workshop.profile(passphrase: passphrase)))
        #expect(opened.publicKey(.authentication) == made.publicKey(.authentication))
        #expect(opened.publicKey(.installation) == made.publicKey(.installation))
        #expect(opened.pinDerivation == made.pinDerivation)
        #expect(made.publicKey(.authentication) != made.publicKey(.installation))
        #expect(opened.pinDerivation.cost == .floor)
    }

    @Test func `no file is no error`() throws { #expect(try KeyFile.open(in: workshop.profile()) == nil) }

    @Test(arguments: [nil, "wrong", ""] as [String?])
    func `another passphrase does not open it`(passphrase: String?) throws {
        _ = try workshop.keys(passphrase: "right")
        #expect(throws: file) { try KeyFile.open(in: workshop.profile(passphrase: passphrase)) }
    }

    @Test func `without the key beside it the file stays closed`() throws {
        _ = try workshop.keys()
        try FileManager.default.removeItem(atPath: workshop.path + "/profile/seal.key")
        #expect(throws: file) { try KeyFile.open(in: workshop.profile()) }
    }

    @Test func `damage of any byte and a wrong passphrase are one error`() throws {
        _ = try workshop.keys()
        let good = try workshop.bytes("profile/keys.sealed")
        for index in good.indices {
            var damaged = good
            damaged[index] ^= 1
            try workshop.write(damaged, "profile/keys.sealed")
            try workshop.setMode(0o600, "profile/keys.sealed")
            #expect(throws: file, "byte \(index)") { try KeyFile.open(in: workshop.profile()) }
        }
        try workshop.write(Array(good.dropLast()), "profile/keys.sealed")
        #expect(throws: file) { try KeyFile.open(in: workshop.profile()) }
    }

    @Test func `a header that claims less than the floor is refused`() throws {
        _ = try workshop.keys(passphrase: "right")
        var box = try workshop.bytes("profile/keys.sealed")
        box.replaceSubrange(10..<14, with: [0, 0, 0, 8])
        try workshop.write(box, "profile/keys.sealed")
        #expect(throws: file) { try KeyFile.open(in: workshop.profile(passphrase: "right")) }
    }

    @Test func `the file shows nothing of a key or the salt`() throws {
        let store = try workshop.keys()
        let text = String(decoding: try workshop.bytes("profile/keys.sealed"), as: UTF8.self)
        #expect(!text.contains("pin_salt"))
        #expect(!text.contains(Base64URL.encode(store.pinDerivation.salt)))
    }

    @Test func `a PIN does not describe itself`() {
        #expect("\(PIN.good)" == "(PIN)")
        #expect(!String(reflecting: PIN.good).contains("135790"))
        var text = ""
        dump(PIN.good, to: &text)
        #expect(!text.contains("49"))
    }

    @Test(arguments: ["1234", "1234567890123", "12345a", "１２３４５６", ""])
    func `what is no PIN is none`(text: String) { #expect(PIN(Array(text.utf8)) == nil) }
}
