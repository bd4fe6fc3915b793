/** Who may do what. Deny by default: a role lists what it may, an owner also sees only the systems named. */
export const roles = ['admin', 'analyst', 'organizer', 'owner', 'viewer'] as const;
export type Role = (typeof roles)[number];

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Systems the account sees; only read for the role owner. */
  readonly systems: readonly string[];
  /** argon2id, PHC string; '' until the one-time link was used. */
  readonly passwordHash: string;
  readonly disabled: boolean;
}

/** The person or token behind a request, as every check sees it. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** null = all systems. */
  readonly systems: readonly string[] | null;
  readonly via: 'session' | 'token';
}

/** A bearer token of a collector or of an API client; only its SHA-256 is stored. */
export interface Token {
  readonly id: string;
  readonly kind: 'collector' | 'api';
  readonly name: string;
  readonly hash: string;
  /** Collector: the source it writes as. API: ''. */
  readonly source: string;
  /** API: the role it acts in. Collector: null. */
  readonly role: Role | null;
  readonly systems: readonly string[] | null;
  readonly revoked: boolean;
}

export type Permission =
  | 'incident.read'
  | 'incident.handle'
  | 'event.search'
  | 'personal.reveal'
  | 'rule.read'
  | 'rule.manage'
  | 'indicator.read'
  | 'indicator.add'
  | 'indicator.manage'
  | 'drill.run'
  | 'drill.read'
  | 'account.manage'
  | 'token.manage'
  | 'source.manage'
  | 'register.manage'
  | 'register.read'
  | 'audit.read'
  | 'health.read';

/** Actions and the roles that may take them; anything not listed is refused. */
export const permissions: Readonly<Record<Permission, readonly Role[]>> = {
  'incident.read': ['admin', 'analyst', 'organizer', 'owner', 'viewer'],
  'incident.handle': ['admin', 'analyst'],
  'event.search': ['admin', 'analyst', 'organizer', 'owner', 'viewer'],
  'personal.reveal': ['admin', 'analyst'],
  'rule.read': ['admin', 'analyst', 'organizer', 'viewer'],
  'rule.manage': ['admin'],
  'indicator.read': ['admin', 'analyst'],
  'indicator.add': ['admin', 'analyst'],
  'indicator.manage': ['admin'],
  'drill.run': ['admin', 'organizer'],
  'drill.read': ['admin', 'organizer'],
  'account.manage': ['admin'],
  'token.manage': ['admin'],
  'source.manage': ['admin'],
  'register.manage': ['admin'],
  'register.read': ['admin', 'analyst', 'organizer', 'owner', 'viewer'],
  'audit.read': ['admin'],
  'health.read': ['admin', 'analyst', 'organizer', 'viewer'],
};

export function may(principal: Principal, permission: Permission): boolean {
  return permissions[permission].includes(principal.role);
}

/** Whether something that belongs to `system` may be shown to the principal. */
export function sees(principal: Principal, system: string): boolean {
  return principal.systems === null || principal.systems.includes(system);
}
