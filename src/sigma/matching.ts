/**
 * What matching alone needs, for threads that do nothing else: a third of the modules behind index.ts, which are most of
 * what a thread does until it is ready. Everybody else goes through index.ts.
 */
export { type LineTokens, token } from './match/bytes/line-tokens.ts';
export { tokenText } from './match/bytes/token-text.ts';
export { compileRules } from './match/rule-set.ts';
