internal import AccountDirectory
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// The person's name in that sector and context: random, made at the first login there, the same ever after.
    func subject(
        of account: AccountIdentifier, in sector: SubjectSector, as context: ContextName
    ) throws -> SubjectIdentifier {
        try run(
            """
            INSERT INTO pairwise (subject, account, sector, context) VALUES (?, ?, ?, ?)
            ON CONFLICT (account, sector, context) DO NOTHING
            """, [RandomBytes.text(16), account.rawValue, sector.name, context.rawValue])
        guard let subject = try knownSubject(of: account, in: sector, as: context) else {
            throw StorageFault.missing("pairwise")
        }
        return subject
    }

    func knownSubject(
        of account: AccountIdentifier, in sector: SubjectSector, as context: ContextName
    ) throws -> SubjectIdentifier? {
        try row(
            "SELECT subject FROM pairwise WHERE account = ? AND sector = ? AND context = ?",
            [account.rawValue, sector.name, context.rawValue])?
            .value("subject")
    }
}
