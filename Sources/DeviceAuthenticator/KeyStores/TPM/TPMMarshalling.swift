internal import CTSS2

/// Structures of tpm2-tss from and to the bytes that go over the wire (TCG TPM 2.0 Library, Part 2): no union of C is
/// touched here.
enum TPMMarshalling {
    /// Reads `bytes`, which this program has written itself or which came out of `bytes(of:)`, into a structure.
    static func read<Structure>(
        _ bytes: [UInt8], into structure: inout Structure,
        with unmarshal: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int>?, UnsafeMutablePointer<Structure>?) ->
            TSS2_RC
    ) throws(KeyStoreRefusal) {
        var offset = 0
        let code = unsafe unmarshal(bytes, bytes.count, &offset, &structure)
        guard code == 0, offset == bytes.count else {
            throw .failed(.tpm, operation: "unmarshal", code: UInt64(code))
        }
    }

    /// The bytes of a structure that tpm2-tss has allocated; it is freed here.
    @unsafe
    static func bytes<Structure>(
        of structure: UnsafeMutablePointer<Structure>?,
        with marshal: (UnsafePointer<Structure>?, UnsafeMutablePointer<UInt8>?, Int, UnsafeMutablePointer<Int>?) ->
            TSS2_RC
    ) throws(KeyStoreRefusal) -> [UInt8] {
        defer { unsafe Esys_Free(structure) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        var offset = 0
        let code = unsafe marshal(structure, &buffer, buffer.count, &offset)
        guard code == 0 else { throw .failed(.tpm, operation: "marshal", code: UInt64(code)) }
        return Array(buffer.prefix(offset))
    }

    /// A `TPM2B_…`: its length in two bytes, then the bytes.
    static func sized(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(truncatingIfNeeded: bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)] + bytes
    }

    static func digest(_ bytes: [UInt8]) throws(KeyStoreRefusal) -> TPM2B_DIGEST {
        var digest = TPM2B_DIGEST()
        try unsafe read(sized(bytes), into: &digest, with: Tss2_MU_TPM2B_DIGEST_Unmarshal)
        return digest
    }

    static func data(_ bytes: [UInt8]) throws(KeyStoreRefusal) -> TPM2B_DATA {
        var data = TPM2B_DATA()
        try unsafe read(sized(bytes), into: &data, with: Tss2_MU_TPM2B_DATA_Unmarshal)
        return data
    }

    static func publicArea(_ bytes: [UInt8]) throws(KeyStoreRefusal) -> TPM2B_PUBLIC {
        var area = TPM2B_PUBLIC()
        try unsafe read(sized(bytes), into: &area, with: Tss2_MU_TPM2B_PUBLIC_Unmarshal)
        return area
    }

    static func privateArea(_ bytes: [UInt8]) throws(KeyStoreRefusal) -> TPM2B_PRIVATE {
        var area = TPM2B_PRIVATE()
        try unsafe read(sized(bytes), into: &area, with: Tss2_MU_TPM2B_PRIVATE_Unmarshal)
        return area
    }
}
