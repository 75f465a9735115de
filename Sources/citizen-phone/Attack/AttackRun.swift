import DeviceAuthenticator

extension AttackScene {
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
