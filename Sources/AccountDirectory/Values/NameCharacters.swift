/// The characters of names after DIN 91379 (until 2022 DIN SPEC 91379), by properties instead of by its list of sequences:
/// wider than the norm where a Latin letter carries marks that the norm has not listed, and never outside of the Latin
/// script. Refused are therefore control and format characters (also those that turn the direction of writing), other
/// scripts, pictures, and marks that stand for themselves.
enum NameCharacters {
    /// Marks after one letter that names of any language need.
    static let marksAtMost = 2

    /// Letters of the Latin script: Basic Latin to Latin Extended-B (with digraphs such as `Ǆ`), letters of the IPA block
    /// that have a capital (`ə`), and Latin Extended Additional (`ẞ`).
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter: break
        default: return false
        }
        return switch scalar.value {
        case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF: true
        case 0x250...0x2AF: scalar.properties.changesWhenUppercased
        default: false
        }
    }

    /// Combining diacritical marks, after a letter only.
    static func isMark(_ scalar: Unicode.Scalar) -> Bool { (0x300...0x338).contains(scalar.value) }

    /// What names of people have between letters: DIN 91379, data type A.
    static func isPunctuationOfPeople(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20, 0x27, 0x2C, 0x2D, 0x2E, 0x60, 0x7E, 0xA8, 0xB4, 0xB7: true
        case 0x2B9...0x2BC, 0x2BE, 0x2BF, 0x2C8, 0x2CC, 0x2019, 0x2021: true
        default: false
        }
    }

    /// What names of organisations have besides: digits and signs of ASCII and of Latin 1 (not the soft hyphen, which
    /// nobody sees), quotation marks, dashes, euro and trade mark: DIN 91379, data type B.
    static func isSignOfOrganizations(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA1...0xAC, 0xAE...0xBF, 0xD7, 0xF7: true
        case 0x2013, 0x2014, 0x2018...0x201A, 0x201C...0x201E, 0x2020...0x2022, 0x2026, 0x2030: true
        case 0x2039, 0x203A, 0x20AC, 0x2122: true
        default: false
        }
    }

    /// True when every mark follows a letter, at most two one letter, and every other character is a letter or one that
    /// `isOther` takes; when there is a letter or (in names of organisations) a digit; and when spaces are single and inside.
    static func isName(_ text: String, _ isOther: (Unicode.Scalar) -> Bool) -> Bool {
        var marksLeft = 0
        var previous: Unicode.Scalar = " "
        var hasSubstance = false
        for scalar in text.unicodeScalars {
            if isLetter(scalar) {
                marksLeft = marksAtMost
                hasSubstance = true
            } else if isMark(scalar) {
                guard marksLeft > 0 else { return false }
                marksLeft -= 1
            } else {
                guard isOther(scalar), scalar != " " || previous != " " else { return false }
                marksLeft = 0
                if (0x30...0x39).contains(scalar.value) { hasSubstance = true }
            }
            previous = scalar
        }
        return hasSubstance && previous != " "
    }
}
