public import OpenIDMessages

extension OutboundURL {
    /// The sector that a `sector_identifier_uri` names: its host (OpenID Connect Core §8.1).
    public var sector: SectorIdentifier? { SectorIdentifier(rawValue: "\(host)".filter { !"[]".contains($0) }) }
}
