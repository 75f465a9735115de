internal import OpenIDMessages
internal import ProviderCore
struct PageSecurity { let nonce: String }
enum LoginNotice { case wrongCode(triesLeft: Int) }
enum LoginPage {
    static func qrSVG(link: String, language: Language) -> String { "" }
    static func html(view: LoginView, qrSVG: String?, notice: LoginNotice?, security: PageSecurity) -> String {
        """
        <!doctype html><title>x</title><main id="login" data-state="\(view.state.rawValue)" data-qr-link="\(view.qrLink)" data-same-device-link="\(view.sameDeviceLink)" data-language="de">
        <form id="code-form" method="post" action="/login/\(view.page)/code"><input type="hidden" name="csrf" value="\(view.formToken)"><input name="code"></form>
        """
    }
}
enum MessagePage {
    static func html(
        title: String, text: String, remedy: String?, reference: String, language: Language, link: (String, String)?,
        security: PageSecurity
    ) -> String { "" }
}
enum StatePayload { static func json(view: LoginView) -> JSONObject { [:] } }
extension Language { init(acceptLanguage: String?) { self = .german } }
