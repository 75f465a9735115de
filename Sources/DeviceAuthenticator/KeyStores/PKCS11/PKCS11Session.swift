package import CPKCS11
internal import IdentityCrypto

/// An open session with a token. Only `PKCS11Module.withSession` makes one.
@safe package struct PKCS11Session {
    let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    let handle: CK_SESSION_HANDLE
    let slot: CK_SLOT_ID
    private let token: PKCS11Token

    @unsafe
    init(
        functions: UnsafeMutablePointer<CK_FUNCTION_LIST>, handle: CK_SESSION_HANDLE, slot: CK_SLOT_ID,
        token: PKCS11Token
    ) {
        unsafe self.functions = functions
        self.handle = handle
        self.slot = slot
        self.token = token
    }

    /// Logs in for the time of `body`. The token checks the PIN anew each time.
    func loggedIn<Value>(
        _ pin: PIN, _ body: () throws(KeyStoreRefusal) -> Value
    ) throws(KeyStoreRefusal) -> Value {
        var code = logIn(pin)
        if code == CKR_USER_ALREADY_LOGGED_IN {
            // Another part of this process has logged in: whether this PIN is right nobody has asked yet.
            _ = unsafe functions.pointee.C_Logout(handle)
            code = logIn(pin)
        }
        if code == CKR_PIN_INCORRECT || code == CKR_PIN_INVALID || code == CKR_PIN_LEN_RANGE { throw wrongPIN() }
        try check("C_Login", code)
        defer { _ = unsafe functions.pointee.C_Logout(handle) }
        return try body()
    }

    private func logIn(_ pin: PIN) -> CK_RV {
        unsafe pin.digits.withBytes { digits in
            // The function does not write: PKCS#11 knows no `const`.
            let start = unsafe UnsafeMutableRawPointer(mutating: digits.baseAddress)?
                .assumingMemoryBound(to: CK_BYTE.self)
            return unsafe functions.pointee.C_Login(handle, CKU_USER, start, CK_ULONG(digits.count))
        }
    }

    /// What the token says of its tries after a wrong one (§3.3, `CK_TOKEN_INFO`).
    private func wrongPIN() -> KeyStoreRefusal {
        var information = CK_TOKEN_INFO()
        guard unsafe functions.pointee.C_GetTokenInfo(slot, &information) == CKR_OK else {
            return .wrongPIN(triesLeft: nil)
        }
        if information.flags & CKF_USER_PIN_LOCKED != 0 { return .locked(.pkcs11, seconds: nil) }
        return .wrongPIN(triesLeft: information.flags & CKF_USER_PIN_FINAL_TRY != 0 ? 1 : nil)
    }

    /// Generates a pair of keys in the token; the public half lives as long as the session.
    func generateKeyPair(
        public publicTemplate: PKCS11Template, private privateTemplate: PKCS11Template
    ) throws(KeyStoreRefusal) -> (public: CK_OBJECT_HANDLE, private: CK_OBJECT_HANDLE) {
        var (publicHandle, privateHandle): (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) = (0, 0)
        var mechanism = unsafe CK_MECHANISM(mechanism: CKM_EC_KEY_PAIR_GEN, pParameter: nil, ulParameterLen: 0)
        let (code, _) = unsafe publicTemplate.call { publicList, publicCount in
            unsafe privateTemplate.call { privateList, privateCount in
                unsafe functions.pointee.C_GenerateKeyPair(
                    handle, &mechanism, publicList, publicCount, privateList, privateCount, &publicHandle,
                    &privateHandle)
            }.code
        }
        try check("C_GenerateKeyPair", code)
        return (publicHandle, privateHandle)
    }

    /// Objects that have these attributes, at most two: more than one is as wrong as none.
    func objects(_ template: PKCS11Template) throws(KeyStoreRefusal) -> [CK_OBJECT_HANDLE] {
        let (code, _) = unsafe template.call { list, count in
            unsafe functions.pointee.C_FindObjectsInit(handle, list, count)
        }
        try check("C_FindObjectsInit", code)
        defer { _ = unsafe functions.pointee.C_FindObjectsFinal(handle) }
        var found = [CK_OBJECT_HANDLE](repeating: 0, count: 2)
        var count: CK_ULONG = 0
        try check("C_FindObjects", unsafe functions.pointee.C_FindObjects(handle, &found, 2, &count))
        return Array(found.prefix(Int(count)))
    }

    /// The value of an attribute.
    func value(
        _ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE, room: Int
    ) throws(KeyStoreRefusal) -> [UInt8] {
        let template = PKCS11Template().with(type, [UInt8](repeating: 0, count: room))
        let (code, values) = unsafe template.call { list, count in
            unsafe functions.pointee.C_GetAttributeValue(handle, object, list, count)
        }
        try check("C_GetAttributeValue", code)
        return values[0]
    }

    func flag(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(KeyStoreRefusal) -> Bool {
        try value(type, of: object, room: 1) == [1]
    }

    /// Signs a digest with ECDSA: `r ‖ s` (§2.3.1 of the current mechanisms).
    package func sign(_ digest: [UInt8], with key: CK_OBJECT_HANDLE) throws(KeyStoreRefusal) -> [UInt8] {
        var mechanism = unsafe CK_MECHANISM(mechanism: CKM_ECDSA, pParameter: nil, ulParameterLen: 0)
        try check("C_SignInit", unsafe functions.pointee.C_SignInit(handle, &mechanism, key))
        var digest = digest
        var signature = [UInt8](repeating: 0, count: 64)
        var length = CK_ULONG(signature.count)
        let code = unsafe functions.pointee.C_Sign(
            handle, &digest, CK_ULONG(digest.count), &signature, &length)
        try check("C_Sign", code)
        return Array(signature.prefix(Int(length)))
    }

    func destroy(_ object: CK_OBJECT_HANDLE) throws(KeyStoreRefusal) {
        try check("C_DestroyObject", unsafe functions.pointee.C_DestroyObject(handle, object))
    }

    private func check(_ operation: String, _ code: CK_RV) throws(KeyStoreRefusal) {
        try Self.check(operation, code, token: token)
    }

    /// Turns a return value into a refusal (§5.1.6).
    static func check(_ operation: String, _ code: CK_RV, token: PKCS11Token? = nil) throws(KeyStoreRefusal) {
        switch code {
        case CKR_OK: return
        case CKR_PIN_LOCKED: throw .locked(.pkcs11, seconds: nil)
        case CKR_USER_PIN_NOT_INITIALIZED: throw .unfit(.pkcs11, reason: "it has no PIN yet")
        case CKR_USER_NOT_LOGGED_IN: throw .pinNeeded
        case CKR_TOKEN_NOT_PRESENT, CKR_DEVICE_REMOVED, CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_RECOGNIZED:
            throw .absent(token: token?.label ?? "")
        default: throw .failed(.pkcs11, operation: operation, code: UInt64(code))
        }
    }
}
