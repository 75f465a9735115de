internal import AccountDirectory
internal import GRDB
internal import OpenIDMessages
internal import ProviderCore

extension StoredRow {
    /// Nil when the facts were erased.
    var company: CompanyRecord? {
        get throws {
            guard let text = try optionalText("details") else { return nil }
            let details = try wanted(
                (try? StrictJSON.parseObject(Array(text.utf8))).flatMap { try? CompanyDetails(json: $0) }, "details")
            return CompanyRecord(
                identifier: try value("id"), details: details, state: try value("state"),
                freezeReason: try optionalValue("freeze_reason"), level: try level("level"),
                floor: try level("floor"), approversNeeded: Int(try integer("approvers_needed")),
                createdAt: try time("created_at"), changedAt: try time("changed_at"),
                frozenAt: try optionalTime("frozen_at"))
        }
    }

    var membership: MembershipRecord {
        get throws {
            MembershipRecord(
                identifier: try value("id"), company: try value("company"), account: try value("account"),
                roles: try companyRoles, state: try value("state"), suspension: try optionalValue("suspension"),
                level: try level("level"), since: try time("since"), validUntil: try optionalTime("valid_until"))
        }
    }

    /// A membership with `account_state` and `account_level`.
    var companyMember: CompanyMember {
        get throws { CompanyMember(membership: try membership, account: try accountStanding) }
    }

    var accountStanding: AccountStanding {
        get throws {
            AccountStanding(isActive: try text("account_state") == "active", level: try level("account_level"))
        }
    }

    var companyRoles: CompanyRoles {
        get throws {
            let words = try strings("roles")
            let roles = words.compactMap(CompanyRole.init(rawValue:))
            return try wanted(roles.count == words.count ? CompanyRoles(roles) : nil, "roles")
        }
    }

    var invitation: InvitationRecord {
        get throws {
            InvitationRecord(
                identifier: try value("id"), company: try value("company"), roles: try companyRoles,
                expectation: try value("expectation"), invitedBy: try value("invited_by"), state: try value("state"),
                createdAt: try time("created_at"),
                expiresAt: try time("expires_at"), membershipEnds: try optionalTime("membership_ends"))
        }
    }

    var registerPower: RegisterPowerRecord {
        get throws {
            let signatories = Int(try integer("signatories"))
            let account: AccountIdentifier? = try optionalValue("account")
            let signature = try account.map { account in
                RegisterPowerRecord.Signature(
                    account: account, device: try optionalValue("device"), level: try level("level"),
                    time: try time("signed_at"))
            }
            return RegisterPowerRecord(
                identifier: try value("id"), company: try value("company"), person: try value("person"),
                kind: try value("kind"), representation: signatories == 1 ? .sole : .joint(signatories),
                evidence: try value("evidence"), asOf: try value("as_of"), state: try value("state"),
                signature: signature)
        }
    }

    var companyApproval: CompanyApproval {
        get throws {
            CompanyApproval(
                act: try value("act"), subject: try text("subject"), account: try value("account"),
                device: try value("device"), time: try time("time"))
        }
    }

    var companyEvidence: CompanyEvidence {
        get throws {
            CompanyEvidence(
                identifier: try value("id"), method: try value("method"), performer: try optionalValue("performer"),
                level: try level("level"), asOf: try value("as_of"), recordedAt: try time("recorded_at"))
        }
    }

    var establishment: EstablishmentRecord {
        get throws {
            EstablishmentRecord(
                identifier: try value("id"), company: try value("company"), activity: try text("activity"),
                name: try wanted(OrganizationName(try text("name")), "name"),
                municipality: try optionalValue("municipality"),
                address: try wanted(try? PostalAddress(json: try json("address")), "address"),
                state: try value("state"))
        }
    }
}
