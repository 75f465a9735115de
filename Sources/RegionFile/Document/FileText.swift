import Foundation

/// Reads small text files.
enum FileText {
    /// Why a file was not read, for people.
    struct Refusal: Error {
        var message: String
    }

    /// The most bytes that are read of any file: a region of a hundred towns needs about a tenth of it.
    static let maximumLength = 1 << 20

    /// The text of the file at `path`.
    static func read(_ path: String) -> Result<String, Refusal> {
        guard let file = FileHandle(forReadingAtPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            return .failure(Refusal(message: "the file \(exists ? "cannot be opened" : "does not exist")"))
        }
        guard let data = try? file.read(upToCount: maximumLength + 1) ?? Data() else {
            return .failure(Refusal(message: "the file cannot be read"))
        }
        guard data.count <= maximumLength else { return .failure(tooLong) }
        guard let text = String(validating: data, as: UTF8.self) else {
            return .failure(Refusal(message: "the file is not UTF-8 text"))
        }
        return .success(text)
    }

    static let tooLong = Refusal(message: "the file is longer than 1 MiB")

    /// `path`, or its place below `directory` when it is relative.
    static func resolve(_ path: String, in directory: String) -> String {
        path.hasPrefix("/") || directory.isEmpty ? path : directory + "/" + path
    }

    /// The directory that a file lies in, from the root: another process may work elsewhere.
    static func directory(of path: String) -> String {
        URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
}
