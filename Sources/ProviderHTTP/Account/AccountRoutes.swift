internal import OpenIDMessages
internal import ProviderCore

/// The table of the account API.
enum AccountRoutes {
    static let all: [AccountRoute] = profile + devices + sessions + companies + members + mandates
}
