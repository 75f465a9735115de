internal import ArgumentParser
internal import Foundation
internal import IdentityCrypto
internal import NIOHTTP1
internal import OpenIDMessages

struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that no event was changed, removed, put in or moved.",
        discussion: """
            Events go after a year, from the beginning of their chain; what is left is checked against the seal of that \
            cut. Exit code 1 when a chain is broken; the output says where. Whoever can write to the database can also make a \
            whole new chain: --against compares with an export that was kept elsewhere, and sees that, too.
            """)

    @Option(help: "Only this tenant's chain; without it all chains.")
    var tenant: String?

    @Option(
        help: """
            An earlier export, or what `audit head` printed: every chain must still have the last event that the file has of it.
            """)
    var against: String?

    @OptionGroup var options: AdministrationOptions
    @OptionGroup var network: NetworkOptions

    func validate() throws { try network.validate(against: tenant) }

    func run() async throws {
        let only = network.at ?? tenant
        let kept = try against.map(lastEvents)?.filter { only == nil || $0.key == only }
        guard kept?.isEmpty != true else {
            throw Output.fail(
                "\(against ?? "") has no event of \(only ?? "any chain"): there is nothing to compare with.",
                code: "file", exit: 1, json: options.json)
        }
        var isWhole = false
        try await network.run(options) { server in
            let answer = try await server.post(
                "/audit/verify", tenant.map { ["chain": .string($0)] } ?? [:], patience: 3600)
            var differing: [String]?
            if let kept { differing = try await Self.differing(Self.comparable(kept, answer), server) }
            return Self.judged(answer, differing, &isWhole)
        } network: { session, path in
            var chain = try await session.call(.GET, path + "/audit/verify", patience: 3600).object
            chain["chain"] = .string(only ?? "")
            var differing: [String]?
            var answer: JSONObject = ["chains": .array([.object(chain)])]
            if let kept { differing = try await Self.differing(Self.comparable(kept, answer), session, path) }
            answer["whole"] = chain["whole"]
            return Self.judged(answer, differing, &isWhole)
        } text: {
            Self.text($0)
        }
        guard isWhole else { throw ExitCode(1) }
    }

    /// Without the chains whose last event in the export has gone with time since: nothing is left to compare with it. A
    /// forged cut is a break of its own.
    private static func comparable(_ kept: [String: JSONObject], _ answer: JSONObject) -> [String: JSONObject] {
        let chains = (answer["chains"]?.array ?? []).compactMap(\.object)
        return kept.filter { name, event in
            let chain = chains.first { $0["chain"]?.string == name }
            return (event["seq"]?.integer ?? 0) > (chain?["removed_up_to"]?.integer ?? 0)
        }
    }

    /// The answer with what the comparison with an export has found.
    private static func judged(_ answer: JSONObject, _ differing: [String]?, _ isWhole: inout Bool) -> JSONObject {
        var answer = answer
        answer["differs_from_export"] = differing.map { .strings($0) }
        isWhole = answer["whole"] == true && differing?.isEmpty != false
        answer["whole"] = .bool(isWhole)
        return answer
    }

    private static func text(_ answer: JSONObject) -> String {
        let chains = (answer["chains"]?.array ?? []).compactMap(\.object)
        let differing = answer["differs_from_export"]?.strings ?? []
        let rows = chains.map { chain in
            let name = chain["chain"]?.string ?? ""
            return [name, String(chain["verified"]?.integer ?? 0), state(of: chain, differs: differing.contains(name))]
        }
        let gone = differing.filter { name in !chains.contains { $0["chain"]?.string == name } }
        return Output.table(
            ["CHAIN", "VERIFIED", "STATE"], rows + gone.map { [$0, "0", "BROKEN: the chain of the export is gone"] })
    }

    private static func state(of chain: JSONObject, differs: Bool) -> String {
        if let number = chain["broken_at"]?.integer {
            let faults = [
                "missing": "is missing", "changed": "was changed", "not_linked": "does not follow the one before it",
                "wrong_head": "is not where the chain ends",
                "head_missing": "is there, and the chain's end is not known",
                "forged_cut": "is said to be the last that went with time, and the provider did not seal that",
            ]
            return "BROKEN: event \(number) " + (faults[chain["fault"]?.string ?? ""] ?? "is not right")
        }
        guard !differs else { return "BROKEN: not the chain of the earlier export" }
        return chain["removed_up_to"]?.integer.map { "whole after event \($0)" } ?? "whole"
    }

    /// The last line of each chain in an export.
    private func lastEvents(_ path: String) throws -> [String: JSONObject] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Output.fail("The export \(path) cannot be read.", code: "file", exit: 1, json: options.json)
        }
        if let head = try? CompactJWS(
            parsing: String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)),
            let statement = head.unverifiedPayload, let chain = statement["chain"]?.string
        {
            return [chain: statement]
        }
        var last: [String: JSONObject] = [:]
        for line in data.split(separator: UInt8(ascii: "\n")) {
            guard let event = try? StrictJSON.parseObject(Array(line)), let chain = event["chain"]?.string else {
                throw Output.fail("The export has a line that is no event.", code: "file", exit: 2, json: options.json)
            }
            last[chain] = event
        }
        return last
    }

    /// The chains that do not have the event of the export any more.
    private static func differing(
        _ kept: [String: JSONObject], _ server: AdministrationClient
    ) async throws -> [String] {
        var differing: [String] = []
        for (chain, event) in kept {
            let number = event["seq"]?.integer ?? 0
            do {
                let now = number > 0 ? try await server.chain(chain, after: number - 1, limit: 1).first : nil
                // A signed head has number and hash alone, and an event's hash is of all of it.
                let isThere = event["kind"] == nil ? now?["hash"] == event["hash"] : now == event
                if !isThere { differing.append(chain) }
            } catch AdministrationClient.Failure.refused(code: "unknown_chain", _, _) {
                // The whole chain of the export is gone.
                differing.append(chain)
            }
        }
        return differing.sorted()
    }

    /// The same for one tenant over the network, where an event's hash stands for what is not shown of it.
    private static func differing(
        _ kept: [String: JSONObject], _ session: AdministratorSession, _ path: String
    ) async throws -> [String] {
        var differing: [String] = []
        for (chain, event) in kept {
            let number = event["seq"]?.integer ?? 0
            let query = FormParameters(["limit": "1", "after": String(max(0, number) + 1)])
            let page = try await session.call(.GET, path + "/audit?" + query.encoded).object
            let now = page["events"]?.array?.first?.object
            if now?["seq"] != event["seq"] || now?["hash"] != event["hash"] { differing.append(chain) }
        }
        return differing
    }
}
