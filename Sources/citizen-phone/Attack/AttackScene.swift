import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// The parties of an attack: a victim with an enrolled phone, and attackers with browsers of their own.
struct AttackScene {
    /// The files of the victim's device, to be copied and used as an attacker with them could.
    let folder: SealedFolder
    let folderPath: String
    let issuer: IssuerURL
    let pin: PIN
    let transport: any HTTPTransport
    let language: String
    /// The address at which a portal begins a login.
    let start: @Sendable () async throws -> WebAddress
    /// A fresh enrolment link of a test person; nil when there is none.
    let ticket: String?
    /// The clock of all phones.
    var clock = DeviceClock.live
    /// Waits, for what grows old.
    let wait: @Sendable (Duration) async throws -> Void
    /// How the victim's phone takes a link: as it must, but in the attacker's own test.
    var claim: @Sendable (DeviceAuthenticator, String) async throws(DeviceError) -> ClaimedLogin = {
        (phone, link) throws(DeviceError) in try await phone.claim(link)
    }

    /// The victim's phone, whose calls go through `transport`.
    func victim(through transport: (any HTTPTransport)? = nil) -> DeviceAuthenticator {
        DeviceAuthenticator(folder: folder, transport: transport ?? self.transport, clock: clock, language: language)
    }

    func phone(in path: String) -> DeviceAuthenticator {
        DeviceAuthenticator(folder: SealedFolder(path: path), transport: transport, clock: clock, language: language)
    }

    /// A browser without cookies that stands at the provider's page of a new login.
    func newLogin() async throws -> BrowserLogin {
        try await BrowserLogin.begin(at: try await start(), issuer: issuer, transport: transport, language: language)
    }

    /// Claims and denies, so that nothing stays open; whatever comes of it.
    func tidy(_ link: String?) async {
        guard let link else { return }
        _ = try? await victim().claim(link)
        _ = try? await victim().deny()
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

    /// Runs a step of the victim or the attacker and says how it was answered.
    mutating func attempt<Value>(
        _ what: String, _ body: () async throws -> Value
    ) async throws -> Value? {
        do {
            let value = try await body()
            note("\(what): done")
            return value
        } catch let error as DeviceError {
            // Without an answer nothing is known, and a silent server must not count as one that resists.
            if case .network = error { throw error }
            note("\(what): refused, \(Self.word(error))")
            return nil
        }
    }

    private static func word(_ error: DeviceError) -> String {
        if case .provider(let problem) = error { return problem.code }
        return "\(error)"
    }
}
