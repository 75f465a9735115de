import Foundation
import RegionFile
import Testing

@Suite("A settings file is read as strictly as a region")
struct SettingsFileTests {
    private static let known: [String: SettingsFile.Kind] = [
        "listen": .text, "region": .texts, "limits": .section(["connections": .number]),
    ]

    private func read(_ text: String) throws -> [String: SettingsFile.Value] {
        let path = FileManager.default.temporaryDirectory.path + "/settings-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try SettingsFile.read(path, Self.known)
    }

    @Test(arguments: [
        ("listen: \"1\"\nregion: [a, b]\nlimits: {connections: 3}", 3), ("limits:\n  # connections: 3\n", 0),
        ("# nothing but comments\n", 0), ("", 0),
    ]) func `each setting by its name`(text: String, count: Int) throws {
        let values = try read(text)
        #expect(values.count == count)
        guard count > 0 else { return }
        #expect(values == ["listen": .text("1"), "region": .texts(["a", "b"]), "limits.connections": .number(3)])
    }

    @Test(arguments: [
        ("liste: a", 1, "unknown key `liste`; did you mean `listen`?"),
        ("listen: a\nlimits:\n  conections: 3", 3, "unknown key `conections`; did you mean `connections`?"),
        ("listen: [a]", 1, "must be text"), ("listen:", 1, "must not be empty"), ("listen: {a: b}", 1, "must be text"),
        ("region: my-region.yaml", 1, "must be a list"), ("limits: 3", 1, "must be a mapping"),
        ("limits: {connections: many}", 1, "must be a whole number"),
        ("limits: {connections: \"3\"}", 1, "must be a whole number"),
        ("limits: {connections: 3.5}", 1, "must be a whole number"), ("listen: a\nlisten: b", 1, "duplicate key"),
        ("- listen", 1, "must be a mapping"), ("listen: [", 2, "not YAML"),
    ]) func `a mistake has its line, and nothing is a default in silence`(text: String, line: Int, message: String) {
        let error = #expect(throws: RegionFileError.self) { try read(text) }
        #expect(error?.mistakes.count == 1, "\(String(describing: error))")
        #expect(error?.mistakes.first?.line == line, "\(String(describing: error))")
        #expect(error?.mistakes.first?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test func `a file that is not there`() {
        let error = #expect(throws: RegionFileError.self) {
            try SettingsFile.read("/nowhere/settings.yaml", Self.known)
        }
        #expect(error?.description == "/nowhere/settings.yaml:1:1: the file does not exist")
    }
}
