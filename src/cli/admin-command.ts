import { type Role, roles } from '../model/account.ts';

/** What the command line asks of the platform's own records. */
export type AdminCommand =
  | { readonly kind: 'user-add'; readonly name: string; readonly role: Role; readonly systems: readonly string[] }
  | {
      readonly kind: 'token-create';
      readonly tokenKind: 'collector' | 'api';
      readonly name: string;
      readonly source: string;
      readonly role: Role | null;
      readonly systems: readonly string[];
    };

export type AdminResult =
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly message: string };

export function roleOf(text: string): Role {
  const role = roles.find((name) => name === text);
  if (role === undefined) throw new Error(`unknown role "${text}"; one of ${roles.join(', ')}`);
  return role;
}

function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new Error(`control: ${name} is missing`);
  return value;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map((item) => textOf(item, 'systems')) : [];
}

/** Checks what came over the control socket; throws with the reason. */
export function adminCommandOf(value: unknown): AdminCommand {
  if (typeof value !== 'object' || value === null) throw new Error('control: not a command');
  const record = value as Record<string, unknown>;
  if (record.kind === 'user-add') {
    return {
      kind: 'user-add',
      name: textOf(record.name, 'name'),
      role: roleOf(textOf(record.role, 'role')),
      systems: textsOf(record.systems),
    };
  }
  if (record.kind === 'token-create') {
    return {
      kind: 'token-create',
      tokenKind: record.tokenKind === 'collector' ? 'collector' : 'api',
      name: textOf(record.name, 'name'),
      source: textOf(record.source, 'source'),
      role: record.role === null ? null : roleOf(textOf(record.role, 'role')),
      systems: textsOf(record.systems),
    };
  }
  throw new Error(`control: unknown command ${String(record.kind)}`);
}
