import ChildProcesses
import Foundation
import Glibc
import Testing

/// Runs `citizen-phone` where its files lie on a disk that is full or cannot be written, in a mount namespace of its own.
struct NarrowFolder {
    enum Kind: String { case readOnly, full }

    /// Whether this machine lets the tests mount something.
    static let isPossible: Bool = {
        let process = try? ChildProcess(
            unshare[0], Array(unshare.dropFirst()) + ["/bin/sh", "-c", "mount -t tmpfs none /mnt"],
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], errors: "/dev/null")
        while process?.isRunning == true { usleep(2_000) }
        return process?.status == 0
    }()

    private static let unshare = ["/usr/bin/unshare"] + (geteuid() == 0 ? ["--mount"] : ["--map-root-user", "--mount"])

    /// - Parameter arguments: of a command of the phone.
    static func run(_ kind: Kind, _ phone: Phone, _ arguments: [String]) async throws -> ProgramResult {
        let home = phone.here.folder.path + "/narrow-\(kind.rawValue)-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        if FileManager.default.fileExists(atPath: phone.files) {
            try FileManager.default.copyItem(atPath: phone.files, toPath: home + "/" + phone.profile)
        }
        let mount =
            switch kind {
            case .readOnly: "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\""
            case .full:
                "cp -a \"$0\" \"$0.kept\" && mount -t tmpfs -o size=256k,mode=700 none \"$0\" "
                    + "&& cp -a \"$0.kept/.\" \"$0/\" && ! head -c 1M /dev/zero 2>/dev/null >\"$0/filling\""
            }
        return try await Program.run(
            unshare[0],
            Array(unshare.dropFirst()) + ["/bin/sh", "-c", mount + " && exec \"$@\"", home]
                + [Place.program("citizen-phone")] + arguments
                + ["--home", home, "--profile", phone.profile, "--ca", phone.here.ca])
    }
}
