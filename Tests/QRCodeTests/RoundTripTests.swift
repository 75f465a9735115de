import ChildProcesses
import Foundation
import QRCode
import Testing

/// The pictures read by someone else's code: rsvg-convert draws, zbarimg reads.
@Suite(
    "An independent reader reads the picture",
    .enabled(if: Command.exist("rsvg-convert", "zbarimg"), "needs rsvg-convert (librsvg2-bin) and zbarimg (zbar-tools)")
)
struct RoundTripTests {
    @Test(arguments: [
        "a", "https://login.example/app/q/AAAAAAAAAAAAAAAAAAAAAA.1.BBBBBBBBBBBBBBBBBBBBBB",
        "https://login.example/app/e/x#k=y&z=<\">", String(repeating: "0123456789", count: 100),
    ])
    func svg(text: String) throws {
        try inFolder { folder in
            let (svg, png) = (folder.appending(path: "code.svg"), folder.appending(path: "code.png"))
            try #require(QRCode(text)).svg(label: "QR code").write(to: svg, atomically: true, encoding: .utf8)
            // On a black page: the quiet zone must come from the picture.
            try Command.run("rsvg-convert", "--zoom", "4", "--background-color", "black", "-o", png.path, svg.path)
            #expect(
                try Command.run("zbarimg", "--quiet", "--nodbus", "--raw", "-Senable=0", "-Sqr.enable=1", png.path)
                    == text + "\n")
        }
    }

    /// The characters drawn as a terminal would, upper and lower half of each cell one pixel row.
    @Test func terminal() throws {
        let text = "https://login.example/app/s/AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB"
        let lines = try #require(QRCode(text)).terminalText.split(separator: "\n").map { line in
            line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        }
        let rows = lines.flatMap { line in
            [line.map { "█▀".contains($0) }, line.map { "█▄".contains($0) }]
        }
        let scale = 4
        var picture = "P1 \(rows[0].count * scale) \(rows.count * scale)\n"
        for row in rows {
            let pixels = row.map { String(repeating: $0 ? "1" : "0", count: scale) }.joined() + "\n"
            picture += String(repeating: pixels, count: scale)
        }
        try inFolder { folder in
            let file = folder.appending(path: "code.pbm")
            try picture.write(to: file, atomically: true, encoding: .utf8)
            #expect(try Command.run("zbarimg", "--quiet", "--nodbus", "--raw", file.path) == text + "\n")
        }
    }

    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "QRCodeTests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }
}

/// Programs of the system.
enum Command {
    static func exist(_ names: String...) -> Bool { names.allSatisfy { path(of: $0) != nil } }

    private static func path(of name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// What the program prints; a failure is a failed test.
    @discardableResult static func run(_ name: String, _ arguments: String...) throws -> String {
        let result = try ChildProcess.run(#require(path(of: name)), arguments)
        #expect(result.status == 0, "\(name)")
        return result.output
    }
}
