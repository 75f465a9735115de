internal import CPKCS11

/// Attributes of an object, as PKCS#11 takes and gives them (PKCS #11 v2.40, §4.2).
struct PKCS11Template {
    private(set) var attributes: [(type: CK_ATTRIBUTE_TYPE, value: [UInt8])] = []

    /// Adds a yes or a no.
    func with(_ type: CK_ATTRIBUTE_TYPE, _ value: Bool) -> PKCS11Template { with(type, [value ? 1 : 0]) }

    /// Adds a number in this machine's own order of bytes.
    func with(_ type: CK_ATTRIBUTE_TYPE, _ value: UInt) -> PKCS11Template {
        with(type, unsafe withUnsafeBytes(of: value) { unsafe [UInt8]($0) })
    }

    func with(_ type: CK_ATTRIBUTE_TYPE, _ value: [UInt8]) -> PKCS11Template {
        var copy = self
        copy.attributes.append((type, value))
        return copy
    }

    /// Calls `body` with the attributes; a function of the module may write into their values.
    ///
    /// - Returns: what `body` returned, and the values afterwards.
    @unsafe
    func call(
        _ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) -> CK_RV
    ) -> (code: CK_RV, values: [[UInt8]]) {
        // Each value begins where a number may begin: modules read numbers in place.
        var offsets: [Int] = []
        var storage: [UInt8] = []
        for (_, value) in attributes {
            offsets.append(storage.count)
            storage += value + [UInt8](repeating: 0, count: (8 - value.count % 8) % 8)
        }
        return unsafe storage.withUnsafeMutableBytes { buffer in
            var list: [CK_ATTRIBUTE] = unsafe []
            for (index, (type, value)) in attributes.enumerated() {
                let place = unsafe buffer.baseAddress.map { unsafe $0 + offsets[index] }
                unsafe list.append(CK_ATTRIBUTE(type: type, pValue: place, ulValueLen: CK_ULONG(value.count)))
            }
            let code = unsafe list.withUnsafeMutableBufferPointer { list in
                unsafe body(list.baseAddress, CK_ULONG(list.count))
            }
            let values = attributes.indices.map { index in
                // A length that is larger than the room says that there was no value (§5.7).
                let length = unsafe min(Int(clamping: list[index].ulValueLen), attributes[index].value.count)
                return unsafe [UInt8](buffer[offsets[index]..<offsets[index] + length])
            }
            return (code, values)
        }
    }
}
