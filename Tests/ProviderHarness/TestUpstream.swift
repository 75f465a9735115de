import AccountDirectory
import OpenIDMessages
import ProviderCore
import Synchronization

/// Another account for organisations that says what the test says, whatever it is shown; of `forged` it knows nothing.
public final class TestUpstream: CompanyUpstream {
    private struct State {
        var answer: UpstreamOrganization?
        var isDown = false
        var asked = false
    }

    public struct Down: Error {}

    private let state = Mutex(State())

    public init() {}

    public var answer: UpstreamOrganization? {
        get { state.withLock(\.answer) }
        set { state.withLock { $0.answer = newValue } }
    }

    /// It cannot be asked.
    public var isDown: Bool {
        get { state.withLock(\.isDown) }
        set { state.withLock { $0.isDown = newValue } }
    }

    /// True when somebody asked it.
    public var asked: Bool { state.withLock(\.asked) }

    public func organization(
        behind assertion: String, for _: AccountRecord, now _: Timestamp
    ) async throws -> UpstreamOrganization? {
        try state.withLock { state in
            state.asked = true
            if state.isDown { throw Down() }
            return assertion == "forged" ? nil : state.answer
        }
    }
}
