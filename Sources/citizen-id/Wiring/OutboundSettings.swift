internal import Configuration
internal import Foundation
internal import OpenIDMessages
internal import OutboundHTTP

/// Where the provider's own requests may go beyond the public internet, and whom they trust besides the system's CAs.
struct OutboundSettings: Sendable {
    var policy: OutboundPolicy
    /// A PEM file.
    var trustRootsFile: String?
    /// What opens the way to places that are not on the public internet.
    let unsafeSettings: [String]

    init(_ reader: ConfigReader) throws {
        let hosts = reader.stringArray(forKey: "outbound.allowed_hosts", default: [])
        let networks = reader.stringArray(forKey: "outbound.allowed_networks", default: [])
        unsafeSettings = [("outbound.allowed_hosts", hosts), ("outbound.allowed_networks", networks)]
            .filter { !$0.1.isEmpty }.map(\.0)
        policy = OutboundPolicy(
            allowedHosts: try hosts.map { text in
                guard let host = OutboundPolicy.Destination(text) else {
                    throw ServeSettings.Mistake(
                        description:
                            "outbound.allowed_hosts has HOST or HOST:PORT, for example localhost:3000; it has “\(text)”."
                    )
                }
                return host
            },
            allowedNetworks: try networks.map { text in
                guard let network = NetworkRange(rawValue: text) else {
                    throw ServeSettings.Mistake(
                        description:
                            "outbound.allowed_networks has ADDRESS/BITS, for example 10.1.0.0/16; it has “\(text)”.")
                }
                return network
            })
        trustRootsFile = reader.string(forKey: "outbound.trust_roots")
    }

    /// The one way to the outside.
    func fetcher() throws -> OutboundFetcher {
        let roots = trustRootsFile.map { FileManager.default.contents(atPath: $0).map(Array.init) ?? [] }
        do { return try OutboundFetcher(policy: policy, additionalTrustRoots: roots) } catch {
            throw ServeSettings.Mistake(
                description: "outbound.trust_roots: \(trustRootsFile ?? "") holds no certificates in PEM.")
        }
    }
}
