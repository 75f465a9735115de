import CTSS2
import IdentityCrypto
import KeyStoreHarness
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

/// Checklist J4, with a TPM in software.
@Suite("The key store tpm", .enabled(if: KeyStoreStage.isInstalled, KeyStoreStage.needed))
struct TPMKeyStoreTests {
    private static func sign(_ keys: any DeviceKeyStore, _ role: DeviceKeyRole, _ pin: PIN) throws {
        let signature = try keys.signature(for: [7], with: role, pin: try keys.credential(pin))
        #expect(signature.count == 64)
    }

    @Test func `wrong PINs lock the TPM, for the right one as well, and calls go on`() throws {
        let stage = try KeyStoreStage(.tpm)
        let keys = try stage.keys()
        try Self.sign(keys, .authentication, .good)
        for left in [2, 1] {
            #expect(throws: KeyStoreRefusal.wrongPIN(triesLeft: left)) {
                try Self.sign(keys, .authentication, .wrong)
            }
        }
        for pin in [PIN.wrong, .good, .good] {
            #expect(throws: KeyStoreRefusal.locked(.tpm, seconds: 1000)) { try Self.sign(keys, .authentication, pin) }
        }
        // K_inst has no PIN: the provider can still be told, and devices be listed.
        try Self.sign(keys, .installation, .good)
        // A new profile in the same TPM is no way around.
        let other = try Workshop().keys(stage.choice)
        #expect(throws: KeyStoreRefusal.locked(.tpm, seconds: 1000)) { try Self.sign(other, .authentication, .good) }
    }

    @Test func `keys have the attributes that bind them to their TPM`() throws {
        let stage = try KeyStoreStage(.tpm)
        let keys = try #require(try stage.keys() as? TPMKeyStore)
        // fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, sign; and noDA for the one without a PIN.
        #expect(keys.authentication.blob.publicArea[4..<8] == [0x00, 0x04, 0x00, 0x72])
        #expect(keys.installation.blob.publicArea[4..<8] == [0x00, 0x04, 0x04, 0x72])
        // A key with others is none of this store, even where the file says so.
        var object = keys.sealed
        var area = keys.authentication.blob.publicArea
        area[7] &= ~0x02
        object["auth_public"] = .string(Base64URL.encode(area))
        try stage.workshop.profile().replace(KeyFile.name, with: object)
        #expect(throws: FileRefusal.self) { try stage.open() }
    }

    @Test func `a profile that was copied to another TPM does not sign there`() throws {
        let stage = try KeyStoreStage(.tpm)
        let keys = try stage.keys()
        try #require(stage.tpm).replace()
        for role in DeviceKeyRole.allCases {
            #expect(throws: KeyStoreRefusal.foreign(.tpm)) { try Self.sign(keys, role, .good) }
        }
    }

    @Test func `another TPM itself refuses the blobs`() throws {
        let stage = try KeyStoreStage(.tpm)
        let keys = try #require(try stage.keys() as? TPMKeyStore)
        let other = try SoftTPM()
        for (blob, connection, refusal) in [
            (keys.authentication.blob, stage.tpm?.connection, nil),
            (keys.installation.blob, stage.tpm?.connection, nil),
            (keys.authentication.blob, other.connection, KeyStoreRefusal.foreign(.tpm)),
            (keys.installation.blob, other.connection, .foreign(.tpm)),
        ] {
            var thrown: KeyStoreRefusal?
            do throws(KeyStoreRefusal) {
                _ = try TPMConnection.open(connection ?? "") { (tpm) throws(KeyStoreRefusal) in
                    try tpm.load(blob, below: try tpm.primary().handle)
                }
            } catch { thrown = error }
            #expect(thrown == refusal)
        }
    }

    @Test func `a damaged private area is refused by the TPM`() throws {
        let stage = try KeyStoreStage(.tpm)
        var object = try #require(try stage.keys() as? TPMKeyStore).sealed
        var blob = try #require(Base64URL.decode(object["auth_private"]?.string ?? ""))
        blob[blob.count - 1] ^= 1
        object["auth_private"] = .string(Base64URL.encode(blob))
        try stage.workshop.profile().replace(KeyFile.name, with: object)
        #expect(throws: KeyStoreRefusal.foreign(.tpm)) { try Self.sign(try stage.open(), .authentication, .good) }
    }

    @Test func `keys cannot be duplicated to another parent`() throws {
        let stage = try KeyStoreStage(.tpm)
        let keys = try #require(try stage.keys() as? TPMKeyStore)
        for blob in [keys.authentication.blob, keys.installation.blob] {
            let code = try TPMConnection.open(keys.connection) { (tpm) throws(KeyStoreRefusal) in
                let key = try tpm.load(blob, below: try tpm.primary().handle)
                var symmetric = TPMT_SYM_DEF_OBJECT()
                symmetric.algorithm = 0x10
                var (secret, copy, seed): TPMDuplicate = (nil, nil, nil)
                // TPM2_Duplicate with a session of a policy, as it must be (Part 3, §13.1).
                var session: ESYS_TR = 0
                var none = TPMT_SYM_DEF()
                none.algorithm = 0x10
                _ = unsafe Esys_StartAuthSession(
                    tpm.context, 0xfff, 0xfff, 0xfff, 0xfff, 0xfff, nil, 0x01, &none, 0x0b, &session)
                _ = unsafe Esys_PolicyCommandCode(tpm.context, session, 0xfff, 0xfff, 0xfff, 0x14b)
                let code = unsafe Esys_Duplicate(
                    tpm.context, key, 0x107, session, 0xfff, 0xfff, nil, &symmetric, &secret, &copy, &seed)
                _ = unsafe Esys_FlushContext(tpm.context, session)
                return code
            }
            // TPM_RC_ATTRIBUTES or TPM_RC_POLICY_FAIL: neither the key's attributes nor its policy allow it.
            #expect([0x02, 0x1d].contains(code & 0x3f) && code & 0x80 != 0, "0x\(String(code, radix: 16))")
        }
    }

    @Test func `what goes over the bus shows neither the PIN nor what opens the key`() throws {
        let stage = try KeyStoreStage(.tpm)
        let keys = try stage.keys()
        let pin = try keys.credential(.good)
        let message = Array("The message of the bus".utf8)
        _ = try keys.signature(for: message, with: .installation, pin: nil)
        let digest = Self.hex(Digest.sha256(message))
        #expect(try #require(stage.tpm).trace().contains(digest), "the trace has what is not encrypted")

        let other = Array("The message that the PIN opens".utf8)
        _ = try keys.signature(for: other, with: .authentication, pin: pin)
        let trace = try #require(stage.tpm).trace()
        #expect(!trace.contains(Self.hex(PIN.goodDigits)))
        #expect(!trace.contains(Self.hex(pin.derived.authorization)))
        #expect(!trace.contains(Self.hex(Digest.sha256(other))), "parameters are encrypted")
        // TPM2_StartAuthSession names the key of the salt; without one a listener could try PINs against the HMAC.
        #expect(trace.contains("00000176"))
        #expect(!trace.contains("0000017640000007"), "no session is without a salt")
    }

    @Test func `a TPM whose owner has set a password is told from one that is not there`() throws {
        let stage = try KeyStoreStage(.tpm)
        let connection = try #require(stage.tpm).connection
        let code = try TPMConnection.open(connection) { (tpm) throws(KeyStoreRefusal) in
            var password = try TPMMarshalling.digest([1, 2, 3])
            return unsafe Esys_HierarchyChangeAuth(tpm.context, 0x101, 0xff, 0xfff, 0xfff, &password)
        }
        try #require(code == 0)
        let refusal = KeyStoreRefusal.unfit(.tpm, reason: "its owner's hierarchy is under a password")
        #expect(throws: DeviceError.keyStore(refusal)) { try stage.keys() }
    }

    @Test func `nothing stays in the TPM, whatever happens`() throws {
        let stage = try KeyStoreStage(.tpm)
        // It has room for three objects and three sessions.
        let keys = try stage.keys()
        for _ in 1...4 { try Self.sign(keys, .authentication, .good) }
        for _ in 1...2 { _ = try? Self.sign(keys, .authentication, .wrong) }
        for _ in 1...4 { try Self.sign(keys, .authentication, .good) }
        let store = try #require(keys as? TPMKeyStore)
        for _ in 1...2 { _ = try store.attestation(challenge: [1, 2, 3], pin: try keys.credential(.good)) }
        try Self.sign(keys, .authentication, .good)
    }

    @Test(
        arguments: [
            "", "device:/dev/nothing-there", "swtpm:path=/nowhere/tpm", "cmd:touch never", "/nowhere/own.so",
            "nonsense",
        ])
    func `a TPM that cannot be reached`(connection: String) throws {
        let refusal = #expect(throws: DeviceError.self) {
            try Workshop().keys(.tpm(connection: connection))
        }
        guard case .keyStore(.unreachable(.tpm, _))? = refusal else {
            Issue.record("\(String(describing: refusal))")
            return
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

private typealias TPMDuplicate = (
    UnsafeMutablePointer<TPM2B_DATA>?, UnsafeMutablePointer<TPM2B_PRIVATE>?,
    UnsafeMutablePointer<TPM2B_ENCRYPTED_SECRET>?
)
