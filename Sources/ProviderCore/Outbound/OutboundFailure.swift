public import OpenIDMessages

/// Why a request to the outside brought nothing. No case holds what the other side sent, beyond its status.
public enum OutboundFailure: Error, Sendable, Hashable {
    /// The host has an address that is not public and that the configuration does not name.
    case notAllowed(AddressClass)
    /// The host's name has no address.
    case unresolvable
    /// No connection to the checked addresses.
    case connect
    /// The handshake failed: a certificate of another name, of an unknown issuer, out of date.
    case tls
    /// The answer was not complete in time.
    case timeout
    /// Head or body is longer than is read.
    case tooLarge
    /// The answer leads elsewhere; it is not followed.
    case redirect
    /// A status other than 200.
    case status(Int)
    /// Not the content type that was asked for, or an encoded body.
    case mediaType
    /// Not HTTP, cut off, or not JSON.
    case malformed
    /// Too many requests are under way, or this host has failed too often and is left alone for a while.
    case busy
    /// The task that asked was cancelled.
    case cancelled
}
