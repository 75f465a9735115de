import Foundation
import OpenIDMessages
import Testing

@testable import DeviceAuthenticator

@Suite("A folder that one process uses alone")
struct FolderUseTests {
    let workshop = Workshop()
    let folder: PrivateFolder
    let use: FolderUse
    /// Another process, or somebody who does not use the folder alone.
    var other: PrivateFolder { PrivateFolder(path: folder.path) }

    init() throws {
        folder = PrivateFolder(path: workshop.path + "/folder")
        use = try #require(try folder.use(creating: true))
        try folder.replace("file", with: [1, 2, 3])
    }

    private func known(_ name: String = "file") -> [UInt8]? { use.bytes(of: name) }

    @Test func `what was read or written there is not read again`() throws {
        #expect(known() == [1, 2, 3])
        try folder.replace("file", with: [4])
        #expect(try known() == [4] && folder.read("file") == [4])
        try other.replace("another", with: [5])
        #expect(known("another") == nil)
        #expect(try folder.read("another") == [5])
        #expect(known("another") == [5])
        try folder.remove("file")
        #expect(try known() == nil && folder.read("file") == nil)
    }

    @Test func `what another one wrote there is read, and changes go on from it`() throws {
        try other.replace("file", with: [3, 2, 1])
        #expect(known() == nil)
        #expect(try folder.read("file") == [3, 2, 1])
        try other.replace("file", with: [7])
        let old = try folder.update("file") { (old) throws(FileRefusal) in ([8], old) }
        #expect(old == [7])
        #expect(try other.read("file") == [8])
        try other.remove("file")
        #expect(try folder.read("file") == nil)
    }

    @Test func `what was changed in the file itself is read`() throws {
        try workshop.write([9, 9, 9], "folder/file")
        // The system's clock for files stands still for some milliseconds.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: 1)], ofItemAtPath: folder.path + "/file")
        #expect(try folder.read("file") == [9, 9, 9])
    }

    @Test func `a file that is known is refused as any other one`() throws {
        try workshop.setMode(0o640, "folder/file")
        #expect(throws: FileRefusal.openToOthers(folder.path + "/file", mode: 0o640)) { try folder.read("file") }
        try FileManager.default.removeItem(atPath: folder.path + "/file")
        try PrivateFolder(path: folder.path + "/file").create()
        #expect(throws: FileRefusal.wrongKind(folder.path + "/file")) { try folder.read("file") }
        try FileManager.default.removeItem(atPath: folder.path + "/file")
        try other.replace("target", with: [1, 2, 3])
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/file", withDestinationPath: folder.path + "/target")
        #expect(throws: FileRefusal.symbolicLink(folder.path + "/file")) { try folder.read("file") }
    }

    @Test func `a replacement that fails leaves the old file, and it is what is known`() throws {
        try PrivateFolder(path: folder.path + "/.file.new").create()
        #expect(throws: FileRefusal.self) { try folder.replace("file", with: [4]) }
        #expect(try known() == [1, 2, 3] && folder.read("file") == [1, 2, 3])
    }

    @Test func `changes of its threads and of others at the same time do not lose one another`() async throws {
        let (folder, other) = (folder, other)
        try folder.replace("count", with: [0])
        await withTaskGroup { group in
            for number in 0..<60 {
                group.addTask {
                    let folder = number % 3 == 0 ? other : folder
                    try? folder.update("count") { (old) throws(FileRefusal) in ([(old?.first ?? 0) + 1], ()) }
                }
            }
        }
        #expect(try folder.read("count") == [60])
    }

    @Test func `with its end everything is closed, and the next one begins`() throws {
        let folder = PrivateFolder(path: workshop.path + "/next")
        func open() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { descriptor in
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + descriptor))?
                    .hasPrefix(folder.path) ?? false
            }
        }
        for round in 0..<2 as Range<UInt8> {
            let use = try #require(try folder.use(creating: true))
            try folder.replace("file", with: [round])
            #expect(try open() == 4, "the folder, its two locks and the file")
            #expect(try folder.read("file") == [round])
            withExtendedLifetime(use) {}
        }
        #expect(try open() == 0)
        #expect(try folder.read("file") == [1])
    }

    @Test func `a folder inside it is made with its first file`() throws {
        let inner = folder.folder("inner")
        try folder.keep("kept", in: "inner", [1])
        try folder.keep("noted", in: "inner", [2], isDurable: false)
        #expect(try inner.read("kept") == [1] && inner.read("noted") == [2])
        let attributes = try FileManager.default.attributesOfItem(atPath: inner.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        try folder.keep("kept", in: "inner", [3])
        #expect(try inner.read("kept") == [3])
        try workshop.setMode(0o644, "folder/inner/kept")
        let refusal = FileRefusal.openToOthers(inner.path + "/kept", mode: 0o644)
        #expect(throws: refusal) { try folder.keep("kept", in: "inner", [4]) }
    }

    @Test func `files of a folder inside it are written one after the other, whoever writes them`() async throws {
        let (folder, other) = (folder, other)
        try await withThrowingTaskGroup { group in
            for number in 0..<40 as Range<UInt8> {
                group.addTask {
                    let folder = number % 2 == 0 ? other : folder
                    try folder.keep("kept", in: "inner", [UInt8](repeating: number, count: 5000))
                }
            }
            try await group.waitForAll()
        }
        let inner = folder.folder("inner")
        let kept = try #require(try inner.read("kept"))
        #expect(kept.count == 5000 && Set(kept).count == 1)
        #expect(try inner.names() == ["kept"])
    }
}

@Suite("A login in one use of the profile")
struct ProfileUseTests {
    let workshop = Workshop()
    let provider = FakeProvider()

    @Test(arguments: [false, true])
    func `is answered with the counter after the one that somebody else left there`(isHeld: Bool) async throws {
        let phone = try await workshop.enrolledPhone(provider)
        let use = try phone.use(holdingLogin: isHeld)
        _ = try await phone.claim(provider.qrLink)
        _ = try await phone.waitForRequest()
        try workshop.profile().updateState { $0.counter = 41 }
        _ = try await phone.approve(pin: .good)
        #expect(try phone.state().counter == 42)
        #expect(try phone.login() == nil)
        withExtendedLifetime(use) {}
        #expect(try workshop.profile().state()?.counter == 42, "and it is what lies there")
    }

    @Test func `there is none of a profile that is not there`() throws {
        #expect(try workshop.phone(provider).use() == nil)
    }
}
