import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import DeviceAuthenticator
@testable import citizen_phone

/// Answers calls with these statuses in turn, and every further one with 200.
private final class ProviderOfStatuses: HTTPTransport {
    private let statuses: Mutex<[Int]>

    init(_ statuses: Int...) { self.statuses = Mutex(statuses) }

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        HTTPAnswer(status: statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() })
    }
}

@Suite("Faults: which acknowledgement gets lost, and for how long", .inTurn, .endsInTime)
struct LostAcknowledgementTests {
    static let address = "https://id.example/device/v1/logins/txn-1/response"

    private func isLost(_ wire: FaultyWire, _ url: String = address) async -> Bool {
        let body: JSONObject = ["response": "a.b.c"]
        do { _ = try await wire.send(HTTPCall(method: "POST", url: url, body: body.serialized)) } catch { return true }
        return false
    }

    @Test func `a call that only fetched a nonce is no answer yet: the next one is lost alone`() async throws {
        let wire = FaultyWire(ProviderOfStatuses(401), faults: try Faults(parsing: "lose=acknowledgement"))
        var lost: [Bool] = []
        for _ in 1...3 { lost.append(await isLost(wire)) }
        #expect(lost == [false, true, false])
        #expect(wire.takeLoss())
        #expect(!wire.takeLoss(), "it is told once")
        #expect(wire.response == "a.b.c")
    }

    @Test(arguments: [
        "https://id.example/device/v1/logins/txn-1", "https://id.example/device/v1/claims",
        "https://id.example/account/v1/confirmations/txn-1", "https://portal.example/response",
    ])
    func `what is no answer to a login is not what gets lost`(url: String) async {
        let wire = FaultyWire(ProviderOfStatuses())
        wire.loseNext()
        #expect(await !isLost(wire, url))
        #expect(!wire.takeLoss() && wire.response == nil)
        #expect(await isLost(wire), "the answer itself still is")
    }

    @Test func `what one scenario asked for, lost and sent is none of the next one's`() async {
        let wire = FaultyWire(ProviderOfStatuses())
        wire.loseNext()
        wire.reset()
        #expect(await !isLost(wire))
        wire.loseNext()
        #expect(await isLost(wire))
        wire.reset()
        #expect(!wire.takeLoss() && wire.response == nil)
    }

    @Test func `a loss that is to be told is not tried again`() async throws {
        var tries = 0
        let failure = DeviceError.network(NetworkFailure(.connectionLost, authority: "id.example"))
        await #expect(throws: failure) {
            try await again({ () throws(DeviceError) in
                tries += 1
                throw failure
            }) { false }
        }
        #expect(tries == 1)
    }
}

@Suite("Faults: whose they are", .inTurn, .endsInTime)
struct FaultOptionsTests {
    private func options(_ faults: String?) throws -> FaultOptions {
        var options = FaultOptions()
        options.fault = try faults.map { try Faults(parsing: $0) }
        return options
    }

    @Test func `a phone with faults has its clock and its wire wrong, and nothing else`() async throws {
        var shared = SharedOptions()
        (shared.chosenLanguage, shared.now) = (.english, nil)
        let folder = SealedFolder(path: try TemporaryFolder().path + "/phone", passphrase: nil)
        let faulty = try shared.phone(
            in: folder, over: ProviderOfStatuses(), faults: try Faults(parsing: "skew=-600s,drop=1"))
        let good = try shared.phone(in: folder, over: ProviderOfStatuses(), faults: nil)
        #expect((599...601).contains(good.clock.now.seconds - faulty.clock.now.seconds))
        #expect(faulty.random.seed == nil && faulty.language == "en")
        await #expect(throws: NetworkFailure(.connectionLost, authority: "id.example")) {
            try await faulty.transport.send(HTTPCall(method: "GET", url: "https://id.example/jwks"))
        }
        #expect(try await good.transport.send(HTTPCall(method: "GET", url: "https://id.example/jwks")).status == 200)
    }

    @Test func `the command line's faults come before the persona's, which hold where it names none`() throws {
        let persona = Persona(
            name: "lina", description: "", person: [:],
            phone: Persona.Phone(
                evidence: try #require(EvidenceWord(argument: "simulator:tee")), pin: [],
                faults: try Faults(parsing: "seed=3")))
        let named = try options("seed=4")
        #expect(named.playing(persona).fault?.seed == 4)
        #expect(named.playing(nil).fault?.seed == 4)
        #expect(try options(nil).playing(persona).fault?.seed == 3)
        #expect(try options(nil).playing(nil).fault == nil)
    }
}
