import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../src/api/directory.ts';
import type { LedgerRow } from '../../src/model/incident.ts';
import { createLog } from '../../src/observe/log.ts';

describe('the directory over a ledger that is silent', () => {
  it('gives its last reading to who takes a stale one, and makes the others wait', async () => {
    let silent = false;
    let nowMs = 1_000;
    const directory = createDirectory({
      ledger: { all: (): Promise<LedgerRow[]> => (silent ? new Promise(() => undefined) : Promise.resolve([])) },
      clock: () => nowMs,
      log: createLog('silent'),
      ageMsMax: 3_000,
      missAgeMs: 250,
      staleWaitMs: 20,
    });
    const first = await directory.accounts();
    silent = true;
    nowMs += 10_000;
    expect(await directory.accounts({ stale: true })).toBe(first);
    expect(await directory.accounts({ stale: true, missed: true })).toBe(first);
    const strict = directory.accounts().then(() => 'answered');
    expect(await Promise.race([strict, new Promise((resolve) => setTimeout(() => resolve('waits'), 60))])).toBe(
      'waits',
    );
  });
});
