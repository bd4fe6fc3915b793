import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles, type Files } from '../../src/agent/files.ts';
import { type AgentLimits, defaultAgentLimits } from '../../src/agent/limits.ts';
import type { Position } from '../../src/agent/position.ts';
import type { AgentInput } from '../../src/model/agent.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'vonggac-tail-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const at = (name: string): string => path.join(dir, name);

function inputOf(o: Partial<AgentInput>): AgentInput {
  return { paths: [at('app.log')], exclude: [], source: '', parser: '', begin: 'start', ...o };
}

/** The files of an agent, which may be stopped and started again with what it remembers. */
function world(o: Partial<AgentInput> = {}, limits: Partial<AgentLimits> = {}) {
  const input = inputOf(o);
  let nowMs = 1_000_000;
  let lastStream = 0;
  const remembered = new Map<number, Position>();
  const told: string[] = [];
  let parser = '';
  let hasRun = false;
  let files: Files | null = null;

  function open(): Files {
    const isKnown = hasRun;
    files = createFiles({
      inputs: [input],
      known: [...remembered.values()],
      isKnownInput: () => isKnown,
      newStream: () => {
        lastStream += 1;
        return lastStream;
      },
      opened: (position) => void (remembered.has(position.stream) || remembered.set(position.stream, position)),
      parserOf: (each) => each.parser || parser,
      tell: (what) => void told.push(what),
      limits: { ...defaultAgentLimits, ...limits },
      clock: () => nowMs,
    });
    hasRun = true;
    return files;
  }

  /** Looks for files, reads all that is whole, and remembers how far it came; the lines, `|` before those cut short. */
  function read(): string[] {
    const now = files ?? open();
    now.find();
    now.look();
    const lines: string[] = [];
    for (let chunk = now.next(); chunk !== null; chunk = now.next()) {
      if (chunk === 'more') continue;
      const text = chunk.bytes.toString('latin1').replace(/\n$/, '');
      lines.push(...text.split('\n').map((line) => (chunk.tooLong.length > 0 ? `|${line}` : line)));
      remembered.set(chunk.after.stream, chunk.after);
    }
    return lines;
  }

  return {
    read,
    told,
    files: () => files,
    /** What the source is pinned to from now on. */
    pin: (pinned: string) => {
      parser = pinned;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
    restart: () => {
      files?.close();
      files = null;
    },
  };
}

type World = ReturnType<typeof world>;

/** What happens to `app.log` after `a b` was read, and which lines come out of it, each once and in order. */
const rotations: readonly (readonly [
  name: string,
  o: { readonly paths?: readonly string[] },
  happens: (w: World) => string[],
  want: readonly string[],
])[] = [
  [
    'grows',
    {},
    (w) => {
      append('c\n');
      return w.read();
    },
    ['c'],
  ],
  [
    'renamed and made new',
    {},
    (w) => {
      append('c\n');
      renameSync(at('app.log'), at('app.log.1'));
      writeFileSync(at('app.log'), 'd\n');
      return w.read().sort();
    },
    ['c', 'd'],
  ],
  [
    'renamed, and written on until the writer opens the new one',
    {},
    (w) => {
      renameSync(at('app.log'), at('app.log.1'));
      const first = w.read();
      appendFileSync(at('app.log.1'), 'c\n');
      writeFileSync(at('app.log'), 'd\n');
      return [...first, ...w.read().sort()];
    },
    ['c', 'd'],
  ],
  [
    'renamed while the agent did not run',
    {},
    (w) => {
      w.restart();
      append('c\n');
      renameSync(at('app.log'), at('app.log-20261122'));
      writeFileSync(at('app.log'), 'd\n');
      return w.read().sort();
    },
    ['c', 'd'],
  ],
  [
    'renamed within the pattern',
    { paths: ['app.log*'] },
    (w) => {
      append('c\n');
      renameSync(at('app.log'), at('app.log.1'));
      writeFileSync(at('app.log'), 'd\n');
      return [...w.read().sort(), ...w.read()];
    },
    ['c', 'd'],
  ],
  [
    'copied and emptied, with lines written in between',
    {},
    (w) => {
      append('c\n');
      copyFileSync(at('app.log'), at('app.log.1'));
      truncateSync(at('app.log'));
      append('d\n');
      return w.read().sort();
    },
    ['c', 'd'],
  ],
  [
    'copied and emptied within the pattern',
    { paths: ['app.log*'] },
    (w) => {
      append('c\n');
      copyFileSync(at('app.log'), at('app.log.1'));
      const first = w.read();
      truncateSync(at('app.log'));
      append('d\n');
      return [...first, ...w.read(), ...w.read()];
    },
    ['c', 'd'],
  ],
  [
    'copied and emptied while the agent did not run',
    {},
    (w) => {
      w.restart();
      append('c\n');
      copyFileSync(at('app.log'), at('app.log.1'));
      truncateSync(at('app.log'));
      append('d\n');
      return w.read().sort();
    },
    ['c', 'd'],
  ],
  [
    'emptied and written beyond where it was',
    {},
    (w) => {
      w.read();
      writeFileSync(at('app.log'), `${'dòng đầu khác'.repeat(20)}\nd\n`.replaceAll(/[^\n -~]/g, 'x'));
      return w.read().slice(-1);
    },
    ['d'],
  ],
  [
    'emptied by a writer that goes on where it was: a hole of zeros',
    {},
    (w) => {
      const bytes = Buffer.alloc(300_000);
      writeFileSync(at('app.log'), Buffer.concat([bytes, Buffer.from('d\ne\n')]));
      return [...w.read(), ...w.read()];
    },
    ['d', 'e'],
  ],
  [
    'deleted while open',
    {},
    (w) => {
      append('c\n');
      unlinkSync(at('app.log'));
      const lines = w.read();
      w.pass(60_000);
      w.read();
      w.pass(60_000);
      w.read();
      return [...lines, String(w.files()?.count)];
    },
    ['c', '0'],
  ],
  [
    'deleted and made new on the same inode, perhaps',
    {},
    (w) => {
      w.restart();
      unlinkSync(at('app.log'));
      writeFileSync(at('app.log'), 'khac\nx\ny\n');
      return w.read();
    },
    ['khac', 'x', 'y'],
  ],
  [
    'packed copies beside it',
    { paths: ['app.log*'] },
    (w) => {
      writeFileSync(at('app.log.2.gz'), gzipSync('a\nb\n'));
      writeFileSync(at('app.log.3'), gzipSync('a\nb\n'));
      return w.read();
    },
    [],
  ],
  [
    'another file with the same first lines',
    { paths: ['*.log'] },
    (w) => {
      writeFileSync(at('other.log'), 'a\nb\nz\n');
      return w.read();
    },
    ['a', 'b', 'z'],
  ],
  [
    'the agent stops and goes on',
    {},
    (w) => {
      append('c\n');
      const first = w.read();
      w.restart();
      append('d\n');
      return [...first, ...w.read()];
    },
    ['c', 'd'],
  ],
];

function append(text: string): void {
  appendFileSync(at('app.log'), text);
}

/** Long enough to be told from others by its first bytes. */
const firstLine = `a ${'-'.repeat(60)}`;

describe('a file that was read is', () => {
  for (const [name, { paths = ['app.log'] }, happens, want] of rotations) {
    it(name, () => {
      const w = world({ paths: paths.map(at) });
      writeFileSync(at('app.log'), `${firstLine}\nb\n`);
      expect(w.read()).toEqual([firstLine, 'b']);
      expect(happens(w)).toEqual(want);
    });
  }
});

describe('what a file holds', () => {
  it('a last line without its end waits, and is sent when nothing comes for long', () => {
    const w = world();
    writeFileSync(at('app.log'), 'a\nb');
    expect(w.read()).toEqual(['a']);
    append('c');
    expect(w.read()).toEqual([]);
    w.pass(31_000);
    expect(w.read()).toEqual(['bc']);
  });

  it('an endless line is skipped without being held, and what follows is read', () => {
    const w = world({}, { lineBytesMax: 1000, turnBytes: 500, headBytes: 10 });
    writeFileSync(at('app.log'), `a\n${'x'.repeat(9_000_000)}\nb\n`);
    expect(w.read()).toEqual(['a', '|xxxxxxxxxx', 'b']);
  });

  it('bytes that are no text come as they are', () => {
    const w = world();
    writeFileSync(at('app.log'), Buffer.from([0x61, 0x00, 0xff, 0xfe, 0x0a, 0x0d, 0x0a]));
    expect(w.read()).toEqual(['a\u0000\u00ff\u00fe', '\r']);
  });

  it('records of several lines are not parted, and the last one waits for more', () => {
    const w = world({ parser: 'java' });
    const first = '2026-11-22 10:00:00,000 ERROR [main] vn.gov.App - failed';
    const trace = 'java.lang.IllegalStateException: x\n\tat vn.gov.App.run(App.java:1)';
    writeFileSync(at('app.log'), `${first}\n${trace}\n${first} again\n`);
    expect(w.read().join('\n')).toBe(`${first}\n${trace}`);
    append('\tat vn.gov.App.more(App.java:2)\n');
    expect(w.read()).toEqual([]);
    w.pass(6000);
    expect(w.read()).toEqual([`${first} again`, '\tat vn.gov.App.more(App.java:2)']);
  });

  const failed = (n: number): string => `2026-11-22 10:00:0${n},000 ERROR [main] vn.gov.App - failed ${n}`;
  const trace = (n: number): string => `java.lang.IllegalStateException: ${n}\n\tat vn.gov.App.run(App.java:${n})`;

  it('a source pinned while its file is read: lines before it as they were, records from the next one on', () => {
    const w = world();
    writeFileSync(at('app.log'), `${failed(1)}\n`);
    expect(w.read()).toEqual([failed(1)]);
    w.pin('java');
    append(`${trace(1)}\n${failed(2)}\n`);
    expect(w.read().join('\n')).toBe(trace(1));
    append(`${trace(2)}\n`);
    expect(w.read()).toEqual([]);
    append(`${failed(3)}\n`);
    expect(w.read().join('\n')).toBe(`${failed(2)}\n${trace(2)}`);
    w.pass(6000);
    expect(w.read()).toEqual([failed(3)]);
  });

  it('a source let go or pinned to another parser: what waited for the rest of its record comes once', () => {
    for (const next of ['', 'auto', 'nginx-access', 'mysql-slow']) {
      rmSync(at('app.log'), { force: true });
      const w = world();
      w.pin('java');
      writeFileSync(at('app.log'), `${failed(1)}\n${trace(1)}\n${failed(2)}\n`);
      expect(w.read().join('\n')).toBe(`${failed(1)}\n${trace(1)}`);
      w.pin(next);
      w.pass(6000);
      append(`${trace(2)}\n`);
      const rest = w.read();
      w.pass(6000);
      expect([...rest, ...w.read()].join('\n'), next).toBe(`${failed(2)}\n${trace(2)}`);
    }
  });

  it('pinned at random moments, over restarts: every line once and in order', () => {
    const w = world();
    let random = 7;
    const next = (below: number): number => {
      random = (random * 1103515245 + 12345) % 2147483648;
      return Math.floor((random / 2147483648) * below);
    };
    const wrote: string[] = [];
    const came: string[] = [];
    writeFileSync(at('app.log'), '');
    for (let round = 0; round < 300; round++) {
      const lines = Array.from({ length: next(4) }, (_, i) =>
        next(2) === 0 ? failed(i) : `\tat x.Y.z(Y.java:${round})`,
      );
      wrote.push(...lines);
      for (const line of lines) append(`${line}\n`);
      if (next(4) === 0) w.pin(['', 'java', 'csv', 'iis', 'mysql-slow', 'raw'][next(6)] ?? '');
      if (next(5) === 0) w.restart();
      w.pass(next(3) * 3000);
      came.push(...w.read());
    }
    w.pass(6000);
    came.push(...w.read());
    expect(came).toEqual(wrote);
  });

  it('the agent’s own parser goes before the pin', () => {
    const w = world({ parser: 'auto' });
    w.pin('java');
    writeFileSync(at('app.log'), `${failed(1)}\n`);
    expect(w.read()).toEqual([failed(1)]);
  });

  it('a header is found when the parser that wants it is named later, running or over a restart', () => {
    for (const isRestarted of [false, true]) {
      const names = 'event_time,action_id,succeeded,server_principal_name';
      writeFileSync(at('app.log'), `${names}\n2026-11-22 10:00:00,LGIS,1,sa\n`);
      const w = world();
      expect(w.read()).toHaveLength(2);
      if (isRestarted) w.restart();
      w.pin('mssql-audit');
      append('2026-11-22 10:00:01,LGIF,0,sa\n');
      if (isRestarted) w.read();
      w.files()?.look();
      if (!isRestarted) expect(w.files()?.next()).toMatchObject({ header: names });
      append('2026-11-22 10:00:02,LGIF,0,sa\n');
      w.files()?.look();
      expect(w.files()?.next()).toMatchObject({ header: names });
      w.pin('iis');
      append('2026-11-22 10:00:03,LGIF,0,sa\n');
      w.files()?.look();
      expect(w.files()?.next()).toMatchObject({ header: '' });
      w.restart();
    }
  });

  it('a header goes with the lines behind it, over a restart and from the end of a file, too', () => {
    const header = '#Fields: date time c-ip cs-uri-stem';
    writeFileSync(at('app.log'), `#Software: IIS\n${header}\n2026-11-22 10:00:00 10.0.0.1 /\n`);
    const w = world({ begin: 'end' });
    expect(w.read()).toEqual([]);
    const headers: string[] = [];
    const take = (): void => {
      w.files()?.look();
      const chunk = w.files()?.next();
      if (chunk !== null && chunk !== 'more' && chunk !== undefined) headers.push(chunk.header);
    };
    append('2026-11-22 10:00:01 10.0.0.2 /\n');
    take();
    append('#Fields: date time c-ip\n');
    take();
    append('2026-11-22 10:00:02 10.0.0.2\n');
    take();
    expect(headers).toEqual([header, header, '#Fields: date time c-ip']);
  });
});

describe('which files', () => {
  it('those that were there at the first start are read from where it is asked, later ones from their start', () => {
    writeFileSync(at('old.log'), 'a\n');
    const w = world({ paths: [at('*.log')], begin: 'end' });
    expect(w.read()).toEqual([]);
    writeFileSync(at('new.log'), 'b\n');
    appendFileSync(at('old.log'), 'c\n');
    expect(w.read().sort()).toEqual(['b', 'c']);
  });

  it('patterns of names and folders, without what is left out and without hidden files', () => {
    mkdirSync(at('x/y'), { recursive: true });
    for (const name of ['a.log', 'b.log', '.c.log', 'd.txt', 'x/e.log', 'x/y/f.log', 'g1.log', 'g9.log'])
      writeFileSync(at(name), `${name}\n`);
    const read = (paths: readonly string[], exclude: readonly string[] = []): string[] =>
      world({ paths: paths.map(at), exclude })
        .read()
        .sort();
    expect(read(['*.log'])).toEqual(['a.log', 'b.log', 'g1.log', 'g9.log']);
    expect(read(['?.log'])).toEqual(['a.log', 'b.log']);
    expect(read(['g[1-3].log', 'd.*'])).toEqual(['d.txt', 'g1.log']);
    expect(read(['g[!1].log'])).toEqual(['g9.log']);
    expect(read(['**/*.log'], ['g*.log'])).toEqual(['a.log', 'b.log', 'x/e.log', 'x/y/f.log']);
    expect(read(['*/e.log', 'x/*/f.log'])).toEqual(['x/e.log', 'x/y/f.log']);
  });

  it('a loop of links ends, and a link to a file is the file, once', () => {
    mkdirSync(at('x'));
    writeFileSync(at('x/a.log'), 'a\n');
    symlinkSync(dir, at('x/loop'));
    symlinkSync(at('x/a.log'), at('link.log'));
    expect(world({ paths: [at('**/*.log'), at('link.log')] }).read()).toEqual(['a']);
  });

  it('one that may not be read is told once, and read when it may', () => {
    writeFileSync(at('app.log'), 'a\n');
    chmodSync(at('app.log'), 0);
    const uid = process.geteuid?.() ?? 0;
    // Root reads everything; a file that cannot be opened is then one whose place is a folder.
    if (uid === 0) process.seteuid?.(65_534);
    try {
      chmodDirFor(uid);
      const w = world();
      expect(w.read()).toEqual([]);
      expect(w.read()).toEqual([]);
      expect(w.told).toHaveLength(1);
      expect(w.told[0]).toContain('EACCES');
      expect(w.files()?.problems()).toHaveLength(1);
      if (uid === 0) process.seteuid?.(0);
      chmodSync(at('app.log'), 0o644);
      expect(w.read()).toEqual(['a']);
      expect(w.files()?.problems()).toEqual([]);
    } finally {
      if (uid === 0) process.seteuid?.(0);
    }
  });

  it('more than are followed are told, and those that are go on', () => {
    for (let i = 0; i < 12; i++) writeFileSync(at(`${i}.log`), `${i}\n`);
    const w = world({ paths: [at('*.log')] }, { filesMax: 10 });
    expect(w.read()).toHaveLength(10);
    expect(w.told.join()).toContain('more than 10 files');
    expect(w.files()?.count).toBe(10);
  });
});

/** The folder of the test is root's own; whoever else reads it must be let in. */
function chmodDirFor(uid: number): void {
  if (uid !== 0) return;
  process.seteuid?.(0);
  chmodSync(dir, 0o755);
  process.seteuid?.(65_534);
}
