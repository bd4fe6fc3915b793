export { type Access, createAccess } from './access.ts';
export { type AccountPorts, createAccount } from './accounts-service.ts';
export { type ApiParts, buildApi } from './app.ts';
export { errorTable } from './errors.ts';
export type { LedgerPorts } from './ledger-write.ts';
export { type ApiLimits, defaultApiLimits } from './limits.ts';
export { createPasswords } from './passwords.ts';
export { firstAdminLink, setupPath } from './setup-service.ts';
export { createToken } from './tokens-service.ts';
