internal import AccountDirectory
internal import OpenIDMessages

/// Whether the hosts that a client uses are known to be the tenant's: when somebody looked at the proof. A pure rule.
///
/// A host whose domain was given up, or is not the tenant's any more, would hand codes to whoever has it next.
struct HostDiagnosis {
    let client: Client
    let tenant: Tenant
    let today: CalendarDate

    /// How long nobody need look again, in days.
    static let longestUnseen: Int64 = 366

    /// One for each host of the tenant to which the client's addresses lead. Loopback hosts are nobody's.
    var findings: [IntegrationFinding] { tenant.hosts.filter { used.contains($0.name) }.map(finding) }

    private var used: Set<String> {
        let browser = client.redirectURIs + client.logout.returnURIs + [client.initiateLoginURI].compactMap(\.self)
        return Set(browser.filter { !$0.isLoopback }.map(\.host))
    }

    private func finding(_ host: TenantHost) -> IntegrationFinding {
        let check = ClientCheck.tenantHosts
        let remedy =
            "Look at the proof that \(host.name) is the tenant's, and write the day as verified_on in the region file."
        guard let day = host.verifiedOn else {
            return check.warning("Nobody has written down when \(host.name) was proved to be the tenant's.", remedy)
        }
        guard day <= today else {
            return check.warning("\(host.name) is said to be proved on \(day), a day that is still to come.", remedy)
        }
        guard day.adding(days: Self.longestUnseen) >= today else {
            return check.warning(
                "That \(host.name) is the tenant's was looked at on \(day), more than a year ago.", remedy)
        }
        return check.ok("\(host.name) was proved to be the tenant's, looked at on \(day).")
    }
}
