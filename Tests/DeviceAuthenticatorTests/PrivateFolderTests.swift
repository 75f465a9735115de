import Foundation
import Glibc
import Testing

@testable import DeviceAuthenticator

@Suite("A private folder")
struct PrivateFolderTests {
    let workshop = Workshop()
    var folder: PrivateFolder { PrivateFolder(path: workshop.path + "/folder") }

    init() throws {
        try folder.create()
        try folder.replace("file", with: [1, 2, 3])
    }

    private func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: workshop.path + "/" + name)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? -1
    }

    @Test func `files have the mode 0600 and the folder 0700`() throws {
        #expect(try mode("folder") == 0o700)
        #expect(try mode("folder/file") == 0o600)
        #expect(try mode("folder/.lock") == 0o600)
    }

    @Test func `a full disk is told as one`() throws {
        let path = "/dev/full"
        let full = try #require(try OpenFile.at(AT_FDCWD, path, flags: O_WRONLY, path: path))
        #expect(throws: FileRefusal.system(path, operation: "write", code: ENOSPC)) {
            try full.write([UInt8](repeating: 7, count: 100_000), path: path)
        }
        #expect("\(FileRefusal.system(path, operation: "write", code: ENOSPC))".contains("No space left on device"))
    }

    @Test func `reads what was written`() throws {
        #expect(try folder.read("file") == [1, 2, 3])
        #expect(try folder.read("none") == nil)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o610])
    func `a file that others can reach is refused, reading and writing`(mode: Int) throws {
        try workshop.setMode(mode, "folder/file")
        let refusal = FileRefusal.openToOthers(folder.path + "/file", mode: UInt32(mode))
        #expect(throws: refusal) { try folder.read("file") }
        #expect(throws: refusal) { try folder.replace("file", with: [4]) }
        #expect(refusal.description.contains("chmod"))
    }

    @Test func `a folder that others can reach is refused`() throws {
        try workshop.setMode(0o750, "folder")
        #expect(throws: FileRefusal.openToOthers(folder.path, mode: 0o750)) { try folder.read("file") }
    }

    @Test func `a symbolic link is refused, even to a good file`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: folder.path + "/file")
        #expect(throws: FileRefusal.symbolicLink(folder.path + "/link")) { try folder.read("link") }
        #expect(throws: FileRefusal.symbolicLink(folder.path + "/link")) { try folder.replace("link", with: [4]) }
        #expect(throws: FileRefusal.symbolicLink(folder.path + "/link")) {
            try PrivateFile.read(folder.path + "/link")
        }
        #expect(try folder.read("file") == [1, 2, 3])
    }

    @Test func `a folder in the place of a file is refused`() throws {
        try PrivateFolder(path: folder.path + "/inner").create()
        #expect(throws: FileRefusal.wrongKind(folder.path + "/inner")) { try folder.read("inner") }
    }

    @Test func `what a killed writer left is replaced`() throws {
        try workshop.write([9, 9], "folder/.file.new")
        try folder.replace("file", with: [4])
        #expect(try folder.read("file") == [4])
        #expect(try folder.read(".file.new") == nil)
    }

    @Test func `a replacement that fails keeps the old file`() throws {
        try PrivateFolder(path: folder.path + "/.file.new").create()
        #expect(throws: FileRefusal.self) { try folder.replace("file", with: [4]) }
        #expect(try folder.read("file") == [1, 2, 3])
    }

    @Test(arguments: [true, false])
    func `a change that leaves nothing removes the file, whether it was there or not`(isDurable: Bool) throws {
        for expected in [[1, 2, 3], nil] as [[UInt8]?] {
            let old = try folder.update("file", isDurable: isDurable) { (old) throws(FileRefusal) in (nil, old) }
            #expect(old == expected)
            #expect(try folder.read("file") == nil)
        }
    }

    @Test func `a change that is refused keeps the old file`() throws {
        #expect(throws: DeviceError.noLogin) {
            try folder.update("file") { (_) throws(DeviceError) -> ([UInt8]?, Void) in throw .noLogin }
        }
        #expect(try folder.read("file") == [1, 2, 3])
    }

    @Test func `changes at the same time do not lose one another`() async throws {
        let folder = folder
        try folder.replace("count", with: [0])
        await withTaskGroup { group in
            for _ in 0..<40 {
                group.addTask {
                    try? folder.update("count") { (old) throws(FileRefusal) in ([(old?.first ?? 0) + 1], ()) }
                }
            }
        }
        #expect(try folder.read("count") == [40])
    }
}
