import DeviceAuthenticator
import IdentityCrypto
import OpenIDMessages

/// Requests without a browser (docs/protocol.md §11), and what the person does with the device itself.
extension ScenarioPlayer {
    private func portal() throws -> AskingPortal {
        guard let portal = stage.asking else {
            throw CommandFailure(.browser, developer: "no portal that may ask by itself is named")
        }
        return portal
    }

    mutating func ask() async throws {
        asked = try await portal().ask()
        (collected, hasPolled) = (nil, false)
    }

    mutating func receive() async throws {
        let phone = phone
        let request = try await attempt { () throws(DeviceError) -> LoginRequestStatement? in
            guard let arrived = try await phone.awaitRequest(seconds: 0) else { return nil }
            return try await phone.take(arrived)
        }
        guard let request else { return }
        guard request != nil else {
            refusal = Refusal(word: "nothing_asked")
            return
        }
        claimed = .asked
        phoneState = try await phone.needsCallCode() ? .awaitingCode : .awaitingUser
    }

    mutating func call(_ digits: Scenario.Digits) async throws {
        let right = asked?.callCode ?? ""
        let typed =
            switch digits {
            case .right: right
            case .wrong: right == "0000" ? "0001" : "0000"
            case .these(let digits): digits
            }
        let phone = phone
        let isTaken = try await attempt { () throws(DeviceError) -> Bool in
            try await phone.enter(callCode: typed)
            return true
        }
        if isTaken == true {
            phoneState = .awaitingUser
        } else if refusal?.word == "login_over" {
            phoneState = nil
        }
    }

    mutating func collect() async throws {
        guard let asked else { return }
        if hasPolled { try await stage.wait(AskingPortal.pace) }
        hasPolled = true
        collected = try await portal().collect(asked)
    }

    /// From this device itself: nobody else's word is needed.
    mutating func suspend() async throws {
        guard let device = try phone.enrolment()?.device.rawValue else { throw DeviceError.notEnrolled }
        let (phone, pin) = (phone, stage.pin)
        let act = try AccountAct.ofDevice(.suspendDevice, device, "suspension")
        _ = try await attempt { () throws(DeviceError) in
            try await phone.confirm(try await phone.propose(act), pin: pin)
        }
    }

    /// How often, and at which pace, the person looks whether the provider has read its list.
    private static let looks = (count: 60, pace: Duration.milliseconds(500))

    /// The certificate in this device's evidence is revoked; over when the provider has acted on it (docs/protocol.md §7.5).
    mutating func revoke() async throws {
        guard let revoke = stage.revoke else {
            throw CommandFailure(.browser, developer: "nobody can revoke: no list of the provider is named")
        }
        let before = try await ceiling()
        try await revoke(SimulatedMaker.serial(for: try phone.authenticationKey()))
        for _ in 0..<Self.looks.count {
            if try await ceiling() != before { return }
            try await stage.wait(Self.looks.pace)
        }
        throw CommandFailure(
            .browser,
            developer:
                "the provider took nothing back: it reads another list, or this device was enrolled without evidence of "
                + "hardware")
    }

    /// What this device reaches, as the provider says; nil when it refuses to say.
    private mutating func ceiling() async throws -> String? {
        let phone = phone
        let devices = try await attempt { () throws(DeviceError) in try await phone.devices() }
        return devices?.first(where: \.isCurrent)?.ceiling
    }

    /// Denies the portal's request that the phone has and has not answered; true when there was one.
    mutating func tidyRequest() async -> Bool {
        guard claimed == .asked, phoneState == .awaitingCode || phoneState == .awaitingUser else { return false }
        return (try? await phone.deny(pin: stage.pin)) != nil
    }
}
