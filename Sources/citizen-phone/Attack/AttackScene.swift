import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// The parties of an attack: a victim with an enrolled phone, and attackers with browsers of their own.
struct AttackScene {
    /// The files of the victim's device, to be copied and used as an attacker with them could.
    let folder: SealedFolder
    let folderPath: String
    /// Opens files at another path as those of the victim are opened: a copy is sealed as they are.
    let openFolder: @Sendable (_ path: String) throws -> SealedFolder
    let issuer: IssuerURL
    var pin: PIN
    var transport: any HTTPTransport
    let language: String
    /// The address at which a portal begins a login.
    var start: @Sendable () async throws -> WebAddress
    /// A fresh enrolment link of a test person; nil when there is none.
    var ticket: String?
    /// A fresh enrolment link of another test person, who plays the attacker; nil when there is none.
    var attackerTicket: String?
    /// What the devices of others than the victim say about their keys: at a portal that wants more than *normal* they need it.
    var evidence = EvidenceSource.none
    /// A portal that may ask for the victim without a browser, with the attacker at it; nil when there is none.
    var asking: AskingPortal?
    /// The clock of all phones.
    var clock = DeviceClock.live
    /// Where the victim's phone and copies of it have their random values from.
    var random = RandomSource.system
    /// The key of an attacker who poses as the provider.
    let forgerKey = SigningKey.makeES256()
    /// Waits, for what grows old.
    let wait: @Sendable (Duration) async throws -> Void
    /// How the victim's phone takes a link: as it must, but in the attacker's own test.
    var claim: @Sendable (DeviceAuthenticator, String) async throws(DeviceError) -> ClaimedLogin = {
        (phone, link) throws(DeviceError) in try await phone.claim(link)
    }
    /// What the victim's phone tells its person while the digits are awaited: as it must, but in the attacker's own test.
    var tell: @Sendable (_ digits: String, ClaimedPortal, Language) -> [String] = {
        RequestText.lines(code: $0, portal: $1, $2)
    }

    /// The victim's phone, whose calls go through `transport`.
    func victim(through transport: (any HTTPTransport)? = nil) -> DeviceAuthenticator {
        DeviceAuthenticator(
            folder: folder, transport: transport ?? self.transport, clock: clock, random: random,
            language: language)
    }

    /// A copy of the victim's phone, in the files at `path`.
    func copyOfVictim(in path: String) throws -> DeviceAuthenticator { try phone(in: path, random: random) }

    /// A phone of its own, in the files at `path`: whatever the victim's is made of, this one has other keys.
    func otherPhone(in path: String) throws -> DeviceAuthenticator { try phone(in: path, random: .system) }

    private func phone(in path: String, random: RandomSource) throws -> DeviceAuthenticator {
        DeviceAuthenticator(
            folder: try openFolder(path), transport: transport, clock: clock, random: random,
            language: language)
    }

    /// A browser without cookies that stands at the provider's page of a new login.
    func newLogin() async throws -> BrowserLogin {
        try await BrowserLogin.begin(at: try await start(), issuer: issuer, transport: transport, language: language)
    }

    /// The victim logs in, undisturbed, and must get a code: where nobody can be seen to get one, because the PIN is wrong,
    /// the device ended or the outcome handed over otherwise than by a redirect, no attack could be seen to succeed.
    func logIn() async throws {
        var login = try await newLogin()
        _ = try await victim().claim(try login.sameDeviceLink())
        guard let back = try await victim().approve(pin: pin).returnURL, try await login.receivesCode(at: back) else {
            throw CommandFailure(
                .browser,
                developer:
                    "The victim's own login leads to no code in a redirect to the portal at another origin than the "
                    + "provider's. No attack could be seen to succeed: nothing was tested.")
        }
    }

    /// Claims and denies, so that nothing stays open; whatever comes of it.
    func tidy(_ link: String?) async {
        guard let link else { return }
        _ = try? await victim().claim(link)
        _ = try? await victim().deny(pin: pin)
    }
}

/// Collects what was tried and what came of it.
struct AttackLog {
    private(set) var evidence: [String] = []
    private(set) var isBroken = false

    mutating func note(_ text: String) { evidence.append(text) }

    /// The attacker reached a goal, or did not.
    mutating func goal(_ reached: Bool, _ success: String, else failure: String) {
        evidence.append(reached ? success : failure)
        if reached { isBroken = true }
    }

    func outcome(_ attack: Attack) -> AttackOutcome {
        AttackOutcome(attack: attack, result: isBroken ? .succeeded : .resisted, evidence: evidence)
    }

    /// Runs a step without which the attack is none: that it is refused is no resistance.
    mutating func set<Value>(_ what: String, _ body: () async throws -> Value) async throws -> Value {
        let value = try await body()
        note("\(what): done")
        return value
    }

    /// Runs a step that the attack may be stopped at; nil when it was.
    ///
    /// - Parameter guards: the refusals by which its guard stops the attack. Whatever else goes wrong would go wrong for the
    ///   victim's own login as well, and is thrown: a provider that is silent, broken or busy, a device that is locked and
    ///   files that cannot be read resist nothing.
    mutating func attempt<Value>(
        _ what: String, stoppedBy guards: Set<String>, _ body: () async throws -> Value
    ) async throws -> Value? {
        do {
            let value = try await body()
            note("\(what): done")
            return value
        } catch let error as DeviceError {
            guard let refusal = error.refusal, guards.contains(refusal) else { throw error }
            note("\(what): refused, \(refusal)")
            return nil
        }
    }
}
