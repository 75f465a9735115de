package import IdentityCrypto
public import OpenIDMessages

/// A citizen's device: enrols at a provider and answers its logins, as docs/protocol.md asks of a device.
///
///     let transport = try TLSTransport()
///     let phone = DeviceAuthenticator(folder: SealedFolder(path: folder), transport: transport)
///     let invitation = try await phone.beginEnrolment(enrolmentLink)
///     let enrolled = try await phone.complete(invitation, pin: pin, device: description)
///
///     if case .awaitingCode(let digits, let portal) = try await phone.claim(loginLink) { show(digits, portal) }
///     show(try await phone.waitForRequest())
///     let outcome = try await phone.approve(pin: pin)
///     await transport.close()
public struct DeviceAuthenticator: Sendable {
    let folder: SealedFolder
    let transport: any HTTPTransport
    package let clock: DeviceClock
    package let random: RandomSource
    /// `de` or `en`, for the texts that will be shown.
    public let language: String
    let memory = ProviderMemory()

    /// - Parameters:
    ///   - folder: the files of one profile.
    ///   - transport: how the provider is reached; whoever made it closes it.
    ///   - clock: the time; another one than the machine's is for tests.
    ///   - language: `de` or `en`, for the texts that will be shown.
    public init(
        folder: SealedFolder, transport: any HTTPTransport, clock: DeviceClock = .live, language: String = "de"
    ) {
        self.init(folder: folder, transport: transport, clock: clock, random: .system, language: language)
    }

    /// - Parameter random: where keys, salts and identifiers come from. What the system gives is right for every device but
    ///   a simulated one (`SealedFolder.randomSource`).
    package init(
        folder: SealedFolder, transport: any HTTPTransport, clock: DeviceClock, random: RandomSource, language: String
    ) {
        self.folder = folder
        self.transport = transport
        self.clock = clock
        self.random = random
        self.language = language
    }

    /// Waits until no other process uses the profile, as `SealedFolder.use` does.
    ///
    /// - Parameter holdingLogin: keeps the login that waits in memory, for who claims and answers it in this one use.
    public func use(holdingLogin: Bool = false) throws(DeviceError) -> FolderUse? {
        do throws(FileRefusal) { return try folder.use(holdingLogin: holdingLogin) } catch { throw .file(error) }
    }

    /// Where and as what this profile is enrolled.
    public struct Enrolled: Sendable, Equatable {
        public let issuer: IssuerURL
        public let device: DeviceIdentifier
        public let name: String
    }

    /// The enrolment of this profile; nil when there is none.
    public func enrolment() throws(DeviceError) -> Enrolled? {
        do throws(FileRefusal) {
            return try folder.state().map { Enrolled(issuer: $0.issuer, device: $0.device, name: $0.name) }
        } catch { throw .file(error) }
    }

    /// The thumbprint of `K_auth`, the key that signs this device's answers.
    public func authenticationKey() throws(DeviceError) -> KeyThumbprint {
        try keys().publicKey(.authentication).thumbprint
    }

    func connection(to issuer: IssuerURL) -> ProviderConnection {
        ProviderConnection(
            issuer: issuer, transport: transport, memory: memory, clock: clock, random: random, language: language)
    }

    /// - Parameter isRecalled: whether the file need not be looked at, as `SealedFolder.recall` has it.
    func state(isRecalled: Bool = false) throws(DeviceError) -> DeviceState {
        do throws(FileRefusal) {
            if let state = try folder.state(isRecalled: isRecalled) { return state }
        } catch { throw .file(error) }
        throw .notEnrolled
    }

    /// Where the keys of this profile live; nil when it has none.
    public func keyStore() throws(DeviceError) -> KeyStoreKind? {
        do throws(FileRefusal) { return try KeyFile.open(in: folder)?.kind } catch { throw .file(error) }
    }

    /// - Parameter isRecalled: as for `state`.
    func keys(isRecalled: Bool = false) throws(DeviceError) -> any DeviceKeyStore {
        do throws(FileRefusal) {
            if let keys = try KeyFile.open(in: folder, isRecalled: isRecalled) { return keys }
        } catch { throw .file(error) }
        throw .notEnrolled
    }

    /// The provider's ES256 keys, as it lists them over TLS.
    func fetchKeys(_ connection: ProviderConnection) async throws(DeviceError) -> ProviderKeys {
        ProviderKeys(jwks: try await connection.call("GET", "/jwks").json)
    }

    /// Checks a statement with the known keys and, if its key is not among them, once more with those that the issuer
    /// lists now: the provider may have changed its key.
    func checked<Value>(
        _ state: DeviceState, _ check: (ProviderKeys) throws(StatementRefusal) -> Value
    ) async throws(DeviceError) -> Value {
        do throws(StatementRefusal) { return try check(state.providerKeys) } catch {
            // What has expired by this device's clock alone has not: any answer of the provider says its time.
            if error == .expired, memory.ahead == nil { _ = try? await fetchKeys(connection(to: state.issuer)) }
            guard error == .wrongKey else { throw memory.explained(.statementRefused(error)) }
        }
        let fresh = try await fetchKeys(connection(to: state.issuer))
        let value: Value
        do throws(StatementRefusal) { value = try check(fresh) } catch {
            throw memory.explained(.statementRefused(error))
        }
        try folder.updateState { $0.take(fresh) }
        return value
    }
}
