public import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages

/// Requests of people about their data, from receipt to answer within a month (GDPR Art. 12).
public struct DataRequestFlow: Sendable {
    let store: any RetentionStore & AccountStore
    let clock: ProviderClock

    /// Receives a request of somebody who says to be the account's person.
    public func receive(
        _ kind: DataSubjectRequestKind, of account: AccountIdentifier
    ) async throws -> DataSubjectRequest {
        let now = clock.now()
        let request = DataSubjectRequest(
            identifier: .random(), account: account, kind: kind, state: .received, receivedAt: now,
            dueAt: DataSubjectRequest.deadline(for: now))
        try await store.open(request)
        return request
    }

    /// A device proves the identity: such a request runs at once.
    func begin(_ kind: DataSubjectRequestKind, by device: VerifiedDevice) async throws -> DataSubjectRequest {
        var request = try await receive(kind, of: device.account.identifier)
        for event in [DataSubjectRequestState.Event.checkIdentity, .start] {
            request = try await advance(request.identifier, by: event) ?? request
        }
        return request
    }

    /// Nil when there is no such request or the event cannot happen in its state.
    public func advance(
        _ request: DataSubjectRequestIdentifier, by event: DataSubjectRequestState.Event,
        refusal: DataSubjectRefusal? = nil
    ) async throws -> DataSubjectRequest? {
        try await store.advance(request, by: event, refusal: refusal, time: clock.now())
    }

    /// The requests of a person, the latest first.
    public func requests(of device: VerifiedDevice) async throws -> [DataSubjectRequest] {
        try await store.requests(of: device.account.identifier)
    }

    /// Requests that must be answered within `seconds`, the most urgent first.
    public func urgent(within seconds: Int64) async throws -> [DataSubjectRequest] {
        try await store.openRequests(dueBy: clock.now() + seconds, limit: 100)
    }
}
