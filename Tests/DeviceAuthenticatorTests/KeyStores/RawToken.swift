import CPKCS11
import Glibc

@testable import DeviceAuthenticator

/// A token as a program sees it that wants the private key.
@safe final class RawToken {
    private let functions: UnsafeMutablePointer<CK_FUNCTION_LIST>
    private let session: CK_SESSION_HANDLE

    init(_ session: PKCS11Session) {
        unsafe functions = session.functions
        self.session = session.handle
    }

    private init(functions: UnsafeMutablePointer<CK_FUNCTION_LIST>, session: CK_SESSION_HANDLE) {
        unsafe self.functions = functions
        self.session = session
    }

    /// A session of its own that has logged in.
    static func loggedIn(_ keys: PKCS11KeyStore) throws -> RawToken {
        let (place, slot) = try PKCS11Module.load(keys.module).withSession(keys.token) { session in
            (unsafe UInt(bitPattern: session.functions), session.slot)
        }
        let functions = unsafe UnsafeMutablePointer<CK_FUNCTION_LIST>(bitPattern: place)!
        var session: CK_SESSION_HANDLE = 0
        var pin = PIN.goodDigits
        guard unsafe functions.pointee.C_OpenSession(slot, CKF_SERIAL_SESSION, nil, nil, &session) == CKR_OK,
            unsafe functions.pointee.C_Login(session, CKU_USER, &pin, CK_ULONG(pin.count)) == CKR_OK
        else { throw KeyStoreRefusal.pinNeeded }
        return unsafe RawToken(functions: functions, session: session)
    }

    func close() { _ = unsafe functions.pointee.C_CloseSession(session) }

    /// What the token answers to everything that would give a key away or use it for something else.
    func misuse(
        _ key: CK_OBJECT_HANDLE
    ) -> (wrap: CK_RV, derive: CK_RV, decrypt: CK_RV, extractable: CK_RV, insensitive: CK_RV) {
        (wrap(key), derive(key), decrypt(key), set(CKA_EXTRACTABLE, true, key), set(CKA_SENSITIVE, false, key))
    }

    private func wrap(_ key: CK_OBJECT_HANDLE) -> CK_RV {
        var wrapping: CK_OBJECT_HANDLE = 0
        var generation = unsafe CK_MECHANISM(mechanism: CKM_AES_KEY_GEN, pParameter: nil, ulParameterLen: 0)
        let template = PKCS11Template().with(CKA_VALUE_LEN, 32).with(CKA_WRAP, true).with(CKA_TOKEN, false)
        let made = unsafe template.call { list, count in
            unsafe functions.pointee.C_GenerateKey(session, &generation, list, count, &wrapping)
        }.code
        guard made == CKR_OK else { return CKR_OK }
        var mechanism = unsafe CK_MECHANISM(mechanism: CKM_AES_KEY_WRAP_PAD, pParameter: nil, ulParameterLen: 0)
        var wrapped = [UInt8](repeating: 0, count: 512)
        var length = CK_ULONG(wrapped.count)
        return unsafe functions.pointee.C_WrapKey(session, &mechanism, wrapping, key, &wrapped, &length)
    }

    private func derive(_ key: CK_OBJECT_HANDLE) -> CK_RV {
        var point = [0x04, 0x41, 0x04] + (0..<64).map { _ in UInt8(1) }
        return unsafe point.withUnsafeMutableBufferPointer { point in
            var parameters = unsafe CK_ECDH1_DERIVE_PARAMS(
                kdf: 1, ulSharedDataLen: 0, pSharedData: nil, ulPublicDataLen: CK_ULONG(point.count),
                pPublicData: point.baseAddress)
            return unsafe withUnsafeMutablePointer(to: &parameters) { parameters in
                var mechanism = unsafe CK_MECHANISM(
                    mechanism: CKM_ECDH1_DERIVE, pParameter: parameters,
                    ulParameterLen: CK_ULONG(MemoryLayout<CK_ECDH1_DERIVE_PARAMS>.size))
                var secret: CK_OBJECT_HANDLE = 0
                let template = PKCS11Template().with(CKA_CLASS, CKO_SECRET_KEY).with(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
                    .with(CKA_VALUE_LEN, 32).with(CKA_TOKEN, false)
                return unsafe template.call { list, count in
                    unsafe functions.pointee.C_DeriveKey(session, &mechanism, key, list, count, &secret)
                }.code
            }
        }
    }

    private func decrypt(_ key: CK_OBJECT_HANDLE) -> CK_RV {
        var mechanism = unsafe CK_MECHANISM(mechanism: CKM_RSA_PKCS, pParameter: nil, ulParameterLen: 0)
        return unsafe functions.pointee.C_DecryptInit(session, &mechanism, key)
    }

    private func set(_ type: CK_ATTRIBUTE_TYPE, _ value: Bool, _ key: CK_OBJECT_HANDLE) -> CK_RV {
        unsafe PKCS11Template().with(type, value).call { list, count in
            unsafe functions.pointee.C_SetAttributeValue(session, key, list, count)
        }.code
    }
}

extension PKCS11Template {
    /// The same attributes with another value of one.
    func replacing(_ type: CK_ATTRIBUTE_TYPE, _ value: Bool) -> PKCS11Template {
        attributes.reduce(PKCS11Template()) { template, attribute in
            template.with(attribute.type, attribute.type == type ? [value ? 1 : 0] : attribute.value)
        }
    }
}
