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
            guard let data, (try? RevocationList(parsing: Array(data))) != nil,
                let object = try? StrictJSON.parseObject(Array(data), maximumLength: RevocationList.maximumLength)
            else {
                throw Output.fail(
                    "\(revocationList) cannot be read as a revocation list: {\"entries\": {serial: {\"status\": …}}}.",
                    code: "file", exit: 2, json: options.json)
            }
            try await options.run { client in
                try await client.post("/devices/affected", ["revocation_list": .object(object)])
            } text: {
                Listing.table(
                    $0, "devices",
                    [("DEVICE", "device"), ("STATE", "state"), ("CEILING", "ceiling"), ("SIMULATED", "simulated")])
            }
        }
    }
}
