import ChildProcesses
import Foundation
import Glibc
import OpenIDMessages
import Testing

@testable import citizen_phone

/// What a person types is not shown, and the terminal is afterwards as it was (checklist J3).
@Suite("citizen-phone at a terminal", .inTurn, .endsInTime)
struct TerminalTests {
    private static let installation = Task { try await Installation.start() }

    /// A program at a terminal, as a person sees it.
    private struct Session {
        let terminal: PseudoTerminal
        let process: ChildProcess
        /// How much was shown before the last answer.
        var seen = 0

        init(_ phone: Phone, _ arguments: String..., columns: UInt16 = 0) throws {
            terminal = try PseudoTerminal(columns: columns)
            process = try Program.start(
                Place.program("citizen-phone"), arguments + phone.options + ["--language", "en"], at: terminal)
        }

        /// Waits until the program asks, and checks how before it types the answer.
        mutating func answer(_ question: String, with text: String, isSecret: Bool = true) async throws {
            let shown = try await Self.until { [terminal, seen] in
                let transcript = terminal.transcript
                return transcript.dropFirst(seen).contains(question) && terminal.echoes == !isSecret ? transcript : nil
            }
            seen = try #require(shown, "\(question): \(terminal.transcript)").count
            terminal.type(text)
        }

        /// The exit status.
        func end() async throws -> Int32 {
            let status = try #require(try await Self.until { process.status }, "\(terminal.transcript)")
            #expect(terminal.echoes && terminal.interrupts, "the terminal is as it was")
            return status
        }

        private static func until<Value>(_ value: () -> Value?) async throws -> Value? {
            let deadline = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < deadline {
                if let value = value() { return value }
                try await Task.sleep(for: .milliseconds(5))
            }
            return nil
        }
    }

    @Test func `a request is broken between words at the width of the terminal, and elsewhere it is not`() async throws
    {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Breite")
        let link = try #require(try await Browser(here).open(here.loginURL).sameDeviceLink)
        #expect(try await phone.run("scan", link).status == 0)
        let whole = try await phone.run("show", "--language", "en")
        #expect(whole.lines.contains { $0.count > 60 }, "\(whole)")
        let session = try Session(phone, "show", columns: 60)
        #expect(try await session.end() == 0)
        let lines = session.terminal.transcript.split(whereSeparator: \.isNewline).map(String.init)
        #expect(lines.allSatisfy { $0.count <= 60 || !$0.dropFirst(13).contains(" ") }, "\(lines)")
        #expect(lines.contains { $0.hasPrefix(String(repeating: " ", count: 13)) }, "\(lines)")
        func words(_ lines: [String]) -> [Substring] { lines.flatMap { $0.split(separator: " ") } }
        #expect(words(lines) == words(whole.lines))
    }

    @Test func `the PIN is asked for without echo, Ctrl-C leaves the question, and a wrong one can be typed again`()
        async throws
    {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Tastatur")
        let link = try #require(try await Browser(here).open(here.loginURL).sameDeviceLink)
        #expect(try await phone.run("scan", link).status == 0)
        for (typed, status) in [("13579\u{3}", Int32(24)), ("975310\r", 16), ("1357\u{7F}790\r", 0)] {
            var session = try Session(phone, "approve")
            try await session.answer("PIN: ", with: typed)
            #expect(try await session.end() == status, "\(session.terminal.transcript)")
            let transcript = session.terminal.transcript
            #expect(!transcript.contains("13579") && !transcript.contains("97531"), "\(transcript)")
        }
    }

    @Test func `a new PIN is typed twice, whoever mistypes it is asked again, and the link stays good`() async throws {
        let here = try await Self.installation.value
        let phone = try here.newPhone()
        let link = try await here.ticket(family: "Zweimal")
        typealias Typed = [(question: String, answer: String)]
        let differing: Typed = [("digits: ", "246802\r"), ("again: ", "246801\r")]
        let short: Typed = [("digits: ", "1234\r")]
        let left: Typed = differing + [("digits: ", "\u{3}")]
        let right: Typed = differing + short + [("digits: ", "246802\r"), ("again: ", "246802\r")]
        // More often than a ticket gives offers.
        let rounds: [(typed: Typed, status: Int32)] = [
            (left, 24), (differing + differing + short, 64), (left, 24), (right, 0),
        ]
        for (typed, status) in rounds {
            var session = try Session(phone, "enrol", link)
            for (question, answer) in typed { try await session.answer(question, with: answer) }
            #expect(try await session.end() == status, "\(session.terminal.transcript)")
            #expect(!session.terminal.transcript.contains("24680"))
            #expect(FileManager.default.fileExists(atPath: phone.files + "/state.sealed") == (status == 0))
        }
        let file = try here.folder.write("twice.pin", "246802\n")
        #expect(try await phone.run("login", here.loginURL, "--pin-file", file).status == 0)
    }

    @Test func `a question that may be seen is shown, and anything but yes is no`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Frage")
        for (typed, status) in [("perhaps\r", Int32(24)), ("yes\r", 0)] {
            var session = try Session(phone, "account", "lock", "--pin-file", phone.pinFile)
            try await session.answer("[yes/no] ", with: typed, isSecret: false)
            #expect(try await session.end() == status, "\(session.terminal.transcript)")
        }
    }

    @Test func `a PIN from a descriptor is one line of it, and what follows is left to others`() async throws {
        let here = try await Self.installation.value
        let phone = try await here.enrolledPhone(family: "Deskriptor")
        let pins = try here.folder.write("pins", "135790\nthe next line\n")
        let result = try await Program.run(
            "/bin/sh",
            [
                "-c", "exec 3<\"$0\"; \"$@\" --pin-fd 3 || exit $?; cat <&3", pins, Place.program("citizen-phone"),
                "login", here.loginURL,
            ] + phone.options)
        #expect(result.status == 0 && result.lines.last == "the next line", "\(result)")
    }
}

/// Keys and PINs in memory are nobody else's (checklist J3).
@Suite("citizen-phone and other processes", .inTurn, .endsInTime)
struct ConcealedProcessTests {
    private static let someoneElse: uid_t = 65534

    /// The kernel gives the files of a process in /proc to root when nobody else may read its memory, trace it or have a core
    /// file of it (proc(5)).
    @Test(.timeLimit(.minutes(2))) func `no process of the same user may read its memory`() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        // Without an address it is any, at a port that the system chooses. Whoever connects waits.
        try #require(listen(listener, 8) == 0)
        var (address, length) = (sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        _ = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(listener, $0, &length)
            }
        }
        let key = String(repeating: "A", count: 43)
        let link = "https://localhost:\(UInt16(bigEndian: address.sin_port))/app/e/\(key.prefix(19))#k=\(key)"
        // Root may read everything: then it is another user's process.
        let other = geteuid() == 0 ? Self.someoneElse : geteuid()
        let command =
            (geteuid() == 0
                ? ["/usr/bin/setpriv", "--reuid=\(other)", "--regid=\(other)", "--clear-groups"] : ["/usr/bin/env"])
            + [Place.program("citizen-phone"), "enrol", link, "--home", "/nonexistent", "--pin-fd", "0"]
        let process = try Program.start(
            command[0], Array(command.dropFirst()), output: "/dev/null", errors: "/dev/null")
        defer { process.send(SIGKILL) }
        let folder = "/proc/\(process.identifier)"
        func owner() -> uid_t? {
            guard (try? Program.text(of: folder + "/comm")) == "citizen-phone\n" else { return nil }
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/environ")
            return (attributes?[.ownerAccountID] as? NSNumber)?.uint32Value
        }
        while process.isRunning, owner() != 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(process.isRunning && owner() == 0)
        let status = try Program.text(of: folder + "/status")
        #expect(status.contains("Uid:\t\(other)\t"), "\(status)")
        let limits = try Program.text(of: folder + "/limits")
        #expect(limits.contains(/Max core file size +0 +0/), "\(limits)")
    }

    @Test(.enabled(if: Strace.isInstalled, "strace is needed"))
    func `what it writes, to files, terminals and the network, holds no PIN`() async throws {
        let here = try await Installation.start()
        let phone = try here.newPhone(pin: "802468024680")
        let trace = here.folder.path + "/trace"
        let link = try await here.ticket(family: "Spur")
        for (number, command) in [["enrol", link], ["login", here.loginURL, "--json"]].enumerated() {
            let result = try await Program.run(
                "/usr/bin/strace",
                [
                    "-f", "-qq", "-xx", "-s", "1048576", "-e", "trace=write,writev,pwrite64,sendto,sendmsg", "-o",
                    trace,
                    Place.program("citizen-phone"),
                ] + command + ["--pin-file", phone.pinFile] + phone.options)
            #expect(result.status == 0, "\(number): \(result)")
            let written = try Program.text(of: trace)
            func hexadecimal(_ text: some StringProtocol) -> String {
                text.utf8.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            }
            #expect(written.contains(hexadecimal(result.output.prefix(8))), "what it writes is seen")
            #expect(!written.contains(hexadecimal("802468024680")))
        }
    }
}
