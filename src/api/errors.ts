/** The one table of what the API can answer besides success; `docs/api.md` lists exactly these codes (tested). */
export interface ErrorEntry {
  readonly status: number;
  readonly message: string;
  readonly messageVi: string;
}

const table = {
  'bad-request': { status: 400, message: 'The request is malformed.', messageVi: 'Yêu cầu không đúng định dạng.' },
  'bad-query': {
    status: 400,
    message: 'The search text cannot be read.',
    messageVi: 'Không đọc được câu tìm kiếm.',
  },
  'bad-cursor': {
    status: 400,
    message: 'The cursor is not one this list gave out.',
    messageVi: 'Con trỏ trang không hợp lệ.',
  },
  'password-weak': {
    status: 400,
    message: 'The password is too weak: at least 12 characters, not the account name.',
    messageVi: 'Mật khẩu quá yếu: ít nhất 12 ký tự và không trùng tên tài khoản.',
  },
  'not-signed-in': { status: 401, message: 'Sign in first.', messageVi: 'Cần đăng nhập.' },
  'login-refused': {
    status: 401,
    message: 'Unknown name or wrong password.',
    messageVi: 'Sai tên tài khoản hoặc mật khẩu.',
  },
  forbidden: { status: 403, message: 'Your role does not allow this.', messageVi: 'Vai trò của bạn không được phép.' },
  'origin-refused': {
    status: 403,
    message: 'The request came from another site.',
    messageVi: 'Yêu cầu được gửi từ một trang khác.',
  },
  'setup-refused': {
    status: 403,
    message: 'The one-time code is unknown, used or expired.',
    messageVi: 'Mã dùng một lần không đúng, đã dùng hoặc hết hạn.',
  },
  'not-found': { status: 404, message: 'There is nothing here.', messageVi: 'Không tìm thấy.' },
  conflict: {
    status: 409,
    message: 'Somebody changed it meanwhile; look at the newest version.',
    messageVi: 'Đã có người thay đổi trước đó; hãy xem bản mới nhất.',
  },
  'name-taken': { status: 409, message: 'The name is taken.', messageVi: 'Tên này đã được dùng.' },
  'last-admin': {
    status: 409,
    message: 'This is the last active administrator.',
    messageVi: 'Đây là quản trị viên cuối cùng còn hoạt động.',
  },
  'too-large': { status: 413, message: 'The request is too large.', messageVi: 'Yêu cầu quá lớn.' },
  'unsupported-media': {
    status: 415,
    message: 'Send JSON (application/json).',
    messageVi: 'Hãy gửi JSON (application/json).',
  },
  'action-refused': {
    status: 422,
    message: 'The incident does not allow this action now.',
    messageVi: 'Sự cố hiện không cho phép thao tác này.',
  },
  'unknown-reference': {
    status: 422,
    message: 'The request names something that is not registered.',
    messageVi: 'Yêu cầu nhắc đến đối tượng chưa đăng ký.',
  },
  'rules-refused': {
    status: 422,
    message: 'The rule folders cannot be used; the rules in force stay.',
    messageVi: 'Không dùng được thư mục luật; bộ luật đang chạy được giữ nguyên.',
  },
  'indicators-refused': {
    status: 422,
    message: 'The list cannot be read.',
    messageVi: 'Không đọc được danh sách chỉ dấu.',
  },
  'too-many': {
    status: 429,
    message: 'Too many tries; wait a while.',
    messageVi: 'Thử quá nhiều lần; hãy chờ một lúc.',
  },
  full: { status: 409, message: 'The register of this kind is full.', messageVi: 'Danh mục loại này đã đầy.' },
  internal: { status: 500, message: 'Something broke on our side.', messageVi: 'Hệ thống gặp lỗi.' },
  busy: { status: 503, message: 'Busy; try again shortly.', messageVi: 'Hệ thống bận; hãy thử lại.' },
  'store-away': {
    status: 503,
    message: 'The store does not answer.',
    messageVi: 'Kho dữ liệu không trả lời.',
  },
  'state-away': {
    status: 503,
    message: 'The session store does not answer.',
    messageVi: 'Kho phiên làm việc không trả lời.',
  },
  timeout: { status: 503, message: 'It took too long.', messageVi: 'Xử lý quá lâu.' },
} as const;

export type ErrorCode = keyof typeof table;

export const errorTable: Readonly<Record<ErrorCode, ErrorEntry>> = table;

export interface ProblemDetails {
  /** Said instead of the table's sentence when there is something more exact to say. */
  readonly message?: string;
  readonly messageVi?: string;
  readonly retryAfterSeconds?: number;
  /** More members of the answer, e.g. `position` of a query error or the `newest` card. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Thrown by services and handlers; the error handler turns it into an answer. Never carries a secret. */
export class ApiProblem extends Error {
  readonly code: ErrorCode;
  readonly details: ProblemDetails;
  constructor(code: ErrorCode, details: ProblemDetails = {}) {
    super(details.message ?? errorTable[code].message);
    this.name = 'ApiProblem';
    this.code = code;
    this.details = details;
  }
}

/** The body of an error answer. */
export function problemBody(problem: ApiProblem): Record<string, unknown> {
  const entry = errorTable[problem.code];
  return {
    code: problem.code,
    message: problem.details.message ?? entry.message,
    messageVi: problem.details.messageVi ?? entry.messageVi,
    ...problem.details.members,
  };
}

/** What a thrown value means on the wire, by its code and never by its text; unknown things are `internal`. */
export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const code = codeOf(error);
  if (code === 'store-away' || code === 'state-away' || code === 'bad-cursor' || code === 'busy') {
    return new ApiProblem(code, code === 'bad-cursor' ? {} : { retryAfterSeconds: 2 });
  }
  if (code === 'bad-query' && error instanceof Error) {
    const position = 'position' in error && typeof error.position === 'number' ? error.position : 0;
    const messageVi = 'messageVi' in error && typeof error.messageVi === 'string' ? { messageVi: error.messageVi } : {};
    return new ApiProblem('bad-query', { message: error.message, ...messageVi, members: { position } });
  }
  // Another holder is at the same subject, or the lock was lost before anything was written: trying again is right.
  if (code === 'lock-busy' || code === 'lock-lost') return new ApiProblem('busy', { retryAfterSeconds: 1 });
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ApiProblem('too-large');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ApiProblem('unsupported-media');
  if (code === 'FST_ERR_HANDLER_TIMEOUT') return new ApiProblem('timeout');
  if (statusOf(error) >= 400 && statusOf(error) < 500) return new ApiProblem('bad-request');
  return new ApiProblem('internal');
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}

function statusOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : 0;
}
