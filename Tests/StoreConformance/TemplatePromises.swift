internal import AccountDirectory
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let templates: [StorePromise] = [
        StorePromise("Templates and adoptions come back as they were written, the oldest first") { store in
            try requireEqual(try await store.publishedTemplates(), [])
            try requireEqual(try await store.adoptions(), [])
            let (first, second) = (published("1.0.0"), published("0.9.0"))
            try require(try await store.publish(first, beside: 0, moving: [], events: []), "not published")
            try require(try await store.publish(second, beside: 1, moving: [], events: []), "not published")
            try requireEqual(try await store.publishedTemplates(), [first, second])
            let adoption = try await saved(store)
            var later = adoption
            _ = try later.adoption.approve(as: .serviceOwner, by: "anna")
            try require(try await store.save(later, in: scope("herten"), event: event(.templateApproved)), "not saved")
            later.revision += 1
            try requireEqual(try await store.adoptions(), [later])
        },
        StorePromise("A version is published once, and a key stays its publisher's") { store in
            try require(try await store.publish(published("1.0.0"), beside: 0, moving: [], events: []), "not published")
            var other = published("1.0.0")
            other.document = "other"
            try require(try await !store.publish(other, beside: 1, moving: [], events: []), "published twice")
            var foreign = published("2.0.0")
            foreign.publisher = tenant("herten")
            try require(try await !store.publish(foreign, beside: 1, moving: [], events: []), "the key changed hands")
            try require(
                try await !store.publish(published("3.0.0"), beside: 0, moving: [], events: []), "unseen beside another"
            )
            try requireEqual(try await store.publishedTemplates(), [published("1.0.0")])
        },
        StorePromise("Of 16 who publish the same version at once, one succeeds") { store in
            let results = try await atOnce(16) { _ in
                try await store.publish(published("1.0.0"), beside: 0, moving: [], events: [])
            }
            try requireEqual(results.count { $0 }, 1, "published")
        },
        StorePromise("A tenant has one adoption of a template that is not over") { store in
            let results = try await atOnce(16) { _ in
                try await store.save(proposed(), in: scope("herten"), event: event(.templateProposed))
            }
            try requireEqual(results.count { $0 }, 1, "proposed")
            guard var stored = try await store.adoptions().first else { throw ConformanceFailure(description: "none") }
            try stored.adoption.withdraw()
            try require(
                try await store.save(stored, in: scope("herten"), event: event(.templateWithdrawn)), "not withdrawn")
            try require(
                try await store.save(proposed(), in: scope("herten"), event: event(.templateProposed)),
                "not proposed again")
            try requireEqual(try await store.adoptions().map(\.adoption.state), [.withdrawn, .proposed])
        },
        StorePromise("I22: one tenant's adoptions are read and written with its scope alone") { store in
            let read = try await saved(store)
            try requireEqual(try await store.adoptions(in: scope("herten")), [read])
            try requireEqual(try await store.adoptions(in: scope("bottrop")), [])
            var withdrawn = read
            try withdrawn.adoption.withdraw()
            try require(
                try await !store.save(withdrawn, in: scope("bottrop"), event: event(.templateWithdrawn)), "it was saved"
            )
            try require(
                try await !store.save(proposed(), in: scope("bottrop"), event: event(.templateProposed)),
                "a new one was")
            try requireEqual(try await store.adoptions(), [read])
        },
        StorePromise("An adoption that was written since it was read is not overwritten") { store in
            let read = try await saved(store)
            let results = try await atOnce(16) { index in
                var mine = read
                _ = try mine.adoption.approve(as: .serviceOwner, by: "person-\(index)")
                return try await store.save(mine, in: scope("herten"), event: event(.templateApproved))
            }
            try requireEqual(results.count { $0 }, 1, "saved")
        },
        StorePromise("A version that moves an adoption which was written meanwhile is not published at all") { store in
            let read = try await saved(store)
            try require(try await store.save(read, in: scope("herten"), event: event(.templateApproved)), "not saved")
            let other = StoredAdoption(
                identifier: .random(bytes: 16),
                adoption: Adoption(tenant: tenant("bottrop"), template: key, proposing: terms), revision: 0)
            try require(
                try await !store.publish(published("1.0.0"), beside: 0, moving: [other, read], events: []),
                "it was published")
            try requireEqual(try await store.publishedTemplates(), [])
            try requireEqual(try await store.adoptions().count, 1)
        },
        StorePromise("I29: a sector stays its first tenant's for ever") { store in
            let (marl, herten) = (tenant("marl"), tenant("herten"))
            let sector = SectorIdentifier(rawValue: "urn:el:sector:1")!
            func change(_ tenant: TenantIdentifier, _ document: String) -> RegionChange {
                RegionChange(document: document, sectors: [sector: tenant], events: [event(.regionApplied)])
            }
            try require(try await store.apply(change(marl, "1")), "not applied")
            try require(try await store.apply(change(marl, "2")), "not applied again")
            try require(try await !store.apply(change(herten, "3")), "it changed hands")
            try require(
                try await store.apply(RegionChange(document: "4", sectors: [:], events: [event(.regionApplied)])),
                "gone")
            try require(try await !store.apply(change(herten, "5")), "it changed hands after its tenant was gone")
            try requireEqual(try await store.regionDocument(), "4")
            try requireEqual(try await store.sectorHolders(), [sector: marl])
        },
        StorePromise("I33: archiving a tenant removes its rows and its sector's pseudonyms, and no person") { store in
            let login = try await Fixtures.login(in: store)
            try requireRedeemed(try await store.redeem(login.code))
            let account = login.grant.account
            let sector = SectorIdentifier(rawValue: Fixtures.sector.name)!
            try require(
                try await store.subject(of: account, in: Fixtures.sector, as: .citizen) != nil,
                "a fixture has no subject")
            let archived = ArchivedTenant(tenant: Fixtures.tenant, sectors: [sector], clients: [Fixtures.client])
            try require(
                try await store.apply(
                    RegionChange(
                        document: "", sectors: [sector: Fixtures.tenant], archived: [archived],
                        events: [event(.tenantArchived)])), "not applied")
            try require(
                try await store.subject(of: account, in: Fixtures.sector, as: .citizen) == nil, "a pseudonym is left")
            try require(try await store.liveGrant(login.transaction) == nil, "a grant is left")
            try require(try await store.releases(of: account).isEmpty, "a release is left")
            try require(try await !store.devices(of: account).isEmpty, "the person's device is gone")
        },
        StorePromise(
            "I33: with a tenant go the pseudonyms in its registered clients' sectors, and not what is another's"
        ) {
            store in
            let sectors = ["own.example", "moved.example"].map { SectorIdentifier(rawValue: $0)! }
            for sector in sectors {
                try await registered(
                    store, ["sector_identifier_uri": .string("https://\(sector.rawValue)/sector.json")])
            }
            let device = try await Fixtures.enrolledDevice(in: store)
            for (counter, sector) in sectors.enumerated() {
                _ = try await Fixtures.login(in: store, device: device, counter: Int64(counter) + 1) { approval in
                    approval.sector = .pairwise(sector)
                }
            }
            let isApplied = try await store.apply(
                RegionChange(
                    document: "", sectors: [sectors[1]: tenant("bottrop")],
                    archived: [ArchivedTenant(tenant: Fixtures.tenant, sectors: [], clients: [])],
                    events: [event(.tenantArchived)]))
            try require(isApplied, "not applied")
            for (sector, isLeft) in zip(sectors, [false, true]) {
                let subject = try await store.subject(of: device.account, in: .pairwise(sector), as: .citizen)
                try requireEqual(subject != nil, isLeft, "\(sector)")
            }
        },
    ]

    private static let key = ServiceIdentifier(rawValue: "parking")!
    private static let terms = AdoptionTerms(version: SemanticVersion(rawValue: "1.0.0")!)

    private static func tenant(_ name: String) -> TenantIdentifier {
        TenantIdentifier(rawValue: name)!
    }

    private static func published(_ version: String) -> PublishedTemplate {
        PublishedTemplate(
            key: key, version: SemanticVersion(rawValue: version)!, publisher: tenant("marl"),
            document: "document \(version)", publishedAt: Fixtures.now)
    }

    private static func proposed() -> StoredAdoption {
        StoredAdoption(
            identifier: .random(bytes: 16),
            adoption: Adoption(tenant: tenant("herten"), template: key, proposing: terms), revision: 0)
    }

    private static func saved(_ store: any ProviderStore) async throws -> StoredAdoption {
        var stored = proposed()
        try require(
            try await store.save(stored, in: scope("herten"), event: event(.templateProposed)),
            "a fixture was not saved")
        stored.revision = 1
        return stored
    }

    private static func event(_ kind: SecurityEvent.Kind) -> SecurityEvent {
        SecurityEvent(kind, time: Fixtures.now, tenant: tenant("marl"))
    }
}
