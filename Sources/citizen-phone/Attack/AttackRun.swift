import DeviceAuthenticator

extension AttackScene {
    /// Plays the attacks, after a login of the victim's own that must succeed.
    ///
    /// - Throws: `AttacksEnded` with what is known already when nothing can be known of an attack; the victim's own login
    ///   throws `CommandFailure` or `DeviceError`.
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
            do { outcomes.append(try await play(attack)) } catch {
                throw AttacksEnded(outcomes: outcomes, attack: attack, cause: error)
            }
        }
        return outcomes
    }

    /// Plays one attack alone.
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
        case .hostileText: try await hostileText()
        case .wrongReturn: try await wrongReturn()
        case .enrolHijack: try await enrolHijack()
        case .fakeIssuer: try await fakeIssuer()
        case .fatigue: try await fatigue()
        case .backChannel: try await backChannel()
        case .stolenBrowser: try await stolenBrowser()
        case .foreignBrowser: try await foreignBrowser()
        case .clone: try await clone()
        }
    }
}

/// Nothing can be known of an attack, so that those after it were not played.
struct AttacksEnded: Error {
    /// Those before it.
    let outcomes: [AttackOutcome]
    let attack: Attack
    let cause: any Error
}
