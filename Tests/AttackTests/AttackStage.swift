import AccountDirectory
import DeviceAuthenticator
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import IdentityCrypto
import Logging
import NIOCore
import OpenIDMessages
import ProviderCore
import ProviderHTTP
import ProviderHarness
import SQLiteStore

@testable import citizen_phone

/// A provider behind its real router, a victim who is enrolled there, and nobody's network. Guards can be taken away.
struct AttackStage {
    let scene: AttackScene
    let provider: TestProvider
    private let folder: String
    private let database: TemporaryDatabase

    /// - Parameters:
    ///   - missing: the guards that the provider does without.
    ///   - sabotage: what is done to its database before anybody comes.
    ///   - playsHardware: the victim's phone has evidence of a TPM, portals want *substantiell*, and time is the real one, for
    ///     which the simulator's certificates are made.
    ///   - passphrase: what the victim's files are sealed with; nil for a key beside them.
    static func set(
        without missing: Guards = [], sabotage: String? = nil, playsHardware: Bool = false,
        passphrase: String? = nil, _ body: @Sendable (AttackStage) async throws -> Void
    ) async throws {
        // Provider and phones have one clock, which stands still: a busy machine is no reason to fail.
        let clock =
            playsHardware ? SettableClock(Timestamp(seconds: Int64(Date().timeIntervalSince1970))) : SettableClock()
        let database = try TemporaryDatabase()
        let provider = try await TestProvider(
            guards: Guards.all.subtracting(missing), formats: ["tpm", "simulator", "none"],
            store: SQLiteStore(path: database.path), clock: clock,
            region: { $0.evidence.tpm = TPMPolicy(roots: $0.evidence.simulatorRoots) })
        try await provider.provider.evidenceReview.adopt(RevocationList())
        try provider.add(TestBackChannel.portals)
        if let sabotage { try database.execute(sabotage) }
        let limits = ProviderApplication.Limits(loginBurst: 1_000_000, codeBurst: 1_000_000)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let application = Application(
            router: ProviderApplication.router(provider: provider.provider, limits: limits), logger: logger)
        try await application.test(.router) { client in
            let stage = try await AttackStage(
                provider, database, RouterTransport(client: client), playsHardware: playsHardware, passphrase)
            defer { try? FileManager.default.removeItem(atPath: stage.folder) }
            try await body(stage)
        }
    }

    private init(
        _ provider: TestProvider, _ database: TemporaryDatabase, _ transport: RouterTransport, playsHardware: Bool,
        _ passphrase: String?
    ) async throws {
        self.provider = provider
        self.database = database
        folder = NSTemporaryDirectory() + "attack-tests-" + RandomBytes.text(9)
        let path = folder + "/victim"
        let openFolder: @Sendable (String) -> SealedFolder = { path in
            SealedFolder(path: path, passphrase: passphrase.map { Array($0.utf8) }, cost: .floor)
        }
        let sealed = openFolder(path)
        let pin = PIN(Array("135790".utf8))!
        let clock = provider.clock
        let phones = Self.deviceClock(provider)
        let phone = DeviceAuthenticator(folder: sealed, transport: transport, clock: phones)
        let device = DeviceDescription(name: "Victim", model: "Test", system: "Linux")
        _ = try await phone.enrol(
            link: try await Self.link(provider), pin: pin, device: device,
            evidence: playsHardware ? .played(.tpm, provider.simulator.maker) : .none)
        let wanted: [String: String?] = playsHardware ? ["acr_values": AssuranceLevel.substantiell.acr] : [:]
        scene = AttackScene(
            folder: sealed, folderPath: path, openFolder: openFolder, issuer: TestRegion.issuer, pin: pin,
            transport: transport, language: "de",
            start: {
                WebAddress(
                    TestRegion.issuer.appending("/authorize?")
                        + FormParameters(TestRegion.basic.request(wanted)).encoded)!
            },
            ticket: try await Self.link(provider), attackerTicket: try await Self.link(provider), clock: phones,
            wait: { duration in clock.advance(duration.components.seconds) })
    }

    /// The scene with the portal that an attack over the back channel needs.
    func equipped(for attack: Attack) async throws -> AttackScene {
        var scene = scene
        if attack == .backChannel { scene.asking = try await askingPortal() }
        return scene
    }

    /// A portal that may ask for the victim, and knows them by a login of theirs.
    func askingPortal(_ portal: TestPortal = TestBackChannel.centre) async throws -> AskingPortal {
        try await scene.logIn()
        let subjects = try database.texts("SELECT subject FROM pairwise WHERE context = 'citizen'")
        return AskingPortal(
            issuer: scene.issuer, client: ClientIdentifier(rawValue: portal.identifier)!, secret: portal.secret ?? "",
            subject: subjects.first ?? "", transport: scene.transport)
    }

    /// The provider's clock on the phone: a machine that is busy for a minute must not make its proofs too old.
    static func deviceClock(_ provider: TestProvider) -> DeviceClock {
        let clock = provider.clock
        return DeviceClock { clock.now }
    }

    /// An enrolment link of a fresh ticket.
    func link() async throws -> String { try await Self.link(provider) }

    private static func link(_ provider: TestProvider) async throws -> String {
        let ticket = try await provider.ticket(person: TestRegion.person)
        let key = provider.provider.keys.ring.current(.es256).thumbprint
        return DeviceLink(issuer: TestRegion.issuer, target: .enrolment(ticket: ticket, key: key)).text
    }
}

/// Calls the router without a socket.
struct RouterTransport: HTTPTransport {
    let client: any TestClientProtocol

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        let issuer = TestRegion.issuer.rawValue
        // Other sites do not exist here.
        guard call.url.hasPrefix(issuer + "/"), let method = HTTPRequest.Method(call.method) else {
            throw NetworkFailure(.unreachable, authority: call.url)
        }
        var headers = HTTPFields()
        for (name, value) in call.headers { headers.append(HTTPField(name: HTTPField.Name(name)!, value: value)) }
        let answer: TestResponse
        do {
            answer = try await client.execute(
                uri: String(call.url.dropFirst(issuer.count)), method: method, headers: headers,
                body: call.body.map { ByteBuffer(bytes: $0) })
        } catch { throw NetworkFailure(.connectionLost, authority: call.url) }
        return HTTPAnswer(
            status: answer.status.code, headers: answer.headers.map { ($0.name.rawName, $0.value) },
            body: Array(answer.body.readableBytesView))
    }
}
