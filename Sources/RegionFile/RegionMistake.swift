/// Something in a region file that must be put right, and where it stands.
public struct RegionMistake: Sendable, Equatable, CustomStringConvertible {
    /// The name of the file as its source gave it.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1, in Unicode scalars.
    public var column: Int
    /// What is wrong and what would be right. Never holds a secret.
    public var message: String

    public init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: message`, as compilers write it.
    public var description: String { "\(file):\(line):\(column): \(message)" }
}

/// Every mistake of a region's files, in the order of files, lines and columns; at least one.
public struct RegionFileError: Error, Equatable, CustomStringConvertible {
    public var mistakes: [RegionMistake]

    public init(mistakes: [RegionMistake]) { self.mistakes = mistakes }

    /// One mistake on each line.
    public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}
