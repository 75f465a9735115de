/// Everything that a person may do alone, from a phone (docs/domain.md, "What a person may do alone").
public struct SelfService: Sendable {
    public let confirmations: ConfirmationFlow
    public let account: OwnAccount
    public let devices: OwnDevices
    public let sessions: OwnSessions
    public let browsers: OwnBrowsers
    public let stops: OwnStops
    public let releases: OwnReleases
    public let assurance: AssuranceFlow
    public let requests: DataRequestFlow
    public let companies: OwnCompanies
    public let mandates: OwnMandates
    public let audit: OwnAudit
}
