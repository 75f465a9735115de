internal import Hummingbird
internal import IdentityCrypto
internal import OpenIDMessages

/// The portal's cookies. `__Host-` has the browser enforce `Secure`, `Path=/` and that no other host set them.
enum PortalCookie: String {
    /// Names the browser while logins and logouts are pending.
    case login = "__Host-portal-login"
    case session = "__Host-portal"

    /// The value that the browser sent, if it has the form of one that the portal sets.
    func value(in request: Request) -> String? {
        guard let value = request.cookies[rawValue]?.value, value.utf8.count == 43, Base64URL.decode(value) != nil
        else { return nil }
        return value
    }

    /// The value that names the browser. It keeps the one that it has, so that visits in several tabs do not displace each
    /// other.
    func browser(of request: Request) -> String { value(in: request) ?? OneTimeSecret().text }

    /// `Lax`, because the callback is a navigation that comes from the provider's site.
    func cookie(_ value: String, maximumAge: Int64? = nil) -> Cookie {
        Cookie(
            name: rawValue, value: value, maxAge: maximumAge.map(Int.init), path: "/", secure: true, httpOnly: true,
            sameSite: .lax)
    }

    var removal: Cookie { cookie("", maximumAge: 0) }
}
