import ArgumentParser
import DeviceAuthenticator

/// What may go wrong between phone and provider, on purpose.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What goes wrong between phone and provider: latency=200ms,drop=0.1,skew=-600s,lose=acknowledgement,seed=7.",
            valueName: "faults"),
        transform: { text in
            do throws(Faults.Mistake) { return try Faults(parsing: text) } catch {
                throw ValidationError(
                    "'\(error.part)' is no fault. They are latency=200ms (or 2s, at most 60s), drop=0.1 (0 to 1), skew=-600s, "
                        + "lose=acknowledgement and seed=7, each once, with commas between them.")
            }
        })
    var fault: Faults?

    /// The way over which the phone's calls go; the browser's do not.
    func wire(_ transport: any HTTPTransport) -> FaultyWire { FaultyWire(transport, faults: fault ?? Faults()) }

    /// What the phone's clock shows where it would be `clock`.
    func clock(_ clock: DeviceClock) -> DeviceClock { (fault ?? Faults()).skewed(clock) }
}

/// Does what a person does whose phone says that the connection was lost: the same again, at most twice. An answer that is
/// sent again has the same bytes (docs/protocol.md D-4.5.3).
///
/// - Parameter isWorthIt: false when the loss is to be told.
func again<Value>(
    _ body: () async throws(DeviceError) -> Value, isWorthIt: () -> Bool = { true }
) async throws(DeviceError) -> Value {
    for _ in 0..<2 {
        do throws(DeviceError) { return try await body() } catch {
            guard case .network(let failure) = error, failure.reason == .connectionLost, isWorthIt() else {
                throw error
            }
        }
    }
    return try await body()
}
