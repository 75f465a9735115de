internal import OpenIDMessages
internal import ProviderCore
struct PageSecurity { let nonce: String }
enum LoginNotice { case wrongCode(triesLeft: Int) }
enum LoginPage {
    static func qrSVG(link: String, language: Language) -> String { "" }
    static func html(view: LoginView, qrSVG: String?, notice: LoginNotice?, security: PageSecurity) -> String { "" }
}
enum MessagePage {
    static func html(title: String, text: String, remedy: String?, reference: String, language: Language, link: (String, String)?, security: PageSecurity) -> String { "" }
}
enum StatePayload { static func json(view: LoginView) -> JSONObject { [:] } }
extension Language { init(acceptLanguage: String?) { self = .german } }
