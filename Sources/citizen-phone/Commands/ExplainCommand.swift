import ArgumentParser
import DeviceAuthenticator
import Foundation
import OpenIDMessages

/// `citizen-phone explain FILE|TEXT`
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a QR code, link, statement, attestation or receipt is, check by check.",
        discussion:
            "SOURCE is the text itself, a PNG picture with QR codes, a file with the text, or - for standard input. "
            + "Nothing is sent. The checks use the profile's keys; without a profile those that need them are not made."
    )

    @OptionGroup var shared: SharedOptions

    @Argument(help: "A text, a file, a PNG picture, or - for standard input.")
    var source: String

    func run() async throws {
        try await shared.run(alone: false) { (phone, _, _) in
            let explanations = try Self.texts(source).map { try phone.explain($0) }
            return Report(
                json: ["explanations": .array(explanations.map { .object($0.json) })],
                lines: Array(explanations.map { ExplanationText.lines($0) }.joined(separator: [""])),
                status: explanations.allSatisfy(\.isSound) ? .ok : .findings)
        }
    }

    /// The longest text that is explained, in bytes.
    private static let maximumLength = 65_536

    private static func texts(_ source: String) throws -> [String] {
        if source == "-" { return [try text(of: .standardInput, name: "standard input")] }
        guard !source.hasPrefix("https://"), FileManager.default.fileExists(atPath: source) else {
            guard !looksLikePath(source) else {
                throw CommandFailure(
                    .file, "\(source) ist nicht da. Ein Text wird selbst angegeben, eine Datei mit ihrem Pfad.",
                    "\(source) is not there. Give a text itself, and a file by its path.")
            }
            return [source]
        }
        if source.lowercased().hasSuffix(".png") {
            return try QRPicture.texts(ofPNG: source)
        }
        guard let file = FileHandle(forReadingAtPath: source) else {
            throw CommandFailure(.file, developer: "\(source) cannot be read.")
        }
        return [try text(of: file, name: source)]
    }

    /// True for what can only be meant for a file: no link has so few colons, and no statement a slash or such an ending.
    static func looksLikePath(_ source: String) -> Bool {
        let endings = [".png", ".json", ".txt", ".jws", ".jwt"]
        return !source.contains { $0 == ":" || $0.isWhitespace }
            && (source.contains("/") || endings.contains(where: source.lowercased().hasSuffix))
    }

    private static func text(of file: FileHandle, name: String) throws -> String {
        guard let data = try? file.read(upToCount: maximumLength + 1), data.count <= maximumLength,
            let text = String(validating: data, as: UTF8.self)
        else {
            throw CommandFailure(.file, developer: "\(name) is no text of at most \(maximumLength) bytes.")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// An explanation as a person reads it.
enum ExplanationText {
    static func lines(_ explanation: Explanation) -> [String] {
        var lines = [TerminalText.visible("\(explanation.kind): \(explanation.title)")]
        if !explanation.content.names.isEmpty {
            lines += JSONValue.object(explanation.content).prettyText.split(separator: "\n").map { "  " + visible($0) }
        }
        for part in explanation.parts {
            lines.append("\(part.name) (\(visible(part.explanation.kind[...])))")
            lines += part.explanation.checks.map(line)
        }
        if !explanation.parts.isEmpty { lines.append("together") }
        return lines + explanation.checks.map(line)
    }

    static func line(_ check: StatementCheck) -> String {
        let mark =
            switch check.result {
            case .passed: "ok         "
            case .failed: "FAILED     "
            case .notChecked: "not checked"
            }
        return "  \(mark)  \(check.name): \(visible(check.detail[...]))"
    }

    private static func visible(_ text: Substring) -> String { TerminalText.visible(String(text)) }
}
