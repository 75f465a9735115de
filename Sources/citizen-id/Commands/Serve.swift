internal import ArgumentParser
internal import Foundation
internal import IdentityCrypto
internal import Logging
internal import NIOCore
internal import ProviderCore
internal import RegionFile
internal import SQLiteStore

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the provider.",
        discussion: """
            Every setting can come from a flag, from the environment (CITIZEN_ID_LISTEN, CITIZEN_ID_TLS_CERTIFICATE, …) \
            or from the settings file, in this order of precedence. Config/citizen-id.yaml lists all with their defaults.
            The region files count at the first start; later the region that was applied last stays in force, and \
            `citizen-id region apply` changes it. Files are read at every start: mistakes in them stop it.
            """)

    @Option(help: "The settings file (YAML).")
    var config: String?

    @Option(help: "The folder for everything the provider keeps. Environment: CITIZEN_ID_DATA. Default: data.")
    var data: String?

    @Option(help: "Address and port of the HTTPS listener. CITIZEN_ID_LISTEN. Default: 127.0.0.1:8443.")
    var listen: String?

    @Option(help: "The issuer, https://HOST[:PORT]. CITIZEN_ID_ISSUER. Default: the region file's.")
    var issuer: String?

    @Option(help: "The certificate chain (PEM). CITIZEN_ID_TLS_CERTIFICATE.")
    var tlsCertificate: String?

    @Option(help: "The certificate's private key (PEM). CITIZEN_ID_TLS_KEY.")
    var tlsKey: String?

    @Option(help: "A region file; repeat it to join several. CITIZEN_ID_REGION.")
    var region: [String] = []

    @Option(help: "trace, debug, info, notice, warning, error or critical. CITIZEN_ID_LOG_LEVEL. Default: info.")
    var logLevel: String?

    @Option(help: "The administration socket. CITIZEN_ID_SOCKET. Default: admin.sock in the data folder.")
    var socket: String?

    func run() async throws {
        do {
            let settings = try ServeSettings.load(
                ServeSettings.Flags(
                    config: config, listen: listen, issuer: issuer, certificate: tlsCertificate, key: tlsKey,
                    region: region, data: data, logLevel: logLevel, socket: socket))
            LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
            var logger = Logger(label: "citizen-id")
            logger.logLevel = settings.logLevel
            // Whatever the process makes is its own from the first moment, the socket too.
            _ = umask(0o077)
            do { try await ProviderService(settings: settings, logger: logger).run() } catch let error as IOError {
                throw ServeSettings.Mistake(
                    description: "Cannot listen on \(settings.host):\(settings.port) and the socket "
                        + "\(settings.socket): \(Self.reason(error.errnoCode)).")
            }
        } catch let mistake as ServeSettings.Mistake {
            throw Output.fail(mistake.description, code: "settings", exit: 1, json: false)
        } catch let fault as DataFolder.Fault {
            throw Output.fail(fault.description, code: "data_folder", exit: 1, json: false)
        } catch let error as RegionFileError {
            for mistake in error.mistakes { Output.say(mistake.description) }
            throw Output.fail(
                "The region has \(error.mistakes.count) mistake(s). Nothing was started.", code: "region", exit: 2,
                json: false)
        } catch let fault as StorageFault {
            throw Output.fail(fault.sentence, code: "storage", exit: 1, json: false)
        } catch KeyCustodian.Fault.wrongMasterKey {
            throw Output.fail(
                "The master key does not open the keys in the database. Restore the right one from the backup.",
                code: "master_key", exit: 1, json: false)
        } catch let exit as ExitCode {
            throw exit
        } catch {
            throw Output.fail(
                "The provider cannot go on: \(error). If the disk of the data folder is full or fails, mend that and "
                    + "start again; nothing that was told a success is lost.", code: "fault", exit: 1, json: false)
        }
    }

    private static func reason(_ code: CInt) -> String {
        switch code {
        case EADDRINUSE: "another program listens there"
        case EADDRNOTAVAIL: "this machine does not have the address"
        case EACCES: "the system does not allow it to this user"
        default: "the system refused with error \(code)"
        }
    }
}

extension StorageFault {
    /// What the operator does about a database that cannot be opened.
    fileprivate var sentence: String {
        switch self {
        case .inUse: "Another process has the database open. Only one provider may use a data folder."
        case .newerSchema: "A newer version of CitizenID made this database. It was not touched; run that version."
        case .cannotOpen(let code): "The database or its lock cannot be opened: the system's error is \(code)."
        case .settingNotInForce(let name):
            "SQLite does not keep its setting \(name) on this file system, so that nothing it promises would be safe."
        case .closed, .undecodable, .missing, .approvalDoesNotFitAnswer, .wrongHandleClass:
            "The database is not as it must be (\(self)). Restore it from the backup."
        }
    }
}
