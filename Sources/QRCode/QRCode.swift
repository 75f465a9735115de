import CQREncode

/// A QR code (ISO/IEC 18004) of a short text: 8-bit mode, error correction level M, the smallest version that holds it.
///
/// No ECI header says that the bytes are UTF-8, because common readers do not know it: keep to ASCII, as links do.
public struct QRCode: Sendable {
    /// What the largest symbol, version 40, holds at level M (ISO/IEC 18004, table 7).
    public static let maximumLength = 2331

    /// The light border that readers need around the symbol, in modules (ISO/IEC 18004 §6.3.8).
    public static let quietZone = 4

    /// Modules on each side, without the quiet zone: 21 to 177.
    public let size: Int

    /// Row by row, `size` modules each.
    private let darkModules: [Bool]

    /// Nil when the text is empty or longer than `maximumLength` bytes.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= Self.maximumLength,
            let symbol = unsafe QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M)
        else { return nil }
        defer { unsafe QRcode_free(symbol) }
        size = Int(unsafe symbol.pointee.width)
        // The lowest bit of a module is its colour; the others say what it is for.
        let modules = unsafe UnsafeBufferPointer(start: symbol.pointee.data, count: size * size)
        darkModules = unsafe modules.map { $0 & 1 == 1 }
    }

    /// Whether the module in this column and row is dark. Everything around the symbol is light.
    public func isDark(_ x: Int, _ y: Int) -> Bool {
        guard (0..<size).contains(x), (0..<size).contains(y) else { return false }
        return darkModules[y * size + x]
    }
}
