import OpenIDMessages
import TestVectors
import Testing

@testable import IdentityCrypto

@Suite("D-6.3, K_pin is derived from PIN and salt and from nothing else")
struct PINKeyTests {
    @Test("the known answers, which were checked with another implementation")
    func knownAnswers() throws {
        let file = try StrictJSON.parseObject(#require(TestVectors.packageFile("pin-key.json")))
        let cases = try #require(file["cases"]?.array)
        #expect(cases.count >= 2)
        for element in cases {
            let salt = try #require(Base64URL.decode(element["salt"]?.string ?? ""))
            let operations = UInt8(clamping: try #require(element["operations"]?.integer))
            let memory = UInt32(clamping: try #require(element["memory_kib"]?.integer))
            let key = PINKey.derive(
                pin: Array((element["pin"]?.string ?? "").utf8), salt: salt,
                cost: SealedBox.Cost(operations: operations, memoryKiB: memory))
            #expect(key?.publicKey.jwk == element["jwk"]?.object)
        }
    }

    @Test("another PIN, another salt and another cost give another key")
    func differences() throws {
        let salt = [UInt8](repeating: 1, count: 16)
        func derive(_ pin: String, _ salt: [UInt8], _ cost: SealedBox.Cost = .floor) -> KeyThumbprint? {
            PINKey.derive(pin: Array(pin.utf8), salt: salt, cost: cost)?.thumbprint
        }
        let key = try #require(derive("13579", salt))
        #expect(derive("13579", salt) == key)
        #expect(derive("13578", salt) != key)
        #expect(derive("013579", salt) != key)
        #expect(derive("13579", [2] + salt.dropFirst()) != key)
        #expect(derive("13579", salt, SealedBox.Cost(operations: 2, memoryKiB: 8192)) != key)
    }

    @Test(
        "a PIN has 5 to 12 ASCII digits",
        arguments: [
            ("13579", true), ("123456789012", true), ("00000", true), ("", false), ("1357", false),
            ("1234567890123", false), ("1357 ", false), ("1357a", false), ("-1357", false), ("1357\n", false),
            ("١٢٣٤٥", false), ("１３５７９", false), ("13579\0", false),
        ])
    func wellFormed(pin: String, isGood: Bool) {
        #expect(PINKey.isWellFormed(Array(pin.utf8)) == isGood)
    }
}
