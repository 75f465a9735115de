import AccountDirectory
import OpenIDMessages
import Testing

@Suite("Identifiers of companies: exactly what their rules say")
struct CompanyValuesTests {
    @Test("a business identification number has a check digit and may name one activity")
    func businessNumbers() throws {
        // The first is the example of a tax guide; its check digit is right.
        for text in ["DE232637828-12345", "DE123456788", "DE123456788-00001", "DE136695976-99999"] {
            #expect(BusinessIdentificationNumber(rawValue: text)?.rawValue == text)
        }
        let number = try #require(BusinessIdentificationNumber(rawValue: "DE123456788-00042"))
        #expect(number.business.rawValue == "DE123456788" && number.activity == "00042")
        #expect(number.business.activity == nil && number.business.business == number.business)
    }

    @Test(
        "and nothing else",
        arguments: [
            "DE123456789", "DE123456789-00001", "DE123456788-00000", "DE123456788-0001", "DE123456788-000001",
            "DE123456788-", "DE123456788-00001-00002", "DE12345678", "DE1234567880", "de123456788", "AT123456788",
            "DE 123456788", "DE123456788 ", "DE023456788", "DE12345678８", "123456788", "", "-00001", "DE",
        ])
    func noBusinessNumber(text: String) { #expect(BusinessIdentificationNumber(rawValue: text) == nil) }

    @Test("every single wrong digit and every swap of neighbours is found")
    func checkDigit() {
        let digits = Array("136695976")
        for index in digits.indices {
            for digit in "0123456789" where digit != digits[index] {
                var wrong = digits
                wrong[index] = digit
                #expect(VATIdentificationNumber(rawValue: "DE" + String(wrong)) == nil)
            }
            guard index + 1 < digits.count, digits[index] != digits[index + 1] else { continue }
            var swapped = digits
            swapped.swapAt(index, index + 1)
            #expect(VATIdentificationNumber(rawValue: "DE" + String(swapped)) == nil)
        }
        #expect(VATIdentificationNumber(rawValue: "DE136695976") != nil)
        #expect(VATIdentificationNumber(rawValue: "DE136695976-00001") == nil)
    }

    @Test("a legal entity identifier is 1 modulo 97")
    func legalEntityIdentifiers() {
        for text in ["5493001KJTIIGC8Y1R12", "7LTWFZYICNSX8D621K86", "529900T8BM49AURSDO55"] {
            #expect(LegalEntityIdentifier(rawValue: text) != nil)
        }
        for text in [
            "5493001KJTIIGC8Y1R13", "5493001KJTIIGC8Y1R1", "5493001KJTIIGC8Y1R120", "5493001kjtiigc8y1r12",
            "5493001KJTIIGC8Y1R1A", "4593001KJTIIGC8Y1R12", "", "5493001KJTIIGC8Y1R12\n",
        ] {
            #expect(LegalEntityIdentifier(rawValue: text) == nil)
        }
    }

    @Test("an EUID names court, register and number")
    func euids() throws {
        let euid = try #require(EUID(rawValue: "DEX1517R.HRB395KI"))
        #expect(euid.register == .hrb && euid.number.rawValue == "395KI")
        for (text, register) in [
            ("DER2402.HRA7", RegisterType.hra), ("DER2402.GnR12", .gr), ("DER2402.GsR1", .gsr),
            ("DER2402.PR12", .pr), ("DER2402.VR12345678901", .vr),
        ] {
            #expect(EUID(rawValue: text)?.register == register)
        }
        for text in [
            "DEX1517R.HRB", "DEX1517R.HRB0395", "DEX1517R.HRC395", "DEX1517R.GR395", "DEX1517R HRB395",
            "FRX1517R.HRB395", "DE1517R.HRB395", "DEX151R.HRB395", "DEX1517RR.HRB395", "DEX1517R.HRB395.1",
            "DEX1517R.HRB123456789012", "dex1517r.hrb395", "DEX1517R.HRB-395", "", ".", "DEX1517R.",
        ] {
            #expect(EUID(rawValue: text) == nil, "\(text)")
        }
    }

    @Test("a municipality key has eight digits, of a Kreis five; 000 is a town without Kreis")
    func municipalityKeys() throws {
        let herten = try #require(MunicipalityKey(rawValue: "05562020"))
        #expect(!herten.isDistrict && !herten.isDistrictFree && herten.district == "05562")
        let bottrop = try #require(MunicipalityKey(rawValue: "05512000"))
        #expect(bottrop.isDistrictFree && bottrop.district == "05512")
        #expect(try #require(MunicipalityKey(rawValue: "05562")).isDistrict)
        for text in ["02000000", "11000000", "16077001"] { #expect(MunicipalityKey(rawValue: text) != nil) }
        for text in [
            "0556202", "055620200", "5562020", "00562020", "17562020", "05500020", "05562 20", "0556202٠", "", "055",
            "05562020\n",
        ] {
            #expect(MunicipalityKey(rawValue: text) == nil, "\(text)")
        }
    }

    @Test("register, trade number and legal form have their forms")
    func smallForms() throws {
        for text in ["1", "12345", "395KI", "12345678901"] { #expect(RegisterNumber(rawValue: text) != nil) }
        for text in ["", "0", "012", "KI", "395 KI", "395ki", "123456789012", "12A3", "1ABCDE", "HRB 1"] {
            #expect(RegisterNumber(rawValue: text) == nil, "\(text)")
        }
        for text in ["HE-1", "2026/17", "A", "1.2"] { #expect(TradeNumber(rawValue: text) != nil) }
        for text in ["", "-1", "1/", "a1", "1 2", String(repeating: "1", count: 33), "1:2"] {
            #expect(TradeNumber(rawValue: text) == nil, "\(text)")
        }
        let name = try #require(OrganizationName("GmbH"))
        #expect(LegalForm(code: "350", text: name) != nil)
        for code in ["35", "3500", "000", "35O", ""] { #expect(LegalForm(code: code, text: name) == nil) }
    }
}

@Suite("Names in the characters of DIN 91379")
struct NameTests {
    @Test(
        "letters of the Latin script with their marks are taken",
        arguments: [
            "Erika", "Ćwiklińska", "GROẞMANN", "Ǆemal", "ǆ", "Æsa Þór", "Nguyễn Thị", "O’Brien", "O'Brien",
            "Müller-Lüdenscheidt", "Dr. med. Ağaoğlu", "J.", "Əliyev", "əliyev", "Ŀ", "L\u{0325}\u{0304}",
            "Ó Dómhnaill",
            "Łukasz", "Škoda", "da Silva, Maria", "Ibn ʿArabī", "Hawaiʻi",
        ])
    func people(text: String) {
        #expect(PersonName(text) != nil)
        #expect(OrganizationName(text) != nil)
    }

    @Test(
        "everything else is refused",
        arguments: [
            "", " ", "Erika ", " Erika", "Erika  M", "\u{0301}Erika", "-\u{0301}a", "Erika\u{0}", "Eri\u{200D}ka",
            "Eri\u{202E}ka", "Eri\u{2066}ka", "Eri\u{AD}ka", "Erika\n", "Erika\tM", "Иван", "Ελένη", "李", "Erika 😀",
            "Erika\u{FE0F}", "ﬁ", "Ⅳ", "ᴀ", "ǃ", "a\u{0323}\u{0324}\u{0325}\u{0326}", "...", "Erika\u{2028}",
            "E\u{FEFF}", "Erika\u{E000}", "Ｅrika",
        ])
    func refused(text: String) {
        #expect(PersonName(text) == nil)
        #expect(OrganizationName(text) == nil)
    }

    @Test("companies have digits and signs besides, people do not")
    func organizations() {
        for text in ["3M Deutschland GmbH", "Müller & Söhne KG", "A+B (Herten) e.K.", "„Zur Post“ GmbH", "50 % GmbH"] {
            #expect(OrganizationName(text) != nil, "\(text)")
            #expect(PersonName(text) == nil, "\(text)")
        }
        #expect(OrganizationName("42") != nil && OrganizationName("& Co.") != nil && OrganizationName("&") == nil)
    }

    @Test("two spellings of one text are one name, in normal form C")
    func normalForm() {
        #expect(PersonName("Jose\u{0301}")?.text.unicodeScalars.count == 4)
        #expect(PersonName("Jose\u{0301}") == PersonName("José"))
    }

    @Test("lengths end in characters and in bytes")
    func lengths() {
        #expect(PersonName(String(repeating: "a", count: 120)) != nil)
        #expect(PersonName(String(repeating: "a", count: 121)) == nil)
        // Three bytes each: 85 fit into 256 bytes, 86 do not.
        #expect(PersonName(String(repeating: "ẞ", count: 85)) != nil)
        #expect(PersonName(String(repeating: "ẞ", count: 86)) == nil)
        #expect(OrganizationName(String(repeating: "a", count: 200)) != nil)
        #expect(OrganizationName(String(repeating: "a", count: 201)) == nil)
    }

    @Test("a person's record keeps them, and its day of birth is one that a living person can have")
    func records() throws {
        let today = try #require(CalendarDate(rawValue: "2026-11-28"))
        func check(_ members: (String, JSONValue)...) throws {
            var json: JSONObject = ["given_name": "Erika", "family_name": "Ćwiklińska", "birthdate": "1964-08-12"]
            for (name, value) in members { json[name] = value }
            try PersonRules.check(try PersonRecord(json: json), today: today)
        }
        try check()
        let unborn = try PersonRecord(json: ["given_name": "Ida", "family_name": "Ohnetag"])
        #expect(throws: MessageError.missing("birthdate"), "I1: nobody would find her again") {
            try PersonRules.check(unborn, today: today)
        }
        try check(("birthdate", "2026-11-28"), ("birth_family_name", "Gabler"))
        try check(("birthdate", "1901-11-28"))
        #expect(throws: MessageError.malformed("birthdate")) { try check(("birthdate", "2026-11-29")) }
        #expect(throws: MessageError.malformed("birthdate")) { try check(("birthdate", "1900-11-28")) }
        #expect(throws: MessageError.malformed("given_name")) { try check(("given_name", "Erika 2")) }
        #expect(throws: MessageError.malformed("family_name")) { try check(("family_name", "Иванова")) }
        #expect(throws: MessageError.malformed("birth_family_name")) { try check(("birth_family_name", "a\u{202E}b")) }
        try check(("title", "Prof. Dr. h. c."), ("place_of_birth", "St. Gallen (CH)"))
        for (name, text) in [("title", "Dr.\u{202E}"), ("title", "Доктор"), ("place_of_birth", "Ber\u{1F600}lin")] {
            #expect(throws: MessageError.malformed(name)) { try check((name, .string(text))) }
        }
    }

    @Test("an address has the characters of the norm, a country of two capitals and the key of a town, not of a Kreis")
    func addresses() throws {
        func check(_ members: (String, String)...) throws {
            var json: JSONObject = ["street": "Straße des 17. Juni", "postal_code": "45699", "locality": "Herten"]
            for (name, text) in members { json[name] = .string(text) }
            try PostalAddress(json: json).check()
        }
        try check()
        try check(("house_number", "12-14a"), ("addition", "2. OG, c/o Müller"), ("ags", "05562020"), ("country", "AT"))
        for key in ["02000000", "11000000", "05513000"] { try check(("ags", key)) }
        let refused = [
            ("street", "Weg\u{202E}"), ("street", "Улица"), ("locality", "Her\u{200B}ten"), ("addition", "\u{1F600}"),
            ("house_number", "7\u{202E}a"), ("postal_code", "\u{0664}5699"), ("country", "xx"), ("country", "1"),
            ("country", "D"), ("ags", "00000000"), ("ags", "99999999"), ("ags", "05500020"),
        ]
        for (name, text) in refused {
            #expect(throws: MessageError.malformed(name), "\(text)") { try check((name, text)) }
        }
        let person: JSONObject = [
            "given_name": "Erika", "family_name": "Mustermann",
            "address": .object(["street": "Weg", "postal_code": "45699", "locality": "Herten", "ags": "99999999"]),
        ]
        let today = try #require(CalendarDate(rawValue: "2026-11-28"))
        #expect(throws: MessageError.malformed("ags")) {
            try PersonRules.check(try PersonRecord(json: person), today: today)
        }
    }
}
