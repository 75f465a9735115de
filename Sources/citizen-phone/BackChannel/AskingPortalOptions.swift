import ArgumentParser
import DeviceAuthenticator
import OpenIDMessages

/// The portal that asks by itself, for those who play one: all of it or nothing.
struct AskingPortalOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A client that asks without a browser: it polls, and has a secret (client_secret_basic).", valueName: "id"))
    var backchannelClient: String?

    @Option(help: ArgumentHelp("A file (mode 0600) whose first line is that client's secret.", valueName: "file"))
    var backchannelSecretFile: String?

    @Option(
        help: ArgumentHelp(
            "The `sub` by which that client knows this profile's person, as an ID token at its town has it.",
            valueName: "sub"))
    var backchannelSubject: String?

    func validate() throws {
        let given = [backchannelClient, backchannelSecretFile, backchannelSubject].count { $0 != nil }
        guard given == 0 || given == 3 else {
            throw ValidationError(
                "A portal that asks needs --backchannel-client, --backchannel-secret-file and --backchannel-subject.")
        }
        guard backchannelClient.map({ ClientIdentifier(rawValue: $0) != nil }) ?? true else {
            throw ValidationError("'\(backchannelClient ?? "")' is no client's identifier.")
        }
    }

    /// The portal; nil when none is named.
    func portal(at issuer: IssuerURL, over transport: any HTTPTransport) throws -> AskingPortal? {
        guard let client = backchannelClient.flatMap(ClientIdentifier.init(rawValue:)), let backchannelSecretFile,
            let backchannelSubject
        else { return nil }
        let secret = String(decoding: try SecretInput.line(ofFile: backchannelSecretFile), as: UTF8.self)
        return AskingPortal(
            issuer: issuer, client: client, secret: secret, subject: backchannelSubject, transport: transport)
    }
}
