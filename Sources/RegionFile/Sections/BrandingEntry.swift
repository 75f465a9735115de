import AccountDirectory
import OpenIDMessages

/// The key `branding` of a tenant: data that we draw, never code or addresses (checklist K5).
enum BrandingEntry {
    private static let keys = ["colour", "initials", "logo", "email", "phone", "dpo_email"]

    static func read(_ value: YAMLValue) -> Branding {
        guard let entry = value.mapping(keys: keys) else { return Branding() }
        let colour = entry["colour"]?.wire(BrandColour.self, "`#` and six hexadecimal digits in lower case")
        let initials = entry["initials"]?.text(where: Branding.isInitials, "one to three capital letters")
        let logo = entry["logo"].flatMap(logo)
        if let logo = entry["logo"], initials != nil { logo.refuse("a tenant has either `logo` or `initials`") }
        let email = "an address like `rathaus@town.example`"
        let contact = TenantContact(
            email: entry["email"]?.text(where: TenantContact.isEmail, email),
            phone: entry["phone"]?.text(where: TenantContact.isPhone, "digits, blanks and any of `+-/()`"),
            dataProtectionEmail: entry["dpo_email"]?.text(where: TenantContact.isEmail, email))
        return Branding(colour: colour, initials: initials, logo: logo, contact: contact)
    }

    /// A picture in base64url, so that the file alone says what is shown.
    private static func logo(_ value: YAMLValue) -> RasterImage? {
        guard let text = value.longText() else { return nil }
        guard text.utf8.count <= RasterImage.maximumLength * 4 / 3 + 4, let bytes = Base64URL.decode(text) else {
            return value.refused("must be a PNG of at most 16 KiB in base64url, without `=`")
        }
        do throws(RasterImage.Mistake) { return try RasterImage(png: bytes) } catch {
            return value.refused("the picture \(error.rawValue)")
        }
    }
}

extension YAMLValue {
    /// A text that `isRight` accepts; `form` says what one looks like.
    fileprivate func text(where isRight: (String) -> Bool, _ form: String) -> String? {
        guard let text = text() else { return nil }
        return isRight(text) ? text : refused("\(quoted(text)) is malformed: \(form)")
    }
}
