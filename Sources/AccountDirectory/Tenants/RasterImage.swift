/// A small picture of pixels: a PNG (W3C PNG, third edition) of at most 16 KiB and 256 by 256 pixels, with nothing in it
/// but pixels.
///
/// SVG is a document with scripts and addresses in it and is no picture here; texts, profiles and animations that a PNG
/// can hold are refused, and so is whatever stands behind its end.
public struct RasterImage: Sendable, Equatable {
    /// The file.
    public let bytes: [UInt8]
    /// In pixels.
    public let width: UInt32
    /// In pixels.
    public let height: UInt32

    /// Why bytes are not such a picture.
    public enum Mistake: String, Error, Sendable, CaseIterable {
        case tooLong = "is longer than 16 KiB"
        case notPNG = "is no PNG"
        case damaged = "is damaged"
        case tooLarge = "has more than 256 by 256 pixels"
        case foreignPart = "holds more than pixels: write it without texts, profiles and animation"
    }

    public static let maximumLength = 16_384
    public static let maximumSide: UInt32 = 256

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The chunks that hold pixels and what their values mean.
    private static let chunks: Set<String> = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]

    public init(png bytes: [UInt8]) throws(Mistake) {
        guard bytes.count <= Self.maximumLength else { throw .tooLong }
        guard bytes.starts(with: Self.signature) else { throw .notPNG }
        var position = Self.signature.count
        var names: [String] = []
        var (width, height): (UInt32, UInt32) = (0, 0)
        while position < bytes.count {
            guard names.last != "IEND" else { throw .foreignPart }
            let chunk = try Self.chunk(bytes[position...])
            guard Self.chunks.contains(chunk.name) else { throw .foreignPart }
            guard (chunk.name == "IHDR") == names.isEmpty else { throw .damaged }
            if names.isEmpty { (width, height) = try Self.size(chunk.data) }
            names.append(chunk.name)
            position = chunk.data.endIndex + 4
        }
        guard names.last == "IEND", names.contains("IDAT") else { throw .damaged }
        self.bytes = bytes
        (self.width, self.height) = (width, height)
    }

    /// The chunk at the beginning of `bytes` (§5.3): length, name, data, CRC.
    private static func chunk(_ bytes: ArraySlice<UInt8>) throws(Mistake) -> (name: String, data: ArraySlice<UInt8>) {
        guard bytes.count >= 12 else { throw .damaged }
        let length = Int(number(bytes.prefix(4)))
        guard length <= bytes.count - 12 else { throw .damaged }
        let named = bytes.dropFirst(4).prefix(4 + length)
        guard number(bytes.dropFirst(8 + length).prefix(4)) == checksum(named) else { throw .damaged }
        return (String(decoding: named.prefix(4), as: UTF8.self), named.dropFirst(4))
    }

    /// §11.2.1: width, height, depth, colour type, and three methods of which each has one or two values.
    private static func size(_ header: ArraySlice<UInt8>) throws(Mistake) -> (UInt32, UInt32) {
        guard header.count == 13 else { throw .damaged }
        let (width, height) = (number(header.prefix(4)), number(header.dropFirst(4).prefix(4)))
        guard width > 0, height > 0 else { throw .damaged }
        guard width <= maximumSide, height <= maximumSide else { throw .tooLarge }
        return (width, height)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    /// CRC-32 (§5.5, Annex D).
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { register, byte in
            (0..<8).reduce(register ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
            }
        }
    }
}
