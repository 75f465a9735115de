import CPNG
import CZBar
import Foundation
import OpenIDMessages

/// Why a picture was not read.
enum QRPictureError: Error, Equatable {
    /// There is no file of this name that we may read.
    case notFound(file: String)
    /// The file is not a whole PNG picture.
    case notAPicture
    /// The picture claims more than `QRPicture.maximumPixels`.
    case tooLarge
}

extension QRPictureError {
    func text(_ path: String) -> BilingualText {
        switch self {
        case .notFound:
            BilingualText(
                "\(path) ist nicht da oder lässt sich nicht lesen.", "\(path) is not there or cannot be read.")
        case .notAPicture:
            BilingualText(
                "\(path) ist kein vollständiges PNG-Bild. Speichern Sie es als PNG.",
                "\(path) is no whole PNG picture. Save it as PNG.")
        case .tooLarge:
            BilingualText(
                "\(path) ist größer als ein Bildschirm. Schneiden Sie den QR-Code heraus.",
                "\(path) is larger than a screen. Cut the QR code out of it.")
        }
    }
}

/// A picture, such as a screenshot, in which we look for QR codes: what the camera is to a smartphone.
struct QRPicture {
    static let maximumPixels = 64 << 20

    /// No link of ours is near this long, see `DeviceLink`.
    static let maximumTextBytes = 2048

    private let width: UInt32
    private let height: UInt32
    /// One byte of grey each, row by row.
    private let pixels: [UInt8]

    /// The texts of the QR codes in a PNG file, in the order in which they were found; none when there is no code.
    static func read(pngFile path: String) throws(QRPictureError) -> [String] {
        try QRPicture(pngFile: path).texts()
    }

    /// The texts of the QR codes in a PNG file; at least one.
    static func texts(ofPNG path: String) throws(CommandFailure) -> [String] {
        let texts: [String]
        do { texts = try read(pngFile: path) } catch { throw CommandFailure(.file, error.text(path)) }
        guard !texts.isEmpty else {
            throw CommandFailure(
                .noQRCode,
                "\(path) zeigt keinen lesbaren QR-Code. Machen Sie ein scharfes Bild des ganzen Codes mit seinem weißen Rand.",
                "\(path) shows no QR code that can be read. Take a sharp picture of the whole code, "
                    + "with its white edge.")
        }
        return texts
    }

    private init(pngFile path: String) throws(QRPictureError) {
        guard FileManager.default.isReadableFile(atPath: path) else { throw .notFound(file: path) }
        var image = unsafe png_image_unread()
        defer { unsafe png_image_free(&image) }
        guard unsafe png_image_begin_read_from_file(&image, path) != 0 else { throw .notAPicture }
        (width, height) = unsafe (image.width, image.height)
        // Before any memory is asked for: a picture of a few bytes can claim any size. Both factors fit in 31 bits.
        guard Int(width) * Int(height) <= Self.maximumPixels else { throw .tooLarge }

        unsafe image.format = png_format_gray()
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height))
        // What is transparent is seen on white, so that a code drawn in black alone can be read.
        var white = png_color(red: 255, green: 255, blue: 255)
        guard unsafe png_image_finish_read(&image, &white, &pixels, Int32(width), nil) != 0 else { throw .notAPicture }
        self.pixels = pixels
    }

    private func texts() -> [String] {
        unsafe pixels.withUnsafeBytes { bytes in
            let scanner = unsafe zbar_image_scanner_create()
            defer { unsafe zbar_image_scanner_destroy(scanner) }
            // Every kind of bar code off, then QR codes on: fewer readers for a hostile picture to play with.
            unsafe zbar_image_scanner_set_config(scanner, ZBAR_NONE, ZBAR_CFG_ENABLE, 0)
            unsafe zbar_image_scanner_set_config(scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1)

            let image = unsafe zbar_image_create()
            defer { unsafe zbar_image_destroy(image) }
            unsafe zbar_image_set_format(image, zbar_fourcc_y800())
            unsafe zbar_image_set_size(image, width, height)
            // Without a clean-up handler the bytes stay ours; the image dies before they do.
            unsafe zbar_image_set_data(image, bytes.baseAddress, UInt(bytes.count), nil)
            guard unsafe zbar_scan_image(scanner, image) > 0 else { return [] }

            var texts: [String] = []
            var symbol = unsafe zbar_image_first_symbol(image)
            while let found = unsafe symbol {
                if let text = unsafe Self.text(of: found) { texts.append(text) }
                unsafe symbol = zbar_symbol_next(found)
            }
            return texts
        }
    }

    /// Nil for what is no text: the bytes come from whoever drew the picture.
    private static func text(of symbol: OpaquePointer) -> String? {
        let length = Int(unsafe zbar_symbol_get_data_length(symbol))
        guard unsafe zbar_symbol_get_type(symbol) == ZBAR_QRCODE, length <= maximumTextBytes,
            let data = unsafe zbar_symbol_get_data(symbol)
        else { return nil }
        return unsafe String(validating: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
    }
}
