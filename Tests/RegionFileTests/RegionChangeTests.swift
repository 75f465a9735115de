import AccountDirectory
import OpenIDMessages
import RegionFile
import Testing

@Suite("What must not happen to a region")
struct RegionChangeTests {
    private func objections(_ old: String, _ new: String, _ rules: RegionChangeRules = .init()) throws -> [String] {
        RegionPlan(from: try load(old), to: try load(new), rules: rules).objections
    }

    @Test("I29: a sector never goes to another tenant, not even when its first one is long gone")
    func sectors() throws {
        let holders = [SectorIdentifier(rawValue: "urn:test:old")!: TenantIdentifier(rawValue: "atlantis")!]
        let taken = sample("urn:test:portal", "urn:test:old")
        #expect(try load(taken).tenants.count == 2)
        // Without history the change of the sector itself is what counts.
        #expect(try objections(sample, taken) == ["tenant portal keeps its sector urn:test:portal"])
        #expect(
            try objections(sample, taken, RegionChangeRules(sectorHolders: holders)) == [
                "sector urn:test:old belongs to tenant atlantis and cannot go to portal"
            ])
        let more = sample.replacing(
            "services:\n",
            with:
                "  - {id: neu, name: Neu, kind: regional_portal, operator: gkd, sector: \"urn:test:old\", hosts: [], floor: normal}\nservices:\n",
            maxReplacements: 1)
        #expect(try objections(sample, more).isEmpty)
        #expect(
            try objections(sample, more, RegionChangeRules(sectorHolders: holders)) == [
                "sector urn:test:old belongs to tenant atlantis and cannot go to neu"
            ])
    }

    @Test("I29: a tenant that comes back comes back to its sector")
    func returning() throws {
        let holders = [SectorIdentifier(rawValue: "urn:test:first")!: TenantIdentifier(rawValue: "portal")!]
        let alone = try load(sample).tenants.first { $0.identifier.rawValue == "marl" }!
        var old = try load(sample)
        old.tenants = [alone]
        let found = RegionChangeRules(sectorHolders: holders).objections(from: old, to: try load(sample))
        #expect(found == ["tenant portal keeps its sector urn:test:first"])
    }

    @Test("I30: a region file that lowers a level is refused without an explicit word")
    func levels() throws {
        let higher = sample("required_level: null", "required_level: substantiell")
        let lower = sample("required_level: null", "required_level: normal")
        #expect(
            try objections(higher, lower).first?.hasPrefix("service hund: level substantiell → normal is lower") == true
        )
        #expect(try objections(higher, sample).first?.contains("substantiell → undefined") == true)
        #expect(try objections(lower, higher).isEmpty)
        #expect(try objections(higher, lower, RegionChangeRules(allowsLowerLevels: true)).isEmpty)
        let floor = sample("floor: normal", "floor: substantiell")
        let found = try objections(floor, sample)
        #expect(found.count == 2, "the tenant and the client whose level follows it: \(found)")
        #expect(found.allSatisfy { $0.contains("--lower-levels") })
    }

    @Test("I30: a service of the region is no template of its name with a lower level, nor the other way round")
    func levelsOfOther() throws {
        func service(_ level: String) -> String {
            """
            services:
              - id: parking
                title: {de: Parken}
                publisher: marl
                version: 1.0.0
                contexts: [citizen]
                required_level: \(level)
                claims: [given_name, address]
                purpose: {de: Wozu}
                served_tenants: [herten]
            """
        }
        // At `substantiell` a portal is identified as surely as the person.
        let key = "kty: EC, crv: P-256, x: \(KeySamples.x), y: \(KeySamples.y)"
        let adopted = try LibrarySample.text().replacing(
            "    services: [parking]\n",
            with: """
                    services: [parking]
                    id_token_encrypted_response_alg: ECDH-ES+A256KW
                    jwks: {keys: [{kid: s1, use: sig, \(key)}, {kid: e1, use: enc, \(key)}]}

                """)
        let parts = try (
            #require(adopted.firstRange(of: "templates:\n")), #require(adopted.firstRange(of: "clients:\n"))
        )
        func own(_ level: String) -> String {
            let without = String(adopted[..<parts.0.lowerBound] + adopted[parts.1.lowerBound...])
            return without.replacing("services: []", with: service(level))
        }
        let lower =
            "service parking at herten: level substantiell → normal is lower; say so with --lower-levels if it is meant"
        #expect(try objections(own("substantiell"), adopted) == [lower])
        #expect(try objections(own("normal"), adopted).isEmpty)
        #expect(try objections(own("substantiell"), adopted, RegionChangeRules(allowsLowerLevels: true)).isEmpty)
        #expect(try objections(adopted, own("substantiell")).isEmpty)
        #expect(try objections(adopted, own("null")).count == 1)
    }

    @Test("I33: a tenant goes through offboarding before it is taken out")
    func leaving() throws {
        func with(_ state: String) -> String { sample("name: Stadt Marl", "name: Stadt Marl\n    state: \(state)") }
        #expect(try objections(with("live"), with("offboarding")).isEmpty)
        #expect(try objections(with("offboarding"), with("archived")).isEmpty)
        #expect(try objections(with("live"), with("archived")) == ["tenant marl cannot go from live to archived"])
        #expect(try objections(with("archived"), with("live")) == ["tenant marl cannot go from archived to live"])
        var old = try load(with("live"))
        var new = old
        new.tenants.removeFirst()
        for state in TenantState.allCases {
            old.tenants[0].state = state
            let found = RegionChangeRules().objections(from: old, to: new)
            #expect(found.isEmpty == [.draft, .archived].contains(state), "\(state): \(found)")
        }
        new = old
        old.tenants.removeFirst()
        for state in TenantState.allCases {
            new.tenants[0].state = state
            let found = RegionChangeRules().objections(from: old, to: new)
            #expect(found.isEmpty == [.draft, .onboarding, .live].contains(state), "\(state): \(found)")
        }
    }

    @Test func `clients and services move along their lives`() throws {
        func with(_ state: String) -> String {
            sample("scopes: [openid, person]", "scopes: [openid, person]\n    state: \(state)")
        }
        #expect(try objections(with("live"), with("retired")).isEmpty)
        #expect(try objections(with("retired"), with("live")) == ["client marl-portal cannot go from retired to live"])
        #expect(try objections(with("live"), with("draft")) == ["client marl-portal cannot go from live to draft"])
    }

    @Test("I37: another purpose needs a higher purpose_version")
    func purposes() throws {
        func with(_ purpose: String, _ version: Int) -> String {
            sample(
                "served_tenants: [marl]",
                "served_tenants: [marl]\n    purpose: {de: \(purpose)}\n    purpose_version: \(version)")
        }
        #expect(try objections(with("A", 1), with("A", 1)).isEmpty)
        #expect(try objections(with("A", 1), with("B", 2)).isEmpty)
        #expect(
            try objections(with("A", 2), with("B", 2)) == [
                "service hund has another purpose: raise its purpose_version above 2"
            ])
        #expect(try objections(with("A", 2), with("B", 1)).count == 1)
    }

    @Test("I37: another purpose of an adopted template needs a higher purpose_version, also after a new review")
    func purposesOfTemplates() throws {
        let old = try LibrarySample.text()
        func changed(_ number: String) throws -> String {
            let unsigned = LibrarySample.raw()
                .replacing("purpose: {de: Wozu}", with: "purpose: {de: Wofuer}\(number)")
                .replacing("dpo: berta, version: 1.0.0", with: "dpo: berta, version: 1.0.0, note: 2026-12-01")
            return try LibrarySample.signed(unsigned)
        }
        #expect(
            try objections(old, changed("")) == [
                "service parking at herten has another purpose: raise its purpose_version above 1"
            ])
        #expect(try objections(old, changed("\n    purpose_version: 2")).isEmpty)
    }

    @Test("I31: an adoption that becomes wider needs a new review")
    func reviews() throws {
        let narrow = try LibrarySample.text(adoption: "overrides: {claims: {subset_of: [given_name]}}")
        let wide = try LibrarySample.text()
        #expect(
            try objections(narrow, wide) == [
                "adoption parking at herten: claims are added: address; it needs a new review"
            ])
        #expect(try objections(wide, narrow).isEmpty)
        let again = wide.replacing("dpo: berta, version: 1.0.0", with: "dpo: berta, version: 1.0.0, note: 2026-12-01")
        #expect(try objections(narrow, again).isEmpty)
    }
}
