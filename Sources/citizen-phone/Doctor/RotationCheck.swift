import OpenIDMessages

/// Logs in once more after the provider's keys were rotated.
struct RotationCheck {
    let doctor: PortalDoctor
    let genuine: GenuineLogin
    /// The provider's keys before the first login.
    let before: [String: Set<String>]

    /// Client libraries look for unknown keys only so often, so that invented ones cost nothing.
    private static let pause: Int64 = 65

    func finding() async throws -> IntegrationFinding {
        guard let seconds = doctor.rotationSeconds, genuine.judge.canTell else {
            return Rotation.none.finding(isSignedIn: nil)
        }
        let rotation = try await wait(seconds)
        guard rotation != .none else { return rotation.finding(isSignedIn: nil) }
        if try await isSignedIn("a login after the rotation") { return rotation.finding(isSignedIn: true) }
        doctor.say("it failed; portals may wait a minute before they look for keys again")
        try await Task.sleep(for: .seconds(Self.pause))
        return rotation.finding(
            isSignedIn: try await isSignedIn("the second login after the rotation"), afterPause: true)
    }

    private func wait(_ seconds: Int64) async throws -> Rotation {
        doctor.say(
            "waiting up to \(seconds) s for new keys: run citizen-id keys rotate --now twice, at a test provider")
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            let keys = try await doctor.provider.keys(by: doctor.visitor.transport)
            let rotation = Rotation(from: before, to: keys)
            if rotation == .twice || ContinuousClock.now >= deadline { return rotation }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func isSignedIn(_ what: String) async throws -> Bool {
        doctor.say(what)
        guard let visit = try await doctor.visitor.visit() else { return false }
        var browser = visit.browser
        return genuine.judge.isSignedIn(try await genuine.probe.open(visit.callback, in: &browser))
    }
}
