import { describe, expect, it } from 'vitest';
import { chunkBytes, type EvtxItem, isEvtx, readEvtx } from '../../src/parse/evtx/file.ts';
import { evtxFile, type LogRecord, templateRecord } from './evtx-file.ts';

function records(items: Iterable<EvtxItem>): unknown[] {
  return [...items].flatMap((item) => (item.kind === 'record' ? [item.event] : []));
}

function damage(items: Iterable<EvtxItem>): string[] {
  return [...items].flatMap((item) => (item.kind === 'damage' ? [item.reason] : []));
}

const logon: LogRecord = {
  id: 7n,
  writtenMs: Date.UTC(2026, 10, 22, 1, 2, 3),
  system: { EventID: 4625, Computer: 'MÁY-01' },
  data: { TargetUserName: 'nguyễn.văn', LogonType: 3, IpAddress: '10.1.2.3' },
};

describe('Windows event logs', () => {
  it('a record reads as evtx_dump writes it', () => {
    const [item] = [...readEvtx(evtxFile([[templateRecord(logon)]]))];
    expect(item).toEqual({
      kind: 'record',
      recordId: 7n,
      writtenMs: logon.writtenMs,
      event: { Event: { System: logon.system, EventData: logon.data } },
    });
  });

  it('a log is told by its first bytes', () => {
    expect(isEvtx(evtxFile([]))).toBe(true);
    expect(isEvtx(Buffer.from('{"a":1}'))).toBe(false);
    expect(isEvtx(Buffer.alloc(0))).toBe(false);
  });

  it('a chunk whose header is broken is told, and the next one is read', () => {
    const file = evtxFile([[templateRecord(logon)], [templateRecord({ ...logon, id: 8n })]]);
    file.fill(0x41, 4096, 4104);
    expect(damage(readEvtx(file))).toEqual(['chunk-magic']);
    expect(records(readEvtx(file))).toHaveLength(1);
  });

  it('a broken record is told, and the next one is read', () => {
    const file = evtxFile([[templateRecord(logon), templateRecord({ ...logon, id: 8n })]]);
    file.writeUInt32LE(0xffffffff, 4096 + 512 + 4);
    expect(damage(readEvtx(file))).toEqual(['record-size']);
    expect(records(readEvtx(file))).toHaveLength(1);
  });

  it('a record without its template keeps its values', () => {
    const file = evtxFile([[templateRecord(logon, { template: 0xfff0 })]]);
    expect(records(readEvtx(file))).toEqual([
      { Event: { EventData: { Data: [4625, 'MÁY-01', 'nguyễn.văn', 3, '10.1.2.3'] } } },
    ]);
  });

  it('a file that ends in a chunk gives what came before', () => {
    const file = evtxFile([[templateRecord(logon), templateRecord(logon)]]);
    const second = 4096 + 512 + templateRecord(logon).length;
    const cut = file.subarray(0, second + 40);
    expect(records(readEvtx(cut))).toHaveLength(1);
    expect(damage(readEvtx(cut)).length).toBeGreaterThan(0);
  });

  it('templates that show themselves again and again are refused, not unfolded', () => {
    const file = evtxFile([[templateRecord(logon, { nestedTwice: 40 })]]);
    expect(damage(readEvtx(file))).toEqual(['elements-too-many']);
  });

  it('no change of a byte makes the reader throw or lose another chunk', () => {
    const file = evtxFile([[templateRecord(logon), templateRecord(logon)], [templateRecord({ ...logon, id: 9n })]]);
    const end = 4096 + 512 + 2 * templateRecord(logon).length;
    for (let at = 4096 + 512; at < end; at += 1) {
      for (const value of [0x00, 0xff, 0x0c, 0x21]) {
        const broken = Buffer.from(file);
        broken[at] = value;
        const items = [...readEvtx(broken)];
        expect(items.at(-1)).toMatchObject({ kind: 'record', recordId: 9n });
      }
    }
    expect(file.length).toBe(4096 + 2 * chunkBytes);
  });
});
