/// Check digits of business identifiers.
enum CheckDigits {
    /// ISO/IEC 7064 MOD 11,10: the last digit of German VAT and business identification numbers.
    ///
    /// - Parameter digits: decimal digits, the check digit among them as the last.
    static func isMod11And10(_ digits: some Sequence<UInt8>) -> Bool {
        var product = 10
        var last = 0
        var isFirst = true
        for byte in digits {
            // Everything before the byte that is looked at counts; the last byte is compared.
            if !isFirst {
                let sum = (last + product) % 10
                product = 2 * (sum == 0 ? 10 : sum) % 11
            }
            last = Int(byte) - 0x30
            isFirst = false
        }
        return !isFirst && (last + product) % 10 == 1
    }

    /// ISO/IEC 7064 MOD 97-10 (ISO 17442 §4): letters count as 10 to 35, and the number is 1 modulo 97.
    ///
    /// - Parameter characters: decimal digits and capital letters of ASCII.
    static func isMod97And10(_ characters: some Sequence<UInt8>) -> Bool {
        var remainder = 0
        for byte in characters {
            let value = byte < 0x41 ? Int(byte) - 0x30 : Int(byte) - 0x37
            remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97
        }
        return remainder == 1
    }
}

extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isCapital: Bool { (0x41...0x5A).contains(self) }
}
