package import IdentityCrypto
internal import OpenIDMessages

extension SealedFolder {
    /// Where the random values of one command with this profile come from: for a profile that was enrolled with a seed,
    /// values that no command had before, the same ones for the same seed and the same number of commands before.
    ///
    /// To be asked for once in a command, and given to all of its devices, copies of this one among them: two that draw the
    /// same values would be taken for one that repeats itself.
    package func randomSource() throws(DeviceError) -> RandomSource {
        // A profile that cannot be read signs nothing; whoever needs it says what is wrong with it.
        guard let state = try? state(), let seed = state.seed else { return .system }
        return try updateState { (state) throws(DeviceError) in
            state.drawings += 1
            return .seeded(seed, stream: UInt64(state.drawings))
        }
    }
}
