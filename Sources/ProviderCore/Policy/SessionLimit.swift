public import OpenIDMessages

/// How long a session lets people in without their phone, in seconds.
public enum SessionLimit {
    /// From the first authentication on, whatever happens.
    public static let absolute: Int64 = 12 * 3600

    /// Without use, by the level that the session reached (NIST SP 800-63B-4 §2.3.3: 15 minutes at the highest).
    public static func idle(_ level: AssuranceLevel) -> Int64 {
        switch level {
        case .undefined, .normal: 3600
        case .substantiell: 1800
        case .hoch: 900
        }
    }
}
