import DeviceAuthenticator

/// Another way to the provider than TLS, and an ear for what commands want confirmed: tests read in it which calls the commands
/// make. The program itself never sets it.
struct Rehearsal: Sendable {
    @TaskLocal static var current: Rehearsal?

    let transport: any HTTPTransport
    let hears: @Sendable (AccountAct) -> Void
}
