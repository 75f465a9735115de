public import OpenIDMessages
internal import ProviderCore

/// Where requests may go beyond the public internet: what the operator names, for development and for a town's own
/// network.
public struct OutboundPolicy: Sendable {
    /// A host and a port, written `portal.intern.example:8443`; the port may be left out for 443.
    public struct Destination: Sendable, Hashable {
        fileprivate let host: OutboundURL.Host
        fileprivate let port: UInt16

        public init?(_ text: String) {
            guard !text.contains("/"), let url = OutboundURL(rawValue: "https://\(text)") else { return nil }
            self.init(of: url)
        }

        fileprivate init(of url: OutboundURL) {
            host = url.host
            port = url.port
        }
    }

    private let allowedHosts: Set<Destination>
    private let allowedNetworks: [NetworkRange]

    /// Destinations that may have any address, and networks whose addresses any host may have.
    public init(allowedHosts: [Destination] = [], allowedNetworks: [NetworkRange] = []) {
        self.allowedHosts = Set(allowedHosts)
        self.allowedNetworks = allowedNetworks
    }

    /// The addresses of the URL's host as places to connect to.
    ///
    /// One address that is not allowed refuses all: a name that leads to a public and to a private address is an attempt
    /// to have the wrong one chosen.
    func check(_ addresses: [InternetAddress], of url: OutboundURL) throws(OutboundFailure) -> [CheckedAddress] {
        guard !addresses.isEmpty else { throw .unresolvable }
        let isNamed = allowedHosts.contains(Destination(of: url))
        for address in addresses where !isNamed && !allows(address) { throw .notAllowed(address.addressClass) }
        return addresses.map { CheckedAddress(address: $0, port: url.port) }
    }

    private func allows(_ address: InternetAddress) -> Bool {
        address.addressClass == .global || allowedNetworks.contains { $0.contains(address) }
    }
}

/// An address that a policy allows: the only thing that connections are made to.
struct CheckedAddress: Sendable, Hashable {
    let address: InternetAddress
    let port: UInt16

    fileprivate init(address: InternetAddress, port: UInt16) {
        self.address = address
        self.port = port
    }
}
