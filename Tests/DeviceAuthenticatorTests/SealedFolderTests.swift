import IdentityCrypto
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("A profile's sealed files")
struct SealedFolderTests {
    let workshop = Workshop()
    private let name = "thing.sealed"

    /// Reads with `folder` and says how often the file had to be opened for it.
    private func read(_ folder: SealedFolder, times: Int = 1) throws -> (value: Int64?, openings: Int) {
        var openings = 0
        var value: Int64?
        for _ in 0..<times {
            value = try folder.read(name) { (object) throws(FileRefusal) in
                openings += 1
                return object["value"]?.integer ?? -1
            }
        }
        return (value, openings)
    }

    @Test(arguments: [nil, "a long passphrase"])
    func `a file that is what it was is opened once, and what another process wrote is seen`(
        passphrase: String?
    ) throws {
        let (own, other) = (workshop.profile(passphrase: passphrase), workshop.profile(passphrase: passphrase))
        try own.prepare()
        #expect(try read(own).value == nil)
        for (writer, value) in [(own, 1), (other, 2), (own, 3), (other, 4)] as [(SealedFolder, Int64)] {
            try writer.replace(name, with: ["value": .integer(value)])
            for reader in [own, other] {
                let (found, openings) = try read(reader, times: 3)
                #expect(found == value && openings == 1)
            }
        }
        try own.folder.remove(name)
        #expect(try read(own).value == nil)
    }

    @Test func `what was changed is known without opening it`() throws {
        let folder = workshop.profile()
        try folder.prepare()
        try folder.replace(name, with: ["value": 1])
        var openings = 0
        for expected in 1...3 as ClosedRange<Int64> {
            let found: Int64? = try folder.update(
                name,
                from: { (object) throws(FileRefusal) in
                    openings += 1
                    return object["value"]?.integer ?? -1
                }, to: { (value: Int64) in ["value": .integer(value)] }
            ) { (value) throws(DeviceError) in ((value ?? 0) + 1, value) }
            #expect(found == expected)
        }
        #expect(openings == 1)
        #expect(try read(workshop.profile()).value == 4, "and it is what lies there")
    }

    @Test func `a change that could not be written is not believed`() throws {
        let folder = workshop.profile()
        try folder.prepare()
        try folder.replace(name, with: ["value": 1])
        try PrivateFolder(path: workshop.path + "/profile/.\(name).new").create()
        #expect(throws: DeviceError.self) {
            try folder.update(
                name, from: { (object) throws(FileRefusal) in object["value"]?.integer ?? -1 },
                to: { (value: Int64) in ["value": .integer(value)] }
            ) { (_) throws(DeviceError) in (Int64(2), ()) }
        }
        #expect(try read(folder).value == 1)
    }

    @Test func `damage is told, also of a file that was read before`() throws {
        let folder = workshop.profile()
        try folder.prepare()
        try folder.replace(name, with: ["value": 1])
        #expect(try read(folder).value == 1)
        var box = try workshop.bytes("profile/" + name)
        box[box.count - 1] ^= 1
        try workshop.write(box, "profile/" + name)
        #expect(throws: FileRefusal.cannotOpen(workshop.path + "/profile/" + name)) { try read(folder) }
    }

    @Test(arguments: [[], [0], [UInt8](repeating: 0, count: 4096), Array("CIDSEAL1".utf8)])
    func `what a failing machine left of a file for which nobody waited is none, of another one it is damage`(
        left: [UInt8]
    ) throws {
        let folder = workshop.profile()
        try folder.prepare()
        try folder.folder.replace(name, with: left)
        let decode = { (object: JSONObject) throws(FileRefusal) in object["value"]?.integer ?? -1 }
        #expect(throws: FileRefusal.cannotOpen(workshop.path + "/profile/" + name)) {
            try folder.read(name, as: decode)
        }
        #expect(try folder.read(name, isDurable: false, as: decode) == nil)
        try folder.update(name, isDurable: false, from: decode, to: { ["value": .integer($0)] }) {
            (value) throws(DeviceError) in
            #expect(value == nil)
            return (7, ())
        }
        #expect(try folder.read(name, as: decode) == 7)
    }

    @Test func `keys and state of a profile that another process replaced are the new ones`() async throws {
        let provider = FakeProvider()
        let phone = try await workshop.enrolledPhone(provider)
        let before = try phone.keys().publicKey(.authentication)
        let other = try workshop.keys().publicKey(.authentication)
        #expect(before != other)
        #expect(try phone.keys().publicKey(.authentication) == other)
        try workshop.profile().updateState { $0.counter = 41 }
        #expect(try phone.nextCounter().counter == 42)
    }
}
