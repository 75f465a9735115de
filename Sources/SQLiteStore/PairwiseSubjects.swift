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
        if let known = try knownSubject(of: account, in: sector, as: context) { return known }
        let row = try row(
            "INSERT INTO pairwise (subject, account, sector, context) VALUES (?, ?, ?, ?) RETURNING subject",
            [RandomBytes.text(16), account.rawValue, sector.name, context.rawValue])
        guard let row else { throw StorageFault.missing("pairwise") }
        return try row.value("subject")
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
