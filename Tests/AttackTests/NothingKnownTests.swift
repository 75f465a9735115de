import DeviceAuthenticator
import Foundation
import OpenIDMessages
import ProviderCore
import Synchronization
import Testing

@testable import citizen_phone

/// Answers calls to addresses that end so in a way of its own, from the n-th on; others go on.
private final class FaultyWire: HTTPTransport {
    private let base: any HTTPTransport
    private let suffix: String
    private let answer: HTTPAnswer
    private let passes: Mutex<Int>

    init(_ base: any HTTPTransport, at suffix: String, after passes: Int = 0, answer: HTTPAnswer) {
        self.base = base
        self.suffix = suffix
        self.answer = answer
        self.passes = Mutex(passes)
    }

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        guard call.url.split(separator: "?")[0].hasSuffix(suffix) else { return try await base.send(call) }
        let isFaulty = passes.withLock { passes in
            passes -= 1
            return passes < 0
        }
        return isFaulty ? answer : try await base.send(call)
    }

    static func problem(_ status: Int, _ code: String) -> HTTPAnswer {
        let body: JSONObject = [
            "type": "about:blank", "title": "No", "status": .integer(Int64(status)), "code": .string(code),
            "side": "server", "retry": false, "trace_id": "0123456789abcdef0123456789abcdef",
        ]
        return HTTPAnswer(
            status: status, headers: [("Content-Type", "application/problem+json")], body: body.serialized)
    }
}

/// What only fails to answer, or refuses everybody, resists nothing.
@Suite("citizen-phone attack: where nothing is known, nothing is said")
struct NothingKnownTests {
    @Test(arguments: [
        (500, "server_error"), (503, "overloaded"), (429, "rate_limited"), (429, "too_many_logins"),
        (401, "invalid_attestation"), (403, "device_locked"), (403, "device_suspended"), (403, "device_cloned"),
    ])
    func `a refusal that the victim's own login would get as well is no resistance`(
        status: Int, code: String
    ) async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.transport = FaultyWire(
                scene.transport, at: "/claims", answer: FaultyWire.problem(status, code))
            for attack in [Attack.staleQR, .flowSwap, .tamperText, .relay, .linkRelay] {
                let error = await #expect(throws: DeviceError.self, "\(attack)") {
                    _ = try await scene.play(attack)
                }
                guard case .provider(let problem)? = error else {
                    Issue.record("\(attack): \(String(describing: error))")
                    return
                }
                #expect(problem.code == code)
            }
        }
    }

    @Test(arguments: [
        (Attack.staleQR, 404, "unknown_login"), (.flowSwap, 409, "scan_again"), (.fatigue, 409, "already_claimed"),
    ])
    func `a refusal by another guard than the attack's own is no resistance`(
        attack: Attack, status: Int, code: String
    ) async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.transport = FaultyWire(scene.transport, at: "/claims", answer: FaultyWire.problem(status, code))
            let error = await #expect(throws: DeviceError.self) { _ = try await scene.play(attack) }
            #expect(error?.refusal == code)
        }
    }

    @Test func `an answer that nobody understands is no resistance`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.transport = FaultyWire(
                scene.transport, at: "/claims",
                answer: HTTPAnswer(status: 200, headers: [("Content-Type", "application/json")], body: Array("{}".utf8))
            )
            let error = await #expect(throws: DeviceError.self) { _ = try await scene.play(.staleQR) }
            guard case .unexpectedAnswer? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `files that cannot be read, and a device that is not enrolled, are no resistance`() async throws {
        try await AttackStage.set { stage in
            let key = stage.scene.folderPath + "/seal.key"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
            let error = await #expect(throws: DeviceError.self) { _ = try await stage.scene.play(.staleQR) }
            guard case .file? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try FileManager.default.removeItem(atPath: stage.scene.folderPath)
            await #expect(throws: DeviceError.notEnrolled) { _ = try await stage.scene.play(.staleQR) }
        }
    }

    @Test func `a copy that cannot answer for another reason than the counter is no resistance`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            // The victim's own answer goes through, the copy's does not.
            scene.transport = FaultyWire(
                scene.transport, at: "/response", after: 1, answer: FaultyWire.problem(403, "not_accepted"))
            await #expect(throws: DeviceError.self) { _ = try await scene.play(.clone) }
        }
    }

    @Test func `a victim whose own login fails is told before anything is played`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.pin = PIN(Array("135791".utf8))!
            nonisolated(unsafe) var played: [Attack] = []
            let error = await #expect(throws: DeviceError.self) {
                _ = try await scene.play([.relay], isDisposable: false) { attack in unsafe played.append(attack) }
            }
            guard case .provider(let problem)? = error, problem.code == "not_accepted" else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(unsafe played.isEmpty)
        }
    }

    @Test func `where not even the victim is seen to get a code, nothing is tested`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            scene.transport = FaultyWire(
                scene.transport, at: "/finish", answer: HTTPAnswer(status: 200, headers: [], body: []))
            let failure = await #expect(throws: CommandFailure.self) {
                _ = try await scene.play([.wrongReturn], isDisposable: true)
            }
            #expect(failure?.status == .browser)
        }
    }

    @Test func `what the attacks before it ended with is told where one ends the rest`() async throws {
        try await AttackStage.set { stage in
            var scene = stage.scene
            // The victim's own login and the first attack go through; then the provider breaks.
            scene.transport = FaultyWire(
                scene.transport, at: "/claims", after: 8, answer: FaultyWire.problem(500, "server_error"))
            let end = await #expect(throws: AttacksEnded.self) {
                _ = try await scene.play([.flowSwap, .tamperText, .relay], isDisposable: false)
            }
            #expect(end?.outcomes.map(\.attack) == [.flowSwap] && end?.outcomes.first?.result == .resisted)
            #expect(end?.attack == .tamperText && end?.cause is DeviceError)
            var failure = CommandFailure(.providerRefused, developer: "broken")
            failure.found = AttackCommand.report(end?.outcomes ?? [])
            #expect(failure.json["error"] != nil && failure.json["attacks"]?.array?.count == 1)
        }
    }

    @Test func `with a good victim the attacks that are named are played, and the clone only where it may be`()
        async throws
    {
        try await AttackStage.set { stage in
            let outcomes = try await stage.scene.play([.flowSwap, .clone], isDisposable: false)
            #expect(outcomes.map(\.result) == [.resisted, .notTested], "\(outcomes)")
        }
    }
}
