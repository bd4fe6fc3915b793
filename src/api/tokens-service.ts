import type { Role, Token } from '../model/account.ts';
import type { Source } from '../model/source.ts';
import { ApiProblem } from './errors.ts';
import { appendLocked, change, documentOf, type LedgerPorts, withLock } from './ledger-write.ts';
import * as schemas from './schemas/model.ts';
import { hashSecret, newId, newSecret } from './secrets.ts';

export interface NewToken {
  readonly kind: 'collector' | 'api';
  readonly name: string;
  /** Collector: the source it writes as. */
  readonly source?: string;
  /** API: the role it acts in; owner wants `systems`. */
  readonly role?: Role;
  readonly systems?: readonly string[];
}

export interface CreatedToken {
  /** The secret itself, to be shown once: `vgc_…` of a collector, `vga_…` of an API client. */
  readonly token: string;
  readonly record: Token;
}

/**
 * Creates a bearer token; only its SHA-256 is kept. Throws `bad-request`, `unknown-reference` (source), `full`.
 * With `createSource` a collector's unknown source is registered with plain settings (production, parser auto), so that
 * one command connects a first machine.
 */
export async function createToken(
  ports: LedgerPorts & { readonly subjectsMax: number },
  wanted: NewToken,
  actor: string,
  o: { readonly createSource?: boolean } = {},
): Promise<CreatedToken> {
  if (wanted.kind === 'collector') await checkSource(ports, wanted.source ?? '', actor, o.createSource === true);
  else if (wanted.role === undefined) throw new ApiProblem('bad-request', { message: 'An API token needs a role.' });
  if (!schemas.line(200).safeParse(wanted.name).success || wanted.name.trim() === '') {
    throw new ApiProblem('bad-request', { message: 'Bad token name.' });
  }
  const isOwner = wanted.kind === 'api' && wanted.role === 'owner';
  const token = newSecret(wanted.kind);
  const record: Token = {
    id: newId('tok'),
    kind: wanted.kind,
    name: wanted.name,
    hash: hashSecret(token),
    source: wanted.kind === 'collector' ? (wanted.source ?? '') : '',
    role: wanted.kind === 'api' ? (wanted.role ?? null) : null,
    systems: isOwner ? [...(wanted.systems ?? [])] : null,
    revoked: false,
  };
  if ((await ports.ledger.all('token')).length >= ports.subjectsMax) throw new ApiProblem('full');
  await change(ports, { kind: 'token', subject: record.id, actor, action: 'create', document: documentOf(record) });
  return { token, record };
}

/** Revoking twice is as good as once. Throws `not-found`. */
export function revokeToken(ports: LedgerPorts, id: string, actor: string): Promise<void> {
  return withLock(ports, 'token', id, async () => {
    const row = await ports.ledger.newest('token', id);
    const read = schemas.token.safeParse(row?.document);
    if (!read.success) throw new ApiProblem('not-found');
    if (read.data.revoked) return;
    const document = documentOf({ ...read.data, revoked: true });
    await appendLocked(ports, { kind: 'token', subject: id, actor, action: 'revoke', document });
  });
}

async function checkSource(ports: LedgerPorts, id: string, actor: string, create: boolean): Promise<void> {
  if (!schemas.plainId.safeParse(id).success) throw new ApiProblem('bad-request', { message: 'Name the source.' });
  if ((await ports.ledger.newest('source', id)) !== null) return;
  if (!create) throw new ApiProblem('unknown-reference', { message: `No source ${id} is registered.` });
  const source: Source = {
    id,
    name: id,
    org: '',
    system: '',
    parser: 'auto',
    origin: 'production',
    drill: '',
    lane: '',
    addresses: [],
  };
  await change(ports, { kind: 'source', subject: id, actor, action: 'create', document: documentOf(source) });
}
