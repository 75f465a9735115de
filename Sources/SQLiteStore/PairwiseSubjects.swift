internal import AccountDirectory
internal import GRDB
internal import IdentityCrypto
internal import OpenIDMessages
internal import ProviderCore

extension Database {
    /// The person's name in that sector: random, made at the first login there, the same ever after.
    func subject(of account: AccountIdentifier, in sector: SubjectSector) throws -> SubjectIdentifier {
        try run(
            """
            INSERT INTO pairwise (subject, account, sector, context) VALUES (?, ?, ?, 'citizen')
            ON CONFLICT (account, sector, context) DO NOTHING
            """, [RandomBytes.text(16), account.rawValue, sector.name])
        guard let subject = try knownSubject(of: account, in: sector) else { throw StorageFault.missing("pairwise") }
        return subject
    }

    func knownSubject(of account: AccountIdentifier, in sector: SubjectSector) throws -> SubjectIdentifier? {
        try row(
            "SELECT subject FROM pairwise WHERE account = ? AND sector = ? AND context = 'citizen'",
            [account.rawValue, sector.name])?
            .value("subject")
    }
}
