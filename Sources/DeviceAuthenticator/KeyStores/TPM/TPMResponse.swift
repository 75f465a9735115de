internal import CTSS2

/// What a TPM's response code says (Part 2, §6.6), as far as it matters here.
enum TPMResponse: Equatable {
    case wrongAuthorization
    /// The private area was not made under this parent, or it is damaged.
    case wrongIntegrity
    case lockout
    case noRoom
    case other

    init(_ code: TSS2_RC) {
        let layer = code >> 16 & 0xff
        // The TPM itself, or a resource manager that passes on what it said.
        guard layer == 0 || layer == 11 else {
            self = .other
            return
        }
        switch code & 0xffff {
        case 0x921: self = .lockout
        case 0x902, 0x903, 0x905, 0x906: self = .noRoom
        case let code where code & 0x80 != 0:
            // Which handle, session or parameter is meant stands in the other bits.
            switch code & 0x3f {
            case 0x0e, 0x22: self = .wrongAuthorization
            case 0x1f: self = .wrongIntegrity
            default: self = .other
            }
        default: self = .other
        }
    }
}
