import nodemailer, { type Mail } from 'nodemailer';
import type { Notice } from '../model/notice.ts';
import type { Channel, SendOutcome } from './channel.ts';

export interface EmailSettings {
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`; `smtp://host:25` without a login. */
  readonly smtpUrl: string;
  /** Sender, `Name <address>`. */
  readonly from: string;
  readonly timeoutMs: number;
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * E-mail by SMTP. The Message-ID follows from the notice's id, so a message sent twice is recognisably one. A login is
 * sent over TLS only, except to this very machine. 4yz answers and network errors are worth another try, 5yz are final
 * (RFC 5321 4.2.1), but for a refused login, which is ours to mend.
 */
export function createEmailChannel(settings: EmailSettings): Channel {
  const url = new URL(settings.smtpUrl);
  const secure = url.protocol === 'smtps:';
  const hasLogin = url.username !== '';
  const login = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  const transport = nodemailer.createTransport({
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: hasLogin && !secure && !loopback.has(url.hostname),
    ...(hasLogin ? { auth: login } : {}),
    connectionTimeout: settings.timeoutMs,
    greetingTimeout: settings.timeoutMs,
    socketTimeout: settings.timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^\s>]+)>?\s*$/.exec(settings.from)?.[1] ?? 'localhost';

  return {
    send: async (notice) => {
      try {
        const info = await transport.sendMail(messageOf(notice, settings.from, domain));
        return { kind: 'sent', detail: info.response };
      } catch (error) {
        return refusalOf(error);
      }
    },
    close: async () => transport.close(),
  };
}

function messageOf(notice: Notice, from: string, domain: string): Parameters<Mail['sendMail']>[0] {
  return {
    from,
    to: { name: '', address: notice.recipient },
    subject: notice.subject,
    text: notice.text,
    date: new Date(notice.createdMs),
    messageId: `<${notice.id}@${domain}>`,
    // RFC 3834: nobody's holiday note should answer a machine.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Vonggac-Notice': notice.id },
  };
}

function refusalOf(error: unknown): SendOutcome {
  const status = numberIn(error, 'responseCode');
  const said = textIn(error, 'response');
  const detail = said === '' ? `${textIn(error, 'code')} ${error instanceof Error ? error.message : ''}` : said;
  const isLogin = textIn(error, 'code') === 'EAUTH';
  return { kind: 'failed', permanent: status >= 500 && !isLogin, detail };
}

function textIn(error: unknown, name: string): string {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
}

function numberIn(error: unknown, name: string): number {
  const value = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'number' ? value : 0;
}
