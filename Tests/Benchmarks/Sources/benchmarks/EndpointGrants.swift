import AccountDirectory
import Foundation
import IdentityCrypto
import OpenIDMessages
import ProviderCore
import SQLiteStore

/// Codes that stand for logins which nobody made: written into the store before the server opens it.
struct EndpointGrants: Sendable {
    let verifier = CodeVerifier.random()
    private let account: AccountIdentifier
    private let session: SessionIdentifier
    private let cookie = OneTimeHandle(.session)
    private let store: SQLiteStore
    private static let sector = SubjectSector.pairwise(SectorIdentifier(rawValue: "town.example")!)

    /// Enrols a citizen's phone and begins a session with it.
    init(provider: Provider, store: SQLiteStore) async throws {
        let phone = try await SimulatedPhone.enrolled(at: provider)
        guard let (_, account) = try await store.device(phone.device) else { throw BenchmarkFault("no device") }
        self.account = account.identifier
        self.store = store
        session = .random(bytes: 16)
        // A grant without a question needs a release to that client: the phone approves once at each.
        for (index, client) in [EndpointClients.secret, EndpointClients.bound].enumerated() {
            try await approve(client, by: phone.device, counter: Int64(index + 1))
        }
    }

    /// The first approval begins the session, those after it continue it.
    private func approve(_ client: String, by device: DeviceIdentifier, counter: Int64) async throws {
        let now = Town.clock.now()
        let grant = grant(OneTimeHandle(.authorizationCode), client: client, now: now)
        let record = SessionRecord(
            identifier: session, account: account, device: device, cookie: cookie.digest,
            context: grant.context, methods: grant.methods, flow: .qr, relayResistance: .code, startedAt: now,
            authenticatedAt: now, lastUsedAt: now, expiresAt: now + 8 * 3600, browser: "Firefox, Linux")
        let outcome = try await store.accept(
            LoginAnswer(
                transaction: grant.transaction, device: device, decision: .approve,
                responseDigest: ContentDigest(of: "approved"), counter: counter, isPINProved: true,
                approval: LoginApproval(
                    grant: grant, sector: Self.sector, session: record, previousSession: counter == 1 ? nil : session,
                    asked: grant.released),
                tenant: grant.tenant, time: now))
        guard outcome == .accepted else { throw BenchmarkFault("the session was not written: \(outcome)") }
    }

    /// Codes for `client`, good for hours.
    func codes(_ count: Int, client: String) async throws -> [String] {
        let now = Town.clock.now()
        var codes: [String] = []
        while codes.count < count {
            let handles = (0..<min(64, count - codes.count)).map { _ in OneTimeHandle(.authorizationCode) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for handle in handles {
                    group.addTask {
                        let subject = try await store.grant(
                            grant(handle, client: client, now: now), sector: Self.sector, session: cookie.digest,
                            now: now)
                        guard subject != nil else { throw BenchmarkFault("no grant was written") }
                    }
                }
                try await group.waitForAll()
            }
            codes += handles.map(\.text)
        }
        return codes
    }

    private func grant(_ handle: OneTimeHandle, client: String, now: Timestamp) -> AuthorizationGrant {
        AuthorizationGrant(
            transaction: .random(bytes: 16), handle: handle.digest, client: ClientIdentifier(rawValue: client)!,
            tenant: TenantIdentifier(rawValue: "town")!, account: account, redirectURI: Town.redirectURI,
            scope: Scope(tokens: Town.scopes)!, nonce: Nonce(rawValue: RandomBytes.text(16)),
            codeChallenge: verifier.challenge, context: AuthenticationContext(level: .normal, isSimulated: false),
            methods: ["swk", "pin", "mfa", "user"], flow: .qr, relayResistance: .code, authenticatedAt: now,
            session: session,
            released: ["given_name", "family_name", "birthdate", "birth_family_name", "address", "email"],
            expiresAt: now + 8 * 3600)
    }
}
