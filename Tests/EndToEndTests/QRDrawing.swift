import CPNG
import QRCode
import Testing

/// Draws QR codes beside each other into a PNG file, as a picture of a screen would show them.
enum QRDrawing {
    private static let moduleWidth = 4

    /// - Parameter texts: none for a picture without a code.
    static func write(_ texts: [String], to path: String) throws {
        let codes = try texts.map { try #require(QRCode($0)) }
        let side = (codes.map(\.size).max() ?? 40) + 2 * QRCode.quietZone
        let (width, height) = (side * moduleWidth * max(1, codes.count), side * moduleWidth)
        var pixels = [UInt8](repeating: 255, count: width * height)
        for (number, code) in codes.enumerated() {
            for y in 0..<code.size * moduleWidth {
                for x in 0..<code.size * moduleWidth where code.isDark(x / moduleWidth, y / moduleWidth) {
                    let left = (number * side + QRCode.quietZone) * moduleWidth
                    pixels[(QRCode.quietZone * moduleWidth + y) * width + left + x] = 0
                }
            }
        }
        var image = unsafe png_image_unread()
        unsafe (image.width, image.height, image.format) = (UInt32(width), UInt32(height), png_format_gray())
        try #require(unsafe png_image_write_to_file(&image, path, 0, pixels, 0, nil) != 0)
    }
}
