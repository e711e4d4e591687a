//! The refusals of the contract, by their numbers.

/// How a refusal looks on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The number in `error.code`.
    pub code: u16,
    /// The HTTP status, which is in `error.status` too.
    pub status: u16,
}

const fn refusal(code: u16, status: u16) -> Refusal {
    Refusal { code, status }
}

pub const NOT_IMPLEMENTED: Refusal = refusal(1, 501);
pub const USER_NOT_FOUND: Refusal = refusal(2, 404);
pub const NOT_FOUND: Refusal = refusal(3, 404);
pub const SERVICE_DISABLED: Refusal = refusal(4, 403);
pub const INVALID_FIELD: Refusal = refusal(5, 400);
pub const ALREADY_EXISTS: Refusal = refusal(6, 409);
pub const NOT_LOGGED: Refusal = refusal(7, 401);
pub const UNAUTHORIZED: Refusal = refusal(8, 401);
pub const INTERNAL_ERROR: Refusal = refusal(9, 500);
pub const NOT_READY: Refusal = refusal(10, 503);
pub const INVALID_CHALLENGE: Refusal = refusal(11, 400);
pub const SESSION_NOT_FOUND: Refusal = refusal(15, 404);
pub const INVALID_REQUEST: Refusal = refusal(16, 400);
pub const ALREADY_VALID: Refusal = refusal(17, 400);
pub const VERIFICATION_REQUIRED: Refusal = refusal(20, 428);
pub const TOO_MANY_REQUESTS: Refusal = refusal(1001, 429);
pub const PAYLOAD_TOO_LARGE: Refusal = refusal(1002, 413);
pub const UNSUPPORTED_MEDIA_TYPE: Refusal = refusal(1003, 415);
pub const METHOD_NOT_ALLOWED: Refusal = refusal(1004, 405);
