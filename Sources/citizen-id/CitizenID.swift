internal import ArgumentParser

@main
struct CitizenID: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "citizen-id",
        abstract: "The OpenID provider whose password is a phone, and its administration.",
        discussion: """
            Exit codes: 0 done; 1 failed, the message says why; 2 a file has mistakes or a change was not applied; \
            3 the running server was not reached; 64 wrong use.
            """,
        subcommands: [Serve.self, RegionCommand.self, Desk.self, ClientCommand.self, KeysCommand.self])
}
