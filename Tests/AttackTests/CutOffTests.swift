import DeviceAuthenticator
import Foundation
import IdentityCrypto
import OpenIDMessages
import Synchronization
import Testing

@testable import citizen_phone

/// A way to the provider that fails once, at the call with a number.
private final class CuttingWire: HTTPTransport {
    enum Cut: CaseIterable {
        /// Nobody listens.
        case refused
        /// The call gets lost.
        case before
        /// The provider acts, and its answer gets lost.
        case after
    }

    private struct State {
        var calls = 0
        var hasCut = false
        var responses: Set<String> = []
    }

    private let base: any HTTPTransport
    private let number: Int
    private let cut: Cut
    private let state = Mutex(State())

    init(_ base: any HTTPTransport, cutting number: Int, _ cut: Cut) {
        self.base = base
        self.number = number
        self.cut = cut
    }

    var hasCut: Bool { state.withLock(\.hasCut) }
    /// The different answers to logins that were sent.
    var responses: Set<String> { state.withLock(\.responses) }

    func send(_ call: HTTPCall) async throws(NetworkFailure) -> HTTPAnswer {
        let isCut = state.withLock { state in
            state.calls += 1
            if let body = call.body.flatMap({ try? StrictJSON.parseObject($0) }), let text = body["response"]?.string {
                state.responses.insert(text)
            }
            if state.calls == number { state.hasCut = true }
            return state.calls == number
        }
        guard isCut else { return try await base.send(call) }
        switch cut {
        case .refused: throw NetworkFailure(.unreachable, authority: "id.example")
        case .before: break
        case .after: _ = try await base.send(call)
        }
        throw NetworkFailure(.connectionLost, authority: "id.example")
    }
}

@Suite("The network goes at each step")
struct CutOffTests {
    /// Does what failed for the network's sake again, once.
    private static func persistently<Value>(
        _ body: () async throws(DeviceError) -> Value
    ) async throws(DeviceError) -> Value {
        do throws(DeviceError) { return try await body() } catch {
            guard case .network = error else { throw error }
            return try await body()
        }
    }

    private static let mine = DeviceDescription(name: "Mine", model: "Test", system: "Linux")

    @Test func `D-6.5 an enrolment that is cut at any call comes to one device with its block code`() async throws {
        try await AttackStage.set { stage in
            for cut in CuttingWire.Cut.allCases {
                var number = 1
                while true {
                    let wire = CuttingWire(stage.scene.transport, cutting: number, cut)
                    // Each try is another process: nothing but the files is remembered.
                    let path = stage.scene.folderPath + "-\(cut)-\(number)"
                    let phone = {
                        DeviceAuthenticator(
                            folder: try stage.scene.openFolder(path), transport: wire, clock: stage.scene.clock)
                    }
                    let link = try await stage.link()
                    let result = try await Self.persistently { () throws(DeviceError) in
                        do {
                            return try await phone().enrol(link: link, pin: stage.scene.pin, device: Self.mine)
                        } catch let error as DeviceError { throw error } catch { throw .cryptography }
                    }
                    let asker = DeviceAuthenticator(
                        folder: try stage.scene.openFolder(path), transport: stage.scene.transport,
                        clock: stage.scene.clock)
                    #expect(result.blockCode.count == 18)
                    #expect(try await asker.devices().map(\.state) == ["active"], "\(cut), call \(number)")
                    guard wire.hasCut else { break }
                    number += 1
                }
                #expect(number > 3, "keys, offer and registration were each cut")
            }
        }
    }

    @Test(arguments: [LoginFlow.qr, .link])
    func `D-4.5.3 a login that is cut at any call is signed once and approved once`(flow: LoginFlow) async throws {
        try await AttackStage.set { stage in
            for cut in CuttingWire.Cut.allCases {
                var number = 1
                while true {
                    let wire = CuttingWire(stage.scene.transport, cutting: number, cut)
                    var browser = try await stage.scene.newLogin()
                    let phone = stage.scene.victim(through: wire)
                    let link = flow == .qr ? try browser.qrLink() : try browser.sameDeviceLink()
                    let claimed = try await Self.persistently { () throws(DeviceError) in try await phone.claim(link) }
                    if case .awaitingCode(let code, _) = claimed { _ = try await browser.type(code) }
                    _ = try await Self.persistently { () throws(DeviceError) in try await phone.waitForRequest() }
                    let outcome = try await Self.persistently { () throws(DeviceError) in
                        try await phone.approve(pin: stage.scene.pin)
                    }
                    #expect(outcome.receipt.state == (flow == .qr ? .complete : .awaitingReturn))
                    // What is not collected stays open.
                    if let back = outcome.returnURL { #expect(try await browser.receivesCode(at: back)) }
                    #expect(wire.responses.count == 1, "\(cut), call \(number): signed once")
                    guard wire.hasCut else { break }
                    number += 1
                }
                #expect(number > (flow == .qr ? 3 : 2), "claim, request and answer were each cut")
            }
        }
    }
}
