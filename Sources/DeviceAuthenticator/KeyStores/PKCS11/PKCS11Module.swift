internal import CPKCS11
internal import Glibc
internal import Synchronization

/// A PKCS#11 module in this process. It is loaded itself and not through an engine of OpenSSL: Debian's ends the process
/// when a PIN is wrong.
@safe package final class PKCS11Module: Sendable {
    private nonisolated(unsafe) let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    /// One session after the other: who has logged in, the whole process has (PKCS #11 v2.40 usage guide, §2.6.1), and a
    /// wrong PIN must not sign because somebody else's was right.
    private let turn = Mutex<Void>(())

    /// A module is initialized once in a process, whoever asks for it.
    private static let loaded = Mutex<[String: PKCS11Module]>([:])

    /// - Parameter path: absolute, so that no search path says whose code gets the PIN (checklist J5).
    package static func load(_ path: String) throws(KeyStoreRefusal) -> PKCS11Module {
        guard path.hasPrefix("/") else {
            throw .unreachable(.pkcs11, reason: "its path must be absolute")
        }
        return try loaded.withLock { (modules) throws(KeyStoreRefusal) in
            if let module = modules[path] { return module }
            let module = try PKCS11Module(path)
            modules[path] = module
            return module
        }
    }

    private init(_ path: String) throws(KeyStoreRefusal) {
        guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = unsafe dlerror().map { unsafe String(cString: $0) } ?? path
            throw .unreachable(.pkcs11, reason: reason)
        }
        typealias GetFunctionList =
            @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>?) -> CK_RV
        guard let symbol = unsafe dlsym(library, "C_GetFunctionList") else {
            throw .unreachable(.pkcs11, reason: "\(path) is no PKCS#11 module")
        }
        // PKCS #11 fixes the type of the function with this name.
        let getFunctionList = unsafe unsafeBitCast(symbol, to: GetFunctionList.self)
        var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        guard unsafe getFunctionList(&list) == CKR_OK, let list = unsafe list else {
            throw .unreachable(.pkcs11, reason: "\(path) gives no list of functions")
        }
        unsafe functions = list
        var arguments = unsafe CK_C_INITIALIZE_ARGS()
        unsafe arguments.flags = CK_FLAGS(CKF_OS_LOCKING_OK)
        let code = unsafe list.pointee.C_Initialize(&arguments)
        guard code == CKR_OK || code == CKR_CRYPTOKI_ALREADY_INITIALIZED else {
            throw .unreachable(.pkcs11, reason: "\(path) cannot be initialized (0x\(String(code, radix: 16)))")
        }
    }

    /// Opens a session with a token for the time of `body`, alone in this process.
    package func withSession<Value: Sendable>(
        _ token: PKCS11Token, writes: Bool = false, _ body: (PKCS11Session) throws(KeyStoreRefusal) -> Value
    ) throws(KeyStoreRefusal) -> Value {
        try turn.withLock { (_) throws(KeyStoreRefusal) in
            let slot = try slot(of: token)
            let flags = CK_FLAGS(CKF_SERIAL_SESSION) | (writes ? CK_FLAGS(CKF_RW_SESSION) : 0)
            var handle: CK_SESSION_HANDLE = 0
            let code = unsafe functions.pointee.C_OpenSession(slot, flags, nil, nil, &handle)
            try PKCS11Session.check("C_OpenSession", code, token: token)
            defer { _ = unsafe functions.pointee.C_CloseSession(handle) }
            return try body(unsafe PKCS11Session(functions: functions, handle: handle, slot: slot, token: token))
        }
    }

    /// The one token with this label; its serial number is remembered with the keys.
    func token(labelled label: String) throws(KeyStoreRefusal) -> PKCS11Token {
        let found = try turn.withLock { (_) throws(KeyStoreRefusal) in
            try tokens().map(\.token).filter { $0.label == label }
        }
        guard let token = found.first else { throw .absent(token: label) }
        guard found.count == 1 else {
            throw .unfit(.pkcs11, reason: "more than one token is called '\(label)'")
        }
        return token
    }

    private func slot(of token: PKCS11Token) throws(KeyStoreRefusal) -> CK_SLOT_ID {
        let tokens = try tokens()
        if let found = tokens.first(where: { $0.token == token }) { return found.slot }
        throw tokens.contains { $0.token.label == token.label } ? .foreign(.pkcs11) : .absent(token: token.label)
    }

    private func tokens() throws(KeyStoreRefusal) -> [(slot: CK_SLOT_ID, token: PKCS11Token)] {
        var count: CK_ULONG = 0
        try PKCS11Session.check("C_GetSlotList", unsafe functions.pointee.C_GetSlotList(1, nil, &count))
        // Room for those that are plugged in between the two calls.
        count += 16
        var slots = [CK_SLOT_ID](repeating: 0, count: Int(count))
        try PKCS11Session.check("C_GetSlotList", unsafe functions.pointee.C_GetSlotList(1, &slots, &count))
        return slots.prefix(Int(count)).compactMap { slot in
            var information = CK_TOKEN_INFO()
            // A token that is pulled out at this moment is not there.
            guard unsafe functions.pointee.C_GetTokenInfo(slot, &information) == CKR_OK else { return nil }
            return (slot, PKCS11Token(information))
        }
    }
}

/// Which token: its label, and the serial number that tells it from another one of the same label.
package struct PKCS11Token: Sendable, Equatable {
    let label: String
    let serial: String

    init(label: String, serial: String) {
        self.label = label
        self.serial = serial
    }

    init(_ information: CK_TOKEN_INFO) {
        label = Self.text(information.label)
        serial = Self.text(information.serialNumber)
    }

    /// Texts of tokens are filled up with blanks and have no end mark (§3.1).
    private static func text<Field>(_ field: Field) -> String {
        let bytes = unsafe withUnsafeBytes(of: field) { unsafe [UInt8]($0) }
        let end = bytes.lastIndex { $0 != 0x20 && $0 != 0 }.map { $0 + 1 } ?? 0
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
