import AccountDirectory
import OpenIDMessages

/// The key `branding` of a tenant: data that we draw, never code or addresses (checklist K5).
enum BrandingEntry {
    private static let keys = ["colour", "initials", "logo"] + YAMLMapping.contactKeys

    static func read(_ value: YAMLValue) -> Branding {
        guard let entry = value.mapping(keys: keys) else { return Branding() }
        let colour = entry["colour"]?.wire(BrandColour.self, "`#` and six hexadecimal digits in lower case")
        let initials = entry["initials"]?.text(where: Branding.isInitials, "one to three capital letters")
        let logo = entry["logo"].flatMap(logo)
        if let logo = entry["logo"], initials != nil { logo.refuse("a tenant has either `logo` or `initials`") }
        return Branding(colour: colour, initials: initials, logo: logo, contact: entry.contact())
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

extension YAMLMapping {
    /// The keys of a contact.
    static let contactKeys = ["email", "phone", "dpo_email"]

    /// What the keys of a contact say.
    func contact() -> Contact {
        let email = "an address like `rathaus@town.example`"
        return Contact(
            email: self["email"]?.text(where: Contact.isEmail, email),
            phone: self["phone"]?.text(where: Contact.isPhone, "digits, blanks and any of `+-/()`"),
            dataProtectionEmail: self["dpo_email"]?.text(where: Contact.isEmail, email))
    }
}

extension YAMLValue {
    /// A text that `isRight` accepts; `form` says what one looks like.
    fileprivate func text(where isRight: (String) -> Bool, _ form: String) -> String? {
        guard let text = text() else { return nil }
        return isRight(text) ? text : refused("\(quoted(text)) is malformed: \(form)")
    }
}
