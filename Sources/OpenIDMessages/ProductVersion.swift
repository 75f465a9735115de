/// The version of this package and its programs; the head of CHANGELOG.md names it.
public enum ProductVersion {
    public static let text = "0.1.0-dev"
}
