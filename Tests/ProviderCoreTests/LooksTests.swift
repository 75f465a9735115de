import AccountDirectory
import OpenIDMessages
import ProviderCore
import ProviderHarness
import SQLiteStore
import Testing

/// "Who has seen my data": each look leaves an event that the person reads, and nothing else is called one.
@Suite("Looks at people")
struct LooksTests {
    /// What the person reads of looks, the latest first.
    private static func looks(at device: VerifiedDevice, _ provider: TestProvider) async throws -> [OwnAudit.Event] {
        let account = try await provider.provider.dataRequests.requests(of: device).first?.account
        guard let account else { return [] }
        return try await provider.provider.selfService.audit.page(of: account, onlyLooks: true).events
    }

    @Test(
        "a sole trader reads each look at the business: at the company, in a list, at its mandates, at the socket too")
    func business() async throws {
        let provider = try await TestProvider()
        let (max, ada) = (try await provider.person("Max", "Einzel"), try await provider.person("Ada", "Chefin"))
        let business = try await provider.registeredBusiness(of: max)
        let other = try await provider.registeredCompany([ada])
        for person in [max, ada] {
            _ = try await provider.provider.dataRequests.file(
                DataRequestFlow.Wish(json: ["kind": "access"]), by: provider.verified(person))
        }
        let offices = provider.provider.companyOffices
        for company in [business, other] {
            let opened = try await offices.open(company.rawValue, by: TestCompany.clerk)
            _ = try await offices.show(opened)
            _ = try await provider.provider.mandateOffices.list(opened, page: PageRequest())
        }
        #expect(try await offices.list(page: PageRequest(), for: TestCompany.clerk).count == 2)
        let read = try await Self.looks(at: provider.verified(max), provider)
        #expect(read.map(\.entry.kind) == ["company.seen", "company.seen", "company.seen"])
        #expect(read.allSatisfy { $0.who?.german == "jemand am Schalter (Stadt Herten)" })
        #expect(try await Self.looks(at: provider.verified(ada), provider).isEmpty, "a legal person's is nobody's own")
        let seen = try await provider.store.auditPage(of: business, before: nil, limit: 50).events
            .filter { $0.entry.kind == "company.seen" }
        #expect(seen.count == 3 && seen.allSatisfy { $0.member == nil }, "the owner did not look")
    }

    @Test("whose business it is before anybody looked at it")
    func draft() async throws {
        let provider = try await TestProvider()
        let max = try await provider.person("Max", "Entwurf")
        let device = try await provider.verified(max)
        let company = try await provider.companies.create(TestCompany.soleTrader(), by: device).company.identifier
        try await provider.companies.submit(company, by: device)
        _ = try await provider.provider.dataRequests.file(DataRequestFlow.Wish(json: ["kind": "access"]), by: device)
        let offices = provider.provider.companyOffices
        _ = try await offices.show(try await offices.open(company.rawValue, by: TestCompany.clerk))
        #expect(try await Self.looks(at: device, provider).map(\.entry.kind) == ["company.seen"])
    }

    @Test("a look at a request at the local socket is one; an export at a desk is one, and a closing there is none")
    func requests() async throws {
        let provider = try await TestProvider()
        let person = try await provider.registered()
        let device = try await provider.verified(person.phone)
        let request = try await provider.provider.dataRequests.file(
            DataRequestFlow.Wish(json: ["kind": "access"]), by: device)
        #expect(try await Self.looks(at: device, provider).isEmpty, "the person asked")
        try await provider.provider.dataRequests.noteLook(at: request)
        #expect(try await Self.looks(at: device, provider).map(\.entry.actor) == ["clerk"])
        _ = try await provider.provider.exports.export(of: person.account, visit: provider.visit())
        #expect(try await Self.looks(at: device, provider).count == 2)
        _ = try await provider.provider.erasures.close(person.account, visit: provider.visit())
        let read = try await provider.provider.selfService.audit.page(of: person.account, onlyLooks: true).events
        #expect(read.map(\.entry.kind) == ["admin.subject_seen", "admin.subject_seen"])
    }
}
