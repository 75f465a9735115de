internal import Foundation
public import OpenIDMessages

extension WireValue {
    /// A fresh value of 22 characters that sorts by the millisecond of its making and ends in 90 random bits. Only for types
    /// that accept such text, and for names that are not secret and tell nothing by their time.
    ///
    /// Rows with such names lie side by side as they are made. With wholly random names every row of a login would change
    /// another page of the indexes, the more pages the more logins there have been.
    public static func inOrderOfTime() -> Self { .inOrder(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    /// - Parameter milliseconds: since 1970; 42 bits of them count, which are enough until 2109.
    static func inOrder(milliseconds: Int64) -> Self {
        let time = (0..<7).map { OrderedAlphabet.characters[Int(milliseconds >> ((6 - $0) * 6) & 63)] }
        let random = RandomBytes.make(15).map { OrderedAlphabet.characters[Int($0 & 63)] }
        guard let value = Self(rawValue: String(decoding: time + random, as: UTF8.self)) else {
            preconditionFailure("\(Self.self) does not accept 22 unreserved characters")
        }
        return value
    }
}

/// The characters of base64url in the order of their bytes.
private enum OrderedAlphabet {
    static let characters = [UInt8]("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz".utf8)
}
