import DeviceAuthenticator

extension AttackScene {
    /// Plays the attacks, after a login of the victim's own that must succeed.
    ///
    /// - Throws: `CommandFailure` or `DeviceError` when nothing can be known of them.
    func play(
        _ attacks: [Attack], isDisposable: Bool, says: (Attack) -> Void = { _ in }
    ) async throws -> [AttackOutcome] {
        try await logIn()
        var outcomes: [AttackOutcome] = []
        for attack in attacks {
            says(attack)
            guard !attack.endsDevice || isDisposable else {
                outcomes.append(
                    AttackOutcome(
                        attack: attack, result: .notTested,
                        evidence: ["ends with the device suspended; needs --disposable"]))
                continue
            }
            outcomes.append(try await play(attack))
        }
        return outcomes
    }

    /// Plays one attack.
    ///
    /// - Throws: `CommandFailure` or `DeviceError` when the scene itself cannot be set: nothing is known then.
    func play(_ attack: Attack) async throws -> AttackOutcome {
        switch attack {
        case .relay: try await relay()
        case .linkRelay: try await linkRelay()
        case .staleQR: try await staleQR()
        case .flowSwap: try await flowSwap()
        case .replay: try await replay()
        case .tamperText: try await tamperText()
        case .wrongReturn: try await wrongReturn()
        case .enrolHijack: try await enrolHijack()
        case .fakeIssuer: try await fakeIssuer()
        case .fatigue: try await fatigue()
        case .clone: try await clone()
        }
    }
}
