internal import AccountDirectory
internal import OpenIDMessages
internal import ProviderCore

extension StorePromise {
    static let companyOffices: [StorePromise] = [
        StorePromise("I23: a company belongs to the town of its trade number, else to that of its first evidence") {
            store in
            let stage = try await CompanyStage(store)
            let (herten, marl) = (try scope("herten"), try scope("marl"))
            let trade = try await stage.found(.draft, only: "trade")
            let registered = try await stage.found(.draft, only: "euid")
            func reached(_ company: CompanyIdentifier) async throws -> [Bool] {
                [
                    try await store.company(company, in: herten) != nil,
                    try await store.company(company, in: marl) != nil,
                ]
            }
            try requireEqual(try await reached(trade), [true, false], "the town of the trade number")
            try requireEqual(try await reached(registered), [true, true], "nobody's yet")
            // Whoever's evidence comes first; what comes later changes nothing.
            for (town, day) in [("marl", Fixtures.now), ("herten", Fixtures.now + 1)] {
                _ = try await stage.change(registered) { _ in
                    CompanyDecision([.evidence(evidence(by: town, at: day))])
                }
                _ = try await stage.change(trade) { _ in CompanyDecision([.evidence(evidence(by: town, at: day))]) }
            }
            try requireEqual(try await reached(registered), [false, true], "the first evidence")
            try requireEqual(try await reached(trade), [true, false], "the trade number")
            // Without evidence of a town an active company is the region's own.
            let upstream = try await stage.found(.draft, only: "w_idnr")
            try requireEqual(try await stage.move(upstream, [.submit, .verify]), nil)
            try requireEqual(try await reached(upstream), [false, false], "no town's")
        },
        StorePromise("Lists of companies have what was submitted and not closed, page by page") { store in
            let stage = try await CompanyStage(store)
            let herten = try scope("herten")
            var companies: [CompanyIdentifier] = []
            for state in [[], [.submit], [.submit, .abandon], [.submit, .verify]] as [[CompanyState.Event]] {
                let company = try await stage.found(.draft, only: "trade", by: stage.newPerson())
                try requireEqual(try await stage.move(company, state), nil)
                companies.append(company)
            }
            let listed = [companies[1], companies[3]]
            try requireEqual(try await store.companies(page: PageRequest()).map(\.identifier), listed, "the region's")
            try requireEqual(
                try await store.companies(in: herten, page: PageRequest()).map(\.identifier), listed, "the town's")
            try requireEqual(
                try await store.companies(in: scope("marl"), page: PageRequest()).map(\.identifier), [], "another's")
            let second = PageRequest(limit: 1, after: companies[1].rawValue)
            try requireEqual(
                try await store.companies(in: herten, page: second).map(\.identifier), [companies[3]], "page")
            try requireEqual(
                try await store.companies(in: scope("marl"), page: second).map(\.identifier), [], "behind another's")
            let foreign = try await stage.found(.draft, only: "w_idnr", by: stage.newPerson())
            try requireEqual(try await stage.move(foreign, [.submit, .verify]), nil)
            try requireEqual(
                try await store.companies(in: herten, page: PageRequest(limit: 10, after: foreign.rawValue)).map(
                    \.identifier), listed, "who names another's company learns nothing of when it came")
        },
    ]

    private static func evidence(by town: String, at time: Timestamp) -> CompanyEvidence {
        CompanyEvidence(
            identifier: .random(), method: .registerExtract, performer: TenantIdentifier(rawValue: town),
            level: .substantiell, asOf: CalendarDate(time), recordedAt: time)
    }
}
