import { describe, expect, test } from 'vitest';
import { machines } from '../../dashboards/board/src/hosts.ts';

describe('machines behind host names', () => {
  const rows: readonly [string, readonly string[], readonly string[]][] = [
    [
      'a short name beside its full name',
      ['QLVB-APP01', 'qlvb-app01.lamgiang.example.vn', 'rp01'],
      ['qlvb-app01.lamgiang.example.vn', 'rp01'],
    ],
    ['the same name in two spellings', ['DC01', 'dc01'], ['DC01']],
    ['two full names of one short name are two machines', ['web01.a.vn', 'web01.b.vn'], ['web01.a.vn', 'web01.b.vn']],
    ['a beginning that is no whole label', ['app', 'app01.a.vn'], ['app', 'app01.a.vn']],
    ['addresses', ['10.0.0.1', '10.0.0.10'], ['10.0.0.1', '10.0.0.10']],
    ['nothing', [], []],
  ];
  test.each(rows)('%s', (_, hosts, want) => expect(machines(hosts)).toEqual(want));
});
