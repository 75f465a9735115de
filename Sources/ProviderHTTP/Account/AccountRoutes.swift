internal import OpenIDMessages
internal import ProviderCore

/// The table of the account API.
enum AccountRoutes {
    static let all: [AccountRoute] =
        profile + level + account + devices + furtherDevices + sessions + browsers + stops + releases + requests
        + companies
        + members
        + mandates
        + audit
}
