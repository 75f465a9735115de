import Foundation
import OpenIDMessages

/// What the command line asks for.
struct Options {
    static let usage = """
        usage: benchmarks [--quick] [--json]
                          [--only primitives|commits|in-process|http|endpoints|dear|phone|start|directory|tenants|slow|overload]
                          [--at-once N] [--endpoint NAME] [--people N,N,N] [--citizen-id PROGRAM]

        Measures the provider on this machine; docs/performance.md says how to read the figures.
          --quick        short rounds, to see that everything runs
          --json         one JSON object on standard output
          --only NAME    one part; may be repeated
          --at-once N    logins, or connections, at once instead of 1, 8 and 64
          --connections N  the same
          --endpoint NAME  one endpoint, e.g. userinfo; may be repeated
          --people N,N,N  the sizes of the directory; only for --only directory, which runs only when it is named
          --only tenants  what a busy town costs another one; runs only when it is named
          --only slow, --only overload  logins beside callers that dawdle, and in a crowd; run only when they are named
          --citizen-id   the program for start, slow and overload; without it they are left out
        """
    static let parts = [
        "primitives", "commits", "in-process", "http", "endpoints", "dear", "phone", "start", "directory",
        "tenants", "slow", "overload",
    ]

    var effort = Effort.full
    var isJSON = false
    var only: [String] = []
    var atOnce = [1, 8, 64]
    /// Endpoints to be measured; all when it is empty.
    var endpoints: Set<String> = []
    var program: String?
    /// The sizes of the directory.
    var people = [1_000, 100_000, 1_000_000]
    /// Set in the process that this one starts as its server.
    var serve: (folder: String, port: Int, barePort: Int?)?

    /// Nil when the arguments cannot be understood.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        var folder: String?
        var port: Int?
        var barePort: Int?
        while let argument = rest.popFirst() {
            switch argument {
            case "--quick": effort = .quick
            case "--json": isJSON = true
            case "--only":
                guard let part = rest.popFirst(), Self.parts.contains(part) else { return nil }
                only.append(part)
            case "--at-once", "--connections":
                guard let count = rest.popFirst().flatMap({ Int($0) }), count > 0 else { return nil }
                atOnce = [count]
            case "--endpoint":
                guard let name = rest.popFirst() else { return nil }
                endpoints.insert(name)
            case "--people":
                let sizes = (rest.popFirst() ?? "").split(separator: ",").map { Int($0) ?? 0 }
                guard !sizes.isEmpty, sizes.allSatisfy({ $0 > 0 }) else { return nil }
                people = sizes
            case "--citizen-id":
                guard let path = rest.popFirst() else { return nil }
                program = path
            case "--serve": folder = rest.popFirst()
            case "--port": port = rest.popFirst().flatMap { Int($0) }
            case "--bare-port": barePort = rest.popFirst().flatMap { Int($0) }
            default: return nil
            }
        }
        if let folder, let port { serve = (folder, port, barePort) }
    }

    func wants(_ part: String) -> Bool { only.isEmpty || only.contains(part) }
}

@main
enum Benchmarks {
    static func main() async throws {
        guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
            print(Options.usage)
            exit(64)
        }
        if let (folder, port, barePort) = options.serve {
            try await ServerProcess.serve(folder: WorkFolder(existing: folder), port: port, barePort: barePort)
            return
        }
        let report = Report(isJSON: options.isJSON)
        try await measure(options, report)
        if options.isJSON { print(report.json.text) }
    }

    private static func measure(_ options: Options, _ report: Report) async throws {
        let machine = Machine()
        report.section("Machine")
        report.note(
            "\(machine.processors) processors, \(machine.model), \(machine.memoryMiB) MiB, load \(machine.load)")
        let primitives = Primitives(effort: options.effort)
        report.section("What the parts cost (processor time on one core)")
        progress("signatures")
        let (sign, verify) = try primitives.signatures()
        let cost = SignatureCost(sign: sign.median, verify: verify.median)
        report.add(Figure(name: "P-256 signature (key parsed)", unit: "µs", spread: sign))
        report.add(Figure(name: "P-256 verification (key parsed)", unit: "µs", spread: verify))
        if options.wants("primitives") {
            progress("primitives")
            try primitives.measure(report, cost: cost)
        }
        if options.wants("commits") {
            report.section("The disk")
            progress("commits")
            let folder = try WorkFolder()
            defer { folder.remove() }
            try await primitives.commits(report, folder: folder.path)
        }
        noteSignatures(report, cost)
        let processors = machine.processors
        report.add(
            Figure(
                name: "logins' signatures alone, all processors at once", unit: "/s",
                spread: try await primitives.loginsOfSignatures(processors: processors),
                floor: Double(processors) / cost.microseconds(provider: nil) * 1e6,
                floorMeaning: "one core times \(processors)", isRate: true))
        let logins = LoginMeasurement(
            effort: options.effort, cost: cost, cores: machine.processors, atOnce: options.atOnce)
        if options.wants("in-process") {
            report.section("Whole logins, in process, SQLite on disk at synchronous=FULL")
            try await logins.inProcess(report)
        }
        if options.wants("http") {
            report.section("Whole logins over HTTPS with kept connections, server and clients on this machine")
            try await logins.overHTTP(report)
        }
        if options.wants("endpoints") {
            report.section("Single endpoints over TLS with kept connections, server and clients on this machine")
            let endpoints = EndpointMeasurement(
                effort: options.effort, connections: options.atOnce, only: options.endpoints)
            try await endpoints.measure(report)
        }
        if options.wants("dear") {
            report.section("Requests as dear as the limits allow, beside a normal one (processor time, in process)")
            try await DearRequests(effort: options.effort).measure(report)
        }
        if options.wants("phone") {
            report.section("The phone's share of a login, library DeviceAuthenticator (processor time)")
            try await PhoneMeasurement(effort: options.effort, cost: cost).measure(report)
        }
        // Hours of other measurements must not come with a million people.
        if options.only.contains("directory") {
            try await DirectoryMeasurement(effort: options.effort, people: options.people).measure(report)
        }
        if options.only.contains("tenants") {
            report.section("A quiet town alone, and beside one with ten times its logins, over HTTPS")
            try await TenantsMeasurement(effort: options.effort).measure(report)
        }
        if options.only.contains("slow"), let program = options.program {
            report.section("Logins begin at the real program, beside callers that dawdle, over HTTPS")
            try await HardTimes(program: program, effort: options.effort).slow(report)
        }
        if options.only.contains("overload"), let program = options.program {
            report.section("Logins begin at the real program, more than it can serve, over HTTPS")
            try await HardTimes(program: program, effort: options.effort).overload(report)
        }
        if options.wants("start"), let program = options.program {
            report.section("Start of \(program)")
            try await StartTime(program: program, effort: options.effort).measure(report)
        }
    }

    private static func noteSignatures(_ report: Report, _ cost: SignatureCost) {
        report.section("Signatures of one login (made, verified)")
        for row in SignatureCount.rows { report.note("\(row.who): \(row.what): \(row.signs), \(row.verifies)") }
        for (name, side) in [("provider", true), ("phone and portal", false)] {
            let (signs, verifies) = SignatureCount.total(provider: side)
            report.note(
                "\(name): \(signs) made, \(verifies) verified: \(Figure.number(cost.microseconds(provider: side))) µs")
        }
    }
}
