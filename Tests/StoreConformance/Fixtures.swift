public import AccountDirectory
public import IdentityCrypto
public import OpenIDMessages
public import ProviderCore

/// People, devices and logins for tests: real keys and valid values, different at each call.
public enum Fixtures {
    /// 2026-01-01T00:00:00Z.
    public static let now = Timestamp(seconds: 1_767_225_600)
    /// The key with which tests seal where an audit chain begins.
    public static let sealing = AuditSealing(key: [UInt8](repeating: 9, count: 32))
    public static let tenant = TenantIdentifier(rawValue: "gelsenkirchen")!
    public static let client = ClientIdentifier(rawValue: "portal-gelsenkirchen")!
    public static let otherClient = ClientIdentifier(rawValue: "portal-bottrop")!
    public static let sector = SubjectSector.pairwise(SectorIdentifier(rawValue: "gelsenkirchen")!)
    public static let otherSector = SubjectSector.pairwise(SectorIdentifier(rawValue: "bottrop")!)

    public static func person(givenName: String = "Erika", familyName: String = "Mustermann") -> PersonRecord {
        try! PersonRecord(json: [
            "given_name": .string(givenName), "family_name": .string(familyName), "birthdate": "1964-08-12",
            "address": .object(["street": "Ebertstraße", "postal_code": "45879", "locality": "Gelsenkirchen"]),
        ])
    }

    /// An account as a clerk registers it: not active until a device is enrolled.
    public static func account(person: PersonRecord = person(), level: AssuranceLevel = .substantiell) -> AccountRecord
    {
        AccountRecord(identifier: .random(), person: person, level: level, isActive: false)
    }

    /// A person whose grace is over, erased as the sweep does it.
    public static func erase(_ account: AccountIdentifier, in store: any ProviderStore) async throws {
        guard let profile = try await store.profile(of: account) else {
            throw ConformanceFailure(description: "no account")
        }
        _ = try await store.requestClosing(
            of: profile, liftsOrder: false, eraseAt: now, request: nil, by: Author(.system), time: now)
        try require(try await store.erase(account, telling: [], time: now), "not erased")
    }

    public static func ticket(
        for account: AccountRecord, secret: OneTimeSecret = OneTimeSecret(bytes: 14), now: Timestamp = now
    ) -> TicketRecord {
        TicketRecord(
            digest: secret.digest, account: account.identifier, tenant: tenant, expiresAt: now + Lifetime.ticket)
    }

    /// A phone with its private keys.
    public struct Phone: Sendable {
        public var authentication = SigningKey.makeES256()
        public var installation = SigningKey.makeES256()
        public var pin = SigningKey.makeES256()
        public var blockCode = OneTimeSecret(bytes: 14)
        /// Serial numbers of the certificates of its evidence.
        public var certificates: [String] = []

        public init() {}

        public var keys: DeviceKeys {
            DeviceKeys(
                authentication: authentication.publicKey, installation: installation.publicKey, pin: pin.publicKey)
        }

        /// The phone's row as an enrolment writes it.
        public func device(
            of account: AccountIdentifier, ceiling: DeviceCeiling = .simulated(.strongbox), at time: Timestamp = now
        ) -> DeviceRecordRow {
            DeviceRecordRow(
                identifier: .random(bytes: 16), account: account, keys: keys,
                description: DeviceDescription(name: "Erikas Telefon", model: "Pixel 9", system: "Android 16"),
                ceiling: ceiling, state: .active, counter: 0, pinTriesLeft: DeviceRecordRow.pinTries,
                blockDigest: blockCode.digest, createdAt: time, lastUsedAt: nil, certificates: certificates)
        }
    }

    public static func activation(of device: DeviceRecordRow, at time: Timestamp = now) -> SecurityEvent {
        SecurityEvent(.deviceActivated, time: time, tenant: tenant, object: device.identifier.rawValue)
    }

    /// Registers an account and enrols a phone for it.
    public static func enrolledDevice(
        in store: any EnrolmentStore, account: AccountRecord = account(), phone: Phone = Phone(),
        ceiling: DeviceCeiling = .simulated(.strongbox), at time: Timestamp = now
    ) async throws -> DeviceRecordRow {
        let ticket = ticket(for: account, now: time)
        let event = SecurityEvent(
            .accountRegistered, time: time, tenant: tenant, person: account.identifier)
        try await store.register(account, ticket: ticket, events: [event])
        let device = phone.device(of: account.identifier, ceiling: ceiling, at: time)
        let outcome = try await store.enrol(device, ticket: ticket.digest, event: activation(of: device, at: time))
        try requireEqual(outcome, .enrolled, "enrolment of a fixture")
        return device
    }
}
