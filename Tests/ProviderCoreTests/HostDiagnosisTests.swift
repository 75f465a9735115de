import AccountDirectory
import OpenIDMessages
import ProviderCore
import ProviderHarness
import Testing

@Suite("The doctor knows when the hosts of a client were proved to be the tenant's (I29)")
struct HostDiagnosisTests {
    /// What the doctor says of the host of `TestRegion.basic`, which was looked at so many days ago.
    private func finding(daysAgo days: Int64?) async throws -> IntegrationFinding? {
        let provider = try await TestProvider()
        let today = CalendarDate(inGermanyAt: provider.now)
        let client = TestRegion.basic.client
        let host = try #require(client.redirectURIs.first?.host)
        try provider.changeRegion { region in
            for index in region.tenants.indices where region.tenants[index].identifier == client.tenant {
                region.tenants[index].hosts = [
                    TenantHost(host, verifiedOn: days.map { today.adding(days: -$0) }), TenantHost("unused.example"),
                ]
            }
        }
        let found = try #require(try await provider.provider.clientDoctor.examine(client.identifier))
        let ofHosts = found.filter { $0.check == "tenant_hosts" }
        #expect(ofHosts.count == 1, "a host that the client does not use is another client's matter")
        #expect(ofHosts.first?.cause.contains(host) == true)
        return ofHosts.first
    }

    @Test(arguments: [0, 1, 366] as [Int64])
    func `a host that was looked at within a year is well`(days: Int64) async throws {
        #expect(try await finding(daysAgo: days)?.result == .ok)
    }

    @Test(
        arguments: [(nil, "Nobody has written down"), (-1, "still to come"), (367, "more than a year ago")]
            as [(Int64?, String)])
    func `no day, a day to come and one long ago are warnings`(days: Int64?, words: String) async throws {
        let finding = try #require(try await finding(daysAgo: days))
        #expect(finding.result == .warning)
        #expect(finding.cause.contains(words), "\(finding.cause)")
        #expect(finding.remedy?.contains("verified_on") == true)
    }
}
