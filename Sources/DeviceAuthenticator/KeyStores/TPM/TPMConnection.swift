package import CTSS2

/// A connection to a TPM through tpm2-tss, for one answer. What is loaded in the TPM for it is flushed at its end: small
/// ones have room for three objects.
@safe package final class TPMConnection {
    private let transport: OpaquePointer
    /// Of tpm2-tss.
    let context: OpaquePointer
    /// What is loaded: objects and sessions.
    private var loaded: [ESYS_TR] = []

    /// How a TPM may be reached. The name is also that of a library which tpm2-tss loads: nothing else than these.
    private static let transports: Set<Substring> = ["device", "swtpm", "mssim", "tabrmd"]

    /// Connects for the time of `body`.
    package static func open<Value>(
        _ configuration: String, _ body: (TPMConnection) throws(KeyStoreRefusal) -> Value
    ) throws(KeyStoreRefusal) -> Value {
        let connection = try TPMConnection(configuration)
        defer { connection.close() }
        return try body(connection)
    }

    private init(_ configuration: String) throws(KeyStoreRefusal) {
        guard let name = configuration.split(separator: ":").first, Self.transports.contains(name) else {
            throw .unreachable(.tpm, reason: "its connection begins with none of device:, swtpm:, mssim:, tabrmd:")
        }
        var transport: OpaquePointer?
        let code = unsafe Tss2_TctiLdr_Initialize(configuration, &transport)
        guard code == 0, let transport = unsafe transport else {
            throw .unreachable(.tpm, reason: "nothing answers at \(configuration) (0x\(String(code, radix: 16)))")
        }
        var context: OpaquePointer?
        guard unsafe Esys_Initialize(&context, transport, nil) == 0, let context = unsafe context else {
            var opened: OpaquePointer? = unsafe transport
            unsafe Tss2_TctiLdr_Finalize(&opened)
            throw .unreachable(.tpm, reason: "tpm2-tss cannot be initialized")
        }
        unsafe self.transport = transport
        unsafe self.context = context
    }

    private func close() {
        for handle in loaded.reversed() { _ = unsafe Esys_FlushContext(context, handle) }
        var (context, transport): (OpaquePointer?, OpaquePointer?) = unsafe (self.context, self.transport)
        unsafe Esys_Finalize(&context)
        unsafe Tss2_TctiLdr_Finalize(&transport)
    }

    // MARK: Objects

    /// Derives the parent of the keys.
    ///
    /// - Returns: its handle and its name, which no other TPM has.
    package func primary() throws(KeyStoreRefusal) -> (handle: ESYS_TR, name: [UInt8]) {
        var sensitive = try Self.sensitive(authorization: [])
        var template = try TPMMarshalling.publicArea(TPMTemplate.storage)
        var (nothing, registers) = (TPM2B_DATA(), TPML_PCR_SELECTION())
        var handle: ESYS_TR = 0
        let code = unsafe Esys_CreatePrimary(
            context, Self.owner, Self.password, Self.none, Self.none, &sensitive, &template, &nothing, &registers,
            &handle, nil, nil, nil, nil)
        guard TPMResponse(code) != .wrongAuthorization else {
            throw .unfit(.tpm, reason: "its owner's hierarchy is under a password")
        }
        try check("TPM2_CreatePrimary", code)
        loaded.append(handle)
        var name: UnsafeMutablePointer<TPM2B_NAME>?
        try check("TPM2_ReadPublic", unsafe Esys_TR_GetName(context, handle, &name))
        return (handle, try unsafe TPMMarshalling.bytes(of: name, with: Tss2_MU_TPM2B_NAME_Marshal))
    }

    /// Makes a key below `parent`. The authorisation goes to the TPM encrypted.
    ///
    /// - Returns: its public area and its private one, which only this TPM can open.
    func create(
        _ template: [UInt8], authorization: [UInt8], below parent: ESYS_TR
    ) throws(KeyStoreRefusal) -> TPMKeyBlob {
        var sensitive = try Self.sensitive(authorization: authorization)
        var template = try TPMMarshalling.publicArea(template)
        var (nothing, registers) = (TPM2B_DATA(), TPML_PCR_SELECTION())
        var privateArea: UnsafeMutablePointer<TPM2B_PRIVATE>?
        var publicArea: UnsafeMutablePointer<TPM2B_PUBLIC>?
        let session = try session(saltedBy: parent)
        let code = unsafe Esys_Create(
            context, parent, session, Self.none, Self.none, &sensitive, &template, &nothing, &registers, &privateArea,
            &publicArea, nil, nil, nil)
        flush(session)
        try check("TPM2_Create", code)
        let secret = try unsafe TPMMarshalling.bytes(of: privateArea, with: Tss2_MU_TPM2B_PRIVATE_Marshal)
        let area = try unsafe TPMMarshalling.bytes(of: publicArea, with: Tss2_MU_TPM2B_PUBLIC_Marshal)
        return TPMKeyBlob(publicArea: Array(area.dropFirst(2)), privateArea: Array(secret.dropFirst(2)))
    }

    /// Loads a key; another TPM than the one that made it refuses.
    package func load(_ blob: TPMKeyBlob, below parent: ESYS_TR) throws(KeyStoreRefusal) -> ESYS_TR {
        var privateArea = try TPMMarshalling.privateArea(blob.privateArea)
        var publicArea = try TPMMarshalling.publicArea(blob.publicArea)
        var handle: ESYS_TR = 0
        let code = unsafe Esys_Load(
            context, parent, Self.password, Self.none, Self.none, &privateArea, &publicArea, &handle)
        guard TPMResponse(code) != .wrongIntegrity else { throw .foreign(.tpm) }
        try check("TPM2_Load", code)
        loaded.append(handle)
        return handle
    }

    // MARK: Authorisation

    /// A session whose HMAC key comes from a salt that only the TPM with `parent` can read, and that encrypts what goes to
    /// it: whoever listens on the bus has nothing to test PINs against (checklist J4).
    private func session(saltedBy parent: ESYS_TR) throws(KeyStoreRefusal) -> ESYS_TR {
        var symmetric = TPMT_SYM_DEF()
        try unsafe TPMMarshalling.read(TPMTemplate.aes128, into: &symmetric, with: Tss2_MU_TPMT_SYM_DEF_Unmarshal)
        var handle: ESYS_TR = 0
        let code = unsafe Esys_StartAuthSession(
            context, parent, Self.none, Self.none, Self.none, Self.none, nil, Self.hmacSession, &symmetric,
            TPMTemplate.sha256, &handle)
        try check("TPM2_StartAuthSession", code)
        loaded.append(handle)
        let attributes = Self.continueSession | Self.decryptParameters
        try check("session", unsafe Esys_TRSess_SetAttributes(context, handle, attributes, 0xff))
        return handle
    }

    /// A session that has the authorisation of `key`, or none at all where the key has none.
    private func authorize(
        _ key: ESYS_TR, by authorization: [UInt8]?, parent: ESYS_TR
    ) throws(KeyStoreRefusal) -> ESYS_TR {
        guard let authorization else { return Self.password }
        var value = try TPMMarshalling.digest(authorization)
        try check("authorization", unsafe Esys_TR_SetAuth(context, key, &value))
        return try session(saltedBy: parent)
    }

    // MARK: Signatures

    /// Signs a digest with the key's own scheme, ECDSA.
    ///
    /// - Parameter authorization: nil for a key without one.
    package func sign(
        _ digest: [UInt8], with key: ESYS_TR, authorization: [UInt8]?, parent: ESYS_TR
    ) throws(KeyStoreRefusal) -> [UInt8] {
        var digest = try TPMMarshalling.digest(digest)
        var scheme = try unsafe Self.ownScheme()
        // Not a digest that the TPM has made, which an unrestricted key need not ask for.
        let ticketBytes: [UInt8] = [0x80, 0x24, 0x40, 0, 0, 0x07, 0, 0]
        var ticket = TPMT_TK_HASHCHECK()
        try unsafe TPMMarshalling.read(ticketBytes, into: &ticket, with: Tss2_MU_TPMT_TK_HASHCHECK_Unmarshal)
        let session = try authorize(key, by: authorization, parent: parent)
        var signature: UnsafeMutablePointer<TPMT_SIGNATURE>?
        let code = unsafe Esys_Sign(
            context, key, session, Self.none, Self.none, &digest, &scheme, &ticket, &signature)
        flush(session)
        try checkPIN("TPM2_Sign", code)
        return try Self.point(
            of: try unsafe TPMMarshalling.bytes(of: signature, with: Tss2_MU_TPMT_SIGNATURE_Marshal))
    }

    /// Has `attester` say that `key` is in this TPM, and how it is kept.
    func certify(
        _ key: ESYS_TR, authorization: [UInt8], by attester: ESYS_TR, extraData: [UInt8], parent: ESYS_TR
    ) throws(KeyStoreRefusal) -> (statement: [UInt8], signature: [UInt8]) {
        var data = try TPMMarshalling.data(extraData)
        var scheme = try unsafe Self.ownScheme()
        let session = try authorize(key, by: authorization, parent: parent)
        var statement: UnsafeMutablePointer<TPM2B_ATTEST>?
        var signature: UnsafeMutablePointer<TPMT_SIGNATURE>?
        let code = unsafe Esys_Certify(
            context, key, attester, session, Self.password, Self.none, &data, &scheme, &statement, &signature)
        flush(session)
        try checkPIN("TPM2_Certify", code)
        let text = try unsafe TPMMarshalling.bytes(of: statement, with: Tss2_MU_TPM2B_ATTEST_Marshal)
        let bytes = try unsafe TPMMarshalling.bytes(of: signature, with: Tss2_MU_TPMT_SIGNATURE_Marshal)
        return (Array(text.dropFirst(2)), try Self.point(of: bytes))
    }

    // MARK: Wrong PINs

    /// What the TPM says of wrong authorisations (Part 2, §6.13).
    func lockout() throws(KeyStoreRefusal) -> (failed: Int, allowed: Int, seconds: Int) {
        var data: UnsafeMutablePointer<TPMS_CAPABILITY_DATA>?
        var more: TPMI_YES_NO = 0
        let code = unsafe Esys_GetCapability(
            context, Self.none, Self.none, Self.none, Self.properties, Self.lockoutCounter, 3, &more, &data)
        try check("TPM2_GetCapability", code)
        let bytes = try unsafe TPMMarshalling.bytes(of: data, with: Tss2_MU_TPMS_CAPABILITY_DATA_Marshal)
        // The capability, the number of properties, and each as its name and its value.
        let words = stride(from: 0, to: bytes.count - 3, by: 4).map { place in
            bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        guard words.count == 8, words[1] == 3, words[2] == Int(Self.lockoutCounter) else {
            throw .failed(.tpm, operation: "TPM2_GetCapability", code: 0)
        }
        return (words[3], words[5], words[7])
    }

    private func checkPIN(_ operation: String, _ code: TSS2_RC) throws(KeyStoreRefusal) {
        switch TPMResponse(code) {
        case .wrongAuthorization:
            guard let state = try? lockout() else { throw .wrongPIN(triesLeft: nil) }
            guard state.failed < state.allowed else { throw Self.locked(state.seconds) }
            throw .wrongPIN(triesLeft: state.allowed - state.failed)
        case .lockout: throw Self.locked((try? lockout())?.seconds)
        default: try check(operation, code)
        }
    }

    private static func locked(_ seconds: Int?) -> KeyStoreRefusal {
        .locked(.tpm, seconds: seconds.flatMap { $0 > 0 ? $0 : nil })
    }

    // MARK: Helpers

    private func flush(_ session: ESYS_TR) {
        guard session != Self.password, let index = loaded.lastIndex(of: session) else { return }
        loaded.remove(at: index)
        _ = unsafe Esys_FlushContext(context, session)
    }

    private func check(_ operation: String, _ code: TSS2_RC) throws(KeyStoreRefusal) {
        guard code != 0 else { return }
        switch TPMResponse(code) {
        case .lockout: throw Self.locked(nil)
        case .noRoom:
            throw .unfit(.tpm, reason: "it is full; reach it through a resource manager such as device:/dev/tpmrm0")
        case .wrongAuthorization, .wrongIntegrity, .other:
            throw .failed(.tpm, operation: operation, code: UInt64(code))
        }
    }

    /// `r ‖ s` of a `TPMT_SIGNATURE` by ECDSA with SHA-256.
    private static func point(of signature: [UInt8]) throws(KeyStoreRefusal) -> [UInt8] {
        var rest = signature.dropFirst(4)
        var halves: [[UInt8]] = []
        while rest.count >= 2 {
            let length = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
            let half = rest.dropFirst(2).prefix(length)
            halves.append([UInt8](repeating: 0, count: max(0, 32 - half.count)) + half)
            rest = rest.dropFirst(2 + length)
        }
        guard signature.starts(with: [0x00, 0x18, 0x00, 0x0b]), halves.count == 2,
            halves.allSatisfy({ $0.count == 32 })
        else { throw .unfit(.tpm, reason: "its signature is none by ECDSA") }
        return halves[0] + halves[1]
    }

    /// `TPM2B_SENSITIVE_CREATE`: an authorisation, and no data: the TPM generates the key.
    private static func sensitive(authorization: [UInt8]) throws(KeyStoreRefusal) -> TPM2B_SENSITIVE_CREATE {
        var sensitive = TPM2B_SENSITIVE_CREATE()
        let content = TPMMarshalling.sized(authorization) + TPMMarshalling.sized([])
        try unsafe TPMMarshalling.read(
            TPMMarshalling.sized(content), into: &sensitive, with: Tss2_MU_TPM2B_SENSITIVE_CREATE_Unmarshal)
        return sensitive
    }

    /// The scheme that the key has from its template.
    @unsafe
    private static func ownScheme() throws(KeyStoreRefusal) -> TPMT_SIG_SCHEME {
        var scheme = TPMT_SIG_SCHEME()
        try unsafe TPMMarshalling.read(TPMTemplate.null, into: &scheme, with: Tss2_MU_TPMT_SIG_SCHEME_Unmarshal)
        return scheme
    }

    // Macros with casts, which Swift cannot import.
    private static let none: ESYS_TR = 0xfff
    private static let password: ESYS_TR = 0x0ff
    private static let owner: ESYS_TR = 0x101
    private static let hmacSession: TPM2_SE = 0x00
    private static let continueSession: TPMA_SESSION = 0x01
    private static let decryptParameters: TPMA_SESSION = 0x20
    private static let properties: TPM2_CAP = 0x06
    private static let lockoutCounter: UInt32 = 0x20e
}
