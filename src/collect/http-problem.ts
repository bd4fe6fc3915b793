/** Everything the HTTP collectors can answer instead of a receipt; stable. Each protocol says it in its own words. */
export type HttpProblemCode =
  | 'unauthorized'
  | 'body-too-slow'
  | 'bad-idempotency-key'
  | 'bad-gzip'
  | 'bad-body'
  | 'body-incomplete'
  | 'body-too-large'
  | 'too-many-lines'
  | 'unsupported-type'
  | 'unsupported-encoding'
  | 'busy'
  | 'store-away'
  | 'outcome-unknown'
  | 'internal';

type Problem = readonly [status: number, message: string, messageVi: string];

const problems: Readonly<Record<HttpProblemCode, Problem>> = {
  unauthorized: [401, 'The token of a collector is needed', 'Cần mã truy cập (token) của nguồn nhật ký'],
  'body-too-slow': [408, 'The body took too long to arrive', 'Nội dung gửi lên quá chậm'],
  'bad-idempotency-key': [400, 'The Idempotency-Key is too long', 'Idempotency-Key quá dài'],
  'bad-gzip': [400, 'The packed body is damaged', 'Nội dung nén bị hỏng'],
  'bad-body': [400, 'The body is not what it says it is; nothing was stored', 'Nội dung sai định dạng; chưa lưu gì'],
  'body-incomplete': [400, 'The body ended early; nothing was stored', 'Nội dung gửi lên bị đứt; chưa lưu gì'],
  'body-too-large': [413, 'The body is over the limit; send smaller parts', 'Nội dung vượt giới hạn; hãy chia nhỏ'],
  'too-many-lines': [
    413,
    'Too many lines in one request; send smaller parts',
    'Quá nhiều dòng trong một lần gửi; hãy chia nhỏ',
  ],
  'unsupported-type': [415, 'This Content-Type is not taken here', 'Không nhận kiểu nội dung (Content-Type) này'],
  'unsupported-encoding': [
    415,
    'Send the body plain, or packed by gzip, deflate or Brotli',
    'Chỉ nhận nội dung thường, hoặc nén gzip, deflate, Brotli',
  ],
  busy: [429, 'Too much is waiting; send again later', 'Hệ thống đang bận; hãy gửi lại sau'],
  'store-away': [503, 'The store does not answer; nothing was stored', 'Kho dữ liệu không phản hồi; chưa lưu gì'],
  'outcome-unknown': [
    503,
    'The store has not answered yet; the lines may still be stored. Send the very same again, with the same Idempotency-Key if there was one',
    'Kho dữ liệu chưa trả lời; các dòng có thể vẫn được lưu. Hãy gửi lại y nguyên, với cùng Idempotency-Key nếu đã có',
  ],
  internal: [500, 'A fault on our side', 'Lỗi phía hệ thống'],
};

export const httpProblemCodes: readonly string[] = Object.keys(problems);

export class HttpProblem extends Error {
  readonly code: HttpProblemCode;
  readonly status: number;
  readonly messageVi: string;
  readonly retryAfterSeconds: number;
  /** `detail` says where it is wrong; never what stood there. */
  constructor(code: HttpProblemCode, retryAfterSeconds = 0, detail = '') {
    const [status, message, messageVi] = problems[code];
    super(detail === '' ? message : `${message}: ${detail}`);
    this.name = 'HttpProblem';
    this.code = code;
    this.status = status;
    this.messageVi = messageVi;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
