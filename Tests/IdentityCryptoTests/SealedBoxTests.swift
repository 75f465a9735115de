import Testing

@testable import IdentityCrypto

@Suite("A sealed box opens only whole and only with what sealed it")
struct SealedBoxTests {
    static let key = SealedBox.Protection.key([UInt8](repeating: 7, count: 32))
    static let passphrase = phrase("correct horse")
    static func phrase(_ text: String) -> SealedBox.Protection {
        .passphrase(SealedBox.Passphrase(Array(text.utf8)))
    }
    static let secret = Array("the secret".utf8)
    static let byKey = try! SealedBox.seal(secret, with: key)
    static let byPassphrase = try! SealedBox.seal(secret, with: passphrase, cost: .floor)
    static let headerLength = 54

    @Test("what was sealed comes back", arguments: [0, 1, 63, 64, 65, 10_000])
    func roundTrip(count: Int) throws {
        let text = RandomBytes.make(count)
        let box = try SealedBox.seal(text, with: Self.key)
        #expect(box.count == Self.headerLength + count + 16)
        #expect(try SealedBox.open(box, with: Self.key) == text)
        #expect(try SealedBox.open(Self.byPassphrase, with: Self.passphrase) == Self.secret)
    }

    @Test("two boxes of one secret have nothing in common")
    func fresh() throws {
        let other = try SealedBox.seal(Self.secret, with: Self.key)
        #expect(other[14..<30] != Self.byKey[14..<30])
        #expect(other[30..<54] != Self.byKey[30..<54])
        #expect(other[54...] != Self.byKey[54...])
    }

    @Test("under one passphrase a process derives one key: the salt of the last box, and another nonce in each")
    func salt() throws {
        let phrase = Self.phrase("correct horse")
        #expect(try SealedBox.open(Self.byPassphrase, with: phrase) == Self.secret)
        let boxes = try (0..<3).map { _ in try SealedBox.seal(Self.secret, with: phrase, cost: .floor) }
        for box in boxes {
            #expect(box[14..<30] == Self.byPassphrase[14..<30])
            #expect(try SealedBox.open(box, with: Self.phrase("correct horse")) == Self.secret)
        }
        #expect(Set(boxes.map { Array($0[30..<54]) } + [Array(Self.byPassphrase[30..<54])]).count == 4)
        let dearer = SealedBox.Cost(operations: 2, memoryKiB: 8192)
        let other = try SealedBox.seal(Self.secret, with: phrase, cost: dearer)
        #expect(other[14..<30] != Self.byPassphrase[14..<30], "a key of another cost has a salt of its own")
        for box in [other, boxes[0]] { #expect(try SealedBox.open(box, with: phrase) == Self.secret) }
        #expect(
            try SealedBox.seal(Self.secret, with: Self.phrase("correct horse"), cost: .floor)[14..<30]
                != boxes[0][14..<30])
    }

    @Test("each bit counts: header, ciphertext and tag")
    func flips() {
        for index in Self.byKey.indices {
            for bit in 0..<8 {
                var box = Self.byKey
                box[index] ^= 1 << bit
                #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(box, with: Self.key) }
            }
        }
    }

    @Test("each byte of the header counts under a passphrase, and damage looks like a wrong passphrase")
    func passphraseFlips() {
        // The two high bytes of the memory would only ask for more of it than is allowed.
        for index in Self.byPassphrase.indices where index < Self.headerLength + 2 {
            var box = Self.byPassphrase
            box[index] ^= 1
            #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(box, with: Self.passphrase) }
        }
        let wrong = Self.phrase("correct Horse")
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(Self.byPassphrase, with: wrong) }
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(Self.byPassphrase, with: Self.phrase("")) }
    }

    @Test("each truncation and anything behind the end is refused")
    func truncations() {
        for length in Self.byKey.indices {
            #expect(throws: SealedBoxError.cannotOpen) {
                try SealedBox.open(Array(Self.byKey[..<length]), with: Self.key)
            }
        }
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(Self.byKey + [0], with: Self.key) }
    }

    /// The header's cost is an attacker's to write: below the floor it would make guessing cheap, above the ceiling it
    /// would take the machine's memory.
    @Test(
        "J1 a cost outside its bounds is refused before any work",
        arguments: [
            (1, 8), (1, 8191), (1, 0), (0, 8192), (17, 8192), (255, 8192), (1, 1_048_577), (1, UInt32.max),
        ] as [(UInt8, UInt32)])
    func costs(operations: UInt8, memory: UInt32) {
        var box = Self.byPassphrase
        box[9] = operations
        for index in 0..<4 { box[10 + index] = UInt8(truncatingIfNeeded: memory >> (24 - 8 * UInt32(index))) }
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(box, with: Self.passphrase) }
        #expect(!SealedBox.Cost(operations: operations, memoryKiB: memory).isAcceptable)
    }

    @Test("a box of one kind is none of the other")
    func kinds() {
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(Self.byKey, with: Self.passphrase) }
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(Self.byPassphrase, with: Self.key) }
        for (box, protection) in [(Self.byKey, Self.passphrase), (Self.byPassphrase, Self.key)] {
            var changed = box
            changed[8] ^= 1
            #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(changed, with: protection) }
        }
    }

    @Test("a key has 32 bytes and is the right one", arguments: [0, 16, 31, 33])
    func keyLengths(count: Int) {
        let wrong = SealedBox.Protection.key([UInt8](repeating: 7, count: count))
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.seal([1], with: wrong) }
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(Self.byKey, with: wrong) }
        let other = SealedBox.Protection.key([UInt8](repeating: 8, count: 32))
        #expect(throws: SealedBoxError.cannotOpen) { try SealedBox.open(Self.byKey, with: other) }
    }

    @Test("a passphrase at a cost below the floor seals nothing: the box could never be opened")
    func sealingBelowTheFloor() async {
        await #expect(processExitsWith: .failure) {
            _ = try SealedBox.seal([1], with: Self.phrase("1"), cost: .init(operations: 1, memoryKiB: 8))
        }
    }
}
