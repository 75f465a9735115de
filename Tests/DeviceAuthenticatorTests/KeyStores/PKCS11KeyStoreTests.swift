import CPKCS11
import Foundation
import IdentityCrypto
import KeyStoreHarness
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

/// Checklist J5, with a token in software.
/// One test after the other, for a login is one of the whole process.
@Suite("The key store pkcs11", .enabled(if: KeyStoreStage.isInstalled, KeyStoreStage.needed), .serialized)
struct PKCS11KeyStoreTests {
    private static func sign(_ keys: any DeviceKeyStore, _ role: DeviceKeyRole, _ pin: PIN) throws {
        let signature = try keys.signature(for: [7], with: role, pin: try keys.credential(pin))
        #expect(signature.count == 64)
    }

    /// A session in which the token's user has logged in.
    private static func session<Value: Sendable>(
        _ keys: PKCS11KeyStore, _ body: (PKCS11Session) throws(KeyStoreRefusal) -> Value
    ) throws(KeyStoreRefusal) -> Value {
        try PKCS11Module.load(keys.module).withSession(keys.token, writes: true) { (session) throws(KeyStoreRefusal) in
            try session.loggedIn(.good) { () throws(KeyStoreRefusal) in try body(session) }
        }
    }

    private static func store() throws -> PKCS11KeyStore {
        try #require(try KeyStoreStage(.pkcs11).keys() as? PKCS11KeyStore)
    }

    @Test func `a private key is not given away, not even to its owner`() throws {
        let keys = try Self.store()
        for key in [keys.authentication, keys.installation] {
            // CKR_ATTRIBUTE_SENSITIVE
            #expect(throws: KeyStoreRefusal.failed(.pkcs11, operation: "C_GetAttributeValue", code: 0x11)) {
                try Self.session(keys) { (session) throws(KeyStoreRefusal) in
                    try session.value(CKA_VALUE, of: try PKCS11KeyStore.find(key, in: session), room: 64)
                }
            }
        }
    }

    @Test func `a private key is not wrapped, not derived with, and not made to be`() throws {
        let keys = try Self.store()
        for key in [keys.authentication, keys.installation] {
            let codes = try Self.session(keys) { (session) throws(KeyStoreRefusal) in
                RawToken(session).misuse(try PKCS11KeyStore.find(key, in: session))
            }
            #expect(codes.wrap == CKR_KEY_UNEXTRACTABLE)
            #expect(codes.derive == CKR_KEY_FUNCTION_NOT_PERMITTED || codes.derive == CKR_KEY_TYPE_INCONSISTENT)
            #expect(codes.decrypt != CKR_OK && codes.extractable != CKR_OK && codes.insensitive != CKR_OK)
        }
    }

    @Test func `without a login the key that answers is not there, and the one that calls is`() throws {
        let keys = try Self.store()
        try PKCS11Module.load(keys.module).withSession(keys.token) { (session) throws(KeyStoreRefusal) in
            _ = try PKCS11KeyStore.find(keys.installation, in: session)
        }
        #expect(throws: KeyStoreRefusal.unfit(.pkcs11, reason: "it no longer has the key of this profile")) {
            try PKCS11Module.load(keys.module).withSession(keys.token) { (session) throws(KeyStoreRefusal) in
                _ = try PKCS11KeyStore.find(keys.authentication, in: session)
            }
        }
    }

    @Test func `a token that makes keys that can be had is refused`() throws {
        let keys = try Self.store()
        for (type, name) in [(CKA_EXTRACTABLE, "CKA_EXTRACTABLE"), (CKA_DERIVE, "CKA_DERIVE")] {
            #expect(throws: KeyStoreRefusal.unfit(.pkcs11, reason: "it made a key with \(name) true")) {
                try Self.session(keys) { (session) throws(KeyStoreRefusal) in
                    let template = PKCS11Template().with(CKA_TOKEN, true).with(CKA_PRIVATE, true)
                        .with(CKA_SENSITIVE, true).with(CKA_EXTRACTABLE, false).with(CKA_SIGN, true)
                        .with(CKA_DECRYPT, false).with(CKA_UNWRAP, false).with(CKA_DERIVE, false)
                        .replacing(type, true)
                    let parameters: [UInt8] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
                    let pair = try session.generateKeyPair(
                        public: PKCS11Template().with(CKA_EC_PARAMS, parameters), private: template)
                    defer { try? session.destroy(pair.private) }
                    try PKCS11KeyStore.requireGuarded(pair.private, isPrivate: true, in: session)
                }
            }
        }
    }

    @Test func `the PIN is checked for each signature, also while somebody else is logged in`() async throws {
        let keys = try Self.store()
        let wrong = KeyStoreRefusal.wrongPIN(triesLeft: nil)
        #expect(throws: KeyStoreRefusal.pinNeeded) {
            try keys.signature(for: [1], with: .authentication, pin: nil)
        }
        try await withThrowingTaskGroup { group in
            for round in 0..<40 {
                group.addTask {
                    if round % 2 == 0 {
                        try Self.sign(keys, .authentication, .good)
                    } else {
                        #expect(throws: wrong) { try Self.sign(keys, .authentication, .wrong) }
                    }
                }
            }
            try await group.waitForAll()
        }
        // The rest of the process has logged in on its own, past this module's turn.
        let raw = try RawToken.loggedIn(keys)
        #expect(throws: wrong) { try Self.sign(keys, .authentication, .wrong) }
        try Self.sign(keys, .authentication, .good)
        raw.close()
    }

    @Test func `a token that is not there, is another one or has lost the key`() throws {
        let keys = try Self.store()
        func changed(_ name: String, _ value: String) throws -> any DeviceKeyStore {
            let workshop = Workshop()
            var object = keys.sealed
            object[name] = .string(value)
            try workshop.profile().prepare()
            try workshop.profile().replace(KeyFile.name, with: object)
            return try #require(try KeyFile.open(in: workshop.profile()))
        }
        for role in DeviceKeyRole.allCases {
            #expect(throws: KeyStoreRefusal.absent(token: "gone")) {
                try Self.sign(try changed("token", "gone"), role, .good)
            }
            #expect(throws: KeyStoreRefusal.foreign(.pkcs11)) {
                try Self.sign(try changed("serial", "0000"), role, .good)
            }
            let name = role == .installation ? "inst_id" : "auth_id"
            #expect(throws: KeyStoreRefusal.unfit(.pkcs11, reason: "it no longer has the key of this profile")) {
                try Self.sign(try changed(name, Base64URL.encode(RandomBytes.make(16))), role, .good)
            }
        }
        // Another key of the token in the place of this one: what it signs does not leave.
        #expect(throws: KeyStoreRefusal.unfit(.pkcs11, reason: "its signature is none of the key")) {
            let other = try Self.store().installation.identifier
            try Self.sign(try changed("inst_id", Base64URL.encode(other)), .installation, .good)
        }
    }

    @Test func `new keys remove the old ones from the token, and a failure its own`() throws {
        _ = try SoftTokens.ofThisProcess.get()
        let workshop = Workshop()
        let choice = KeyStoreChoice.pkcs11(module: SoftTokens.module, token: "quiet")
        let first = try #require(try workshop.keys(choice) as? PKCS11KeyStore)
        func keys() throws -> [Int] {
            try ["K_inst", "K_auth"].map { name in
                try Self.session(first) { (session) throws(KeyStoreRefusal) in
                    try session.objects(PKCS11Template().with(CKA_LABEL, Array("citizen-phone \(name)".utf8))).count
                }
            }
        }
        #expect(try keys() == [1, 1])
        _ = try workshop.keys(choice)
        #expect(try keys() == [1, 1], "the first keys are gone")
        #expect(throws: KeyStoreRefusal.unfit(.pkcs11, reason: "it no longer has the key of this profile")) {
            try Self.sign(first, .authentication, .good)
        }
        try PrivateFolder(path: workshop.path + "/profile/.keys.sealed.new").create()
        #expect(throws: DeviceError.self) { try workshop.keys(choice) }
        #expect(try keys() == [1, 1], "keys that no file names are gone")
        try FileManager.default.removeItem(atPath: workshop.path + "/profile/.keys.sealed.new")
        // A process that made keys and was killed before the file named them.
        let making = NewTokenKeys()
        try KeysInTheMaking.store(making.keys(in: "quiet"), in: workshop.profile())
        let derivation = PINDerivation(freshAt: .floor)
        _ = try PKCS11KeyStore(
            makingKeysIn: "quiet", module: SoftTokens.module, as: making, after: [], derivation: derivation,
            pin: try #require(derivation.credential(for: .good)))
        #expect(try keys() == [2, 2])
        _ = try workshop.keys(choice)
        #expect(try keys() == [1, 1], "what it left is gone")
        #expect(KeysInTheMaking.read(in: workshop.profile()) == TokenKeys())
        // One that was killed after the file named them: they are the profile's, and go when new ones have come.
        let own = try #require(try KeyFile.open(in: workshop.profile()) as? PKCS11KeyStore)
        try KeysInTheMaking.store(own.inToken, in: workshop.profile())
        try PrivateFolder(path: workshop.path + "/profile/.keys.sealed.new").create()
        #expect(throws: DeviceError.self) { try workshop.keys(choice) }
        try Self.sign(try #require(try KeyFile.open(in: workshop.profile())), .authentication, .good)
    }

    /// How many of these keys the token `quiet` has.
    private static func count(_ keys: TokenKeys) throws -> Int {
        let module = try PKCS11Module.load(SoftTokens.module)
        return try module.withSession(try module.token(labelled: "quiet")) { (session) throws(KeyStoreRefusal) in
            try session.loggedIn(.good) { () throws(KeyStoreRefusal) in
                var count = 0
                for identifier in keys["quiet"] {
                    let key = PKCS11Template().with(CKA_CLASS, CKO_PRIVATE_KEY).with(CKA_ID, identifier)
                    count += try session.objects(key).count
                }
                return count
            }
        }
    }

    @Test(arguments: [KeyStoreChoice.file, .pkcs11(module: SoftTokens.module, token: "spare")])
    func `keys that a killed attempt left stay named until their own token makes keys again`(
        other: KeyStoreChoice
    ) throws {
        _ = try SoftTokens.ofThisProcess.get()
        let workshop = Workshop()
        let making = NewTokenKeys()
        let left = making.keys(in: "quiet")
        try workshop.profile().prepare()
        try KeysInTheMaking.store(left, in: workshop.profile())
        let derivation = PINDerivation(freshAt: .floor)
        _ = try PKCS11KeyStore(
            makingKeysIn: "quiet", module: SoftTokens.module, as: making, after: [], derivation: derivation,
            pin: try #require(derivation.credential(for: .good)))
        _ = try workshop.keys(other)
        #expect(try Self.count(left) == 2, "their token was not opened")
        #expect(KeysInTheMaking.read(in: workshop.profile()) == left)
        let new = try #require(
            try workshop.keys(.pkcs11(module: SoftTokens.module, token: "quiet")) as? PKCS11KeyStore)
        #expect(try Self.count(left) == 0)
        #expect(try Self.count(new.inToken) == 2, "the new ones in their place")
        #expect(KeysInTheMaking.read(in: workshop.profile()) == TokenKeys())
        _ = try workshop.keys()
        #expect(try Self.count(new.inToken) == 0)
    }

    @Test func `keys whose token knows another PIN than the new ones stay named until it is used again`() throws {
        _ = try SoftTokens.ofThisProcess.get()
        let workshop = Workshop()
        let choice = KeyStoreChoice.pkcs11(module: SoftTokens.module, token: "quiet")
        let old = try #require(try workshop.keys(choice) as? PKCS11KeyStore)
        let derivation = PINDerivation(freshAt: .floor)
        let pin = try #require(derivation.credential(for: .wrong))
        _ = try KeyFile.create(.file, in: workshop.profile(), derivation: derivation, pin: pin)
        #expect(KeysInTheMaking.read(in: workshop.profile()) == old.inToken)
        #expect(try Self.count(old.inToken) == 2)
        let new = try #require(try workshop.keys(choice) as? PKCS11KeyStore)
        #expect(try Self.count(old.inToken) == 0)
        #expect(try Self.count(new.inToken) == 2, "the new ones in the place of the old ones")
        _ = try workshop.keys()
        #expect(try Self.count(new.inToken) == 0)
    }

    @Test(
        arguments: [
            ("libsofthsm2.so", "citizen"), ("./libsofthsm2.so", "citizen"), ("/nowhere/module.so", "citizen"),
            ("/lib/x86_64-linux-gnu/libc.so.6", "citizen"),
        ])
    func `a module that is none, or whose path is not absolute`(module: String, token: String) throws {
        let refusal = #expect(throws: DeviceError.self) {
            try Workshop().keys(.pkcs11(module: module, token: token))
        }
        guard case .keyStore(.unreachable(.pkcs11, _))? = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
    }

    @Test func `a label that no token has, or two`() throws {
        _ = try SoftTokens.ofThisProcess.get()
        #expect(throws: DeviceError.keyStore(.absent(token: "nobody"))) {
            try Workshop().keys(.pkcs11(module: SoftTokens.module, token: "nobody"))
        }
        #expect(throws: DeviceError.keyStore(.unfit(.pkcs11, reason: "more than one token is called 'twin'"))) {
            try Workshop().keys(.pkcs11(module: SoftTokens.module, token: "twin"))
        }
    }

    @Test func `return values of the standard have their refusals`() {
        let cases: [(CK_RV, KeyStoreRefusal)] = [
            (CKR_PIN_LOCKED, .locked(.pkcs11, seconds: nil)),
            (CKR_USER_PIN_NOT_INITIALIZED, .unfit(.pkcs11, reason: "it has no PIN yet")),
            (CKR_USER_NOT_LOGGED_IN, .pinNeeded), (CKR_DEVICE_REMOVED, .absent(token: "card")),
            (CKR_TOKEN_NOT_PRESENT, .absent(token: "card")),
            (CKR_DEVICE_ERROR, .failed(.pkcs11, operation: "C_Sign", code: 0x30)),
        ]
        for (code, refusal) in cases {
            #expect(throws: refusal) {
                try PKCS11Session.check("C_Sign", code, token: PKCS11Token(label: "card", serial: "1"))
            }
        }
    }

    @Test func `points with and without an OCTET STRING around them, and nothing else`() {
        let point = [0x04] + SigningKey.makeES256().publicKey.point
        #expect(PKCS11KeyStore.key(ofPoint: point) != nil)
        #expect(PKCS11KeyStore.key(ofPoint: [0x04, 0x41] + point) == PKCS11KeyStore.key(ofPoint: point))
        let near: [[UInt8]] = [
            [], [0x04], point.dropLast(), point + [0], [0x02] + point.dropFirst(), [0x04, 0x40] + point,
        ]
        for bad in near {
            #expect(PKCS11KeyStore.key(ofPoint: bad) == nil)
        }
        #expect(PKCS11KeyStore.key(ofPoint: [0x04] + [UInt8](repeating: 1, count: 64)) == nil, "not on the curve")
    }
}
