public import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let administration: [StorePromise] = [
        StorePromise("A bootstrap ticket makes one administrator, once, and not after its end") { store in
            let (alice, bob) = (try await person(store), try await person(store))
            let ticket = OneTimeHandle(.bootstrapTicket)
            let end = Fixtures.now + 900
            try await store.save(
                BootstrapTicket(handle: ticket.digest, expiresAt: end), event: event(.bootstrapTicketIssued))
            func use(_ handle: OneTimeHandle, _ account: AccountIdentifier, at time: Timestamp) async throws -> Bool {
                try await store.bootstrap(
                    handle.digest, first(account), now: time, event: event(.administratorGranted))
            }
            try require(try await !use(OneTimeHandle(.bootstrapTicket), alice, at: Fixtures.now), "an unknown ticket")
            try require(try await !use(ticket, alice, at: end), "a late ticket")
            try require(try await !store.hasRegionAdministrator(now: Fixtures.now), "somebody administers")
            try require(try await use(ticket, alice, at: end - 1), "refused")
            try require(try await !use(ticket, bob, at: end - 1), "used twice")
            try require(try await store.hasRegionAdministrator(now: Fixtures.now), "nobody administers")
            try requireEqual(try await store.assignments(of: bob, now: Fixtures.now), [])
            try requireEqual(
                try await store.assignments(of: alice, now: Fixtures.now).map(\.role), [.regionAdministrator])
        },
        StorePromise("Of 64 who use a bootstrap ticket at once, one becomes administrator") { store in
            let account = try await person(store)
            let ticket = OneTimeHandle(.bootstrapTicket)
            try await store.save(
                BootstrapTicket(handle: ticket.digest, expiresAt: Fixtures.now + 900),
                event: event(.bootstrapTicketIssued))
            let made = try await atOnce(64) { _ in
                try await store.bootstrap(
                    ticket.digest, first(account), now: Fixtures.now, event: event(.administratorGranted))
            }
            try requireEqual(made.count { $0 }, 1, "administrators")
        },
        StorePromise("A new bootstrap ticket takes the place of the old one") { store in
            let account = try await person(store)
            let tickets = [OneTimeHandle(.bootstrapTicket), OneTimeHandle(.bootstrapTicket)]
            for ticket in tickets {
                try await store.save(
                    BootstrapTicket(handle: ticket.digest, expiresAt: Fixtures.now + 900),
                    event: event(.bootstrapTicketIssued))
            }
            for (ticket, isGood) in zip(tickets, [false, true]) {
                try requireEqual(
                    try await store.bootstrap(
                        ticket.digest, first(account), now: Fixtures.now, event: event(.administratorGranted)), isGood)
            }
        },
        StorePromise("Assignments are found by person and by tenant, and not at another tenant") { store in
            let (alice, bob) = (try await administrator(store), try await person(store))
            let given = try await granted(.tenantAdministrator, to: bob, by: alice, store)
            try requireEqual(try await store.assignments(of: bob, now: Fixtures.now), [given])
            try requireEqual(try await store.assignments(of: bob, now: given.validUntil), [], "after its end")
            let (here, there) = (try scope("gelsenkirchen"), try scope("bottrop"))
            try requireEqual(try await store.assignments(in: here, page: PageRequest()), [given])
            try requireEqual(try await store.assignment(given.identifier, in: here), given)
            try requireEqual(try await store.assignments(in: there, page: PageRequest()), [])
            try requireEqual(try await store.assignment(given.identifier, in: there), nil)
            let regional = try await store.assignments(of: alice, now: Fixtures.now)[0]
            for (name, owner) in [
                (.assignment(given.identifier), .tenant(Fixtures.tenant)), (.assignment(regional.identifier), .region),
                (.assignment(.random()), nil), (.emergency(.random()), nil),
            ] as [(MissedName, NameOwner?)] {
                try requireEqual(try await store.owner(of: name, otherThan: there), owner)
            }
            try requireEqual(try await store.owner(of: .assignment(given.identifier), otherThan: here), nil)
        },
        StorePromise("Pages of assignments follow each other without gap or repetition") { store in
            let alice = try await administrator(store)
            var all: [AdminAssignment] = []
            for _ in 0..<5 {
                all.append(try await granted(.tenantAdministrator, to: try await person(store), by: alice, store))
            }
            var read: [AdminAssignment] = []
            var after: String?
            repeat {
                let page = try await store.assignments(
                    in: try scope("gelsenkirchen"), page: PageRequest(limit: 2, after: after))
                read += page
                after = page.count == 2 ? page.last?.identifier.rawValue : nil
            } while after != nil
            try requireEqual(read, all)
        },
        StorePromise("A revoked granter grants nothing any more, whatever overtakes what") { store in
            let (alice, bob) = (try await administrator(store), try await person(store))
            let right = try await store.assignments(of: alice, now: Fixtures.now)[0]
            let wish = try approved(.tenantAdministrator, to: bob, by: right)
            try require(try await store.revoke(right, event: event(.administratorRevoked)), "not revoked")
            try require(try await !store.revoke(right, event: event(.administratorRevoked)), "revoked twice")
            try require(
                try await !store.grant(wish, telling: nil, now: Fixtures.now, event: event(.administratorGranted)),
                "granted")
            try requireEqual(try await store.assignments(of: bob, now: Fixtures.now), [])
        },
        StorePromise("I25: a role for the region and one that sees people do not meet, whatever overtakes what") {
            store in
            let (alice, bob) = (try await administrator(store), try await person(store))
            let right = try await store.assignments(of: alice, now: Fixtures.now)[0]
            let wish = try approved(.tenantAdministrator, to: bob, by: right)
            let ticket = OneTimeHandle(.bootstrapTicket)
            try await store.save(
                BootstrapTicket(handle: ticket.digest, expiresAt: Fixtures.now + 900),
                event: event(.bootstrapTicketIssued))
            try require(
                try await store.bootstrap(
                    ticket.digest, first(bob), now: Fixtures.now, event: event(.administratorGranted)), "refused")
            try require(
                try await !store.grant(wish, telling: nil, now: Fixtures.now, event: event(.administratorGranted)),
                "both")
            try requireEqual(
                try await store.assignments(of: bob, now: Fixtures.now).map(\.role), [.regionAdministrator])
        },
        StorePromise("I33: the rights at a tenant are over when it is archived, those for the region not") { store in
            let (alice, bob) = (try await administrator(store), try await person(store))
            _ = try await granted(.tenantAdministrator, to: bob, by: alice, store)
            let archived = ArchivedTenant(tenant: Fixtures.tenant, sectors: [], clients: [])
            let change = RegionChange(
                document: "", sectors: [:], archived: [archived], events: [event(.tenantArchived)])
            try require(try await store.apply(change), "not applied")
            try requireEqual(try await store.assignments(of: bob, now: Fixtures.now), [])
            try requireEqual(
                try await store.assignments(of: alice, now: Fixtures.now).map(\.role), [.regionAdministrator])
        },
        StorePromise("Of 64 equal grants at once, one is written") { store in
            let (alice, bob) = (try await administrator(store), try await person(store))
            let right = try await store.assignments(of: alice, now: Fixtures.now)[0]
            let made = try await atOnce(64) { _ in
                try await store.grant(
                    try approved(.tenantAdministrator, to: bob, by: right), telling: nil, now: Fixtures.now,
                    event: event(.administratorGranted))
            }
            try requireEqual(made.count { $0 }, 1, "granted")
        },
        StorePromise("An emergency is decided once, gives one right and one notice, all at its own tenant") { store in
            let (alice, bob) = (try await administrator(store), try await administrator(store))
            let (here, there) = (try scope("gelsenkirchen"), try scope("bottrop"))
            let asked = emergency(by: alice)
            try require(
                try await !store.request(asked, in: here, event: event(.emergencyRequested)), "nobody hears of it")
            let officer = try await person(store)
            _ = try await granted(.dataProtectionOfficer, to: officer, by: bob, store)
            try require(try await store.request(asked, in: here, event: event(.emergencyRequested)), "not requested")
            try requireEqual(try await store.emergencies(in: here, page: PageRequest()), [asked])
            try requireEqual(try await store.emergency(asked.identifier, in: here), asked)
            try requireEqual(try await store.emergency(asked.identifier, in: there), nil)
            let name = MissedName.emergency(asked.identifier)
            try requireEqual(try await store.owner(of: name, otherThan: there), .tenant(Fixtures.tenant))
            try requireEqual(try await store.owner(of: name, otherThan: here), nil)
            let right = try await store.assignments(of: bob, now: Fixtures.now)[0]
            @Sendable func approve(in scope: TenantScope, at time: Timestamp) async throws -> Bool {
                let given = try AdministrationRules.assignment(
                    for: asked, identifier: .random(), approvedBy: right, now: Fixtures.now
                ).get()
                return try await store.approve(
                    asked, in: scope, given, approver: bob, now: time, event: event(.emergencyApproved))
            }
            try require(try await !approve(in: there, at: Fixtures.now), "at another tenant")
            try require(try await !approve(in: here, at: Fixtures.now + Emergency.patience), "too late")
            let made = try await atOnce(16) { _ in try await approve(in: here, at: Fixtures.now) }
            try requireEqual(made.count { $0 }, 1, "approved")
            try requireEqual(
                try await store.assignments(of: alice, now: Fixtures.now).map(\.role),
                [.regionAdministrator, .emergency])
            try requireEqual(
                try await store.notices(in: here, page: PageRequest()).map(\.object), [asked.identifier.rawValue])
            try requireEqual(try await store.notices(in: there, page: PageRequest()), [])
            try require(
                try await !store.refuse(asked, in: here, approver: bob, event: event(.emergencyRefused)), "refused")
            try requireEqual(try await store.emergency(asked.identifier, in: here)?.state, .approved)
        },
        StorePromise("An emergency of somebody whose right to ask is over gives nothing (I25, I26)") { store in
            let (alice, bob) = (try await administrator(store), try await administrator(store))
            let here = try scope("gelsenkirchen")
            let asked = emergency(by: alice)
            try require(
                try await !store.request(asked, in: here, event: event(.emergencyRequested)), "nobody hears of it")
            let officer = try await person(store)
            _ = try await granted(.dataProtectionOfficer, to: officer, by: bob, store)
            try require(try await store.request(asked, in: here, event: event(.emergencyRequested)), "not requested")
            let right = try await store.assignments(of: alice, now: Fixtures.now)[0]
            try require(try await store.revoke(right, event: event(.administratorRevoked)), "not revoked")
            let given = try AdministrationRules.assignment(
                for: asked, identifier: .random(),
                approvedBy: try await store.assignments(of: bob, now: Fixtures.now)[0], now: Fixtures.now
            ).get()
            try require(
                try await !store.approve(
                    asked, in: here, given, approver: bob, now: Fixtures.now, event: event(.emergencyApproved)),
                "approved")
            try requireEqual(try await store.assignments(of: alice, now: Fixtures.now), [])
            try requireEqual(try await store.emergency(asked.identifier, in: here)?.state, .requested)
            try requireEqual(try await store.notices(in: here, page: PageRequest()), [])
        },
        StorePromise("A tenant sees people by its own subjects alone, and ends and suspends by them alone") { store in
            let login = try await Fixtures.login(in: store)
            try requireRedeemed(try await store.redeem(login.code))
            let live = try await store.liveGrant(login.transaction)
            guard let grant = live?.grant, let subject = grant.subject else {
                throw ConformanceFailure(description: "no subject")
            }
            let (here, there) = (try scope("gelsenkirchen"), try scope("bottrop"))
            try requireEqual(try await store.account(of: subject, in: here), grant.account)
            try requireEqual(try await store.account(of: subject, in: there), nil)
            try requireEqual(try await store.owner(of: .subject(subject), otherThan: there), .sector("gelsenkirchen"))
            try requireEqual(try await store.owner(of: .subject(subject), otherThan: here), nil)
            let session = MissedName.session(grant.session.name(for: subject), of: grant.account)
            try requireEqual(try await store.owner(of: session, otherThan: there), .tenant(Fixtures.tenant))
            try requireEqual(try await store.owner(of: session, otherThan: here), nil, "its own")
            func counted(granted: Int64, withdrawn: Int64) async throws {
                let releases = TenantCounters.ServiceReleases(
                    service: grant.service, granted: granted, withdrawn: withdrawn)
                try requireEqual(
                    try await store.counters(in: here, now: Fixtures.now),
                    TenantCounters(people: 1, sessions: 1, releases: [releases]))
            }
            try await counted(granted: 1, withdrawn: 0)
            guard let release = try await store.releases(of: grant.account).first else {
                throw ConformanceFailure(description: "no release")
            }
            let event = SecurityEvent(.releaseWithdrawn, time: Fixtures.now)
            try require(try await store.withdraw(release.identifier, of: grant.account, event: event), "not withdrawn")
            try await counted(granted: 0, withdrawn: 1)
            try requireEqual(
                try await store.counters(in: there, now: Fixtures.now), TenantCounters(people: 0, sessions: 0))
            let sessions = try await store.sessions(of: subject, in: here, now: Fixtures.now)
            try requireEqual(sessions.map(\.identifier), [grant.session])
            try requireEqual(sessions.first?.clients, [Fixtures.client])
            try requireEqual(try await store.sessions(of: subject, in: there, now: Fixtures.now), [])
            let devices = try await store.devices(of: subject, in: here)
            try requireEqual(devices.count, 1, "devices")
            try requireEqual(try await store.devices(of: subject, in: there), [])
            let ending = SecurityEvent(.sessionEnded, time: Fixtures.now)
            try require(
                try await !store.end(grant.session, of: subject, in: there, event: ending), "ended by another tenant")
            @Sendable func suspend(in scope: TenantScope) async throws -> Bool {
                try await store.suspend(
                    devices[0].identifier, of: subject, in: scope, by: .administrator(grant.account),
                    transaction: login.transaction, time: Fixtures.now)
            }
            try require(try await !suspend(in: there), "suspended by another tenant")
            try require(try await store.end(grant.session, of: subject, in: here, event: ending), "not ended")
            try require(try await !store.end(grant.session, of: subject, in: here, event: ending), "ended twice")
            try require(try await suspend(in: here), "not suspended")
            try require(try await !suspend(in: here), "suspended twice")
            try requireEqual(try await store.devices(of: subject, in: here).map(\.state), [.suspended])
        },
    ]

    // MARK: Fixtures

    private static func event(_ kind: SecurityEvent.Kind) -> SecurityEvent {
        SecurityEvent(kind, time: Fixtures.now, tenant: Fixtures.tenant)
    }

    private static func person(_ store: any ProviderStore) async throws -> AccountIdentifier {
        try await Fixtures.enrolledDevice(in: store).account
    }

    private static func subject(of account: AccountIdentifier) -> SubjectIdentifier {
        SubjectIdentifier(rawValue: "of-" + account.rawValue)!
    }

    private static func first(_ account: AccountIdentifier) -> ApprovedAssignment {
        AdministrationRules.bootstrap(
            account: account, subject: subject(of: account), identifier: .random(), now: Fixtures.now)
    }

    /// Somebody who administers the region.
    private static func administrator(_ store: any ProviderStore) async throws -> AccountIdentifier {
        let account = try await person(store)
        let ticket = OneTimeHandle(.bootstrapTicket)
        try await store.save(
            BootstrapTicket(handle: ticket.digest, expiresAt: Fixtures.now + 900),
            event: event(.bootstrapTicketIssued))
        let isMade = try await store.bootstrap(
            ticket.digest, first(account), now: Fixtures.now, event: event(.administratorGranted))
        try require(isMade, "a fixture was not made")
        return account
    }

    private static func approved(
        _ role: AdministrationRole, to account: AccountIdentifier, by right: AdminAssignment
    ) throws -> ApprovedAssignment {
        let wish = AdminAssignment(
            identifier: .random(), account: account, subject: subject(of: account), role: role,
            scope: .tenant(Fixtures.tenant), validFrom: Fixtures.now, validUntil: Fixtures.now + 3600, grantedBy: nil,
            grantedAt: Fixtures.now)
        return try AdministrationRules.grant(
            wish, by: [right], granter: right.account, held: [], tenant: tenant("gelsenkirchen"), now: Fixtures.now
        ).get()
    }

    private static func granted(
        _ role: AdministrationRole, to account: AccountIdentifier, by granter: AccountIdentifier,
        _ store: any ProviderStore
    ) async throws -> AdminAssignment {
        let right = try await store.assignments(of: granter, now: Fixtures.now)[0]
        let approved = try approved(role, to: account, by: right)
        let isMade = try await store.grant(
            approved, telling: nil, now: Fixtures.now, event: event(.administratorGranted))
        try require(isMade, "a fixture was not granted")
        return approved.assignment
    }

    private static func emergency(by account: AccountIdentifier) -> Emergency {
        Emergency(
            identifier: .random(), tenant: Fixtures.tenant, requester: account,
            requesterSubject: subject(of: account), reason: "Störung", duration: 3600, requestedAt: Fixtures.now)
    }

    private static func tenant(_ name: String) -> Tenant {
        Tenant(
            identifier: TenantIdentifier(rawValue: name)!, officialName: name, kind: .kreisfreieStadt,
            municipalityKey: nil, operatorAssignment: OperatorAssignment(OperatorIdentifier(rawValue: "it")!),
            sector: SectorIdentifier(rawValue: name)!, hosts: [], floor: .normal, allowedScopes: nil, state: .live)
    }

    /// As everywhere: of a client that may act.
    public static func scope(_ name: String) throws -> TenantScope {
        let client = Client(
            identifier: ClientIdentifier(rawValue: "c")!, tenant: TenantIdentifier(rawValue: name)!, name: "c",
            profile: .baseline, redirectURIs: [], authenticationMethod: .none, scopes: ["openid"],
            requiredLevel: .normal)
        let region = Region(
            identifier: RegionIdentifier(rawValue: "r")!, name: "r", issuer: IssuerURL(rawValue: "https://r.example")!,
            isDevelopment: true, evidence: EvidencePolicy(formats: [], simulatorRoots: []), operators: [],
            tenants: [tenant(name)], services: [], clients: [client])
        guard let scope = Registry(region: region).resolve(client.identifier)?.scope else {
            throw ConformanceFailure(description: "no scope")
        }
        return scope
    }
}
