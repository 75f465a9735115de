import ArgumentParser
import CProcess
import Glibc
import OpenIDMessages

/// A citizen's phone on the command line: enrols and answers logins.
@main
struct CitizenPhone: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "citizen-phone",
        abstract: "A citizen's phone on the command line: holds a login key and answers logins.",
        discussion: "Results go to standard output, everything else to standard error. docs/citizen-phone.md lists "
            + "the exit statuses.",
        version: ProductVersion.text,
        subcommands: [
            EnrolCommand.self, ScanCommand.self, WaitCommand.self, ShowCommand.self, ApproveCommand.self,
            DenyCommand.self,
            ReportCommand.self, AccountCommand.self, DevicesCommand.self, SessionsCommand.self, BrowsersCommand.self,
            StopsCommand.self, ReleasesCommand.self,
            ExplainLevelCommand.self, CompaniesCommand.self, MandatesCommand.self, AuditCommand.self, BlockCommand.self,
            ReplaceCommand.self, LoginCommand.self, RunCommand.self, FleetCommand.self, PersonasCommand.self,
            DoctorCommand.self,
            AttackCommand.self,
            ReceiptsCommand.self, TraceCommand.self, ExplainCommand.self,
        ])

    static func main() async {
        conceal()
        // What tpm2-tss has to say about a wrong PIN this program says itself. Set before there is a second thread.
        unsafe setenv("TSS2_LOG", "all+NONE", 0)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // An `ExitCode` comes from a command that has told everything itself.
            if !(error is ExitCode), exitCode(for: error) == .validationFailure,
                CommandLine.arguments.contains("--json")
            {
                Console(isJSON: true, language: .english).fail(
                    CommandFailure(.usage, developer: message(for: error)))
                exit(withError: ExitCode(ExitStatus.usage.rawValue))
            }
            exit(withError: error)
        }
    }

    /// Keys and PINs must not reach a core file, nor other processes of the same user (checklist J3). The limit alone does not
    /// bind a handler that the system pipes core files to (core(5)).
    private static func conceal() {
        _ = citizen_process_conceal()
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
