import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// `citizen-phone account`
struct AccountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Your account: what is recorded, what you were told, how it ends.",
        subcommands: [
            AccountShowCommand.self, AccountContactCommand.self, AccountNoticesCommand.self,
            AccountRequestCommand.self, AccountRequestsCommand.self, AccountExportCommand.self, AccountLockCommand.self,
            AccountCloseCommand.self, AccountCancelCommand.self,
        ], defaultSubcommand: AccountShowCommand.self)
}
