internal import ArgumentParser
internal import Foundation
internal import IdentityCrypto
internal import OpenIDMessages

extension DeviceCommand {
    /// `citizen-id device affected --revocation-list FILE`
    struct Affected: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Which enrolled devices rest on a certificate that a revocation list names. Changes nothing.",
            discussion: """
                The file has the form of https://android.googleapis.com/attestation/status. The running server reads the \
                file of its setting attestation.revocation_list by itself whenever it changes, and lowers these devices.
                """)

        @Option(help: "The revocation list (JSON).")
        var revocationList: String

        @OptionGroup var options: AdministrationOptions

        func run() async throws {
            let data = FileManager.default.contents(atPath: revocationList)
            guard let list = data.flatMap({ try? RevocationList(parsing: Array($0)) }) else {
                throw Output.fail(
                    "\(revocationList) cannot be read as a revocation list: {\"entries\": {serial: {\"status\": …}}}.",
                    code: "file", exit: 2, json: options.json)
            }
            try await options.run { client in
                try await Self.affected(by: list.serials.sorted(), client)
            } text: {
                Listing.table(
                    $0, "devices",
                    [("DEVICE", "device"), ("STATE", "state"), ("CEILING", "ceiling"), ("SIMULATED", "simulated")])
            }
        }

        /// So many serial numbers, each as long as one may be, fit into what the socket takes at once.
        private static let atOnce = 100_000

        /// A device is named once, in however many of its certificates the list is found.
        private static func affected(
            by serials: [String], _ client: AdministrationClient
        ) async throws -> JSONObject {
            var devices: [JSONValue] = []
            var seen: Set<String> = []
            for start in stride(from: 0, to: serials.count, by: atOnce) {
                let part = Array(serials[start..<min(start + atOnce, serials.count)])
                let answer = try await client.post("/devices/affected", ["serials": .strings(part)])
                for device in answer["devices"]?.array ?? [] {
                    guard let name = device.object?["device"]?.string, seen.insert(name).inserted else { continue }
                    devices.append(device)
                }
            }
            return ["devices": .array(devices)]
        }
    }
}
