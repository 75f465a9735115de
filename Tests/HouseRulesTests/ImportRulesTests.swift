import Testing

/// What each room may import: docs/architecture.md draws it, this table keeps it.
///
/// SwiftPM checks what a target links, not what it imports: a module that a dependency brings along can be imported
/// without being declared.
enum ImportTable {
    /// Modules of the system that every room may use. `FoundationNetworking` is not among them: calls to other machines
    /// go through AsyncHTTPClient or `OutboundHTTP`, and `ProviderCore` has no sockets at all.
    static let system: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Darwin", "Synchronization", "Dispatch",
    ]

    /// Rooms that import nothing, not even the system.
    static let bare: Set<String> = ["OpenIDMessages"]

    static let rooms: [String: Set<String>] = [
        "OpenIDMessages": [],
        "IdentityCrypto": [
            "OpenIDMessages", "Crypto", "CryptoExtras", "_CryptoExtras", "X509", "SwiftASN1", "CSodium",
        ],
        "AccountDirectory": ["OpenIDMessages"],
        "RegionFile": ["OpenIDMessages", "IdentityCrypto", "AccountDirectory", "Yams"],
        "ProviderCore": ["OpenIDMessages", "IdentityCrypto", "AccountDirectory"],
        "SQLiteStore": [
            "OpenIDMessages", "IdentityCrypto", "AccountDirectory", "ProviderCore", "CSQLiteSettings", "GRDB",
            "GRDBSQLite",
        ],
        "OutboundHTTP": [
            "OpenIDMessages", "ProviderCore", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL",
        ],
        "QRCode": ["CQREncode"],
        "ProviderHTTP": [
            "OpenIDMessages", "IdentityCrypto", "AccountDirectory", "ProviderCore", "QRCode", "Hummingbird",
            "HummingbirdCore", "HTTPTypes", "NIOCore", "Mustache", "Logging", "Metrics",
        ],
        "DeviceAuthenticator": [
            "OpenIDMessages", "IdentityCrypto", "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL",
            "CFileStatus", "CPKCS11", "CTSS2",
        ],
        "RelyingParty": [
            "OpenIDMessages", "IdentityCrypto", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOSSL",
        ],
        "citizen-id": [
            "OpenIDMessages", "IdentityCrypto", "AccountDirectory", "RegionFile", "ProviderCore", "SQLiteStore",
            "OutboundHTTP", "ProviderHTTP", "QRCode", "Hummingbird", "HummingbirdTLS", "NIOCore", "NIOPosix", "NIOSSL",
            "NIOHTTP1",
            "NIOFoundationCompat", "Logging", "AsyncHTTPClient", "ArgumentParser", "Configuration", "ServiceLifecycle",
            "HummingbirdCore", "UnixSignals",
        ],
        "citizen-phone": [
            "OpenIDMessages", "IdentityCrypto", "DeviceAuthenticator", "RelyingParty", "QRCode", "CZBar", "CPNG",
            "CProcess", "ArgumentParser", "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOSSL",
            "NIOFoundationCompat",
            "Yams", "Histogram",
        ],
        "demo-portal": [
            "OpenIDMessages", "IdentityCrypto", "RelyingParty", "Hummingbird", "HummingbirdTLS", "HTTPTypes",
            "ArgumentParser", "Mustache", "NIOCore", "NIOSSL", "Logging", "ServiceLifecycle", "UnixSignals",
        ],
    ]

    /// What `file` breaks, by file, line and module.
    static func violations(in file: SourceTree.File) -> [String] {
        guard let allowed = rooms[file.room] else { return ["\(file.path): the room \(file.room) is not in the table"] }
        let system = bare.contains(file.room) ? [] : Self.system
        return file.lines.flatMap { line in
            importedModules(in: line.text).filter { !allowed.contains($0) && !system.contains($0) }
                .map { "\(file.path):\(line.number): \(file.room) may not import \($0)" }
        }
    }

    /// The modules that a line imports, whatever attributes, access level and kind stand at the import.
    static func importedModules(in line: Substring) -> [String] {
        let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
        return code.split(separator: ";").compactMap { statement in
            // A submodule or a single declaration (`import struct Foundation.Data`) counts as its module.
            let pattern =
                /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?(?:@\w+(?:\([^)]*\))?\s+)*import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias|actor)\s+)?`?(\w+)/
            return statement.firstMatch(of: pattern).map { String($0.output.1) }
        }
    }
}

@Suite("House rule: rooms import downwards only")
struct ImportRulesTests {
    @Test("every file keeps to its room's table")
    func filesKeepToTheTable() {
        #expect(SourceTree.sources.count > 20)
        #expect(SourceTree.sources.flatMap(ImportTable.violations) == [])
    }

    @Test("the table has no room that does not exist")
    func tableIsCurrent() {
        #expect(Set(ImportTable.rooms.keys) == Set(SourceTree.sources.map(\.room)))
    }

    @Test("the table has no circle: what a room imports does not import the room")
    func tableHasNoCircle() {
        func below(_ room: String, _ seen: Set<String>) -> Set<String> {
            (ImportTable.rooms[room] ?? []).reduce(into: seen) { result, next in
                if result.insert(next).inserted { result = below(next, result) }
            }
        }
        for room in ImportTable.rooms.keys { #expect(!below(room, []).contains(room), "\(room)") }
    }

    @Test(
        "the rule bites",
        arguments: [
            ("OpenIDMessages", "import Foundation", "Foundation"),
            ("OpenIDMessages", "import IdentityCrypto", "IdentityCrypto"),
            ("AccountDirectory", "public import ProviderCore", "ProviderCore"),
            ("ProviderCore", "internal import GRDB", "GRDB"),
            ("ProviderCore", "#if os(Linux)\n  import FoundationNetworking\n#endif", "FoundationNetworking"),
            ("ProviderCore", "private import Hummingbird", "Hummingbird"),
            ("ProviderHTTP", "fileprivate import SQLiteStore", "SQLiteStore"),
            ("ProviderHTTP", "package import GRDB", "GRDB"),
            ("RelyingParty", "@testable import ProviderCore", "ProviderCore"),
            ("RelyingParty", "@preconcurrency public import CSodium", "CSodium"),
            ("QRCode", "@_spi(Inner) @_exported import OpenIDMessages", "OpenIDMessages"),
            ("QRCode", "import struct Crypto.SHA256", "Crypto"), ("QRCode", "import CQREncode; import CPNG", "CPNG"),
            ("citizen-phone", "\timport  `ProviderHTTP`", "ProviderHTTP"),
        ])
    func ruleBites(room: String, text: String, module: String) {
        let violations = ImportTable.violations(in: SourceTree.File(path: "Sources/\(room)/Made/Up.swift", text: text))
        #expect(violations.count == 1)
        #expect(violations.first?.hasPrefix("Sources/\(room)/Made/Up.swift:") == true)
        #expect(violations.first?.hasSuffix("\(room) may not import \(module)") == true)
    }

    @Test("a room that is not in the table is a violation")
    func unknownRoomIsAViolation() {
        let file = SourceTree.File(path: "Sources/Cellar/Up.swift", text: "import Foundation")
        #expect(ImportTable.violations(in: file).count == 1)
    }

    @Test(
        "what is allowed or no import does not fail",
        arguments: [
            ("OpenIDMessages", "// import Foundation\nlet important = 1"), ("QRCode", "let x = 1 // import GRDB"),
            ("ProviderCore", "public import Foundation\nimport Synchronization\nimport IdentityCrypto"),
            ("SQLiteStore", "import GRDB"), ("QRCode", "importGRDB()"), ("QRCode", "#if canImport(GRDB)\n#endif"),
        ])
    func otherTextsPass(room: String, text: String) {
        #expect(ImportTable.violations(in: SourceTree.File(path: "Sources/\(room)/Up.swift", text: text)) == [])
    }
}
