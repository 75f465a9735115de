/// A text for people in both languages of citizens; neither can lack. A text with values in it is a function that makes one.
public struct BilingualText: Sendable, Hashable {
    public let german: String
    public let english: String

    public init(_ german: String, _ english: String) {
        self.german = german
        self.english = english
    }

    /// What is the same in every language: a name, a path, text of somebody else.
    public init(verbatim text: String) { self.init(text, text) }

    public func text(_ language: Language) -> String { language.say(german, english) }

    public static func + (left: Self, right: Self) -> Self {
        Self(left.german + right.german, left.english + right.english)
    }
}

extension Language {
    /// The one of two texts that is in this language.
    public func say(_ german: @autoclosure () -> String, _ english: @autoclosure () -> String) -> String {
        switch self {
        case .german: german()
        case .english: english()
        }
    }
}
